"""The spoken corpus: questions in many voices and answers in Wren's own, in shards that are written once.

A shard is `NNNN.pcm` (16-bit mono at 16 kHz, clips end to end) and `NNNN.jsonl` (one line a clip: start and length in
samples, text, voice, phones, kind, question). Shard N depends on the seed and N alone, so a stopped run goes on where it stopped
and several processes may fill one corpus, each taking every n-th shard.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np
from rich.progress import track

from engine.training import kept_out
from engine.training.voices import Voices, draw_voice, letters_aloud

SHARD, SLOW_SHARD = 1000, 100
"""Clips of a shard; where a voice takes as long as its sound lasts, a stopped run shall lose little."""
Draw = Callable[[np.random.Generator], str]
"""Chooses the voice of a text."""


@dataclass(frozen=True)
class SpeechClip:
    """One spoken text. `phones` are flite's, without pauses; `question` is the wording a domain question stands for."""

    start: int
    length: int
    text: str
    voice: str
    phones: tuple[str, ...]
    kind: str
    question: str = ""


@dataclass(frozen=True)
class Shard:
    """Clips with their samples (a memory map; nothing is read before it is used)."""

    clips: tuple[SpeechClip, ...]
    pcm: np.ndarray

    def samples(self, index: int) -> np.ndarray:
        """float32 in [-1, 1]."""
        clip = self.clips[index]
        return self.pcm[clip.start : clip.start + clip.length].astype(np.float32) / 32768


def shards(folder: Path) -> list[Shard]:
    """What is finished so far, in order."""
    return [_open(path) for path in sorted(folder.glob("*.jsonl"))]


def _open(index: Path) -> Shard:
    clips = []
    for line in index.read_text(encoding="utf-8").splitlines():
        fields = json.loads(line)
        clips.append(SpeechClip(**{**fields, "phones": tuple(fields["phones"])}))
    return Shard(tuple(clips), np.memmap(index.with_suffix(".pcm"), dtype=np.int16, mode="r"))


def make(
    folder: Path, texts: Iterable[tuple[str, str, str]], count: int, voice: str = "", part: int = 0, parts: int = 1,
    draw: Draw = draw_voice, size: int = SHARD,
) -> None:  # fmt: skip
    """Speaks the first `count` of `texts` (kind, text, question), each in `voice` or in a drawn one, in shards of `size`.

    This process makes the shards whose number is `part` modulo `parts`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    voices = Voices()
    numbers = range((count + size - 1) // size)
    batches = zip(numbers, _batches(islice(texts, count), size))
    for number, batch in track(batches, description=folder.name, total=len(numbers)):
        if number % parts == part and not (folder / f"{number:04d}.jsonl").exists():
            _make_shard(folder / f"{number:04d}", batch, voices, np.random.default_rng(number), voice, draw)


def add(folder: Path, texts: Iterable[str], voice: str, size: int = SHARD) -> None:
    """Speaks those of `texts` that no shard has yet, in shards of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    found = shards(folder)
    spoken = {clip.text for shard in found for clip in shard.clips}
    missing = (("answer", text, "") for text in texts if text not in spoken)
    for number, batch in enumerate(_batches(missing, size), len(found)):
        _make_shard(folder / f"{number:04d}", batch, Voices(), np.random.default_rng(number), voice)


T = TypeVar("T")


def _batches(texts: Iterator[T], size: int = SHARD) -> Iterator[list[T]]:
    while batch := list(islice(texts, size)):
        yield batch


def _make_shard(
    stem: Path, batch: list[tuple[str, str, str]], voices: Voices, rng: np.random.Generator, voice: str, draw: Draw = draw_voice
) -> None:
    clips, blocks, start = [], [], 0
    for kind, text, question in batch:
        name = voice or draw(rng)
        kept_out.check_voice(name)
        said = letters_aloud(text)
        samples = voices.say(said, name, None if voice else rng)
        block = np.clip(samples * 32767, -32768, 32767).astype(np.int16)
        clips.append(SpeechClip(start, len(block), text, name, voices.flite.phones(said), kind, question))
        blocks.append(block)
        start += len(block)
    write_shard(stem, clips, blocks)


def put(folder: Path, found: dict[str, np.ndarray], voice: str) -> None:
    """What was recorded, text -> float32 samples, as the only shard of `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    clips, blocks, start, flite = [], [], 0, Voices().flite
    for text, samples in found.items():
        blocks.append(np.clip(samples * 32767, -32768, 32767).astype(np.int16))
        clips.append(SpeechClip(start, len(samples), text, voice, flite.phones(letters_aloud(text)), "word"))
        start += len(samples)
    write_shard(folder / "0000", clips, blocks)


def write_shard(stem: Path, clips: list[SpeechClip], blocks: list[np.ndarray]) -> None:
    """`blocks` are the clips' samples, int16."""
    np.concatenate(blocks).tofile(stem.with_suffix(".pcm"))
    partial = stem.with_suffix(".partial")  # the index appears last and whole: it is what says that a shard is finished
    partial.write_text("".join(json.dumps(asdict(c)) + "\n" for c in clips), encoding="utf-8")
    partial.rename(stem.with_suffix(".jsonl"))


def batches(found: list[Shard], size: int, rng: random.Random, pool: int = 16) -> Iterator[list[tuple[Shard, int]]]:
    """Clips of about the same length in batches of `size`, in random order, without end."""
    places = [(shard, i) for shard in found for i in range(len(shard.clips))]
    while True:
        rng.shuffle(places)
        for start in range(0, len(places) - size * pool + 1, size * pool):
            near = sorted(places[start : start + size * pool], key=lambda place: place[0].clips[place[1]].length)
            groups = [near[i : i + size] for i in range(0, len(near), size)]
            rng.shuffle(groups)
            yield from groups
