"""`refrain`: the window, or with a sub-command the command line. Qt is imported only for the window."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from app.display import why_no_window
from engine import log, schedules

PROG = "refrain"


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments and not arguments[0].startswith("-"):
        from engine import cli

        return cli.main(arguments)
    options = _parser().parse_args(arguments)
    log.start()
    try:
        options.schedule = str(schedules.parse(options.schedule))
    except schedules.ScheduleError as error:
        return _complain(str(error), 2)
    reason = why_no_window()
    if reason or options.audio:
        return _without_window(reason, options)
    return _with_window(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=PROG,
        description="Talk to a spoken language model on this machine, and watch how deep it thinks.",
        epilog="Without a window: refrain ask, refrain bench, refrain models list, refrain schedules list "
        "(each with --help).",
    )
    parser.add_argument("--model", default="wren", help="a model's name or folder (default: %(default)s)")
    parser.add_argument("--schedule", default="full", help="for example spark:even@9 (default: %(default)s)")
    parser.add_argument("--input-device", metavar="NAME", help="the microphone, by a part of its name")
    parser.add_argument("--output-device", metavar="NAME", help="the speaker, by a part of its name")
    parser.add_argument(
        "--appearance", choices=("system", "light", "dark"), default="system", help="default: %(default)s"
    )
    parser.add_argument("--audio", metavar="FILE", help="answer this spoken question without a window")
    parser.add_argument("--version", action="version", version=f"{PROG} {_version()}")
    return parser


def _with_window(options: argparse.Namespace) -> int:
    from PySide6.QtWidgets import QApplication

    from app import theme
    from app.audio.sound import Sound
    from app.engine_thread import EngineThread
    from app.window import Window

    app = QApplication([PROG])
    app.setApplicationName(PROG)
    app.setApplicationDisplayName("Refrain")
    theme.install(app, options.appearance)
    sound = Sound(options.input_device, options.output_device)
    window = Window(EngineThread(sound), sound, options.model, options.schedule)
    window.show()
    signal.signal(signal.SIGINT, lambda *_: window.close())
    return app.exec()


def _without_window(reason: str, options: argparse.Namespace) -> int:
    """The same turn on the command line: a question from --audio, or a line from standard input."""
    question = ["--audio", options.audio] if options.audio else None
    if reason:
        print(f"{PROG}: {reason}", file=sys.stderr)
    if question is None:
        if sys.stdin is None:
            return 1
        if sys.stdin.isatty():
            print("Type a question instead: ", end="", file=sys.stderr, flush=True)
        text = sys.stdin.readline().strip()
        if not text:
            return _complain('No question was typed. Without a window, use: refrain ask --text "..."', 1)
        question = ["--text", text]
    from engine import cli

    return cli.main(["ask", *question, "--model", options.model, "--schedule", options.schedule])


def _version() -> str:
    try:
        return version(PROG)
    except PackageNotFoundError:
        return "(from its source tree)"


def _complain(sentence: str, code: int) -> int:
    print(f"{PROG}: {sentence}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
