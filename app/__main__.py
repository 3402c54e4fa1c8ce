"""`refrain`: the window, or with a sub-command the command line. Qt is imported only for the window."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from app.display import why_no_window
from engine import log, schedules
from engine.prefill import pooling

PROG = "refrain"
KEYS = {
    "model": "engine.model",
    "schedule": "engine.schedule",
    "pooling": "engine.pooling",
    "input_device": "audio.input_device",
    "output_device": "audio.output_device",
    "appearance": "look.appearance",
}
"""Options that are settings too."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments == ["--list-audio-devices"]:  # how a frozen program looks for devices in a process of its own
        from app.audio import list_devices

        return list_devices.main()
    if arguments and not arguments[0].startswith("-"):
        from engine import cli

        return cli.main(arguments)
    options = _parser().parse_args(arguments)
    log.start()
    try:
        if options.schedule is not None:
            options.schedule = str(schedules.parse(options.schedule))
        if options.pooling is not None:
            options.pooling = str(pooling.parse(options.pooling))
    except (schedules.ScheduleError, pooling.PoolingError) as error:
        return _complain(str(error), 2)
    reason = why_no_window()
    if reason or options.audio:
        return _without_window(reason, options)
    return _with_window(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=PROG,
        description="Talk to a spoken language model on this machine, and watch how deep it thinks.",
        epilog="Without a window: refrain ask, refrain bench, refrain models list, refrain schedules list (each with --help).",
    )
    parser.add_argument("--model", help="a model's name or folder (default: as in the settings, at first wren)")
    parser.add_argument("--schedule", help="for example spark:even@9 (default: as in the settings, at first full)")
    parser.add_argument("--pooling", help="for example input:0.8 (default: as in the settings, at first none)")
    parser.add_argument("--input-device", metavar="NAME", help="the microphone, by a part of its name")
    parser.add_argument("--output-device", metavar="NAME", help="the speaker, by a part of its name")
    parser.add_argument("--appearance", choices=("system", "light", "dark"), help="default: as in the settings, at first system")
    parser.add_argument("--demo", action="store_true", help="ask the bundled questions by itself, one after another")
    parser.add_argument("--audio", metavar="FILE", help="answer this spoken question without a window")
    parser.add_argument("--version", action="version", version=f"{PROG} {_version()}")
    return parser


def _with_window(options: argparse.Namespace) -> int:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from app import icons, theme
    from app.diagnostics.hooks import watched
    from app.diagnostics.last_run import Running
    from app.program import program
    from app.settings.settings import Settings, default_file

    running = Running()
    last_run = running.begin()
    settings = Settings(default_file())
    for option, key in KEYS.items():
        if getattr(options, option) is not None:
            settings.override(key, getattr(options, option))
    with watched():
        app = QApplication([PROG])
        app.setApplicationName(PROG)
        app.setApplicationDisplayName("Refrain")
        app.setWindowIcon(icons.mark())
        theme.install(app, settings.get("look.appearance"), settings.get("look.text_size"))
        with program(settings, last_run=last_run) as window:
            if options.demo:
                window.demonstrate()
            window.show()
            if not options.demo and not settings.get("first_run.done"):
                QTimer.singleShot(0, window.show_welcome)
            for ends in (signal.SIGINT, signal.SIGTERM):
                signal.signal(ends, lambda *_: QTimer.singleShot(0, window.close))  # not in the middle of a painting
            code = app.exec()
    running.end()
    return code


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

    how = ["--schedule", options.schedule or "full", "--pooling", options.pooling or "none"]
    return cli.main(["ask", *question, "--model", options.model or "wren", *how])


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
