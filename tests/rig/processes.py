"""Child processes of the tests: none outlives them, and what goes wrong in one is shown."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PR_SET_PDEATHSIG = 1


def need(*programs: str) -> None:
    """Skips where the rig cannot exist (no Linux) and fails where it is only not installed."""
    if not sys.platform.startswith("linux"):
        pytest.skip("the virtual sound card and display are for Linux")
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        pytest.fail(f"{', '.join(missing)} not found: run `python3 dev.py setup test`", pytrace=False)


def _die_with_parent() -> None:
    """A server must not stay behind when the test run is killed (prctl(2); Linux only)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def start_server(command: Sequence[str], **options) -> subprocess.Popen:
    """Starts a program that runs until `stop`, or until the tests end in whatever way."""
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=_die_with_parent, **options)


def stop(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def busy(count: int) -> Iterator[None]:
    """Beside what is inside, so many processes do nothing but compute."""
    with ExitStack() as stack:
        for _ in range(count):
            stack.callback(stop, start_server([sys.executable, "-c", "while True: pass"]))
        yield


def python(code: str, *arguments: str, env: Mapping[str, str] | None = None, timeout: float = 120) -> str:
    """Runs Python code in a child at the root of the source tree and returns its output; raises with its errors."""
    command = [sys.executable, "-c", code, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}
    child = subprocess.run(command, cwd=ROOT, env=environment, timeout=timeout, capture_output=True, text=True)
    if child.returncode:
        raise AssertionError(f"The child ended with {child.returncode}:\n{child.stdout}\n{child.stderr[-4000:]}")
    return child.stdout
