"""From sound to what the language model is trained on: listener features of the questions, units of the answers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from rich.progress import track

from engine.models.wren import vocabulary
from engine.models.wren.listener import PhoneNetwork, pair_up
from engine.models.wren.speech_tokens import SpeechTokenizer
from engine.models.wren.training import corpus, parallel, texts
from engine.models.wren.training.augment import augment
from engine.models.wren.training.train_speaker import load_features

PIECES = 1024


def make_tokenizer(path: Path, units: int, lines: int = 60_000) -> None:
    """BPE over the answers and what is asked; written once, since every later step depends on its ids."""
    if path.exists():
        return
    answers = texts.answers()
    spoken = [text for kind, text, _ in islice(texts.utterances(seed=0), lines) if kind != "diverse"]
    vocabulary.train(answers * 8 + spoken, PIECES, units).save(str(path))


def listen(questions: Path, network: PhoneNetwork, folder: Path, part: int, parts: int) -> None:
    """Features of every question, one file a shard: bytes [positions, 2 * classes] end to end and the counts.

    The sound is worn first (noise, rooms, levels), half as hard as for the listener's own training.
    """
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    found = list(enumerate(corpus.shards(questions)))
    for number, shard in track(found[part::parts], "listen"):
        path = folder / f"{number:04d}.npz"
        if path.exists():
            continue
        rng = np.random.default_rng(number)
        rows = [_features(network, augment(shard.samples(i), rng, 0.5)) for i in range(len(shard.clips))]
        partial = path.with_suffix(".partial.npz")
        np.savez(partial, features=np.concatenate(rows), counts=[len(r) for r in rows])
        partial.rename(path)


@torch.inference_mode()
def _features(network: PhoneNetwork, samples: np.ndarray) -> np.ndarray:
    padded = torch.from_numpy(np.pad(samples, (0, network.mel.window - 1)))[None]
    with torch.autocast("cpu", torch.bfloat16):
        features = network.features(network.mel(padded))[0]
    return (pair_up(features) * 255).round().to(torch.uint8).numpy()


@torch.inference_mode()
def units_of_answers(answers: Path, features: Path, tokenizer: SpeechTokenizer) -> dict[str, list[int]]:
    """text -> units, for every clip spoken in Wren's voice."""
    tokenizer.eval()
    result, per_unit = {}, tokenizer.config.frames_per_unit
    clips = (clip for shard in corpus.shards(answers) for clip in shard.clips)
    for clip, frames in zip(clips, load_features(features), strict=False):
        short = -len(frames) % per_unit
        whole = np.pad(frames, ((0, short), (0, 0)), mode="edge")
        result[clip.text] = tokenizer.encode(torch.from_numpy(whole)).tolist()
    return result


def heard(questions: Path, folder: Path) -> Iterator[tuple[corpus.Clip, np.ndarray]]:
    """Each question of the finished shards with its features, uint8 [positions, 2 * classes]."""
    for number, shard in enumerate(corpus.shards(questions)):
        path = folder / f"{number:04d}.npz"
        if path.exists():
            stored = np.load(path)
            yield from zip(shard.clips, np.split(stored["features"], np.cumsum(stored["counts"])[:-1]), strict=True)


def load_networks(folder: Path) -> tuple[PhoneNetwork, SpeechTokenizer]:
    """The trained listener and speech tokenizer. Raises `FileNotFoundError` naming the step to run first."""
    from engine.models.wren.listener import ListenerConfig
    from engine.models.wren.speech_tokens import SpeechTokenConfig

    heard_by, spoken_by = (parallel.load(folder / f"{name}.pt") for name in ("listener", "speaker"))
    if heard_by is None or spoken_by is None:
        raise FileNotFoundError("Train the listener and the speaker first.")
    network = PhoneNetwork(ListenerConfig(tuple(heard_by["phones"])))
    network.load_state_dict(heard_by["network"])
    tokenizer = SpeechTokenizer(SpeechTokenConfig())
    tokenizer.load_state_dict(spoken_by["network"])
    return network.eval(), tokenizer.eval()
