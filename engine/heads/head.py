"""A head in training: it begins as the model's own norm and output rows, and learns to say what full depth says."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.heads.recording import Places
from engine.lm.decoder import Decoder

_NEVER = -1e4  # instead of -inf, which times a probability of 0 is no number
_AT_ONCE = 256  # places that are evaluated at a time


Head = Callable[[Tensor], Tensor]
"""States [n, dim] -> logits [n, rows]."""


class TrainedHead(nn.Module):
    """RMSNorm and a linear map: states [n, dim] -> logits [n, rows]."""

    def __init__(self, decoder: Decoder, ids: Tensor) -> None:
        super().__init__()
        self.eps = decoder.config.norm_eps
        self.norm = nn.Parameter(decoder.norm.weight.detach().float().clone())
        self.weight = nn.Parameter(decoder.head.rows(ids.to(decoder.device)).detach().float().clone())

    def forward(self, states: Tensor) -> Tensor:
        return F.rms_norm(states, self.norm.shape, self.norm, self.eps) @ self.weight.t()


class FullDepth:
    """What the whole model says at the same places."""

    def __init__(self, decoder: Decoder, ids: Tensor) -> None:
        self._head = TrainedHead(decoder, ids).requires_grad_(False)

    def logits(self, places: Places) -> Tensor:
        """[places, rows], what may not come next far below the rest."""
        return masked(self._head(places.final), places.allowed)


def masked(logits: Tensor, allowed: Tensor) -> Tensor:
    """Logits of which only those that are allowed may be chosen."""
    return logits.masked_fill(~allowed, _NEVER)


def loss(head: TrainedHead, full: FullDepth, places: Places) -> Tensor:
    """Cross-entropy against full depth's distribution, mean over places."""
    with torch.no_grad():
        wanted = full.logits(places).softmax(-1)
    return F.cross_entropy(masked(head(places.states), places.allowed), wanted)


@torch.inference_mode()
def measure(head: Head, full: FullDepth, replies: Iterable[Places]) -> tuple[float, float, int]:
    """(mean cross-entropy, share of places where the head's choice is full depth's, places); nan without places."""
    total, agreed, count = 0.0, 0, 0
    for reply in replies:
        for part in _parts(reply):
            wanted, guess = full.logits(part), masked(head(part.states), part.allowed)
            total += float(F.cross_entropy(guess, wanted.softmax(-1), reduction="sum"))
            agreed += int((guess.argmax(-1) == wanted.argmax(-1)).sum())
            count += len(part)
    return (total / count, agreed / count, count) if count else (math.nan, math.nan, 0)


def moved(places: Places, device: torch.device) -> Places:
    """The same on a device."""
    return Places(places.states.to(device), places.final.to(device), places.allowed.to(device))


def _parts(places: Places) -> Iterator[Places]:
    columns = (part.split(_AT_ONCE) for part in (places.states, places.final, places.allowed))
    return (Places(*part) for part in zip(*columns, strict=True))
