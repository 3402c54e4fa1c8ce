"""How long after the command the window is on the screen, and how long until the model is ready.

Every run is a fresh process with empty settings; the clock starts before the process does. The first run of a boot reads
the program from disk, so the fastest and the median are shown. Commands of other copies, such as an installed program's, take
turns with the source, so that what else the machine does hits them alike.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Annotated

import typer

from app.window import READY, VISIBLE
from engine import installed

PATIENCE = 120.0  # seconds for one run


def main(
    runs: Annotated[int, typer.Option(min=1, help="Fresh starts.")] = 5,
    model: Annotated[str, typer.Option(help="A model's name or folder.")] = "wren",
    against: Annotated[list[str] | None, typer.Option(help="A command to time beside the source (again for more).")] = None,
) -> None:
    """Times fresh starts of the program and prints one JSON object (seconds) for the source, and for each other command."""
    starts: dict[str, list[tuple[float, float]]] = {command: [] for command in ("", *(against or ()))}
    for _ in range(runs):
        for command, timed in starts.items():
            timed.append(_start(model, shlex.split(command)))
    for command, timed in starts.items():
        print(json.dumps({"command": command or "this copy", **_figures(timed)}))


def _figures(starts: list[tuple[float, float]]) -> dict[str, dict[str, float]]:
    found = {}
    for index, name in enumerate(("window_visible", "model_ready")):
        seconds = [start[index] for start in starts]
        found[name] = {"median": round(median(seconds), 3), "fastest": round(min(seconds), 3), "runs": len(starts)}
    return found


def _start(model: str, other: list[str]) -> tuple[float, float]:
    """Of this copy, or of the `other` that a command starts."""
    with tempfile.TemporaryDirectory(prefix="refrain-start-") as folder:
        own = dict.fromkeys(("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"), folder)
        own["REFRAIN_LOG"] = "1"  # so that the log tells what happens, not only what fails
        began = time.monotonic()
        command = [*other, "--model", model] if other else installed.module("app", "--model", model)
        program = subprocess.Popen(command, env={**installed.environment(), **own})
        try:
            visible, ready = (_wait(Path(folder), words, program) - began for words in (VISIBLE, READY))
            return visible, ready
        finally:
            program.terminate()
            program.wait()


def _wait(folder: Path, words: str, program: subprocess.Popen[bytes]) -> float:
    """The time at which a line with `words` stands in the program's log."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and program.poll() is None:
        for path in folder.rglob("*.log"):
            if words in path.read_text(encoding="utf-8", errors="replace"):
                return time.monotonic()
        time.sleep(0.005)
    raise typer.BadParameter(f"The program did not log “{words}”.")
