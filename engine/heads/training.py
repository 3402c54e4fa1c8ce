"""Trains the head of one layer on a recording, and says how often it agrees with full depth on replies kept out of it."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from engine import whole_file
from engine.heads import head as heads
from engine.heads import no_compiler, recording
from engine.heads.goal import Goal
from engine.heads.recording import Places
from engine.lm.decoder import Decoder

RATE, WARM_UP = 5e-4, 30
BATCH, STEPS = 1024, 40  # places in a step, at least, and steps in an epoch, at most: much data allows for less noise
_WIDTH = 384  # of the model that the rate was chosen for; wider ones take a lower one


@dataclass(frozen=True)
class Agreement:
    """Shares of held-out places where the same token is chosen as at full depth; of frames, of their codes.

    By the trained head, by the logit lens and, where the model had a trained head for this layer, by that one.
    """

    layer: int
    trained: float
    lens: float
    before: float | None
    places: int
    epoch: int
    """The best one, which is kept; 0 is the lens itself."""


class LayerTraining:
    """One layer's head; `folder` holds the recording, and what is needed to go on after a stop.

    `layer` is the `index`-th of those recorded; `goal` what the head learns; `parts` reply numbers as `recording.split` gives
    them.
    """

    def __init__(
        self, decoder: Decoder, goal: Goal, folder: Path, layer: int, index: int, parts: Sequence[Sequence[int]]
    ) -> None:
        self._decoder, self._goal = decoder, goal
        self._folder, self._layer, self._index = folder, layer, index
        self._trained_on, self._chosen_by, self._held_out = parts
        self._replies_in_all = sum(map(len, parts))
        places = sum(recording.places(recording.path_of(folder, number)) for number in self._trained_on)
        self._batch = max(BATCH, places // STEPS)
        self._steps = max(1, math.ceil(places / self._batch))

    def train(
        self, epochs: int, advance: Callable[[], None], before: heads.Head | None = None
    ) -> tuple[dict[str, torch.Tensor], Agreement]:
        """`norm` [dim], `weight` [rows, dim] and maybe `bias` [rows] of the best epoch, and how often they agree.

        `advance` is called after each epoch; `before` is a head to compare with.
        """
        network = self._goal.head()
        no_compiler.stand_in()
        optimizer = torch.optim.AdamW(network.parameters(), self._rate, betas=(0.9, 0.98), weight_decay=0.0)
        self._kept = self._folder / f"layer-{self._layer}-{epochs}-{self._replies_in_all}.pt"
        state = self._load()
        if state is None:
            first, _, _ = self._goal.measure(network, self._replies(self._chosen_by))
            state = {"epoch": 0, "best_epoch": 0, "loss": first, "best": _copied(network)}
        else:
            network.load_state_dict(state["network"])
            optimizer.load_state_dict(state["optimizer"])
        for _ in range(state["epoch"]):
            advance()
        for epoch in range(state["epoch"], epochs):
            self._epoch(network, optimizer, epoch, epochs)
            loss, _, count = self._goal.measure(network, self._replies(self._chosen_by))
            if not count or loss < state["loss"]:
                state |= {"loss": loss, "best": _copied(network), "best_epoch": epoch + 1}
            state |= {"epoch": epoch + 1, "network": network.state_dict(), "optimizer": optimizer.state_dict()}
            self._save(state)
            advance()
        network.load_state_dict(state["best"])
        return state["best"], self._agreement(network, before, state["best_epoch"])

    @property
    def _rate(self) -> float:
        return RATE * math.sqrt(min(1.0, _WIDTH / self._decoder.config.dim))

    def _epoch(self, network: heads.TrainedHead, optimizer: torch.optim.Optimizer, epoch: int, epochs: int) -> None:
        last = epochs * self._steps
        for step, places in enumerate(self._batches(epoch), epoch * self._steps):
            for group in optimizer.param_groups:
                group["lr"] = self._rate * min(1.0, (step + 1) / WARM_UP, max(0.02, (last - step) / last))
            self._goal.loss(network, places).backward()
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)

    def _batches(self, epoch: int) -> Iterator[Places]:
        """The replies in an order of the epoch's own, some to a batch."""
        numbers = list(self._trained_on)
        random.Random(epoch).shuffle(numbers)
        waiting: list[Places] = []
        for places in self._replies(numbers):
            waiting.append(places)
            if sum(map(len, waiting)) >= self._batch:
                yield _joined(waiting)
                waiting = []
        if any(map(len, waiting)):
            yield _joined(waiting)

    def _agreement(self, network: heads.TrainedHead, before: heads.Head | None, epoch: int) -> Agreement:
        def agreed(head: heads.Head) -> tuple[float, int]:
            _, share, count = self._goal.measure(head, self._replies(self._held_out))
            return share, count

        trained, count = agreed(network)
        lens, _ = agreed(self._goal.head())
        earlier = None if before is None else agreed(before)[0]
        return Agreement(self._layer, trained, lens, earlier, count, epoch)

    def _replies(self, numbers: Sequence[int]) -> Iterator[Places]:
        for number in numbers:
            places = recording.read(recording.path_of(self._folder, number), self._index)
            yield heads.moved(places, self._decoder.device)

    def _load(self) -> dict[str, Any] | None:
        if not self._kept.is_file():
            return None
        return torch.load(self._kept, weights_only=True, map_location=self._decoder.device)

    def _save(self, state: dict[str, Any]) -> None:
        with whole_file.replacing(self._kept) as stream:
            torch.save(state, stream)


def _copied(network: heads.TrainedHead) -> dict[str, torch.Tensor]:
    return {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}


def _joined(parts: Sequence[Places]) -> Places:
    columns = zip(*((part.states, part.final, part.target) for part in parts), strict=True)
    return Places(*map(torch.cat, columns))
