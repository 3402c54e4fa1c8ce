"""Something that is under way on a thread of its own, such as a download, shown to its end."""

from __future__ import annotations

from typing import Protocol

import typer
from rich.console import Console
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bars

from engine import interrupt
from engine.cli.output import complain
from engine.models.store.download import Progress

_POLL = 0.1  # seconds


class Stopped(ValueError):
    """What was watched has failed; the message is a sentence."""


class Work(Protocol):
    """A download, or what else can be watched and broken off."""

    @property
    def progress(self) -> Progress: ...

    def start(self) -> None: ...
    def cancel(self) -> None: ...
    def join(self, seconds: float) -> bool: ...


def watch(work: Work, again: str) -> str:
    """Shows it to its end; what it says then. Raises `Stopped` with a sentence if it fails; Ctrl-C ends the program.

    `again`: what to type to go on after that.
    """
    columns = (BarColumn(), TextColumn("{task.description}", markup=False))
    work.start()
    try:
        with interrupt.raised(), Bars(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task("")
            while not work.join(_POLL):
                now = work.progress
                bar.update(task, description=str(now), completed=now.done, total=now.total or None)
    except KeyboardInterrupt:
        work.cancel()
        work.join(5.0)
        complain(f"{work.progress.sentence} Type: {again}")
        raise typer.Exit(interrupt.STATUS) from None
    if work.progress.state != "done":
        raise Stopped(work.progress.sentence)
    return work.progress.sentence
