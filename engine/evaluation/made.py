"""Sets that are made where they are asked for: worn recordings, and sounds in which nobody speaks."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from engine import audio_files
from engine.audio_files import LONGEST_QUESTION, Recording
from engine.evaluation import noises, wear
from engine.evaluation.sets import NOTHING, EvalItem

EACH = 18
"""Questions of each set of recordings under each kind of wear."""
PEAKS = -6.0, -20.0, -40.0
"""dB of full scale, of the sounds in which nobody speaks."""
SECONDS = 1.5, 2.5, 4.0
SILENCE = "silence"


def worn(*sets: Sequence[EvalItem]) -> Iterator[EvalItem]:
    """Of each set `EACH` questions under every kind of wear, no question twice. Kinds take the place of areas."""
    for items in sets:
        mixed = random.Random(0).sample(items, len(items))  # voices and areas come in turns in a set
        for number, kind in enumerate(wear.KINDS):
            for item in mixed[number :: len(wear.KINDS)][:EACH]:
                assert item.audio is not None  # all of these are recordings
                made = partial(_worn, item.audio, kind)
                yield replace(item, id=f"worn-{kind.replace(' ', '-').lower()}-{item.id}", area=kind, made=made)


def nothing() -> Iterator[EvalItem]:
    """Noises of every kind, level and length, and silence as a converter gives it: nobody speaks, nothing is to be answered."""
    for seconds in SECONDS:
        for kind in noises.KINDS:
            for peak in PEAKS:
                name = f"{kind.replace(' ', '-').lower()}{peak:.0f}-{seconds:g}"
                made = partial(_noise, kind, peak, seconds, zlib.crc32(name.encode()))
                yield EvalItem(id=f"{NOTHING}-{name}", text="", area=NOTHING, voice=kind, made=made)
        made = partial(_silence, seconds)
        yield EvalItem(id=f"{NOTHING}-{SILENCE}-{seconds:g}", text="", area=NOTHING, voice=SILENCE, made=made)


def _worn(path: Path, kind: str) -> Recording:
    return wear.worn(audio_files.recording(path, LONGEST_QUESTION), kind)


def _noise(kind: str, peak: float, seconds: float, seed: int) -> Recording:
    return Recording(noises.noise(kind, peak, seconds, seed), noises.RATE)


def _silence(seconds: float) -> Recording:
    """Of a 16-bit converter: its last bit flickers."""
    return Recording(noises.noise("white", -90.3, seconds), noises.RATE)
