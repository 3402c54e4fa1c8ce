"""What every command shares: results on stdout, everything else on stderr, and failures as one sentence."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
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
