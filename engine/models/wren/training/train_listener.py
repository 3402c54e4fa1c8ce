"""Trains the listener: connectionist temporal classification of flite's phones, on every voice and many texts."""

from __future__ import annotations

import math
import random
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.edit_distance import edit_distance
from engine.models.wren.listener import ListenerConfig, PhoneNetwork
from engine.models.wren.training import corpus, parallel
from engine.models.wren.training.augment import augment

BATCH, SEED = 32, 1
LONGEST = 8 * 16_000  # samples; the few longer clips cost more than they teach
LEARNING_RATE, WARM_UP = 1.5e-3, 150


def train(questions: Path, checkpoint: Path, steps: int, processes: int) -> None:
    """Goes on from `checkpoint` where there is one; `steps` counts from the very first."""
    parallel.launch(_worker, processes, questions, checkpoint, steps)


def phone_set(found: list[corpus.Shard]) -> tuple[str, ...]:
    return tuple(sorted({phone for shard in found[:10] for clip in shard.clips for phone in clip.phones}))


def new_network(phones: tuple[str, ...]) -> PhoneNetwork:
    from transformers.audio_utils import mel_filter_bank

    network = PhoneNetwork(ListenerConfig(phones))
    size, bands = network.mel.filters.shape
    network.mel.filters.copy_(torch.from_numpy(mel_filter_bank(size, bands, 40.0, 8000.0, 16_000, norm="slaney")).float() * 40)
    return network


def _worker(rank: int, processes: int, questions: Path, checkpoint: Path, steps: int) -> None:
    torch.manual_seed(SEED)
    found = corpus.shards(questions)
    state = parallel.load(checkpoint)
    network = new_network(tuple(state["phones"]) if state else phone_set(found))
    classes = {phone: i + 1 for i, phone in enumerate(network.config.phones)}
    optimizer = torch.optim.AdamW(network.parameters(), LEARNING_RATE, betas=(0.9, 0.98), weight_decay=0.01)
    done = 0
    if state:
        network.load_state_dict(state["network"])
        if "optimizer" in state:
            optimizer.load_state_dict(state["optimizer"])
        done = state["step"]
    for block in network.blocks:
        block.compile(dynamic=True)
    seed = SEED + done * processes + rank
    clips, rng = corpus.batches(found, BATCH, random.Random(seed)), np.random.default_rng(seed)
    begun, heard, first = time.monotonic(), [0.0, 0, 0], done
    while done < steps:
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * min(1, (done + 1) / WARM_UP, 0.02 + 0.5 * (1 + math.cos(math.pi * done / steps)))
        mel, frames, targets, lengths = _batch(clips, classes, network, rng)
        with torch.autocast("cpu", torch.bfloat16):
            logits = network.from_mel(mel)
        log_probs = logits.float().log_softmax(-1)
        losses = F.ctc_loss(log_probs.transpose(0, 1), targets, frames, lengths, reduction="none", zero_infinity=True)
        (losses.sum() / lengths.sum()).backward()
        parallel.average_gradients(network.parameters())
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        done += 1
        wrong, total = phone_errors(log_probs.detach(), frames, targets, lengths) if done % 10 == 0 else (0, 0)
        loss = float(losses.detach().sum() / lengths.sum())
        heard = [heard[0] * 0.98 + loss * 0.02, heard[1] + wrong, heard[2] + total]
        if rank == 0 and done % 50 == 0:
            rate = (done - first) * BATCH * processes / (time.monotonic() - begun)
            mean, error = heard[0] / (1 - 0.98 ** (done - first)), heard[1] / max(1, heard[2])
            print(f"listener {done}/{steps} loss {mean:.3f} phone error {error:.3f} {rate:.0f} clips/s", flush=True)
            heard[1:] = [0, 0]
        if rank == 0 and (done % 250 == 0 or done == steps):
            parallel.save(
                checkpoint, network=network.state_dict(), optimizer=optimizer.state_dict(), step=done,
                phones=list(network.config.phones),
            )  # fmt: skip


def _batch(clips, classes: dict[str, int], network: PhoneNetwork, rng: np.random.Generator) -> tuple[Tensor, ...]:
    """mel [batch, frames, bands] with bands and stretches of time masked, output frames, phone classes end to end, counts."""
    chosen = [(shard, i) for shard, i in next(clips) if shard.clips[i].length < LONGEST and shard.clips[i].phones]
    sounds = [augment(shard.samples(i), rng) for shard, i in chosen]
    targets = [[classes[p] for p in shard.clips[i].phones if p in classes] for shard, i in chosen]
    samples = torch.zeros(len(sounds), max(map(len, sounds)) + 400)
    for row, sound in zip(samples, sounds, strict=True):
        row[: len(sound)] = torch.from_numpy(sound)
    with torch.no_grad():
        mel = network.mel(samples)
        for row in mel:
            for _ in range(2):
                band, width = int(rng.integers(0, 70)), int(rng.integers(0, 12))
                row[:, band : band + width] = -0.5
                at, width = int(rng.integers(0, len(row))), int(rng.integers(0, 12))
                row[at : at + width] = -0.5
    frames = torch.tensor([-(-network.mel.frames(len(s) + 240) // network.stride) for s in sounds])
    lengths = torch.tensor([len(t) for t in targets])
    return mel, frames, torch.tensor([c for t in targets for c in t]), lengths


def phone_errors(log_probs: Tensor, frames: Tensor, targets: Tensor, lengths: Tensor) -> tuple[int, int]:
    """(edits, phones) of the best path against the targets."""
    edits, start = 0, 0
    for row, count, length in zip(log_probs.argmax(-1), frames, lengths, strict=True):
        path = torch.unique_consecutive(row[:count])
        edits += edit_distance(path[path > 0].tolist(), targets[start : start + length].tolist())
        start += int(length)
    return edits, start
