"""Trains the language model with early exit in mind from the first step.

After LayerSkip (Elhoushi et al., 2024): layers are left out at random, later ones more often, and at each step two inner
layers, an early and a late one, must predict the next speech token through the shared norm and head (text never exits early).
Matrices are optimised by Muon, the rest by AdamW.
"""

from __future__ import annotations

import json
import random
import time
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.lm.config import LMConfig
from engine.models.wren.vocabulary import Vocabulary
from engine.training import half, parallel, places, tokens
from engine.training.network import TrainedLM
from engine.training.pieces import UNIT_WEIGHT, TrainingPiece
from engine.training.turns import Mix, Turns, rows

TOKENS, SEED = 3200, 3  # positions in one process's batch
TEXT_CHUNK, SPEECH_CHUNK = 4, 16
MATRIX_RATE, OTHER_RATE, WARM_UP = 3e-3, 2e-3, 100
LAYER_DROPOUT, EXIT_WEIGHT = 0.12, 0.2
EARLY, LATE = range(3, 7), range(7, 12)


@dataclass(frozen=True)
class LMTrainingPlan:
    """`steps` counts from the very first; the learning rate falls to nothing over the last `decay` of them.

    `length` is that of the conversations in positions; the model's context is the longest it was trained on last."""

    steps: int
    decay: int
    length: int
    checkpoint: Path

    def mix(self, step: int) -> Mix:
        """At first what teaches most per position, while the rate falls what is asked in earnest."""
        return Mix() if step < self.steps - self.decay else Mix(0.12, 0.25, 0.28, 0.2, 0.15)

    @property
    def turns(self) -> type[Turns]:
        """What is learned from."""
        return Turns

    @property
    def teaches_all_numbers(self) -> bool:
        """Numbers below zero, with a point, in thousands and in percent, too."""
        return True

    def units(self, folder: Path) -> dict[str, list[int]]:
        """Answer -> the speech units that it is to be said with."""
        return json.loads((folder / "units.json").read_text(encoding="utf-8"))

    def rate(self, step: int) -> float:
        return min(1.0, (step + 1) / WARM_UP, max(0.02, (self.steps - step) / max(1, self.decay)))


def lm_config(vocabulary: int, context: int) -> LMConfig:
    return LMConfig(vocabulary=vocabulary, dim=256, layers=12, heads=4, kv_heads=4, head_dim=64, ffn=704, context=context)


def optimizers(model: TrainedLM) -> list[torch.optim.Optimizer]:
    matrices = [p for layer in model.layers for p in layer.parameters() if p.dim() == 2]
    chosen = {id(p) for p in matrices}
    others = [p for p in model.parameters() if id(p) not in chosen]
    muon = half.muon(matrices, MATRIX_RATE)
    adam = torch.optim.AdamW(others, OTHER_RATE, betas=(0.9, 0.98), weight_decay=0.01)
    for optimizer in (muon, adam):
        for group in optimizer.param_groups:
            group["full"] = group["lr"]
    return [muon, adam]


