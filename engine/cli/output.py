"""What every command shares: results on stdout, everything else on stderr, and failures as one sentence."""

from __future__ import annotations

import json
import os
import re
import sys
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from engine import interrupt, log

MOST_LAYERS = 1000
_DIGITS = 12  # more of them are never read


@contextmanager
def in_sentences(verbose: bool = False) -> Iterator[None]:
    """Turns what goes wrong inside into one sentence on stderr and an exit code."""
    log.start(verbose)
    try:
        yield
    except KeyboardInterrupt:
        complain("Interrupted.")
        raise typer.Exit(interrupt.STATUS) from None
    except (BrokenPipeError, typer.Exit, typer.BadParameter, SystemExit, GeneratorExit):
        raise  # the first: the reader of our output has gone, and typer ends quietly
    except BaseException as error:  # a panic of a native library is no Exception
        if log.wants_detail(verbose):
            traceback.print_exc()
        complain(log.explain(error))
        raise typer.Exit(1) from None


def deliver(code: int) -> int:
    """Hands over what was printed; the exit code, which is 1 if nobody took it. Python itself would print a traceback."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except (OSError, ValueError) as error:
        if not isinstance(error, BrokenPipeError):
            complain(f"The output cannot be written ({getattr(error, 'strerror', None) or error}).")
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return code or 1


def status(text: str) -> AbstractContextManager[object]:
    """A line on stderr while something takes long; nothing where stderr is no terminal."""
    console = _errors()
    return console.status(text) if console.is_terminal else nullcontext()


def progress_bars() -> Progress:
    """Bars on stderr, one a task."""
    columns = TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    return Progress(*columns, console=_errors())


def _errors() -> Console:
    """stderr. Windows takes its NUL for a terminal, and nobody reads there."""
    if sys.platform == "win32" and sys.stderr is not None and sys.stderr.isatty():
        import ctypes
        import msvcrt

        mode = ctypes.c_ulong()
        handle = ctypes.c_void_p(msvcrt.get_osfhandle(sys.stderr.fileno()))
        if not ctypes.windll.kernel32.GetConsoleMode(handle, ctypes.byref(mode)):
            return Console(stderr=True, force_terminal=False)
    return Console(stderr=True)


def numbers(text: str, option: str) -> list[int]:
    """ "0-3,8" -> [0, 1, 2, 3, 8]. Raises `typer.BadParameter` with a sentence."""
    found: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d+)(?:-(\d+))?\s*", part)
        if not match:
            raise typer.BadParameter(f'{option} "{text}" is not understood: write numbers and ranges, such as 8,9 or 4-11.')
        first, last = (int(number[:_DIGITS]) for number in (match[1], match[2] or match[1]))
        if last > MOST_LAYERS:
            raise typer.BadParameter(f'{option} "{text}" goes beyond the {MOST_LAYERS} layers that a model may have.')
        found |= set(range(first, last + 1))
    if not found:
        raise typer.BadParameter(f'{option} "{text}" has no number in it: write numbers and ranges, such as 8,9 or 4-11.')
    return sorted(found)


def print_json(value: Any) -> None:
    print(json.dumps(value), flush=True)


def print_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """As wide as the terminal at most; 80 columns are enough for every table of the program."""
    table = Table(*header, box=SIMPLE_HEAD, pad_edge=False)
    for column in table.columns:
        column.overflow = "fold"  # a long name is still worth copying
    table.columns[0].no_wrap = True
    for row in rows:
        table.add_row(*map(escape, row))
    Console().print(table)


def complain(sentence: str) -> None:
    with suppress(OSError, ValueError):  # where nobody can be told, the exit code must do
        print(f"refrain: {sentence}", file=sys.stderr, flush=True)
