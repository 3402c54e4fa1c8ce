"""`refrain`: the window, or with a sub-command the command line. Qt is imported only for the window.

Nothing is imported before Ctrl-C is looked after: it may come at any time.
"""

from __future__ import annotations

import sys

from engine import interrupt


def main(arguments: list[str] | None = None) -> int:
    """Runs the program and returns its exit code."""
    interrupt.end_at_once()
    _use_pack()
    given = sys.argv[1:] if arguments is None else arguments
    from app import main as command_line
    from engine import cli

    return cli.main(command_line.files_first(given))


def _use_pack() -> None:
    """Before anything imports torch, which then comes from the GPU pack if one is switched on."""
    from engine.gpu import activation

    activation.begin()


if __name__ == "__mp_main__":  # a process that multiprocessing starts has torch from where this one has it
    _use_pack()
if __name__ == "__main__":
    sys.exit(main())
