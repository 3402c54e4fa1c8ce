"""What Affinity Pooling saves at which length of the question, and where it costs time.

Sounds of a few lengths are put together from bundled questions. The time to the first token is taken twice: `at once`, with
everything heard and nothing prefilled (merging, prefill, head), as papers measure it; and `streamed`, from the last sample of a
sound fed as a microphone would, when most of it is prefilled already. All poolings take turns in every round, so that what else
the machine does hits them alike, and ratios are taken within a round.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, NamedTuple

import numpy as np
import torch
from rich.box import SIMPLE_HEAD
from rich.table import Column, Table

from engine import audio_files
from engine.benchmarks.latency import CHUNK_SECONDS, LatencyError
from engine.benchmarks.questions import recordings
from engine.dialogue import Dialogue
from engine.models.pooled_speech import PooledSpeech
from engine.models.spoken_lm import PromptPiece, SpokenLM
from engine.prefill.history import History
from engine.prefill.pooling import NONE, Pooling, check
from engine.speech.resample import Resampler, mono
from engine.turn_record import TurnRecord

LENGTHS = (2.0, 10.0, 25.0)
"""Seconds of a short, a medium and a long question."""


@dataclass(frozen=True)
class PooledCost:
    """One pooling at one length: shares of what no pooling takes, means over the sounds; times are medians in seconds.

    `input` and `deep` are the shares of the speech positions that the lowest and the top layer hold, `flops` and `kv` those
    of the question's prefill and of the cache. A ratio above 1 is slower than without pooling, in the same round.
    """

    seconds: float
    pooling: str
    threads: int
    heard: float
    input: float
    deep: float
    flops: float
    kv: float
    kv_bytes: float
    at_once: float
    at_once_ratio: float
    streamed: float
    streamed_ratio: float


class _Sound(NamedTuple):
    samples: np.ndarray  # mono
    rate: int
    pieces: list[PromptPiece]  # all that the listener gives for it


class _Round(NamedTuple):
    at_once: float
    streamed: float
    cost: dict[str, int]


def measure(
    model: SpokenLM,
    poolings: Sequence[Pooling],
    lengths: Sequence[float] = LENGTHS,
    threads: int = 1,
    sounds: int = 4,
    repeats: int = 5,
) -> list[PooledCost]:
    """Each of `poolings`, and none before them, over `sounds` different sounds of each length, in `repeats` rounds.

    Sets torch's number of threads for as long as it runs. Raises `PoolingError`, `ValueError` if the bundled questions are
    missing and `LatencyError` if a sound cannot be answered, with a sentence.
    """
    contenders = [NONE, *(pooling for pooling in dict.fromkeys(poolings) if pooling != NONE)]
    for pooling in contenders:
        check(pooling, model.decoder.config.layers)
    before, found = torch.get_num_threads(), []
    torch.set_num_threads(threads)
    try:
        for seconds in lengths:
            made = [_sound(model, seconds, number) for number in range(sounds)]
            for pooling in contenders:
                _round(model, made[0], pooling)  # warms up
            rounds = [{p: _round(model, sound, p) for p in contenders} for _ in range(repeats) for sound in made]
            found += [_cost(seconds, pooling, threads, rounds) for pooling in contenders]
    finally:
        torch.set_num_threads(before)
    return found


def as_json(costs: Sequence[PooledCost]) -> list[dict[str, Any]]:
    """One object per length and pooling."""
    return [
        {key: round(value, 5) if isinstance(value, float) else value for key, value in asdict(cost).items()} for cost in costs
    ]


def table(costs: Sequence[PooledCost]) -> Table:
    """The same for people."""
    title = f"Pooling by length of the question, {costs[0].threads} threads: shares and ratios of no pooling"
    shown = Table(Column("Pooling", no_wrap=True), title=title, title_justify="left", box=SIMPLE_HEAD, padding=0)
    for column in ("seconds", "heard", "input", "deep", "FLOPs", "KV", "at once", "ratio", "streamed", "ratio"):
        shown.add_column(column, justify="right", no_wrap=True)
    for number, cost in enumerate(costs):
        shares = (f"{share:.0%}" for share in (cost.input, cost.deep, cost.flops, cost.kv))
        at_once = f"{cost.at_once * 1000:.1f} ms", f"{cost.at_once_ratio:.2f}"
        streamed = f"{cost.streamed * 1000:.1f} ms", f"{cost.streamed_ratio:.2f}"
        last = number + 1 == len(costs) or costs[number + 1].seconds != cost.seconds
        shown.add_row(cost.pooling, f"{cost.seconds:g}", f"{cost.heard:.0f}", *shares, *at_once, *streamed, end_section=last)
    return shown


def _sound(model: SpokenLM, seconds: float, number: int) -> _Sound:
    """So many seconds of bundled questions one after the other; each number begins with another one."""
    questions = recordings(10**6)
    parts: list[np.ndarray] = []
    have, place, rate = 0, number * 37, 0
    while not parts or have < seconds * rate:
        samples, found = audio_files.recording(questions[place % len(questions)]).sound
        if rate and found != rate:
            raise ValueError("The bundled questions have different sample rates: install the program again.")
        rate = found
        parts.append(mono(samples))
        have, place = have + len(parts[-1]), place + 1
    samples = np.concatenate(parts)[: round(seconds * rate)]
    resampler, listener = Resampler(rate, model.input_rate), model.listener()
    pieces = [listener.feed(resampler.feed(samples)), listener.feed(resampler.finish()), listener.finish()]
    return _Sound(samples, rate, pieces)


def _round(model: SpokenLM, sound: _Sound, pooling: Pooling) -> _Round:
    at_once, cost = _at_once(model, sound.pieces, pooling)
    return _Round(at_once, _streamed(model, sound, pooling), cost)


@torch.inference_mode()
def _at_once(model: SpokenLM, pieces: Sequence[PromptPiece], pooling: Pooling) -> tuple[float, dict[str, int]]:
    history = History(model.decoder, model.context)
    exchange = history.open(pooling)
    began = time.perf_counter()
    speech = PooledSpeech(model.decoder, pooling.input)
    history.add(model.before_speech())
    for heard in [*(heard for piece in pieces for heard in speech.feed(piece)), *speech.finish()]:
        history.add(heard.piece)
        exchange.heard += sum(heard.sizes)
    history.add(model.after_speech())
    logits = history.last_logits()
    assert logits is not None  # nobody cancels
    int(logits.argmax())
    return time.perf_counter() - began, history.cost()


def _streamed(model: SpokenLM, sound: _Sound, pooling: Pooling) -> float:
    turn = Dialogue(model, pooling=pooling).open_turn()
    step = max(1, round(CHUNK_SECONDS * sound.rate))
    for start in range(0, len(sound.samples), step):
        turn.feed(sound.samples[start : start + step], sound.rate)
    record = TurnRecord()
    with closing(turn.reply(record=record)) as events:
        while not record.tokens and next(events, None) is not None:
            pass
    if not record.tokens:
        nothing = "A question made from the bundled ones got no reply: the model cannot be measured with it."
        raise LatencyError(record.message or nothing)
    return record.tokens[0].at


def _cost(seconds: float, pooling: Pooling, threads: int, rounds: Sequence[dict[Pooling, _Round]]) -> PooledCost:
    mine, plain = [each[pooling] for each in rounds], [each[NONE] for each in rounds]
    costs = [one.cost for one in mine]

    def share(part: str, whole: str) -> float:
        return sum(cost[part] for cost in costs) / sum(cost[whole] for cost in costs)

    return PooledCost(
        seconds=seconds,
        pooling=str(pooling),
        threads=threads,
        heard=sum(cost["heard"] for cost in costs) / len(costs),
        input=share("input", "heard"),
        deep=share("deep", "heard"),
        flops=share("flops", "flops_unpooled"),
        kv=share("kv_bytes", "kv_bytes_unpooled"),
        kv_bytes=sum(cost["kv_bytes"] for cost in costs) / len(costs),
        at_once=median(one.at_once for one in mine),
        at_once_ratio=median(one.at_once / other.at_once for one, other in zip(mine, plain, strict=True)),
        streamed=median(one.streamed for one in mine),
        streamed_ratio=median(one.streamed / other.streamed for one, other in zip(mine, plain, strict=True)),
    )
