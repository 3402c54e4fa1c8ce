"""What the step `adapt` teaches beside the model's own replies: what is drilled, and it does not say right yet.

Without its answers who says the letters "a b c d" or asks for a word to be said again is heard, and not answered.
"""

from __future__ import annotations

from pathlib import Path

from engine.training import adapt, corpus, texts, tokens, train_speaker

ANSWERS = "drilled-answers"
"""In the training folder: those answers, spoken."""


def teach(folder: Path, voice: str) -> None:
    """Adds the units of the missing answers to the model's own replies; `voice` is the one that its speaker was trained on.

    Raises `FileNotFoundError` without a language model or a speaker.
    """
    _, said = adapt.own_replies(folder)
    _, codec = tokens.load_networks(folder)
    answers, features = folder / ANSWERS, folder / f"{ANSWERS}-features"
    corpus.add(answers, [text for text in texts.drilled_answers() if text not in said], voice, corpus.SLOW_SHARD)
    train_speaker.analyse(answers, features, codec.config.layout)
    adapt.add_replies(folder, tokens.units_of_answers(answers, features, codec))
