"""Trains the speech tokenizer on the answering voice: features -> units -> features, clean speech of one voice only."""

from __future__ import annotations

import math
import random
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from rich.progress import track
from torch import Tensor

from engine.models.wren.speech_tokens import SpeechCodec, SpeechTokenConfig
from engine.speech.source_filter import FeatureLayout
from engine.training import corpus, half, parallel

VOICE = "kokoro:am_michael"
"""The answering voice: of Kokoro's, the one a recogniser understands best."""
CONFIG = SpeechTokenConfig(frame_rate=200, frames_per_unit=8)
"""200 frames a second: with 100, stops and the edges of voiced sounds are blurred."""
BATCH, UNITS, SEED = 32, 50, 2  # windows of 2 s
LEARNING_RATE, WARM_UP = 1.5e-3, 100


def analyse(answers: Path, features: Path, layout: FeatureLayout) -> None:
    """Voice features of every answer, one file a shard."""
    from engine.training import world

    features.mkdir(parents=True, exist_ok=True)
    for number, shard in enumerate(corpus.shards(answers)):
        path = features / f"{number:04d}.npz"
        if path.exists():
            continue
        rows = [world.analyse(shard.samples(i), layout) for i in track(range(len(shard.clips)), f"analyse {number}")]
        partial = path.with_suffix(".partial.npz")
        np.savez(partial, frames=np.concatenate(rows).astype(np.float16), counts=[len(r) for r in rows])
        partial.rename(path)


def load_features(folder: Path) -> list[np.ndarray]:
    """[frames, width] of every answer, in the corpus's order."""
    found: list[np.ndarray] = []
    for path in sorted(folder.glob("????.npz")):
        stored = np.load(path)
        found += np.split(stored["frames"].astype(np.float32), np.cumsum(stored["counts"])[:-1])
    return found


def train(features: Path, checkpoint: Path, steps: int, processes: int) -> None:
    """Goes on from `checkpoint` where there is one; `steps` counts from the very first."""
    parallel.launch(_worker, processes, features, checkpoint, steps)


def _worker(rank: int, processes: int, folder: Path, checkpoint: Path, steps: int) -> None:
    torch.manual_seed(SEED)
    rows = [r for r in load_features(folder) if len(r) >= 8]
    model = SpeechCodec(CONFIG)
    layout = model.config.layout
    sample = np.concatenate(rows)
    mean, deviation = sample.mean(0), sample.std(0)
    deviation[: layout.bands] = deviation[: layout.bands].mean()  # envelope points stay comparable
    mean[layout.voicing], deviation[layout.voicing] = 0, 1
    model.mean.copy_(torch.from_numpy(mean))
    model.deviation.copy_(torch.from_numpy(deviation))
    optimizer = torch.optim.AdamW(model.parameters(), LEARNING_RATE, betas=(0.9, 0.98), weight_decay=0.01)
    done, state = 0, parallel.load(checkpoint)
    if state:
        if SpeechTokenConfig(**state["config"]) != CONFIG:
            raise ValueError(f"{checkpoint} is a speaker of another kind: move it away to train one of this kind.")
        model.load_state_dict(state["network"])
        if "optimizer" in state:
            optimizer.load_state_dict(state["optimizer"])
        done = state["step"]
    for block in (*model.encoder.blocks, *model.decoder.blocks, *model.decoder.fine):
        block.compile()
    rng, frames = random.Random(SEED + done * processes + rank), CONFIG.frames_per_unit * UNITS
    begun, first = time.monotonic(), done
    smooth: dict[str, float] = {}
    while done < steps:
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * min(1, (done + 1) / WARM_UP, 0.02 + 0.5 * (1 + math.cos(math.pi * done / steps)))
        features = model.normalise(torch.stack([_window(rng.choice(rows), rng, frames) for _ in range(BATCH)]))
        with half.autocast():
            hidden = model.encoder(features)
        values = model.quantizer(hidden.float())
        with half.autocast():
            guess = model.decoder(values)
        losses = reconstruction(guess.float(), features, layout)
        torch.stack(list(losses.values())).sum().backward()
        parallel.average_gradients(model.parameters())
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        done += 1
        smooth = {k: 0.95 * smooth.get(k, float(v)) + 0.05 * float(v) for k, v in losses.items()}
        if rank == 0 and done % 50 == 0:
            used = len(model.quantizer.ids(hidden.detach().float()).unique())
            figures = " ".join(f"{k} {v:.3f}" for k, v in smooth.items())
            rate = (done - first) / (time.monotonic() - begun)
            print(f"speaker {done}/{steps} {figures} units in batch {used} {rate:.1f} steps/s", flush=True)
        if rank == 0 and (done % 250 == 0 or done == steps):
            kept = dict(network=model.state_dict(), optimizer=optimizer.state_dict(), config=asdict(CONFIG))
            parallel.save(checkpoint, **kept, step=done)


def _window(row: np.ndarray, rng: random.Random, frames: int) -> Tensor:
    """`frames` frames at a random place (units may begin anywhere in a sound), the last frame held where it is short."""
    at = rng.randrange(max(1, len(row) - frames + 1)) if rng.random() < 0.8 else 0
    cut = row[at : at + frames]
    return torch.from_numpy(np.pad(cut, ((0, frames - len(cut)), (0, 0)), mode="edge"))


def reconstruction(guess: Tensor, target: Tensor, layout: FeatureLayout) -> dict[str, Tensor]:
    """Distances per feature, weighted to matter about as they are heard."""
    envelope, bands = slice(0, layout.bands), target[..., layout.voicing]
    loud = (target[..., envelope].mean(-1, keepdim=True) > -1.2).float() * 0.8 + 0.2
    difference = guess[..., envelope] - target[..., envelope]
    change = difference.diff(dim=1)
    pitch = (guess[..., layout.log_f0] - target[..., layout.log_f0]).abs()
    return {
        "envelope": 4 * ((difference.abs() + 0.5 * difference.square()) * loud).mean() + (change.abs() * loud[:, 1:]).mean(),
        "pitch": 0.5 * (pitch * (0.1 + bands)).mean(),
        "voicing": 0.3 * F.binary_cross_entropy_with_logits(guess[..., layout.voicing], bands),
        "ragged": 0.2 * (guess[..., layout.aperiodicity] - target[..., layout.aperiodicity]).abs().mean(),
    }
