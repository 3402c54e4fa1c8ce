"""`refrain`: the window, or with a sub-command the command line. Qt is imported only for the window.

Nothing is imported before Ctrl-C is looked after: it may come at any time.
"""

from __future__ import annotations

import sys

from engine import interrupt


def main(arguments: list[str] | None = None) -> int:
    """Runs the program and returns its exit code."""
    interrupt.end_at_once()
    given = sys.argv[1:] if arguments is None else arguments
    from app import command_line  # also what the command does without a sub-command
    from engine import cli

    return cli.main(command_line.files_first(given))


if __name__ == "__main__":
    sys.exit(main())
