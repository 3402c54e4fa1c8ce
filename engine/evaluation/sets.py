"""The test sets that ship: questions in wordings, and partly in voices, that the model was never trained on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from engine.resources import resources_folder

NAMES = ("typed", "spoken", "unheard", "unknown")


@dataclass(frozen=True)
class Item:
    """One question: `text` is what is asked, aloud in `audio` (by `voice`) where that is given.

    A right reply has the words of `key` in order; `answer` is the one the model was taught. `before` is a typed
    question whose reply this one leans on. In the area "unknown" only `answer` is right.
    """

    id: str
    text: str
    area: str
    intent: str
    answer: str
    key: tuple[str, ...]
    audio: Path | None = None
    voice: str = ""
    before: str | None = None


def folder_of(model: str) -> Path:
    """Where a model's sets, `answers.txt` and `pronunciations.txt` are."""
    return resources_folder() / "evaluation" / model


def read(folder: Path, name: str) -> list[Item]:
    """The items of one set. Raises `ValueError` with a sentence where there is none."""
    path = folder / f"{name}.jsonl"
    if not path.is_file():
        raise ValueError(f"There is no test set {name!r} in {folder}: use {', '.join(NAMES)}.")
    return [_item(json.loads(line), folder) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _item(fields: dict, folder: Path) -> Item:
    audio, before = fields.pop("audio", None), fields.pop("before", None)
    return Item(
        **{**fields, "key": tuple(fields["key"])},
        audio=folder / audio if audio else None,
        before=before["text"] if before else None,
    )
