"""From sound to what the language model is trained on: listener features of the questions, units of the answers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch

from engine.lm import checkpoint
from engine.models.wren import vocabulary
from engine.models.wren.encoder import SpeechEncoder
from engine.models.wren.listener import PhoneHead, PhoneNetwork, in_features, pair_up
from engine.models.wren.listener_config import EncoderConfig, ListenerConfig
from engine.models.wren.speech_tokens import SpeechCodec, SpeechTokenConfig
from engine.training import corpus, parallel, places, states, texts, train_listener
from engine.training.train_speaker import load_features

PIECES = 1024
ENCODER = "encoder.safetensors"
"""In the training folder: what `moonshine.write` made."""


def make_tokenizer(path: Path, units: int, lines: int = 60_000) -> None:
    """BPE over the answers and what is asked; written once, since every later step depends on its ids."""
    if path.exists():
        return
    answers = texts.answers()
    spoken = [text for kind, text, _ in islice(texts.utterances(seed=0), lines) if kind != "diverse"]
    vocabulary.train(answers * 8 + spoken, PIECES, units).save(str(path), pretty=False)


@torch.inference_mode()
def listen(corpora: list[tuple[Path, Path]], head: PhoneHead, config: ListenerConfig, folder: Path) -> None:
    """What the listener hears in every clip, one file a shard: bytes [positions, 2 * classes] end to end and the counts.

    `corpora` are folders of clips, each with that of their states.
    """
    torch.set_num_threads(1)
    for clips, states_of in corpora:
        (folder / clips.name).mkdir(parents=True, exist_ok=True)
        for number, found in states.by_shard(clips, states_of, config):
            rows = [row for some in _batches(found) for row in _features(head, [heard for _, heard in some], config)]
            partial = folder / clips.name / f"{number:04d}.partial.npz"
            np.savez(partial, features=np.concatenate(rows), counts=[len(r) for r in rows])
            partial.rename(folder / clips.name / f"{number:04d}.npz")


T = TypeVar("T")


def _batches(many: list[T], size: int = 64) -> Iterator[list[T]]:
    yield from (many[start : start + size] for start in range(0, len(many), size))


def _features(head: PhoneHead, heard: list[states.EncodedClip], config: ListenerConfig) -> Iterator[np.ndarray]:
    for logits in train_listener.logits(head, heard, config):
        yield (pair_up(in_features(logits, config.floor)) * 255).round().to(torch.uint8).numpy()


@torch.inference_mode()
def units_of_answers(answers: Path, features: Path, tokenizer: SpeechCodec) -> dict[str, list[int]]:
    """text -> units, for every clip spoken in Wren's voice."""
    tokenizer.eval()
    result, per_unit = {}, tokenizer.config.frames_per_unit
    clips = (clip for shard in corpus.shards(answers) for clip in shard.clips)
    for clip, frames in zip(clips, load_features(features), strict=False):
        short = -len(frames) % per_unit
        whole = np.pad(frames, ((0, short), (0, 0)), mode="edge")
        result[clip.text] = tokenizer.encode(torch.from_numpy(whole)).tolist()
    return result


def heard(corpora: list[tuple[Path, Path]], folder: Path) -> Iterator[tuple[corpus.SpeechClip, np.ndarray]]:
    """Each clip that was listened to with its features, uint8 [positions, 2 * classes], as often as `places.TIMES` says."""
    for clips, _ in corpora:
        for number, shard in enumerate(corpus.shards(clips)):
            if (path := folder / clips.name / f"{number:04d}.npz").exists():
                stored = np.load(path)
                found = list(zip(shard.clips, np.split(stored["features"], np.cumsum(stored["counts"])[:-1]), strict=True))
                for _ in range(places.TIMES[clips.name]):
                    yield from found


def load_networks(folder: Path) -> tuple[PhoneNetwork, SpeechCodec]:
    """The trained listener and speech tokenizer. Raises `FileNotFoundError` naming the step to run first."""
    spoken_by = parallel.load(folder / "speaker.pt")
    if spoken_by is None:
        raise FileNotFoundError("Train the speaker first.")
    tokenizer = SpeechCodec(SpeechTokenConfig(**spoken_by["config"]))
    tokenizer.load_state_dict(spoken_by["network"])
    return load_listener(folder), tokenizer.eval()


def load_listener(folder: Path) -> PhoneNetwork:
    """As `load_networks`."""
    kept = parallel.load(folder / "listener.pt")
    if kept is None:
        raise FileNotFoundError("Train the listener first.")
    network = PhoneNetwork(ListenerConfig(tuple(kept["phones"])))
    network.encoder.load_state_dict(checkpoint.read(folder / ENCODER))
    network.head.load_state_dict(kept["head"])
    return network.eval()


def load_encoder(folder: Path) -> SpeechEncoder:
    """Raises as `checkpoint.read`."""
    encoder = SpeechEncoder(EncoderConfig())
    encoder.load_state_dict(checkpoint.read(folder / ENCODER))
    return encoder.eval().requires_grad_(False)
