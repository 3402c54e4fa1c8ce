"""`python -m engine.evaluation`: the same as `refrain eval`, for where the program is not installed."""

from __future__ import annotations

import sys

from engine.cli import main

if __name__ == "__main__":
    sys.exit(main(["eval", *sys.argv[1:]]))
