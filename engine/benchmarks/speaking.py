"""What each block of a reply costs a model's voice: a long reply must not become dearer than a short one.

Random speech tokens are given one by one, as decoding does; a block is the work between two sounds. The first block warms
up and is left out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import torch
from rich.box import SIMPLE_HEAD
from rich.table import Column, Table

from engine.models.spoken_lm import Speaker, SpokenLM

BLOCKS = 50
_COMPARED = 10  # blocks at the beginning and at the end
_FRAMES = 500  # of all that there are, where a token is a frame of several codes


class Voice(NamedTuple):
    """What is measured: `make` begins a reply, `tokens` are the ids of speech, `sample_rate` is that of the sound."""

    make: Callable[[], Speaker]
    sample_rate: int
    tokens: Sequence[int]


@dataclass(frozen=True)
class SpeakingCost:
    """Of one voice, a model's name or folder: for the second and each further block, seconds of work and seconds of sound."""

    name: str
    work: tuple[float, ...]
    sound: tuple[float, ...]

    @property
    def costs(self) -> list[float]:
        """Seconds of work for a second of sound, block by block."""
        return [work / sound for work, sound in zip(self.work, self.sound, strict=True)]

    @property
    def first(self) -> float:
        """The median cost of the first ten blocks."""
        return median(self.costs[:_COMPARED])

    @property
    def last(self) -> float:
        """The median cost of the last ten blocks."""
        return median(self.costs[-_COMPARED:])

    @property
    def growth(self) -> float:
        return self.last / self.first


def voice_of(model: SpokenLM) -> Voice:
    """The voice of a loaded model."""
    pattern, frames = model.pattern(spoken=True), model.decoder.frames
    if frames is not None:
        tokens = frames.ids.some(_FRAMES)
    else:
        tokens = [token for token in range(model.decoder.config.vocabulary) if pattern.kind_of(token) == "speech"]
    return Voice(model.speaker, model.output_rate, tokens)


def measure(voices: Mapping[str, Voice], blocks: int = BLOCKS, seed: int = 0) -> list[SpeakingCost]:
    """Each voice's cost of its first `blocks` blocks, at least 2, over its tokens in random order.

    Voices take turns block by block, so that what else the machine does falls on all of them. Raises what a speaker raises.
    """
    generator = torch.Generator().manual_seed(seed)
    order = torch.rand(100_000, generator=generator, dtype=torch.float64).tolist()
    running = {name: voice.make() for name, voice in voices.items()}
    given = dict.fromkeys(running, 0)
    costs: dict[str, list[tuple[float, float]]] = {name: [] for name in running}
    for _ in range(blocks):
        for name, speaker in running.items():
            voice, samples, began = voices[name], 0, time.perf_counter()
            while not samples:
                token = voice.tokens[int(order[given[name] % len(order)] * len(voice.tokens))]
                samples = len(speaker.feed([token]))
                given[name] += 1
            costs[name].append((time.perf_counter() - began, samples / voice.sample_rate))
    return [SpeakingCost(name, *zip(*found[1:], strict=True)) for name, found in costs.items()]


def as_json(costs: Sequence[SpeakingCost]) -> list[dict[str, Any]]:
    """One object per voice."""
    return [
        {"name": cost.name, "work": list(cost.work), "sound": list(cost.sound), "growth": round(cost.growth, 3)} for cost in costs
    ]


def table(costs: Sequence[SpeakingCost], every: int = 6) -> Table:
    """For people: some blocks from the second to the last, and how the cost has grown."""
    title = "Seconds of work per second of sound"
    shown = Table(Column("Block", no_wrap=True), title=title, title_justify="left", box=SIMPLE_HEAD, padding=0)
    for cost in costs:
        shown.add_column(Path(cost.name).name, justify="right", overflow="fold")
    count = min(len(cost.work) for cost in costs)
    for block in [*range(0, count - 1, every), count - 1]:
        shown.add_row(str(block + 2), *(f"{cost.costs[block]:.3f}" for cost in costs))
    shown.add_row("median of the first ten", *(f"{cost.first:.3f}" for cost in costs))
    shown.add_row("median of the last ten", *(f"{cost.last:.3f}" for cost in costs))
    shown.add_row("growth", *(f"{cost.growth:.2f}x" for cost in costs))
    return shown
