"""Sets of questions: those that ship, and any JSONL file with, where questions are spoken, sound files beside it.

A line is one JSON object:

    text     what is asked; typed where there is no audio, else what the recording says
    audio    a sound file, its path from the JSONL file's folder
    key      what a right reply says: a text, or a list of texts that must come in this order
    aliases  further keys; a reply is right with any of them
    answer   a whole right answer; without a key it is the key
    id       by default the line's number
    before   a question, or {"text": ...}, that is typed first and whose reply this one leans on
    area, voice   by which results are told apart

One of text and audio must be there. Without a key and an answer the reply is not judged right or wrong. How the sets of
SPAR-K's paper come into this form is in the README beside this file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.audio_files import Recording
from engine.headless import Question
from engine.resources import resources_folder

NAMES = ("typed", "spoken", "cousins", "neural", "people", "worn", "unknown", "nothing")
MADE = ("worn", "nothing")
"""Those whose sounds are made when they are asked for; `worn` out of `people` and `neural`."""
NOTHING = "nothing"


@dataclass(frozen=True)
class EvalItem:
    """One question: `text` is what is asked, aloud in `audio` (by `voice`) where that is given.

    A right reply has the words of `key`, or of one of `aliases`, in order; without a key nothing is right or wrong.
    `answer` is a whole right answer. `before` is a typed question whose reply this one leans on. In the area "unknown" only
    `answer` is right, in the area "nothing" only no answer. `peak` and `made` are as for `Question`; `audio` is then what the
    sound was made of, if any.
    """

    id: str
    text: str
    area: str = ""
    answer: str = ""
    key: tuple[str, ...] = ()
    audio: Path | None = None
    voice: str = ""
    before: str | None = None
    aliases: tuple[tuple[str, ...], ...] = ()
    peak: float | None = None
    made: Callable[[], Recording] | None = field(default=None, compare=False)

    @property
    def is_spoken(self) -> bool:
        return self.audio is not None or self.made is not None

    @property
    def question(self) -> Question:
        """What is put to a dialogue, after `before`."""
        return Question(None if self.is_spoken else self.text, self.audio, self.peak, self.made)


@dataclass(frozen=True)
class QuestionSet:
    """Questions by their set's name; `notes` are sentences about what was left out."""

    name: str
    items: tuple[EvalItem, ...]
    notes: tuple[str, ...] = ()


def folder_of(model: str) -> Path:
    """Where a model's sets, `answers.txt` and `pronunciations.txt` are; Wren's, where it has none of its own."""
    root = resources_folder() / "evaluation"
    return root / model if (root / model).is_dir() else root / "wren"


def open_set(data: str, model: str = "wren") -> QuestionSet:
    """A set that ships by its name, or a folder with one JSONL file, or that file. Raises `ValueError` with a sentence."""
    if data in NAMES:
        return QuestionSet(data, tuple(read(folder_of(model), data)))
    path = _description(Path(data).expanduser())
    items, missing = _present(read_file(path))
    notes = (_left_out(missing),) if missing else ()
    if not items:
        raise ValueError(f"{path} has no question that can be asked{f': {notes[0]}' if notes else ': it is empty.'}")
    return QuestionSet(path.parent.name if len(list(path.parent.glob("*.jsonl"))) == 1 else path.stem, items, notes)


def read(folder: Path, name: str) -> list[EvalItem]:
    """The items of a set that ships. Raises `ValueError` with a sentence where there is none."""
    if name in MADE:
        from engine.evaluation import made

        return list(made.nothing() if name == NOTHING else made.worn(read(folder, "people"), read(folder, "neural")))
    path = folder / f"{name}.jsonl"
    if not path.is_file():
        raise ValueError(f"There is no test set {name!r} in {folder}: use {', '.join(NAMES)}.")
    return list(read_file(path))


def read_file(path: Path) -> Iterator[EvalItem]:
    """The items of a JSONL file. Raises `ValueError` with a sentence that names the line for one that cannot be used."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not a text file in UTF-8: a set has one JSON object per line.") from error
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            item = _item(json.loads(line), path.parent, number)
        except json.JSONDecodeError as error:
            raise ValueError(f"Line {number} of {path} is not JSON ({error.msg} at character {error.pos + 1}).") from None
        except ValueError as error:
            raise ValueError(f"Line {number} of {path}: {error}") from None
        if item.id in seen:
            raise ValueError(f"Line {number} of {path} has the id {item.id!r} of line {seen[item.id]}: ids must differ.")
        seen[item.id] = number
        yield item


def _item(fields: Any, folder: Path, number: int) -> EvalItem:
    if not isinstance(fields, dict):
        raise ValueError('it is not a JSON object like {"text": "Hello"}.')
    texts = {name: _text(fields, name) for name in ("text", "audio", "answer", "area", "voice")}
    if not (texts["text"].strip() or texts["audio"]):
        raise ValueError('it has neither "text" nor "audio".')
    audio, answer = texts["audio"], texts["answer"]
    before = fields.get("before")
    if isinstance(before, dict):
        before = before.get("text")
    if before is not None and not isinstance(before, str):
        raise ValueError('"before" must be a text, or an object with a "text".')
    aliases = fields.get("aliases") or []
    if not isinstance(aliases, list):
        raise ValueError('"aliases" must be a list of keys.')
    key = _key(fields["key"], "key") if fields.get("key") else ((answer,) if answer else ())
    return EvalItem(
        id=str(fields.get("id", number)),
        text=texts["text"],
        area=texts["area"],
        answer=answer,
        key=key or (_key(aliases[0], "aliases") if aliases else ()),
        audio=folder / audio if audio else None,
        voice=texts["voice"],
        before=before,
        aliases=tuple(_key(one, "aliases") for one in aliases),
    )


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise ValueError(f'"{name}" must be a text, not {json.dumps(value)}.')
    return value or ""


def _key(value: Any, name: str) -> tuple[str, ...]:
    parts = [value] if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise ValueError(f'"{name}" must have texts or lists of texts, not {json.dumps(value)}.')
    return tuple(parts)


def _description(path: Path) -> Path:
    if path.is_file():
        return path
    if not path.is_dir():
        raise ValueError(f"There is no set {str(path)!r}: give one of {', '.join(NAMES)}, a JSONL file or the folder of one.")
    found = sorted(path.glob("*.jsonl"))
    if len(found) != 1:
        what = f"{len(found)} JSONL files: give one of them" if found else "no JSONL file that says what its sounds are"
        raise ValueError(f"{path} has {what}.")
    return found[0]


def _present(items: Iterator[EvalItem]) -> tuple[tuple[EvalItem, ...], list[Path]]:
    """What can be asked, and the sound files that are not there; a typed question needs none."""
    found, missing = [], []
    for item in items:
        if item.audio is None or item.audio.is_file():
            found.append(item)
        else:
            missing.append(item.audio)
    return tuple(found), missing


def _left_out(missing: list[Path]) -> str:
    names = ", ".join(path.name for path in missing[:3]) + (", …" if len(missing) > 3 else "")
    one = len(missing) == 1
    return f"{'A sound file is' if one else f'{len(missing)} sound files are'} missing in {missing[0].parent} ({names})."
