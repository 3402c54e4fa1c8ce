"""The bundled questions that benchmarks ask."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from engine.resources import resources_folder


@dataclass(frozen=True)
class BundledQuestion:
    """A recording and what it says."""

    audio: Path
    text: str


def spoken(count: int) -> list[BundledQuestion]:
    """`count` (or all, if fewer) bundled questions, evenly spread over their list.

    Raises `FileNotFoundError` with a sentence if this installation has none.
    """
    folder = resources_folder() / "evaluation" / "wren"
    listed = folder / "spoken.jsonl"
    if not listed.is_file():
        raise FileNotFoundError(f"The bundled questions are missing: {listed} is not there. Please reinstall Refrain.")
    lines = [json.loads(line) for line in listed.read_text(encoding="utf-8").splitlines() if line.strip()]
    count = min(count, len(lines))
    chosen = [lines[index * len(lines) // count] for index in range(count)]
    return [BundledQuestion(folder / line["audio"], line["text"]) for line in chosen]
