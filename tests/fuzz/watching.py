"""Runs targets in a child process and tells what happened to it, whatever that is."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.rig.processes import ROOT, start_server

FOLDERS = ("TMPDIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")
PATIENCE = 60.0
"""Seconds of processor time, or of sleep, that one input may take before it counts as a hang."""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Outcome:
    """`problem` is empty where nothing was found; `input` is a Python literal."""

    target: str
    inputs: int
    seconds: float
    problem: str
    input: str


class Patience:
    """How long the input of the moment takes. Waiting for a processor that others use is no fault of the parser."""

    def __init__(self, process: int, current: Path) -> None:
        self._stat = Path(f"/proc/{process}/stat")
        self._current = current
        self._input, self._computed, self._looked, self._spent = 0, 0.0, time.monotonic(), 0.0

    def spent(self) -> float:
        """Seconds, to be asked for every second or so; none before the first input, while the child imports."""
        state, computed = self._state()
        now = time.monotonic()
        began = self._current.stat().st_mtime_ns if self._current.is_file() and self._current.stat().st_size else 0
        if began != self._input or not began:
            self._input, self._spent = began, 0.0
        else:
            self._spent += now - self._looked if state == "S" else computed - self._computed
        self._computed, self._looked = computed, now
        return self._spent

    def _state(self) -> tuple[str, float]:
        try:
            fields = self._stat.read_text().rpartition(")")[2].split()  # proc_pid_stat(5): from the state on
        except OSError:
            return "", self._computed
        return fields[0], (int(fields[11]) + int(fields[12])) / TICKS


def watch(names: Sequence[str], seconds: float, is_random: bool, patience: float = PATIENCE) -> Iterator[Outcome]:
    """Each target in turn, in one child; after a crash or a hang the rest in another one."""
    waiting = list(names)
    while waiting:
        with tempfile.TemporaryDirectory(prefix="refrain-fuzz-") as folder:
            for outcome in _child(Path(folder), waiting, seconds, is_random, patience):
                waiting.remove(outcome.target)
                yield outcome


def _child(folder: Path, names: Sequence[str], seconds: float, is_random: bool, patience: float) -> Iterator[Outcome]:
    kind, began, waiting = "random" if is_random else "same", time.monotonic(), list(names)
    with (folder / "errors").open("w+") as errors:
        child = start_server(
            [sys.executable, "-m", "tests.fuzz.child", str(folder), str(seconds), kind, *names],
            cwd=ROOT,
            env={**os.environ, **dict.fromkeys(FOLDERS, str(folder)), "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            hang, clock = False, Patience(child.pid, folder / "current")
            while True:
                if select.select([child.stdout], [], [], 1)[0]:
                    line = child.stdout.readline()
                    if not line:
                        break
                    told = json.loads(line)
                    waiting.remove(told["target"])
                    yield Outcome(**told)
                elif clock.spent() > patience and not hang:
                    hang = True
                    child.send_signal(signal.SIGABRT)  # it says where it is
            if child.wait() == 0 or not waiting:  # how it ends when all is told is no matter of a parser
                return
            name, _, value = (folder / "current").read_text(encoding="utf-8", errors="surrogatepass").partition("\n")
            errors.seek(0)
            told = errors.read()[:3000].strip()
            if not name or name not in waiting:
                raise RuntimeError(f"The child process failed by itself:\n{told}")
            end = f"one input took {patience:.0f} s" if hang else f"the process ended with {_end_of(child.returncode)}"
            yield Outcome(name, 0, time.monotonic() - began, f"{end}:\n{told}", value.strip())
        finally:
            child.kill()
            child.wait()


def _end_of(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"status {code}"
