"""How fast a decoder is in each precision, and how near the memory's bandwidth: at one row a step reads every weight once.

All contenders run the same layers, tokens and cache lengths, and take turns in every round, which also reads a large array once
for what the memory gives. A contender's share of that limit is the bytes of weights that its step reads, over the time it takes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, NamedTuple

import psutil
import torch
from rich.box import SIMPLE_HEAD
from rich.table import Column, Table

from engine.lm.bits import Bits
from engine.lm.config import LMConfig
from engine.lm.decoder import Decoder
from engine.models.checkpoints.precision import GRAPHS

PROMPT = 64
"""Positions before the first step."""
_READ = 1 << 28  # bytes of the array that is read for the bandwidth: more than any processor's cache
_COMPARED = 128  # positions whose likeliest token is compared


class _Kind(NamedTuple):
    torch_type: torch.dtype | None  # None is onnxruntime
    bits: Bits

    def make(self, config: LMConfig, tensors: Mapping[str, torch.Tensor]) -> Decoder:
        if self.torch_type is not None:
            return Decoder(config, tensors, self.torch_type, int8=self.bits.count == 8)
        from engine.lm.graph_decoder import GraphDecoder

        return GraphDecoder(config, tensors, self.bits)

    def read_bytes(self, config: LMConfig) -> int:
        """Of the weights that a step reads: all layers and the head."""
        if self.torch_type is None:
            return self.bits.layers_bytes(config) + self.bits.head_bytes(config)
        values = config.layers * config.layer_values + config.head_rows * config.dim
        return values if self.bits.count == 8 else values * self.torch_type.itemsize


CONTENDERS: Mapping[str, _Kind] = {
    "torch float32": _Kind(torch.float32, Bits()),
    "torch bfloat16": _Kind(torch.bfloat16, Bits()),
    "torch 8 bits": _Kind(torch.bfloat16, Bits(8)),
    "onnxruntime float32": _Kind(None, Bits()),
    "onnxruntime 8 bits": _Kind(None, GRAPHS["int8"]),
    "onnxruntime 4 bits": _Kind(None, GRAPHS["int4"]),
}
"""By name; the first is the reference."""
USUAL = tuple(name for name in CONTENDERS if name != "onnxruntime float32")


@dataclass(frozen=True)
class PrecisionSpeed:
    """One contender's medians over the rounds, and its slowest and fastest round. `bandwidth` is bytes a second read from memory
    in the same rounds; `limit_share` is how much of it the weights of the steps are. `same` is the share of positions of a random
    text at which its likeliest token is that of the reference."""

    name: str
    threads: int
    bytes_per_token: int
    tokens_per_second: float
    slowest: float
    fastest: float
    prefill: float  # positions a second, of the prompt's at once
    bandwidth: float
    limit_share: float
    same: float


def measure(
    config: LMConfig, tensors: Mapping[str, torch.Tensor], names: Sequence[str], threads: int, tokens: int = 16, repeats: int = 5
) -> list[PrecisionSpeed]:
    """Measures `tokens` steps after `PROMPT` positions in `repeats` rounds, and sets torch's number of threads for as long.

    Raises `ValueError` with a sentence for a name that is none of `CONTENDERS`, or where memory would not hold all of them.
    """
    if unknown := [name for name in names if name not in CONTENDERS]:
        raise ValueError(f"There is no contender {unknown[0]!r}: choose from {', '.join(CONTENDERS)}.")
    _check_memory(config, names)
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        decoders = {name: CONTENDERS[name].make(config, tensors) for name in CONTENDERS if name in names}
        likeliest = {name: _likeliest(decoder) for name, decoder in decoders.items()}
        runs = {name: _Run(decoder) for name, decoder in decoders.items()}
        array = torch.ones(_READ // 4)
        rounds = []
        for _ in range(repeats + 1):
            bandwidth = array.nbytes / _seconds(array.sum)
            rounds.append((bandwidth, {name: run(tokens) for name, run in runs.items()}))
    finally:
        torch.set_num_threads(before)
    first = next(iter(likeliest.values()))
    same = {name: float((found == first).float().mean()) for name, found in likeliest.items()}
    return [_speed(name, config, threads, rounds[1:], same[name]) for name in decoders]  # the first round warms up


class _Run:
    """Prefills a prompt and makes steps after it."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder, self._cache = decoder, decoder.new_cache(PROMPT + 512)
        self._prompt = _ids(decoder, PROMPT)

    def __call__(self, tokens: int) -> tuple[float, float]:
        """Positions and tokens a second."""
        decoder, cache = self._decoder, self._cache
        cache.roll_back(0)
        token = int(self._prompt[-1])

        def prefill() -> None:
            decoder.run(decoder.embed(self._prompt), 0, cache)

        def steps() -> None:
            nonlocal token
            for _ in range(tokens):
                token = int(decoder.logits(decoder.run(decoder.embed([token]), cache.position, cache))[0].argmax())

        return PROMPT / _seconds(prefill), tokens / _seconds(steps)


