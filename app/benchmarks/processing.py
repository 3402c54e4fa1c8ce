"""What the processing of the microphone does to what a model hears: the same questions as they were and through each option."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated

import numpy as np
import typer

from app.audio.echo_canceller import BLOCKS_A_SECOND, EchoCanceller
from engine import models
from engine.audio_files import Recording
from engine.dialogue import Dialogue
from engine.evaluation import scoring, sets
from engine.evaluation.answers import is_right
from engine.evaluation.bootstrap import Estimate, difference, rate
from engine.headless import AskError, Question, ask

OPTIONS: Mapping[str, Mapping[str, bool] | None] = {
    "as it was": None,
    "echo canceller": {},
    "with noise suppression": {"noise_suppression": True},
    "with gain control": {"gain_control": True},
    "with both": {"noise_suppression": True, "gain_control": True},
}
"""What `EchoCanceller` is made with; the first is none at all."""
SETS = ("neural", "people", "worn")


def main(
    model: Annotated[str, typer.Option(help="An installed model.")] = "wren",
    questions: Annotated[int, typer.Option(help="Of each test set, spread over it.")] = 60,
) -> None:
    """Prints one JSON object for each test set and option: shares in percent with their 95 % intervals, and how they differ from
    those of the first option."""
    dialogue = Dialogue(models.load(model))
    for name in SETS:
        items = sets.open_set(name).items
        chosen = [items[number * len(items) // questions] for number in range(min(questions, len(items)))]
        first: dict[str, np.ndarray] = {}
        for option, how in OPTIONS.items():
            found = [_asked(dialogue, item, how) for item in chosen]
            pairs = {what: np.array([one[what] for one in found]) for what in ("right", "word errors heard")}
            first = first or pairs
            figures = {what: _percent(rate(each)) for what, each in pairs.items()}
            against = {f"{what}, more than as it was": _percent(difference(pairs[what], first[what])) for what in pairs}
            print(json.dumps({"set": name, "option": option, "questions": len(found), **figures, **against}), flush=True)


def _asked(dialogue: Dialogue, item: sets.EvalItem, how: Mapping[str, bool] | None) -> dict[str, tuple[int, int]]:
    """(amount, out of) of one question."""
    dialogue.reset()
    words = len(item.text.split())
    try:
        answer = ask(dialogue, Question(made=lambda: _processed(item, how)))
    except AskError:  # nobody was heard
        return {"right": (0, 1), "word errors heard": (words, words)}
    return {
        "right": (bool(is_right(answer.stats.text, item)), 1),
        "word errors heard": scoring.word_errors(answer.stats.heard, item.text),
    }


def _processed(item: sets.EvalItem, how: Mapping[str, bool] | None) -> Recording:
    """The question as the recorder gives it where nothing is played."""
    sound = item.question.sound()
    assert sound is not None  # these sets are spoken
    if how is None:
        return sound
    canceller, size = EchoCanceller(**how), sound.rate // BLOCKS_A_SECOND
    samples = np.pad(sound.samples, (0, -len(sound.samples) % size)).astype(np.float32)
    for block in samples.reshape(-1, size):
        canceller.play(np.zeros(size, np.float32), sound.rate)
        canceller.clean(block, sound.rate)
    return Recording(samples, sound.rate, sound.notes)


def _percent(found: Estimate | None) -> list[float] | None:
    """Value, lower and upper end."""
    return None if found is None else [round(100 * each, 1) for each in (found.value, found.low, found.high)]
