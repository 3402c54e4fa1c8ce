"""Trains the exit heads: the language model stays as it is, each head learns to say what full depth would.

The target is full depth's own distribution over speech units and the end mark at places for speech (SPAR-K, arXiv 2603.09215,
trains on the full model's generations; here the recorded answers, which the full model reproduces, carry its distribution).
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.wren.training import parallel, tokens
from engine.models.wren.training.network import TrainedLM
from engine.models.wren.training.train_lm import SPEECH_CHUNK, TEXT_CHUNK, batch, lm_config
from engine.models.wren.training.turns import Mix, Turns, rows
from engine.models.wren.vocabulary import Vocabulary

LAYERS = tuple(range(3, 12))
BATCH, RATE, SEED = 8, 1e-3, 4


class Heads(nn.Module):
    """One norm and matrix a layer, beginning as the model's own."""

    def __init__(self, model: TrainedLM, ids: Tensor) -> None:
        super().__init__()
        self.eps = model.config.norm_eps
        self.norms = nn.ParameterList(model.norm.detach().clone() for _ in LAYERS)
        self.weights = nn.ParameterList(model.head.weight.detach()[ids].clone() for _ in LAYERS)

    def forward(self, states: list[Tensor]) -> list[Tensor]:
        """States [n, dim] after each of `LAYERS` -> logits [n, rows]."""
        return [
            F.rms_norm(s, (s.shape[-1],), norm, self.eps) @ weight.t()
            for s, norm, weight in zip(states, self.norms, self.weights, strict=True)
        ]

    def exported(self, ids: Tensor) -> dict[str, Tensor]:
        tensors = {"ids": ids}
        for layer, norm, weight in zip(LAYERS, self.norms, self.weights, strict=True):
            tensors |= {f"layer.{layer}.norm": norm.detach(), f"layer.{layer}.weight": weight.detach()}
        return tensors


def train(folder: Path, steps: int) -> None:
    """Goes on from the checkpoint where there is one; prints how often each head agrees with full depth."""
    torch.manual_seed(SEED)
    vocabulary = Vocabulary.load(folder / "tokenizer.json")
    spoken = list(tokens.heard(folder / "questions", folder / "heard"))
    units = json.loads((folder / "units.json").read_text(encoding="utf-8"))
    kept = parallel.load(folder / "lm.pt")
    model = TrainedLM(lm_config(vocabulary.size, kept["length"]), kept["features"])
    model.load_state_dict(kept["network"])
    model.eval().requires_grad_(False)
    ids = torch.tensor([vocabulary.end, *vocabulary.unit_ids])
    heads, done = Heads(model, ids), 0
    optimizer = torch.optim.AdamW(heads.parameters(), RATE, betas=(0.9, 0.98), weight_decay=0.0)
    state = parallel.load(folder / "heads.pt")
    if state and state["lm_step"] == kept["step"]:
        heads.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        done = state["step"]
    turns = Turns(vocabulary, spoken, units, TEXT_CHUNK, SPEECH_CHUNK, Mix(0.0, 0.0, 0.5, 0.35, 0.15), SEED + done)
    source, begun, first, agreed = rows(turns, model.config.context), time.monotonic(), done, None
    while done < steps:
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1, (done + 1) / 20, (steps - done) / (0.5 * steps))
        row, voice, weight = batch([next(source) for _ in range(BATCH)], kept["length"])
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            states = model.states(row, voice)
        following = row[:, 1:]
        place = (weight[:, 1:] > 0) & ((following >= vocabulary.unit_ids[0]) | (following == vocabulary.end))
        inner = [states[layer][:, :-1][place].float() for layer in LAYERS]
        wanted = model.logits(states[-1][:, :-1][place].float())[:, ids].softmax(-1)
        guesses = heads(inner)
        loss = sum(F.cross_entropy(guess, wanted) for guess in guesses) / len(LAYERS)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        done += 1
        now = torch.tensor([float((g.argmax(-1) == wanted.argmax(-1)).float().mean()) for g in guesses])
        agreed = now if agreed is None else 0.95 * agreed + 0.05 * now
        if done % 50 == 0:
            figures = " ".join(f"{layer}:{float(a):.3f}" for layer, a in zip(LAYERS, agreed, strict=True))
            print(f"heads {done}/{steps} loss {float(loss.detach()):.3f} agreement {figures} "
                  f"{(done - first) / (time.monotonic() - begun):.1f} steps/s", flush=True)  # fmt: skip
        if done % 100 == 0 or done == steps:
            parallel.save(
                folder / "heads.pt", network=heads.state_dict(), optimizer=optimizer.state_dict(), step=done,
                lm_step=kept["step"], tensors=heads.exported(ids),
            )  # fmt: skip
