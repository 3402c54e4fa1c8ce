"""The process in which targets are tried: with little memory to take, so that bombs and crashes end it and nothing else.

`python -m tests.fuzz.child FOLDER SECONDS RANDOM TARGET...`. A line of JSON for each target says how many inputs were tried and
what was found. `FOLDER/current` is the input that is being tried; it outlives a crash.
"""

from __future__ import annotations

import faulthandler
import json
import resource
import secrets
import sys
import time
from ast import literal_eval
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings

from tests.fuzz.target import Found, Target, attempt, target
from tests.rig.network import forbid_network

ROOM = 3 << 30
"""Bytes of address space that a target may take beside what its imports took; torch alone reserves one."""
ROUND = 300
"""Inputs from one seed."""


class Current:
    """The input being tried, in a file, because whoever crashes cannot tell."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w+", encoding="utf-8", errors="surrogatepass")

    def is_now(self, name: str, value: Any) -> None:
        self._file.seek(0)
        self._file.write(f"{name}\n{value!r}\n")
        self._file.truncate()
        self._file.flush()


def run(name: str, tried: Target, seconds: float, is_random: bool, current: Current) -> tuple[int, str, Any]:
    """Tries the examples and, for so many seconds, further inputs, at most one round of them where they are always the same.

    -> how many were tried, what was found, and its input.
    """
    count, failing, until = 0, None, float("inf")

    def one(value: Any) -> None:
        nonlocal count, failing
        if time.monotonic() > until and failing is None:
            return
        current.is_now(name, value)
        count += 1
        try:
            attempt(tried, value)
        except Found:
            failing = value
            raise

    try:
        for value in tried.examples:
            one(value)
        until = time.monotonic() + seconds
        trial = settings(
            max_examples=ROUND,
            database=None,
            deadline=None,
            derandomize=not is_random,
            report_multiple_bugs=False,
            verbosity=Verbosity.quiet,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink) if is_random else (Phase.generate,),
        )(given(tried.inputs)(one))
        while time.monotonic() < until:
            (seed(secrets.randbits(64))(trial) if is_random else trial)()
            if not is_random:
                break
    except Found as found:
        return count, str(found), failing
    return count, "", None


def limit_memory() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + ROOM, hard))


def main(folder: str, seconds: str, random: str, *tried: str) -> None:
    faulthandler.enable()
    sys.setrecursionlimit(1000)  # as it is in the program
    forbid_network(loopback=False)
    current = Current(Path(folder) / "current")
    targets = {name: target(name) for name in tried}
    limit_memory()
    for name, one in targets.items():
        began = time.monotonic()
        count, problem, failing = run(name, one, float(seconds), random == "random", current)
        told = {"target": name, "inputs": count, "seconds": time.monotonic() - began, "problem": problem, "input": repr(failing)}
        print(json.dumps(told), flush=True)


def replay(name: str, path: Path) -> None:
    """Tries one input that was kept. Raises `Found`."""
    limit_memory()
    attempt(target(name), literal_eval(path.read_text(encoding="utf-8", errors="surrogatepass")))


if __name__ == "__main__":
    main(*sys.argv[1:])
