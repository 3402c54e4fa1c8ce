"""What a released model will need at each precision, whether that fits, and what to choose: plain data and a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Literal

import torch

from engine.lm.config import LMConfig
from engine.models.checkpoints.precision import PRECISIONS, Precision, compute_type
from engine.models.checkpoints.weights import Weights

Device = Literal["cuda", "cpu"]

_SMALLEST_CONTEXT = 2048  # positions; below, a conversation soon forgets its beginning
RESERVE: dict[Device, int] = {"cuda": 1_500_000_000, "cpu": 500_000_000}
"""Bytes set aside, by experience, for the libraries themselves and for what is computed in between."""


@dataclass(frozen=True)
class Sizes:
    """What a model consists of. Numbers of elements for the language model, bytes for the parts that stay in float32."""

    title: str
    matrices: int
    rows: int  # of all matrices: one scale each in 8 bits
    vectors: int
    exit_head: int  # rows of the head that early tokens are chosen with
    kv: int  # keys and values of one position
    context: int  # positions the model was trained for
    listener: int
    vocoder: int
    stored: Precision  # what the language model's weights are on disk


@dataclass(frozen=True)
class Need:
    """Bytes at one precision with `context` positions."""

    precision: Precision
    context: int
    weights: int
    kv: int
    listener: int
    vocoder: int
    reserve: int

    @property
    def total(self) -> int:
        return self.weights + self.kv + self.listener + self.vocoder + self.reserve


@dataclass(frozen=True)
class MemoryPlan:
    """`chosen` is what to load on `device`, None if nothing fits; `needs` is each precision there at the wished context."""

    device: Device
    chosen: Need | None
    needs: tuple[Need, ...]
    sentence: str


def lm_sizes(
    title: str, config: LMConfig, shapes: Mapping[str, tuple[int, ...]], weights: Weights,
    exit_ids: int, listener: int, vocoder: int,
) -> Sizes:  # fmt: skip
    """From a language model's config and tensor shapes; `exit_ids` tokens may come early, the other parts are bytes."""
    matrices = [shape for shape in shapes.values() if len(shape) == 2]
    short = all(weights.type(name) in (torch.bfloat16, torch.float16) for name in shapes)
    stored: Precision = "bf16" if short else "fp32"
    return Sizes(
        title,
        matrices=sum(map(prod, matrices)),
        rows=sum(rows for rows, _ in matrices),
        vectors=sum(prod(shape) for shape in shapes.values() if len(shape) == 1),
        exit_head=exit_ids * config.dim,
        kv=2 * config.layers * config.kv_heads * config.head_dim,
        context=config.context,
        listener=listener,
        vocoder=vocoder,
        stored=stored,
    )


def need(sizes: Sizes, precision: Precision, context: int, device: Device) -> Need:
    """What one precision needs."""
    each = compute_type(precision).itemsize
    matrices = sizes.matrices + sizes.rows * each if precision == "int8" else sizes.matrices * each
    return Need(
        precision,
        context,
        weights=matrices + (sizes.vectors + sizes.exit_head) * each,
        kv=sizes.kv * context * each,
        listener=sizes.listener,
        vocoder=sizes.vocoder,
        reserve=RESERVE[device],
    )


def plan(
    sizes: Sizes,
    memory: int,
    video_memory: int = 0,
    context: int | None = None,
    precision: Precision | None = None,
    device: Device | None = None,
) -> MemoryPlan:
    """Chooses for so many free bytes (0 of memory: unknown, and taken to be enough; 0 of video memory: no card).

    The graphics card comes before the processor, a long context before a short one, and then the most bits, up to those on
    disk. `precision` and `device` may be given instead of chosen, `context` (by default all) is what is wished for.
    """
    wished = min(context or sizes.context, sizes.context)
    precisions = (precision,) if precision else PRECISIONS[PRECISIONS.index(sizes.stored) :]
    rooms: dict[Device, int] = {"cuda": video_memory, "cpu": memory}
    devices: tuple[Device, ...] = (device,) if device else ("cuda", "cpu") if video_memory else ("cpu",)
    for place in devices:
        needs = tuple(need(sizes, each, wished, place) for each in PRECISIONS)
        for found in _candidates(sizes, precisions, wished, place):
            if found.total <= rooms[place] or (place == "cpu" and not memory):
                return MemoryPlan(place, found, needs, _sentence(sizes, found, place, rooms, wished, precisions[0], devices))
    smallest = min((need(sizes, each, min(wished, _SMALLEST_CONTEXT), place) for each in precisions), key=lambda one: one.total)
    return MemoryPlan(place, None, needs, _refusal(sizes, smallest, rooms, devices))


def _candidates(sizes: Sizes, precisions: tuple[Precision, ...], wished: int, device: Device) -> Iterator[Need]:
    context = wished
    while True:
        yield from (need(sizes, each, context, device) for each in precisions)
        if context <= _SMALLEST_CONTEXT:
            return
        context = max(_SMALLEST_CONTEXT, context // 2)


_PLACES: dict[Device, str] = {"cuda": "the graphics card", "cpu": "the processor"}


def _sentence(
    sizes: Sizes, chosen: Need, place: Device, rooms: Mapping[Device, int],
    wished: int, best: Precision, devices: tuple[Device, ...],
) -> str:  # fmt: skip
    room = f" of {_gigabytes(rooms[place])} that are free" if rooms[place] else ""
    parts = [f"{sizes.title} runs on {_PLACES[place]} in {chosen.precision} with {_gigabytes(chosen.total)}{room}"]
    if chosen.precision != best:
        parts.append(f"{best} would take {_gigabytes(need(sizes, best, wished, place).total)}")
    if chosen.context < wished:
        parts.append(f"conversations have {chosen.context:,} positions instead of {wished:,}")
    if place == "cpu" and "cuda" in devices:
        parts.append(f"the graphics card has only {_gigabytes(rooms['cuda'])} free")
    return "; ".join(parts) + "."


def _refusal(sizes: Sizes, smallest: Need, rooms: Mapping[Device, int], devices: tuple[Device, ...]) -> str:
    have = " and ".join(f"{_PLACES[place]} has {_gigabytes(rooms[place])} free" for place in devices)
    return (
        f"{sizes.title} needs at least {_gigabytes(smallest.total)} in {smallest.precision}, but {have}: "
        "close other programs, or use a smaller model."
    )


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