def worker(rank: int, processes: int, plan: LMTrainingPlan, folder: Path) -> None:
    """One process's share of the training."""
    torch.manual_seed(SEED)
    vocabulary = Vocabulary.load(folder / "tokenizer.json")
    spoken = list(tokens.heard(places.corpora(folder), folder / "heard"))
    features, config = spoken[0][1].shape[1], lm_config(vocabulary.size, plan.length)
    model = TrainedLM(config, features)
    tools, done = optimizers(model), 0
    state = parallel.load(plan.checkpoint)
    all_numbers = plan.teaches_all_numbers or bool(state and state.get("all_numbers"))
    if state:
        model.load_state_dict(state["network"])
        for tool, kept in zip(tools, state.get("optimizers", ())):
            tool.load_state_dict(kept)
        done = state["step"]
    for layer in model.layers:
        layer.compile()
    seed = SEED + done * processes + rank
    turns = plan.turns(vocabulary, spoken, plan.units(folder), TEXT_CHUNK, SPEECH_CHUNK, plan.mix(done), seed)
    source, rows_a_step = rows(turns, plan.length), TOKENS // plan.length
    begun, first = time.monotonic(), done
    smooth: dict[str, float] = {}
    while done < plan.steps:
        for tool in tools:
            for group in tool.param_groups:
                group["lr"] = group["full"] * plan.rate(done)
        draw = random.Random(done)  # the same in every process, so that all have the same gradients to average
        turns.mix = plan.mix(done)
        skipped = frozenset(i for i in range(config.layers) if draw.random() < LAYER_DROPOUT * i / (config.layers - 1))
        exits = draw.choice(EARLY), draw.choice(LATE)
        ids, voice, weight = batch([next(source) for _ in range(rows_a_step)], plan.length)
        with half.autocast():
            states = model.states(ids, voice, skipped)
            figures = losses(model, states[-1], ids, weight)
            loss = figures["loss"]
            for place in exits:
                loss = loss + EXIT_WEIGHT * speech_loss(model, states[place], ids, weight)
        loss.backward()
        parallel.average_gradients(model.parameters())
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for tool in tools:
            tool.step()
            tool.zero_grad(set_to_none=True)
        done += 1
        smooth = {k: 0.95 * smooth.get(k, float(v.detach())) + 0.05 * float(v.detach()) for k, v in figures.items()}
        if rank == 0 and done % 50 == 0:
            rate = (done - first) * processes * plan.length * rows_a_step / (time.monotonic() - begun)
            means = " ".join(f"{k} {v:.3f}" for k, v in smooth.items())
            print(f"lm {done}/{plan.steps} {means} {rate:.0f} tokens/s", flush=True)
        if rank == 0 and (done % 100 == 0 or done == plan.steps):
            parallel.save(
                plan.checkpoint, network=model.state_dict(), optimizers=[t.state_dict() for t in tools], step=done,
                features=features, length=plan.length, all_numbers=all_numbers,
            )  # fmt: skip


def batch(pieces: list[TrainingPiece], length: int) -> tuple[Tensor, Tensor, Tensor]:
    """ids [batch, length] (end-padded with 0), features [count, width] 0..1, weights [batch, length]."""
    ids, weight = torch.zeros(len(pieces), length, dtype=torch.long), torch.zeros(len(pieces), length)
    for i, piece in enumerate(pieces):
        ids[i, : len(piece)] = torch.tensor(piece.ids)
        weight[i, : len(piece)] = torch.tensor(piece.weight)
    voice = [torch.from_numpy(f) for piece in pieces for f in piece.features]
    return ids, torch.cat(voice).float() / 255, weight


def losses(model: TrainedLM, states: Tensor, ids: Tensor, weight: Tensor) -> dict[str, Tensor]:
    """Weighted cross-entropy of the positions to learn, and its parts for text and speech."""
    wanted = weight[:, 1:].reshape(-1) > 0
    targets, weights = ids[:, 1:].reshape(-1)[wanted], weight[:, 1:].reshape(-1)[wanted]
    logits = model.logits(states[:, :-1].reshape(-1, states.shape[-1])[wanted])
    entropy = F.cross_entropy(logits.float(), targets, reduction="none")
    text = weights > 1.5
    return {"loss": (entropy * weights).sum() / weights.sum(), "text": entropy[text].mean(), "speech": entropy[~text].mean()}


def speech_loss(model: TrainedLM, states: Tensor, ids: Tensor, weight: Tensor) -> Tensor:
    """Mean cross-entropy of the speech tokens, 0 where there are none."""
    wanted = weight[:, 1:].reshape(-1) == UNIT_WEIGHT
    logits = model.logits(states[:, :-1].reshape(-1, states.shape[-1])[wanted])
    return F.cross_entropy(logits.float(), ids[:, 1:].reshape(-1)[wanted], reduction="sum") / wanted.sum().clamp_min(1)
