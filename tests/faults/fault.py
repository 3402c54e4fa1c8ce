"""What a fault is, and what those of several files share: killed programs, small disks, measured losses."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from tests.rig.processes import ROOT

FILES = ("talk", "library", "settings", "downloads", "commands")
"""Where faults are, in the page's order."""
PATIENCE = 180.0


@dataclass(frozen=True)
class Outcome:
    """What was there before and is there after, what of it was lost, and what the program said of it."""

    kept: str
    lost: str
    said: str


@dataclass(frozen=True)
class Fault:
    """`inject` gets an empty folder; the user's data, settings and logs of this process and its children are its own."""

    name: str
    done: str
    inject: Callable[[Path], Outcome]


_found: dict[str, Fault] = {}


def fault(name: str, done: str) -> Callable[[Callable[[Path], Outcome]], Callable[[Path], Outcome]]:
    """Registers a function as the fault `name`; `done` says what is done, for the page."""

    def register(inject: Callable[[Path], Outcome]) -> Callable[[Path], Outcome]:
        assert name not in _found
        _found[name] = Fault(name, done, inject)
        return inject

    return register


def faults() -> dict[str, Fault]:
    """All, by name."""
    for file in FILES:
        import_module(f"tests.faults.{file}")
    return dict(_found)


def lost(before: Collection, after: Collection, what: str) -> str:
    """What of `before` is not in `after`, in words."""
    gone = [one for one in before if one not in after]
    return f"{len(gone)} of {len(before)} {what}" if gone else "nothing"


def refrain(*arguments: object, **options) -> subprocess.CompletedProcess:
    """Runs a command of the program to its end."""
    return subprocess.run(command(*arguments), cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, **options)


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "app", *map(str, arguments)]


def sentence(run: subprocess.CompletedProcess, place: Path | None = None) -> str:
    """What a command said on stderr last; a traceback is shown as such."""
    lines = [line for line in run.stderr.splitlines() if line.strip()]
    if "Traceback" in run.stderr:
        return f"a traceback: {lines[-1]}"
    return tidy(lines[-1] if lines else f"(exit code {run.returncode})", place)


def tidy(text: str, place: Path | None = None) -> str:
    """Without what differs from run to run."""
    text = text.removeprefix("refrain: ")
    if place is not None:
        text = text.replace(str(place), "FOLDER")
    return re.sub(r"127\.0\.0\.1:\d+", "SERVER", text)


@contextmanager
def started(arguments: list[str], ready: Callable[[], bool] | str, **options) -> Iterator[subprocess.Popen]:
    """A child that has printed a line (`ready`) or for which `ready()` holds. It is killed at the end, in its middle."""
    child = subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    try:
        if isinstance(ready, str):
            line = child.stdout.readline()
            assert line.strip() == ready, line + child.stderr.read()
        else:
            wait_for(lambda: ready() or child.poll() is not None)
            assert child.poll() is None, child.communicate()
        yield child
    finally:
        child.kill()
        child.communicate()


def killed_at(code: str, seconds: float, *arguments: object) -> bool:
    """Runs Python code in a child and kills it so long after it printed "go"; whether it was killed before its end."""
    with started([sys.executable, "-c", code, *map(str, arguments)], "go") as child:
        time.sleep(seconds)
        os.kill(child.pid, signal.SIGKILL)
        return child.wait() == -signal.SIGKILL


def wait_for(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"Waited {seconds:g} seconds for what did not come.")
        time.sleep(0.01)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of its own at `folder` (a tmpfs, which needs the rights of root)."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Takes all the room that a disk has left; the file that has it."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as stream:
        try:
            while stream.write(bytes(4096)):
                pass
        except OSError:
            return filler


def writable(folder: Path, is_writable: bool) -> None:
    """Makes a small disk read-only, or writable again."""
    subprocess.run(["mount", "-o", f"remount,{'rw' if is_writable else 'ro'}", str(folder)], check=True)
