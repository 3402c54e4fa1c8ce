"""Short runs in a process of our own: an answer in JSON, or a sentence about a crash, a hang or a mute child. No torch."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import IO, Any

from engine import installed
from engine.quoting import clean

_LONGEST = 1_000_000  # characters of an answer
_POLL = 0.05  # seconds


class Mute(Exception):
    """The child gave no answer; the message is the rest of a sentence, such as "it crashed (signal 11)"."""


def ask(module: str, *arguments: str, seconds: float, check: Callable[[], None] = lambda: None) -> dict[str, Any]:
    """What `python -m module` prints as its last line. `check` is called meanwhile and may raise, which ends the child.

    Raises `Mute`.
    """
    options: dict[str, Any] = {}
    if sys.platform == "win32":
        options["creationflags"] = subprocess.CREATE_NO_WINDOW
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as said:
        try:
            child = subprocess.Popen(
                installed.module(module, *arguments), env=installed.environment(),
                stdin=subprocess.DEVNULL, stdout=out, stderr=said, **options,
            )  # fmt: skip
        except OSError as error:
            raise Mute(f"no process could be started for it ({error.strerror or error})") from error
        try:
            _wait(child, seconds, check)
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
        lines, words = (_text(stream).splitlines() for stream in (out, said))
    try:
        found = json.loads(lines[-1])
        if isinstance(found, dict):
            return found
    except (ValueError, IndexError, RecursionError):
        pass
    last = f": {clean(words[-1])}" if words else ""
    how = f"signal {-child.returncode}" if child.returncode < 0 else f"exit code {child.returncode & 0xFFFFFFFF:#x}"
    raise Mute(f"it crashed ({how}{last})")


def _wait(child: subprocess.Popen[bytes], seconds: float, check: Callable[[], None]) -> None:
    end = time.monotonic() + seconds
    while child.poll() is None:
        check()
        if time.monotonic() > end:
            raise Mute(f"it did not answer within {seconds:.0f} s")
        time.sleep(_POLL)


def _text(stream: IO[bytes]) -> str:
    """The end of what a child wrote."""
    stream.seek(0, 2)
    stream.seek(max(0, stream.tell() - _LONGEST))
    return stream.read().decode("utf-8", "replace")
