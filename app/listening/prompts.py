"""Sets of prompts: the questions that several schedules answer, for a listening test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from app.engine_client.commands import RenderQuestion
from app.storage.records import StoredTurn
from engine import audio_files
from engine.benchmarks import questions

MOST = 400  # prompts of one set: days of listening
LONGEST_SECONDS = 120
ENDINGS = frozenset((".aif", ".aiff", ".au", ".caf", ".flac", ".m4a", ".mp3", ".oga", ".ogg", ".opus", ".wav"))


@dataclass(frozen=True, eq=False)
class SetPrompt:
    """`title` is its words where they are known; `question` makes it, maybe from a file: not on the screen's thread.

    `question` raises `ValueError` or `OSError` with a sentence.
    """

    title: str
    question: Callable[[], RenderQuestion]


class PromptsError(ValueError):
    """There is no set to be had; the message is a sentence for the user."""


def bundled(count: int = MOST) -> list[SetPrompt]:
    """Spoken questions that ship, evenly spread over all of them. Raises `PromptsError`."""
    try:
        items = questions.spoken(count)
    except ValueError as error:
        raise PromptsError(str(error)) from error
    spoken = [(item.text[:1].upper() + item.text[1:], item.audio) for item in items if item.audio is not None]
    return [SetPrompt(words, partial(_read, file)) for words, file in spoken]


def in_folder(folder: Path) -> list[SetPrompt]:
    """The sound files that lie in a folder, by name. Raises `PromptsError`."""
    try:
        files = sorted(file for file in folder.iterdir() if file.suffix.lower() in ENDINGS and not file.name.startswith("."))
    except OSError as error:
        raise PromptsError(f"{folder} cannot be opened: {error.strerror}.") from error
    if not files:
        raise PromptsError(f"There is no sound file in {folder}.")
    return _few([SetPrompt(file.stem, partial(_read, file)) for file in files])


def in_lines(text: str) -> list[SetPrompt]:
    """One typed question per line; the same one counts once. Raises `PromptsError`."""
    lines = list(dict.fromkeys(filter(None, (" ".join(line.split()) for line in text.splitlines()))))
    if not lines:
        raise PromptsError("Write one question per line.")
    return _few([SetPrompt(line, partial(RenderQuestion, line)) for line in lines])


def of_turns(turns: Sequence[StoredTurn]) -> list[SetPrompt]:
    """The questions of past turns. Raises `PromptsError`."""
    asked = [SetPrompt(turn.heard or f"Turn {turn.number}", partial(_asked, turn)) for turn in turns if turn.spoken or turn.heard]
    if not asked:
        raise PromptsError("Nothing was asked in this conversation.")
    return _few(asked)


def _few(prompts: list[SetPrompt]) -> list[SetPrompt]:
    if len(prompts) > MOST:
        raise PromptsError(f"{len(prompts):,} prompts are too many for one set: at most {MOST}.")
    return prompts


def _read(file: Path) -> RenderQuestion:
    samples, rate = audio_files.recording(file, LONGEST_SECONDS).sound
    return RenderQuestion(samples=np.ascontiguousarray(samples), rate=rate)


def _asked(turn: StoredTurn) -> RenderQuestion:
    sound = turn.question_audio() if turn.spoken else None
    if sound is not None:
        return RenderQuestion(samples=sound[0], rate=sound[1])
    if turn.heard:
        return RenderQuestion(turn.heard)
    raise ValueError("The sound of this question is gone.")
