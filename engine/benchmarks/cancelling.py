"""How long a model is busy with a question that was cancelled while it was heard and prefilled.

A long question is fed at once, from a thread of its own, and cancelled at moments that are spread evenly over the work on it.
A cancel is looked at between two blocks, so the model should never be busy for longer than its longest block.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.table import Column, Table

from engine.dialogue import Dialogue
from engine.models.spoken_lm import Listener, SpokenLM

SECONDS = 60.0
CANCELS = 8


@dataclass(frozen=True)
class CancelCost:
    """Of one model, by its name or folder, in seconds of work: the whole question, its longest block, and after each cancel."""

    name: str
    whole: float
    block: float
    busy: tuple[float, ...]


def measure(name: str, model: SpokenLM, seconds: float = SECONDS, slowed: float = 0.0, cancels: int = CANCELS) -> CancelCost:
    """Cancels a question of `seconds` of noise `cancels` times; every block that is prefilled takes `slowed` seconds more."""
    rate = model.input_rate
    samples = (0.1 * np.random.default_rng(0).standard_normal(round(seconds * rate))).astype(np.float32)
    with _watched(model, slowed) as blocks:
        _busy(model, samples, None)  # warms up
        blocks.clear()
        whole = _busy(model, samples, None)
        block = max(blocks)
        busy = [_busy(model, samples, whole * (at + 0.5) / cancels) for at in range(cancels)]
    return CancelCost(name, whole, block, tuple(busy))


def as_json(costs: Sequence[CancelCost]) -> list[dict[str, Any]]:
    """One object per model."""
    return [asdict(cost) for cost in costs]


def table(costs: Sequence[CancelCost]) -> Table:
    """The same for people, in milliseconds."""
    shown = Table(Column("Model", overflow="fold"), title="Work on a question after it was cancelled", box=SIMPLE_HEAD)
    for column in ("whole question", "longest block", "busy, median", "busy, worst"):
        shown.add_column(column, justify="right")
    for cost in costs:
        times = (cost.whole, cost.block, median(cost.busy), max(cost.busy))
        shown.add_row(Path(cost.name).name, *(f"{1000 * value:.0f} ms" for value in times))
    return shown


def _busy(model: SpokenLM, samples: np.ndarray, at: float | None) -> float:
    """Seconds of work on a question from its cancel on, which comes `at` seconds after its beginning; None: on all of it."""
    dialogue = Dialogue(model)
    turn = dialogue.open_turn()
    ends: list[float] = []

    def feed() -> None:
        turn.feed(samples, model.input_rate)
        ends.append(time.perf_counter())

    feeding = threading.Thread(target=feed)
    began = time.perf_counter()
    feeding.start()
    if at is not None:
        feeding.join(at)
        began = time.perf_counter()
        dialogue.cancel()
    feeding.join()
    turn.abandon()
    return max(0.0, ends[0] - began)


@contextmanager
def _watched(model: SpokenLM, slowed: float) -> Iterator[list[float]]:
    """While it lasts, the seconds of every block that the model hears or prefills, which is `slowed`, are noted."""
    blocks: list[float] = []
    run, listener = model.decoder.run, model.listener

    def noted(work: Callable[..., Any], wait: float = 0.0) -> Callable[..., Any]:
        def watched(*values: Any, **named: Any) -> Any:
            began = time.perf_counter()
            found = work(*values, **named)
            time.sleep(wait)
            blocks.append(time.perf_counter() - began)
            return found

        return watched

    def noted_listener() -> Listener:
        made = listener()
        made.feed = noted(made.feed)  # type: ignore[method-assign] # of this one alone
        return made

    with patch.object(model.decoder, "run", noted(run, slowed)), patch.object(model, "listener", noted_listener):
        yield blocks
