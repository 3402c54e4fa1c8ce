"""Trains one base model to decode in one of three paradigms, everything else being equal (after arXiv 2506.04518).

The same base, data, seed and number of steps for each: low-rank updates of every layer learn to write a reply's text and
speech padded, with an early stop, or in parallel.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.models.wren.vocabulary import Vocabulary
from engine.training import half, parallel, places, tokens
from engine.training.low_rank import AdaptedLM
from engine.training.network import TrainedLM
from engine.training.pieces import MARK_WEIGHT, UNIT_WEIGHT, TrainingPiece
from engine.training.replies import WRITERS
from engine.training.train_lm import (
    EARLY,
    EXIT_WEIGHT,
    LATE,
    SPEECH_CHUNK,
    TEXT_CHUNK,
    TOKENS,
    batch,
    lm_config,
    speech_loss,
)
from engine.training.turns import Mix, Turns, rows

RATE, WARM_UP, SEED, EVERY = 2e-3, 20, 5, 50
MIX = Mix(transcribed=0.10, written=0.0, spoken=0.35, typed=0.40, follow_up=0.15)
"""What the paradigms differ in: replies that are spoken."""


@dataclass(frozen=True)
class ParadigmTrainingPlan:
    """`steps` in all, of which the learning rate falls to nothing over the second half."""

    paradigm: str
    steps: int
    base: Path
    checkpoint: Path

    def rate(self, step: int) -> float:
        return min(1.0, (step + 1) / WARM_UP, max(0.02, 2 * (self.steps - step) / self.steps))


def plan_of(paradigm: str, steps: int, folder: Path) -> ParadigmTrainingPlan:
    """Raises `ValueError` with a sentence for a paradigm that there is not."""
    if paradigm not in WRITERS:
        raise ValueError(f"There is no paradigm {paradigm!r}: choose one of {', '.join(WRITERS)}.")
    return ParadigmTrainingPlan(paradigm, steps, folder / "lm.pt", folder / f"paradigm-{paradigm}.pt")


def adapted(kept: Mapping[str, Any], vocabulary: Vocabulary, paradigm: str) -> AdaptedLM:
    """The base of the checkpoint `kept`, ready to be trained further for a paradigm."""
    model = TrainedLM(lm_config(vocabulary.size, kept["length"]), kept["features"])
    model.load_state_dict(kept["network"])
    spoken = torch.tensor([vocabulary.end, *vocabulary.unit_ids])
    return AdaptedLM(model, spoken, SPEECH_CHUNK // TEXT_CHUNK if paradigm == "parallel" else 0)


def worker(rank: int, processes: int, plan: ParadigmTrainingPlan, folder: Path) -> None:
    """One process's share of the training."""
    torch.manual_seed(SEED)
    vocabulary = Vocabulary.load(folder / "tokenizer.json")
    kept = parallel.load(plan.base)
    if kept is None:
        raise FileNotFoundError("Train the language model first, or restore it from the weights that ship.")
    model, done, length = adapted(kept, vocabulary, plan.paradigm), 0, kept["length"]
    trained = model.trained()
    tool = torch.optim.AdamW(trained.values(), RATE, betas=(0.9, 0.98), weight_decay=0.0)
    state = parallel.load(plan.checkpoint)
    if state and state["lm_step"] == kept["step"]:
        model.load_state_dict(state["adapter"], strict=False)
        tool.load_state_dict(state["optimizer"])
        done = state["step"]
    if done >= plan.steps:
        return
    for layer in model.model.layers:
        layer.compile()
    spoken = list(tokens.heard(places.corpora(folder), folder / "heard"))
    units = json.loads((folder / "units.json").read_text(encoding="utf-8"))
    seed = SEED + done * processes + rank
    turns = Turns(vocabulary, spoken, units, TEXT_CHUNK, SPEECH_CHUNK, MIX, seed, WRITERS[plan.paradigm])
    source, rows_a_step = rows(turns, length), TOKENS // length
    begun, first = time.monotonic(), done
    smooth: dict[str, float] = {}
    while done < plan.steps:
        for group in tool.param_groups:
            group["lr"] = RATE * plan.rate(done)
        pieces = [next(source) for _ in range(rows_a_step)]
        exits = _exits(done) if not model.heads else ()
        with half.autocast():
            figures = losses(model, pieces, length, vocabulary, exits)
        figures["loss"].backward()
        parallel.average_gradients(trained.values())
        torch.nn.utils.clip_grad_norm_(trained.values(), 1.0)
        tool.step()
        tool.zero_grad(set_to_none=True)
        done += 1
        smooth = {k: 0.95 * smooth.get(k, float(v.detach())) + 0.05 * float(v.detach()) for k, v in figures.items()}
        if rank == 0 and done % 10 == 0:
            means = " ".join(f"{k} {v:.3f}" for k, v in smooth.items())
            pace = (time.monotonic() - begun) / (done - first)
            print(f"{plan.paradigm} {done}/{plan.steps} {means} {pace:.2f} s/step", flush=True)
        if rank == 0 and (done % EVERY == 0 or done == plan.steps):
            parallel.save(
                plan.checkpoint, adapter={n: p.detach() for n, p in trained.items()}, optimizer=tool.state_dict(),
                step=done, lm_step=kept["step"],
            )  # fmt: skip


def losses(
    model: AdaptedLM, pieces: list[TrainingPiece], length: int, vocabulary: Vocabulary, exits: tuple[int, ...] = ()
) -> dict[str, Tensor]:
    """Weighted cross-entropy of all that is to be learned, and its parts for the reply's words and its speech.

    The inner layers `exits` must say the next speech token, too.
    """
    ids, voice, weight = batch(pieces, length)
    beside = beside_of(pieces, length, len(model.heads))
    every = model.states(ids, beside, voice)
    states, targets, weights = every[-1][:, :-1], ids[:, 1:], weight[:, 1:]
    wanted = weights > 0
    entropy = F.cross_entropy(model.model.logits(states[wanted]).float(), targets[wanted], reduction="none")
    weights, speech = weights[wanted], (targets >= vocabulary.unit_ids[0])[wanted]
    total, share, said = (entropy * weights).sum(), weights.sum(), [entropy[speech]]
    for slot in range(len(model.heads)):
        target = beside[:, 1:, slot]
        there = target >= 0
        rows = torch.searchsorted(model.spoken, target[there])
        spoken = F.cross_entropy(model.speech_logits(states[there], slot).float(), rows, reduction="none")
        heavy = torch.where(rows == 0, MARK_WEIGHT, UNIT_WEIGHT)  # row 0 is the end mark
        total, share = total + (spoken * heavy).sum(), share + heavy.sum()
        said.append(spoken)
    loss = total / share
    for layer in exits:
        loss = loss + EXIT_WEIGHT * speech_loss(model.model, every[layer], ids, weight)
    return {"loss": loss, "text": entropy[weights > UNIT_WEIGHT].mean(), "speech": torch.cat(said).mean()}


def beside_of(pieces: list[TrainingPiece], length: int, slots: int) -> Tensor:
    """The speech tokens that share each position: [batch, length, slots], -1 where nothing stands."""
    beside = torch.full((len(pieces), length, slots), -1)
    for i, piece in enumerate(pieces):
        for position, there in enumerate(piece.beside):
            beside[i, position, : len(there)] = torch.tensor(there)
    return beside


def _exits(step: int) -> tuple[int, int]:
    """As when the base was trained: an early and a late one; the same in every process, to average the same gradients."""
    draw = random.Random(step)
    return draw.choice(EARLY), draw.choice(LATE)
