"""What every command shares: results on stdout, everything else on stderr, and failures as one sentence."""

from __future__ import annotations

import json
import re
import sys
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from engine import log

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", help="Show tracebacks and log everything.")]


@contextmanager
def in_sentences(verbose: bool) -> Iterator[None]:
    """Turns what goes wrong inside into one sentence on stderr and an exit code."""
    log.start(verbose)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks a character still shows the rest
    try:
        yield
    except KeyboardInterrupt:
        complain("Interrupted.")
        raise typer.Exit(130) from None
    except BrokenPipeError:
        raise  # the reader of our output has gone: typer ends quietly
    except (typer.Exit, typer.BadParameter):
        raise
    except Exception as error:
        if log.wants_detail(verbose):
            traceback.print_exc()
        complain(log.explain(error))
        raise typer.Exit(1) from None


def status(text: str):
    """A line on stderr while something takes long; nothing where stderr is no terminal."""
    return Console(stderr=True).status(text)


def progress_bars() -> Progress:
    """Bars on stderr, one a task."""
    columns = TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    return Progress(*columns, console=Console(stderr=True))


def numbers(text: str, option: str) -> list[int]:
    """ "0-3,8" -> [0, 1, 2, 3, 8]. Raises `typer.BadParameter` with a sentence."""
    found: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d+)(?:-(\d+))?\s*", part)
        if not match:
            raise typer.BadParameter(f'{option} "{text}" is not understood: write numbers and ranges, such as 8,9 or 4-11.')
        found |= set(range(int(match[1]), int(match[2] or match[1]) + 1))
    if not found:
        raise typer.BadParameter(f'{option} "{text}" has no number in it: write numbers and ranges, such as 8,9 or 4-11.')
    return sorted(found)


def print_json(value: Any) -> None:
    print(json.dumps(value), flush=True)


def print_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = Table(*header)
    for column in table.columns:
        column.overflow = "fold"  # a long path is still worth copying
    table.columns[0].no_wrap = True
    for row in rows:
        table.add_row(*map(escape, row))
    Console().print(table)


def complain(sentence: str) -> None:
    print(f"refrain: {sentence}", file=sys.stderr, flush=True)
