"""What the frozen encoder makes of the training sounds, once and for all: the head learns from that, a hundred times faster.

For each shard of a corpus `NNNN.f16` (states end to end) and `NNNN.json` (samples of each clip as it was heard). A clip is heard
in the windows in which `StreamingListener` hears it; of each window only what the head sees for the part that it settles is kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from rich.progress import track
from torch import Tensor

from engine.models.wren.encoder import SpeechEncoder
from engine.models.wren.listener import fitted
from engine.models.wren.listener_config import BEAT, STATES, ListenerConfig, Window, Windows, beats
from engine.speech.level import Leveller
from engine.training import corpus, half
from engine.training.augment import augment
from engine.training.over_reply import over_reply

MARGIN = 1  # beats to either side of what a window settles: the head sees no further
_LEVELLED_LATE = 4800  # samples that the leveller gives at the end only
_CLIPS, _SIDE_BY_SIDE = 20, 16
_OVER_REPLIES = 0.12  # the share of questions that are asked while a reply sounds


@dataclass(frozen=True)
class EncodedClip:
    """A clip's states [states, dim], float16: the pieces of `pieces_of(samples)` end to end."""

    samples: int
    states: np.ndarray


def pieces_of(samples: int, config: ListenerConfig) -> list[tuple[Window, int, int]]:
    """The windows of a sound, and of each the beats from which to which states are kept."""
    windows = Windows(config)
    found = windows.settle(max(0, samples - _LEVELLED_LATE) // BEAT) + windows.rest(beats(samples))
    return [(w, max(w.start, w.first - MARGIN), min(w.end, w.last + MARGIN)) for w in found]


@torch.inference_mode()
def hear(encoder: SpeechEncoder, config: ListenerConfig, sounds: list[np.ndarray]) -> list[EncodedClip]:
    """The sounds as the encoder hears them, window by window; those of one length are computed side by side."""
    of_length: dict[int, list[tuple[int, int, Tensor, slice]]] = {}
    for clip, samples in enumerate(sounds):
        for number, (window, first, last) in enumerate(pieces_of(len(samples), config)):
            part = slice((first - window.start) * STATES, (last - window.start) * STATES)
            length = window.end - window.start
            of_length.setdefault(length, []).append((clip, number, fitted(samples[window.start * BEAT :], length), part))
    kept: list[dict[int, Tensor]] = [{} for _ in sounds]
    for same in of_length.values():
        for start in range(0, len(same), _SIDE_BY_SIDE):
            group = same[start : start + _SIDE_BY_SIDE]
            with half.autocast():
                states = encoder(torch.cat([samples for _, _, samples, _ in group]))
            for (clip, number, _, part), found in zip(group, states, strict=True):
                kept[clip][number] = found[part].half()
    rows = [torch.cat([parts[i] for i in range(len(parts))]).numpy() for parts in kept]
    return [EncodedClip(len(samples), row) for samples, row in zip(sounds, rows, strict=True)]


def levelled(samples: np.ndarray) -> np.ndarray:
    """As Wren's listener is given it."""
    leveller = Leveller()
    return np.concatenate([leveller.feed(samples), leveller.finish()])


def make(
    questions: Path, encoder: SpeechEncoder, config: ListenerConfig, folder: Path, part: int = 0, parts: int = 1,
    reply: Callable[[np.random.Generator], np.ndarray] | None = None,
) -> None:  # fmt: skip
    """States of every finished shard of `questions`, worn by rooms, noise and lines; what is there already stays.

    `reply` draws what sounds from the speaker while some of the questions are asked.

    Raises `ValueError` where that was made for other windows.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _check_windows(folder / "windows.json", config)
    torch.set_num_threads(1)
    found = list(enumerate(corpus.shards(questions)))
    for number, shard in track(found[part::parts], folder.name):
        index = folder / f"{number:04d}.json"
        if index.exists():
            continue
        rng, lengths = np.random.default_rng([number, 1]), []
        with (folder / f"{number:04d}.f16").open("wb") as file:
            for start in range(0, len(shard.clips), _CLIPS):
                some = range(start, min(start + _CLIPS, len(shard.clips)))
                worn = [augment(shard.samples(i), rng, 0.8) for i in some]
                if reply is not None:
                    worn = [over_reply(clip, reply(rng), rng) if rng.random() < _OVER_REPLIES else clip for clip in worn]
                for heard in hear(encoder, config, [levelled(clip) for clip in worn]):
                    heard.states.tofile(file)
                    lengths.append(heard.samples)
        index.write_text(json.dumps(lengths), encoding="utf-8")


def _check_windows(path: Path, config: ListenerConfig) -> None:
    wanted = [config.behind, config.block, config.ahead, MARGIN]
    if not path.exists():
        path.write_text(json.dumps(wanted), encoding="utf-8")
    if (found := json.loads(path.read_text(encoding="utf-8"))) != wanted:
        raise ValueError(f"The states in {path.parent} are of windows {found}, not {wanted}: delete them to make others.")


def read(questions: Path, folder: Path, config: ListenerConfig) -> Iterator[tuple[corpus.SpeechClip, EncodedClip]]:
    """Every clip that has been heard, its states as a memory map."""
    for _, found in by_shard(questions, folder, config):
        yield from found


def by_shard(
    questions: Path, folder: Path, config: ListenerConfig
) -> Iterator[tuple[int, list[tuple[corpus.SpeechClip, EncodedClip]]]]:
    """The same with the numbers of the shards that have been heard."""
    for number, shard in enumerate(corpus.shards(questions)):
        index = folder / f"{number:04d}.json"
        if not index.exists():
            continue
        _check_windows(folder / "windows.json", config)
        states, start, found = np.memmap(index.with_suffix(".f16"), np.float16, "r").reshape(-1, config.encoder.dim), 0, []
        for clip, samples in zip(shard.clips, json.loads(index.read_text(encoding="utf-8")), strict=True):
            end = start + STATES * sum(last - first for _, first, last in pieces_of(samples, config))
            found.append((clip, EncodedClip(samples, states[start:end])))
            start = end
        yield number, found
