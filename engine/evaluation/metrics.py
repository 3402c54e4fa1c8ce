"""What is measured of a reply: numbers that can be added up over any selection of replies.

Every figure of a reply is a pair (amount, out of), so that a rate over many replies is the sum of the amounts over the sum of
what they are out of: word edits over words, layers over tokens, or simply a time over one reply.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.evaluation.results import Result

Pair = tuple[float, float]


@dataclass(frozen=True)
class Metric:
    """`pair` of a result and of the same question's result in the first case; None where there is nothing to measure."""

    name: str
    title: str
    percent: bool
    digits: int
    pair: Callable[[Result, Result | None], Pair | None]
    interval: bool = True

    def form(self, value: float) -> str:
        return f"{value:.{self.digits}%}" if self.percent else f"{value:.{self.digits}f}"


def _one(read: Callable[[Result], float | None], scale: float = 1.0) -> Callable[[Result, Result | None], Pair | None]:
    """A figure of each reply, whose mean counts."""

    def pair(result: Result, first: Result | None) -> Pair | None:
        value = read(result)
        return None if result.failed or value is None else (scale * value, 1.0)

    return pair


def _per_token(read: Callable[[Result], tuple[float, int]]) -> Callable[[Result, Result | None], Pair | None]:
    """A mean over tokens."""

    def pair(result: Result, first: Result | None) -> Pair | None:
        value, tokens = read(result)
        return None if result.failed or not tokens else (value * tokens, tokens)

    return pair


def _share(part: str, whole: str) -> Callable[[Result, Result | None], Pair | None]:
    """Of the prefill's figures."""

    def pair(result: Result, first: Result | None) -> Pair | None:
        figures = result.prefill
        return (figures[part], figures[whole]) if figures.get(whole) and part in figures else None

    return pair


def same_tokens(ids: tuple[int, ...], others: tuple[int, ...]) -> Pair:
    """(equal tokens, tokens) of two replies, place by place up to the end of the shorter."""
    shorter = min(len(ids), len(others))
    return sum(a == b for a, b in zip(ids, others, strict=False)), shorter


def first_difference(ids: tuple[int, ...], others: tuple[int, ...]) -> int | None:
    """The place of the first token that differs (or that only one reply has); None for the same reply."""
    if ids == others:
        return None
    return next((i for i, (a, b) in enumerate(zip(ids, others, strict=False)) if a != b), min(len(ids), len(others)))


def _agreement(result: Result, first: Result | None) -> Pair | None:
    if first is None or result.failed or first.failed or not (result.ids and first.ids):
        return None
    return same_tokens(result.ids, first.ids)


def _difference(result: Result, first: Result | None) -> Pair | None:
    if first is None or result.failed or first.failed:
        return None
    place = first_difference(result.ids, first.ids)
    return None if place is None else (float(place), 1.0)


def _right(result: Result, first: Result | None) -> Pair | None:
    """A question that could not be answered was not answered right, unless there was none."""
    if result.failed:
        return float(bool(result.right)), 1.0
    return None if result.right is None else (float(result.right), 1.0)


QUALITY = (
    Metric("right", "Right in text", True, 1, _right),
    Metric("right_in_speech", "Right in speech", True, 1, _one(lambda r: r.right_in_speech)),
    Metric("wer", "WER of speech", True, 1, lambda r, _: r.speech_errors),
    Metric("agreement", "Same tokens", True, 1, _agreement),
    Metric("difference", "First difference at", False, 0, _difference, interval=False),
    Metric("mos", "MOS", False, 2, _one(lambda r: r.mos)),
    Metric("heard_wer", "WER heard", True, 1, lambda r, _: r.heard_errors, interval=False),
    Metric("exact", "Exact", True, 1, _one(lambda r: float(r.exact)), interval=False),
)
COST = (
    Metric("speech_depth", "Depth, speech", False, 2, _per_token(lambda r: (r.speech_depth, r.speech_tokens)), False),
    Metric("mean_depth", "Depth, all", False, 2, _per_token(lambda r: (r.mean_depth, r.tokens)), False),
    Metric(
        "acceptance", "Accepted", True, 1,
        lambda r, _: (r.accepted, r.accepted + r.rejected) if r.accepted + r.rejected else None,
    ),
    Metric("speed", "Tokens/s", False, 0, _one(lambda r: r.tokens_per_second)),
    Metric("real_time_factor", "Real-time factor", False, 2, _one(lambda r: r.real_time_factor)),
    Metric("first_audio", "First audio, ms", False, 0, _one(lambda r: r.first_audio, 1000)),
    Metric("first_token", "First token, ms", False, 0, _one(lambda r: r.first_token, 1000), False),
    Metric("kv", "KV, MB", False, 2, _one(lambda r: r.kv_bytes or None, 1e-6), False),
    Metric("memory", "Memory, MB", False, 0, _one(lambda r: r.memory or None, 1e-6), False),
)  # fmt: skip
POOLING = (
    Metric("kept_input", "Speech kept, input", True, 1, _share("input", "heard"), False),
    Metric("kept", "Speech kept, top layer", True, 1, _share("deep", "heard"), False),
    Metric("flops", "Prefill FLOPs", True, 1, _share("flops", "flops_unpooled"), False),
    Metric("prompt_kv", "Prompt's KV", True, 1, _share("kv_bytes", "kv_bytes_unpooled"), False),
)
"""Shares of what there would be without pooling."""
DIFFERENCES = tuple(m for m in (*QUALITY, *COST) if m.name in ("right", "right_in_speech", "wer", "mos", "speed"))


def first_of(results: list[Result]) -> Mapping[tuple[str, str, int], Result]:
    """The first case's results, by set, question and seed."""
    first = (results[0].schedule, results[0].pooling) if results else ()
    return {(r.set, r.id, r.seed): r for r in reversed(results) if (r.schedule, r.pooling) == first}
