"""`refrain` without a sub-command: the window and its options, in the same command line as the sub-commands."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.desktop.display import why_no_window
from app.self_test.command import self_test
from engine import cli, folders, installed, interrupt, log, private, quoting, schedules
from engine.cli.output import complain
from engine.prefill import pooling as poolings

if TYPE_CHECKING:  # it brings Qt along
    from app.desktop.instance import Message

PROG = "refrain"


class Appearance(StrEnum):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


cli.app.command("self-test")(self_test)


def _print_version(wanted: bool) -> None:
    if not wanted:
        return
    print(f"{PROG} {installed.version()}")
    raise typer.Exit


@cli.app.callback(invoke_without_command=True, no_args_is_help=False)
def window(
    context: typer.Context,
    model: Annotated[str | None, typer.Option(help="A model's name or folder (default: as in the settings).")] = None,
    schedule: Annotated[str | None, typer.Option(help="For example spark:even@9 (default: as in the settings).")] = None,
    pooling: Annotated[str | None, typer.Option(help="For example input:0.8 (default: as in the settings).")] = None,
    input_device: Annotated[str | None, typer.Option(metavar="NAME", help="The microphone, by a part of its name.")] = None,
    output_device: Annotated[str | None, typer.Option(metavar="NAME", help="The speaker, by a part of its name.")] = None,
    appearance: Annotated[Appearance | None, typer.Option(help="Default: as in the settings.")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Ask the bundled questions by itself, one after another.")] = False,
    audio: Annotated[Path | None, typer.Option(metavar="FILE", help="Answer this spoken question without a window.")] = None,
    open_: Annotated[
        list[Path] | None, typer.Option("--open", metavar="FILE", help="Import the sessions of a file (again for more).")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            envvar=folders.VARIABLE,
            help="Keep settings, sessions and logs there, apart from all others; it opens a window of its own.",
        ),
    ] = None,
    version: Annotated[bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Show it and exit.")] = False,
) -> None:
    """Talk to a spoken language model on this machine, and watch how deep it thinks.

    Without a command the window opens; files of sessions (.refrain) may be named instead of a command. If one is open already,
    that one comes to the front, and takes the options for this time.
    """
    if data is not None:
        _keep_in(data)
    given = {
        "engine.model": model,
        "engine.schedule": schedule,
        "engine.pooling": pooling,
        "audio.input_device": input_device,
        "audio.output_device": output_device,
        "look.appearance": appearance,
    }
    chosen = {key: str(value) for key, value in given.items() if value is not None}  # options that are settings too
    if context.invoked_subcommand:
        if chosen or demo or audio or open_:
            raise typer.BadParameter(f"Options come after the command: {PROG} {context.invoked_subcommand} --help lists them.")
        return
    log.start()
    try:
        if schedule is not None:
            chosen["engine.schedule"] = str(schedules.parse(schedule))
        if pooling is not None:
            chosen["engine.pooling"] = str(poolings.parse(pooling))
    except (schedules.ScheduleError, poolings.PoolingError) as error:
        complain(str(error))
        raise typer.Exit(2) from None
    reason = why_no_window()
    raise typer.Exit(_without_window(reason, chosen, audio) if reason or audio else _with_window(chosen, demo, open_ or ()))


def _keep_in(folder: Path) -> None:
    """Also for the processes that this one starts."""
    os.environ[folders.VARIABLE] = str(folder.expanduser().absolute())
    try:
        private.make_folder(folders.data())
    except OSError as error:
        complain(f"Nothing can be kept in {folder} ({quoting.reason(error)}). Choose another folder.")
        raise typer.Exit(2) from None


def files_first(arguments: Sequence[str]) -> list[str]:
    """Files that stand where a command would, as the desktop names them, become what --open takes."""
    count = 0
    while count < len(arguments) and _is_file(arguments[count]):
        count += 1
    return [part for file in arguments[:count] for part in ("--open", file)] + list(arguments[count:])


def _is_file(argument: str) -> bool:
    """A command's name is one, even where a file is called so, too."""
    is_named = argument.lower().endswith((".refrain", ".zip"))
    return not argument.startswith("-") and (is_named or ("/" in argument and Path(argument).is_file()))


def _with_window(chosen: dict[str, str], demo: bool, files: Sequence[Path] = ()) -> int:
    from PySide6.QtCore import QTimer

    from app.desktop.application import Application
    from app.desktop.hooks import watched
    from app.desktop.instance import HangsError, Instance
    from app.desktop.last_run import Running
    from app.program import program
    from app.settings.settings import Settings, default_file
    from app.widgets import icons, theme

    with watched():
        app = Application([PROG])
        app.setApplicationName(PROG)
        app.setApplicationDisplayName("Refrain")
        app.setWindowIcon(icons.mark())
        instance = Instance(folders.data())
        try:
            token = os.environ.get("XDG_ACTIVATION_TOKEN") or os.environ.get("DESKTOP_STARTUP_ID", "")
            named = [str(file.expanduser().absolute()) for file in files]
            wants: Message = {"chosen": chosen, "demo": demo, "files": named, "token": token, "version": installed.version()}
            answer = instance.claim(wants)
        except HangsError as error:
            complain(str(error))
            return 1
        if answer is not None:
            print(answer)
            return 0
        running = Running()
        interrupt.end_at_once(running.end)  # until there is a window that can be closed
        last_run = running.begin()
        settings = Settings(default_file())
        for key, value in chosen.items():
            settings.override(key, value)
        theme.install(app, settings.get("look.appearance"), settings.get("look.text_size"))
        with program(settings, last_run=last_run) as window:
            instance.answer = window.open_again
            window.closing.connect(instance.close)
            if demo:
                window.demonstrate()
            window.appear()
            window.open_files(list(map(Path, named)))
            app.open_with(window.open_files)
            if not demo and not files and not settings.get("first_run.done"):
                QTimer.singleShot(0, window.show_welcome)
            for ends in (signal.SIGINT, signal.SIGTERM):
                signal.signal(ends, lambda *_: QTimer.singleShot(0, window.close))  # not in the middle of a painting
            code = app.exec()
    running.end()
    instance.release()
    return code


def _without_window(reason: str, chosen: dict[str, str], audio: Path | None) -> int:
    """The same turn on the command line: a question from --audio, or a line from standard input."""
    if reason:
        complain(reason)
    if audio is not None:
        question = ["--audio", str(audio)]
    else:
        if sys.stdin is None:
            return 1
        if sys.stdin.isatty():
            print("Type a question instead: ", end="", file=sys.stderr, flush=True)
        text = sys.stdin.readline().strip()
        if not text:
            ask = installed.command('ask --text "What is two plus two?"')
            complain(f"No question was typed. Without a window, use: {ask}")
            return 1
        question = ["--text", text]
    options = [part for name in ("model", "schedule", "pooling") if (key := f"engine.{name}") in chosen
               for part in (f"--{name}", chosen[key])]  # fmt: skip
    return cli.main(["ask", *question, *options])
