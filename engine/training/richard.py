"""Single words of a person who may be learned from: the prompts that one Richard recorded for a telephone system.

`SOURCE` is the repository racitup/freeswitch-sounds-en-gb-richard (GPL-3.0): a British man, by the microphone of a headset. He is
none of the people of the test set.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.training import kept_out, recordings
from engine.training.domain.calendar import DAYS, MONTHS
from engine.training.recordings import RecordedSpeaker

NAME, SOURCE = "richard", "freeswitch-sounds-en-gb-richard"
_TENS = {word: 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
PROMPTS = {
    **{letter: f"ascii/48000/{ord(letter)}" for letter in "abcdefghijklmnopqrstuvwxyz"},
    **{name: f"digits/48000/{n}" for name, n in (recordings.NUMBERS | _TENS).items()},
    **{name.lower(): f"time/48000/day-{(i + 1) % 7}" for i, name in enumerate(DAYS)},
    **{name.lower(): f"time/48000/mon-{i}" for i, name in enumerate(MONTHS)},
    "hundred": "digits/48000/hundred", "plus": "ascii/48000/43", "minus": "currency/48000/minus", "and": "currency/48000/and",
    "today": "time/48000/today", "tomorrow": "time/48000/tomorrow", "hello": "ivr/48000/ivr-hello",
    "goodbye": "conference/48000/conf-goodbye", "please": "ivr/48000/ivr-please",
}  # fmt: skip
"""Word -> the file that has it."""
_SPEAKER = RecordedSpeaker(NAME, lambda text, take: f"{SOURCE}/48000/en/gb/richard/{PROMPTS[text]}.wav")


def words(folder: Path) -> dict[str, np.ndarray]:
    """Each word that he says, at the rate of training; `SOURCE` is in `folder`. Raises `OSError` where it is not."""
    kept_out.check_corpus(SOURCE)
    kept_out.check_voice(NAME)
    if not (folder / SOURCE).is_dir():
        raise OSError(f"{folder / SOURCE} is missing: it is the repository racitup/{SOURCE}.")
    return {text: recordings.word(folder, _SPEAKER, text).samples for text in PROMPTS}
