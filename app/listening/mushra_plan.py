"""A MUSHRA test (ITU-R BS.1534-3): all conditions of a prompt side by side, a hidden reference and two anchors among them."""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.listening.anchors import LOW, MID, low_passed
from app.listening.log_file import LogEntry
from app.listening.plan import SEED_BITS, Conditions, ListeningItem, Method

LOW_ANCHOR, MID_ANCHOR = "anchor 3.5 kHz", "anchor 7 kHz"
ANCHORS = (LOW_ANCHOR, MID_ANCHOR)


@dataclass(frozen=True)
class MushraTrial:
    """One prompt: `number` counts from 1, `item` from 0 among the plan's items. `order`: what is played as A, B, C …"""

    number: int
    item: int
    order: tuple[str, ...]


@dataclass(frozen=True)
class MushraPlan:
    """`conditions[0]` is the reference, which is also hidden among what is rated. `count` prompts of `items` are asked about."""

    conditions: Conditions
    items: int
    count: int
    share: float
    seed: int

    @property
    def method(self) -> Method:
        return "mushra"

    @property
    def most(self) -> int:
        """Trials."""
        return min(self.count, self.items)

    @property
    def stimuli(self) -> tuple[str, ...]:
        """What is rated for each prompt, the hidden reference first."""
        return (*self.conditions, *ANCHORS)

    def next_trial(self, answers: Mapping[int, LogEntry]) -> MushraTrial | None:
        """The one that comes after these answers, by trial number; None is the end."""
        number = next((number for number in range(1, self.most + 1) if number not in answers), None)
        if number is None:
            return None
        item = random.Random(self.seed).sample(range(self.items), self.most)[number - 1]
        order = random.Random(f"{self.seed}-{number}").sample(self.stimuli, len(self.stimuli))
        return MushraTrial(number, item, tuple(order))


def make_mushra(
    conditions: Conditions, items: int, count: int, share: float = 1.0, seed: int | None = None
) -> MushraPlan:
    """The same seed gives the same test. Raises: ValueError."""
    if items < 1 or len(conditions) < 2:
        raise ValueError("A MUSHRA test needs a prompt with replies of two conditions or more.")
    return MushraPlan(conditions, items, count, share, secrets.randbits(SEED_BITS) if seed is None else seed)


def stimuli(item: ListeningItem, conditions: Conditions) -> tuple[dict[str, np.ndarray], int]:
    """Everything of a prompt by name, at one rate in Hz and of one length: mono float32 [n]."""
    import soxr

    clips = item.of(conditions)
    rate = max(clip.rate for clip in clips)
    sounds = [clip.samples if clip.rate == rate else soxr.resample(clip.samples, clip.rate, rate) for clip in clips]
    sounds += [low_passed(sounds[0], rate, LOW), low_passed(sounds[0], rate, MID)]
    length = max(map(len, sounds))
    padded = [np.pad(sound, (0, length - len(sound))).astype(np.float32) for sound in sounds]
    return dict(zip((*conditions, *ANCHORS), padded, strict=True)), rate
