"""What heads learn: at the places for speech of recorded replies, what full depth says there, of ids or of frames' codes."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Protocol, runtime_checkable

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.heads.head import Head, TrainedHead
from engine.heads.recording import Places
from engine.lm.decoder import Decoder
from engine.models.spoken_lm import SpokenLM

_NEVER = -1e4  # instead of -inf, which times a probability of 0 is no number
_AT_ONCE = 256  # places that are evaluated at a time


class Goal(ABC):
    """What a model's full depth says, and how near a head comes to it."""

    @abstractmethod
    def head(self) -> TrainedHead:
        """As it begins: what the model itself has behind its last layer."""

    @abstractmethod
    def _answers(self, head: Head, places: Places) -> tuple[Tensor, Tensor]:
        """Logits of a head and of full depth, [n, choices]; a place may ask for several choices."""

    def loss(self, head: TrainedHead, places: Places) -> Tensor:
        """Cross-entropy against full depth's distribution, mean over choices."""
        guess, wanted = self._answers(head, places)
        return F.cross_entropy(guess, wanted.softmax(-1))

    @torch.inference_mode()
    def measure(self, head: Head, replies: Iterable[Places]) -> tuple[float, float, int]:
        """(mean cross-entropy, share of choices where the head's is full depth's, choices); nan without any."""
        total, agreed, count = 0.0, 0, 0
        for reply in replies:
            for part in _parts(reply):
                guess, wanted = self._answers(head, part)
                total += float(F.cross_entropy(guess, wanted.softmax(-1), reduction="sum"))
                agreed += int((guess.argmax(-1) == wanted.argmax(-1)).sum())
                count += len(guess)
        return (total / count, agreed / count, count) if count else (math.nan, math.nan, 0)


class TokenGoal(Goal):
    """Of the `ids` [rows] that early tokens may be; what may not come next is far below the rest."""

    def __init__(self, decoder: Decoder, ids: Tensor) -> None:
        self._decoder, self._ids = decoder, ids.to(decoder.device)
        self._full = self.head().requires_grad_(False)

    def head(self) -> TrainedHead:
        decoder = self._decoder
        return TrainedHead(decoder.norm.weight, decoder.head.rows(self._ids), decoder.config.norm_eps)

    def _answers(self, head: Head, places: Places) -> tuple[Tensor, Tensor]:
        with torch.no_grad():
            wanted = self._full(places.final).masked_fill(~places.target, _NEVER)
        return head(places.states).masked_fill(~places.target, _NEVER), wanted


class FrameTeacher(Protocol):
    """What chooses the codes of frames, for training: its weights do not change, and gradients go through it."""

    norm: Tensor
    weight: Tensor
    bias: Tensor
    eps: float
    """Of the model's own way from a state to what frames are chosen by."""
    end: int
    """The code that ends the sound: in a frame that begins with it nothing else is chosen."""

    def logits(self, rows: Tensor, codes: Tensor) -> Tensor:
        """What frames are chosen by [n, width], and their codes [n, codebooks] -> logits [n, codebooks, codes + 1].

        Those of a code are the ones after the codes before it.
        """


@runtime_checkable
class SpeaksInFrames(Protocol):
    """A `SpokenLM` whose speech tokens are frames."""

    def frame_teacher(self) -> FrameTeacher:
        """Reads it from the model's folder."""


class FrameGoal(Goal):
    """Of every code of a frame, each after those that full depth chose before it."""

    def __init__(self, teacher: FrameTeacher) -> None:
        self._teacher = teacher
        self._full = self.head().requires_grad_(False)

    def head(self) -> TrainedHead:
        teacher = self._teacher
        return TrainedHead(teacher.norm, teacher.weight, teacher.eps, teacher.bias)

    def _answers(self, head: Head, places: Places) -> tuple[Tensor, Tensor]:
        codes = places.target.long()
        is_chosen = torch.ones_like(codes, dtype=torch.bool)
        is_chosen[codes[:, 0] == self._teacher.end, 1:] = False
        with torch.no_grad():
            wanted = self._teacher.logits(self._full(places.final), codes)[is_chosen]
        return self._teacher.logits(head(places.states), codes)[is_chosen], wanted


def goal_of(model: SpokenLM, ids: Tensor) -> Goal:
    """What heads of a model learn; `ids` are what its early tokens may be, if they are ids."""
    return FrameGoal(model.frame_teacher()) if isinstance(model, SpeaksInFrames) else TokenGoal(model.decoder, ids)


def _parts(places: Places) -> Iterator[Places]:
    columns = (part.split(_AT_ONCE) for part in (places.states, places.final, places.target))
    return (Places(*part) for part in zip(*columns, strict=True))