def as_json(speeds: Sequence[PrecisionSpeed]) -> list[dict[str, Any]]:
    """One object per contender."""
    return [{key: round(value, 4) if isinstance(value, float) else value for key, value in asdict(one).items()} for one in speeds]


def table(speeds: Sequence[PrecisionSpeed], title: str) -> Table:
    """The same for people."""
    first = speeds[0]
    heading = f"{title}: {first.threads} threads, memory read at {first.bandwidth / 1e9:.1f} GB/s"
    shown = Table(Column("Decoder", no_wrap=True), title=heading, title_justify="left", box=SIMPLE_HEAD, padding=0)
    for column in ("MB a token", "tokens/s", "range", "GB/s", "of the limit", "prefill/s", "same"):
        shown.add_column(column, justify="right", no_wrap=True)
    for one in speeds:
        shown.add_row(
            one.name, f"{one.bytes_per_token / 1e6:,.1f}", f"{one.tokens_per_second:.2f}", f"{one.slowest:.2f}-{one.fastest:.2f}",
            f"{one.tokens_per_second * one.bytes_per_token / 1e9:.1f}", f"{one.limit_share:.0%}", f"{one.prefill:.0f}",
            f"{one.same:.0%}",
        )  # fmt: skip
    return shown


def _speed(
    name: str, config: LMConfig, threads: int, rounds: Sequence[tuple[float, Mapping[str, tuple[float, float]]]], same: float
) -> PrecisionSpeed:
    read = CONTENDERS[name].read_bytes(config)
    tokens = [found[name][1] for _, found in rounds]
    return PrecisionSpeed(
        name,
        threads,
        read,
        median(tokens),
        min(tokens),
        max(tokens),
        median(found[name][0] for _, found in rounds),
        median(bandwidth for bandwidth, _ in rounds),
        median(found[name][1] * read / bandwidth for bandwidth, found in rounds),
        same,
    )


def _likeliest(decoder: Decoder) -> torch.Tensor:
    ids = _ids(decoder, _COMPARED)
    return decoder.logits(decoder.run(decoder.embed(ids), 0, decoder.new_cache(len(ids)))).argmax(-1)


def _ids(decoder: Decoder, count: int) -> torch.Tensor:
    return torch.randint(0, decoder.config.vocabulary, (count,), generator=torch.Generator().manual_seed(0))


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _check_memory(config: LMConfig, names: Sequence[str]) -> None:
    values = config.vocabulary * config.dim
    needed = sum(CONTENDERS[name].read_bytes(config) + values * 4 for name in names) + 8 * config.layer_values
    free = psutil.virtual_memory().available
    if needed > free:
        raise ValueError(
            f"All decoders together need {needed / 1e9:.1f} GB of memory, and {free / 1e9:.1f} GB are free: take fewer layers or "
            "fewer decoders."
        )
