"""Trains the listener's head: connectionist temporal classification of flite's phones over the states of the frozen encoder."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.edit_distance import edit_distance
from engine.models.wren.listener import PhoneHead
from engine.models.wren.listener_config import FRAMES, STATES, ListenerConfig
from engine.training import corpus, half, parallel, places, states
from engine.training.states import EncodedClip, pieces_of

BATCH, SEED = 32, 1
LONGEST = 8 * 16_000  # samples; the few longer clips cost more than they teach
LEARNING_RATE, WARM_UP = 3e-3, 100
KEPT_BACK = 50  # of so many clips one is never learned, but shows how it goes
Example = tuple[EncodedClip, list[int]]
"""A clip as it was heard and the classes of its phones."""


def train(corpora: list[tuple[Path, Path]], checkpoint: Path, config: ListenerConfig, steps: int, processes: int) -> None:
    """Goes on from `checkpoint` where there is one; `steps` counts from the very first.

    `corpora` are folders of clips, each with that of their states.
    """
    parallel.launch(_worker, processes, corpora, checkpoint, config, steps)


def phone_set(found: list[corpus.Shard]) -> tuple[str, ...]:
    return tuple(sorted({phone for shard in found[:10] for clip in shard.clips for phone in clip.phones}))


def _worker(
    rank: int, processes: int, corpora: list[tuple[Path, Path]], checkpoint: Path, config: ListenerConfig, steps: int
) -> None:
    torch.manual_seed(SEED)
    learned, kept_back = _examples(corpora, config)
    head, done = PhoneHead(config), 0
    some = torch.cat([torch.from_numpy(np.asarray(heard.states, np.float32)) for heard, _ in learned[:500]])
    head.mean.copy_(some.mean(0))
    head.deviation.copy_(some.std(0))
    optimizer = torch.optim.AdamW(head.parameters(), LEARNING_RATE, betas=(0.9, 0.98), weight_decay=0.01)
    if state := parallel.load(checkpoint):
        head.load_state_dict(state["head"])
        if "optimizer" in state:
            optimizer.load_state_dict(state["optimizer"])
        done = state["step"]
    batches = _batches(learned, random.Random(SEED + done * processes + rank))
    begun, first, mean = time.monotonic(), done, 0.0
    while done < steps:
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * min(1, (done + 1) / WARM_UP, 0.02 + 0.5 * (1 + math.cos(math.pi * done / steps)))
        loss = _loss(head, next(batches), config)
        loss.backward()
        parallel.average_gradients(head.parameters())
        torch.nn.utils.clip_grad_norm_(head.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        done += 1
        mean = 0.98 * mean + 0.02 * float(loss.detach())
        if rank == 0 and (done % 250 == 0 or done == steps):
            rate = (done - first) * BATCH * processes / (time.monotonic() - begun)
            error = phone_error_rate(head, kept_back, config)
            smooth = mean / (1 - 0.98 ** (done - first))
            print(f"listener {done}/{steps} loss {smooth:.3f} phone error {error:.3f} {rate:.0f} clips/s", flush=True)
            parallel.save(
                checkpoint, head=head.state_dict(), optimizer=optimizer.state_dict(), step=done, phones=list(config.phones)
            )


def _examples(corpora: list[tuple[Path, Path]], config: ListenerConfig) -> tuple[list[Example], list[Example]]:
    """Those to learn from and those kept back; left out is what is too long, or has more phones than frames."""
    classes = {phone: i + 1 for i, phone in enumerate(config.phones)}
    sides: tuple[list[Example], list[Example]] = ([], [])
    for folder, heard in corpora:
        for number, (clip, found) in enumerate(states.read(folder, heard, config)):
            targets = [classes[phone] for phone in clip.phones if phone in classes]
            if targets and found.samples < LONGEST and _frames_needed(targets) <= _frames(found, config):
                kept_back = number % KEPT_BACK == 0
                times = 1 if kept_back else places.TIMES[folder.name]
                sides[kept_back].extend([(found, targets)] * times)
    return sides


def _frames(heard: EncodedClip, config: ListenerConfig) -> int:
    return FRAMES * sum(window.last - window.first for window, _, _ in pieces_of(heard.samples, config))


def _frames_needed(targets: list[int]) -> int:
    """A phone said twice needs a blank between."""
    return len(targets) + sum(a == b for a, b in zip(targets, targets[1:]))


def _batches(examples: list[Example], rng: random.Random, pool: int = 16) -> Iterator[list[Example]]:
    """Clips of about the same length, in random order, without end."""
    while True:
        rng.shuffle(examples)
        for start in range(0, len(examples) - BATCH + 1, BATCH * pool):
            near = sorted(examples[start : start + BATCH * pool], key=lambda example: example[0].samples)
            groups = [near[i : i + BATCH] for i in range(0, len(near), BATCH)]
            rng.shuffle(groups)
            yield from groups


def logits(head: PhoneHead, heard: list[EncodedClip], config: ListenerConfig) -> list[Tensor]:
    """Logits [frames, classes] of each clip, its windows after each other, those of one length computed at once."""
    of_length: dict[int, list[tuple[int, int, Tensor, slice]]] = {}
    for clip, (one, pieces) in enumerate((h, pieces_of(h.samples, config)) for h in heard):
        rows, at = torch.from_numpy(np.asarray(one.states, np.float32)), 0
        for number, (window, first, last) in enumerate(pieces):
            count = (last - first) * STATES
            settled = slice((window.first - first) * FRAMES, (window.last - first) * FRAMES)
            of_length.setdefault(count, []).append((clip, number, rows[at : at + count], settled))
            at += count
    found: list[dict[int, Tensor]] = [{} for _ in heard]
    for group in of_length.values():
        outputs = head(torch.stack([rows for _, _, rows, _ in group]))
        for (clip, number, _, settled), output in zip(group, outputs, strict=True):
            found[clip][number] = output[settled]
    return [torch.cat([outputs[i] for i in range(len(outputs))]) for outputs in found]


def _loss(head: PhoneHead, batch: list[Example], config: ListenerConfig) -> Tensor:
    """Per phone."""
    head.train()
    with half.autocast():
        found = logits(head, [heard for heard, _ in batch], config)
    log_probs = torch.nn.utils.rnn.pad_sequence([rows.float().log_softmax(-1) for rows in found])
    frames, lengths = torch.tensor([len(rows) for rows in found]), torch.tensor([len(targets) for _, targets in batch])
    targets = torch.tensor([target for _, targets in batch for target in targets])
    return F.ctc_loss(log_probs, targets, frames, lengths, reduction="sum", zero_infinity=True) / lengths.sum()


@torch.no_grad()
def phone_error_rate(head: PhoneHead, examples: list[Example], config: ListenerConfig) -> float:
    """Edits of the best path against the targets, per phone."""
    head.eval()
    edits = count = 0
    for start in range(0, len(examples), BATCH):
        batch = examples[start : start + BATCH]
        for rows, (_, targets) in zip(logits(head, [heard for heard, _ in batch], config), batch, strict=True):
            edits += edit_distance(best_path(rows), targets)
            count += len(targets)
    return edits / max(1, count)


def best_path(rows: Tensor) -> list[int]:
    """Logits [frames, classes] -> the classes that they say, repetitions and blanks taken out."""
    path = torch.unique_consecutive(rows.argmax(-1))
    return path[path > 0].tolist()
