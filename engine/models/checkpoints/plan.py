"""What a released model will need at each precision, whether that fits, and what to choose: plain data and a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import torch

from engine.lm.bits import SPARE, Bits
from engine.lm.config import LMConfig
from engine.models.checkpoints.precision import check_offered, compute_type, graph_bits, offered
from engine.models.checkpoints.precision_choice import PRECISIONS, Precision
from engine.models.checkpoints.weights import Weights

Device = Literal["cuda", "cpu"]

_SMALLEST_CONTEXT = 2048  # positions; below, a conversation soon forgets its beginning
RESERVE: dict[Device, int] = {"cuda": 1_500_000_000, "cpu": 500_000_000}
"""Bytes set aside, by experience, for the libraries themselves and for what is computed in between."""
_LARGE = 500_000_000
"""Values in all layers, all of which a processor reads for every token: from here on fewer bytes of each matter more there than
the last digits. In 8 bits it makes two to four times as many tokens as in 16 or 32 (`python -m engine.benchmarks precisions`)."""
_LOADING = 5
"""Bytes for each value of a layer while its graph is made: rounded, as a model's bytes, and as onnxruntime has read them."""


@dataclass(frozen=True)
class Sizes:
    """What a model consists of: its language model's shape, and bytes for the parts that stay in float32."""

    title: str
    lm: LMConfig
    exit_ids: int  # rows of the head that early tokens are chosen with
    listener: int
    vocoder: int
    stored: Precision  # what the language model's weights are on disk
    frame_matrices: int = 0  # values of what chooses the codes of frames, which are read for every frame
    frame_tables: int = 0  # and of the embeddings of codes

    @property
    def context(self) -> int:
        """Positions the model was trained for."""
        return self.lm.context


@dataclass(frozen=True)
class Need:
    """Bytes at one precision with `context` positions. `loading` are there beside the weights only while a model is loaded, when
    there are no keys and values yet."""

    precision: Precision
    context: int
    weights: int
    kv: int
    listener: int
    vocoder: int
    reserve: int
    loading: int = 0

    @property
    def total(self) -> int:
        return self.weights + max(self.kv, self.loading) + self.listener + self.vocoder + self.reserve


@dataclass(frozen=True)
class MemoryPlan:
    """`chosen` is what to load on `device`, None if nothing fits; `needs` is each precision there at the wished context."""

    device: Device
    chosen: Need | None
    needs: tuple[Need, ...]
    sentence: str


def lm_sizes(
    title: str, config: LMConfig, names: Iterable[str], weights: Weights, exit_ids: int, listener: int, vocoder: int
) -> Sizes:
    """From a language model's config and its tensors' `names`; `exit_ids` tokens may come early, the other parts are bytes."""
    short = all(weights.type(name) in (torch.bfloat16, torch.float16) for name in names)
    return Sizes(title, config, exit_ids, listener, vocoder, stored="bf16" if short else "fp32")


def need(sizes: Sizes, precision: Precision, context: int, device: Device) -> Need:
    """What one precision needs. Raises as `compute_type`."""
    lm, each = sizes.lm, compute_type(precision, sizes.lm, device).itemsize
    bits = graph_bits(precision, lm, device)
    exits = sizes.exit_ids * lm.dim  # as rows, of which a graph is a second form
    beside = (lm.vector_values + exits) * each + (bits.of_head.packed_bytes(exits) if bits else 0)
    return Need(
        precision,
        context,
        weights=(_in_graphs(lm, bits) if bits else _in_torch(lm, precision, each)) + beside + _of_frames(sizes, precision, each),
        kv=lm.position_values * (context + SPARE if bits else context) * each,
        listener=sizes.listener,
        vocoder=sizes.vocoder,
        reserve=RESERVE[device],
        loading=_LOADING * lm.layer_values if bits else 0,
    )


def _of_frames(sizes: Sizes, precision: Precision, each: int) -> int:
    matrices = Bits(8).packed_bytes(sizes.frame_matrices) if precision in ("int8", "int4") else sizes.frame_matrices * each
    return matrices + sizes.frame_tables * each


def _in_graphs(lm: LMConfig, bits: Bits) -> int:
    return bits.layers_bytes(lm) + bits.head_bytes(lm) + bits.embedding_bytes(lm)


def _in_torch(lm: LMConfig, precision: Precision, each: int) -> int:
    around = lm.vocabulary + lm.head_rows
    values = _layers_values(lm) + around * lm.dim
    rows = sum(rows for layer in range(lm.layers) for rows, _ in lm.matrices_of(layer)) + around
    return values + rows * each if precision == "int8" else values * each


def plan(
    sizes: Sizes,
    memory: int,
    video_memory: int = 0,
    context: int | None = None,
    precision: Precision | None = None,
    device: Device | None = None,
) -> MemoryPlan:
    """Chooses for so many free bytes (0 of memory: unknown, and taken to be enough; 0 of video memory: no card).

    The graphics card comes before the processor, a long context before a short one, and then the most bits: up to those on
    disk, or on a processor up to 8 for a large model. `precision` and `device` may be given instead of chosen, `context` (by
    default all) is what is wished for. Raises `ValueError` with a sentence for a precision that there is not, there.
    """
    wished = min(context or sizes.context, sizes.context)
    rooms: dict[Device, int] = {"cuda": video_memory, "cpu": memory}
    devices: tuple[Device, ...] = (device,) if device else ("cuda", "cpu") if video_memory else ("cpu",)
    if precision:
        devices = tuple(place for place in devices if precision in offered(sizes.lm, place)) or devices[-1:]
        check_offered(precision, sizes.lm, devices[-1])
    for place in devices:
        there = offered(sizes.lm, place)
        needs = tuple(need(sizes, each, wished, place) for each in there)
        precisions = (precision,) if precision else tuple(each for each in _most_bits_first(sizes, place) if each in there)
        for found in _candidates(sizes, precisions, wished, place):
            if found.total <= rooms[place] or (place == "cpu" and not memory):
                return MemoryPlan(place, found, needs, _sentence(sizes, found, place, rooms, wished, precisions[0], devices))
    smallest = min((need(sizes, each, min(wished, _SMALLEST_CONTEXT), place) for each in precisions), key=lambda one: one.total)
    return MemoryPlan(place, None, needs, _refusal(sizes, smallest, rooms, devices))


def _most_bits_first(sizes: Sizes, device: Device) -> tuple[Precision, ...]:
    """Those that are chosen by themselves."""
    return PRECISIONS[PRECISIONS.index("int8" if _wants_few_bits(sizes, device) else sizes.stored) :]


def _wants_few_bits(sizes: Sizes, device: Device) -> bool:
    return device == "cpu" and _layers_values(sizes.lm) >= _LARGE


def _layers_values(lm: LMConfig) -> int:
    """In the matrices of all layers."""
    return sum(map(lm.values_of, range(lm.layers)))


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
    if chosen.precision == best == "int8" and _wants_few_bits(sizes, place):
        parts.append(f"in {sizes.stored} it would be slower there")
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
