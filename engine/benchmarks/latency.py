"""How soon a reply sounds, and real-time factors of its parts.

Bundled questions are fed in the chunks that a microphone would give, but as fast as they are taken. The time to first
audio runs from the last chunk to the first samples that are not silent; all work before it is listening.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from rich.box import SIMPLE_HEAD
from rich.table import Column, Table

from engine import audio_files
from engine.benchmarks.questions import recordings
from engine.dialogue import Dialogue
from engine.models.spoken_lm import SpokenLM
from engine.turn_record import TurnRecord

CHUNK_SECONDS = 0.02


class LatencyError(RuntimeError):
    """A bundled question got no reply; the message is a sentence for the user."""


@dataclass(frozen=True)
class Latency:
    """Over all questions: times to first audio in seconds, and real-time factors (work over sound, below 1 is faster).

    `listen` is over the question's sound, the others over the reply's; `whole` is all work from the first chunk to
    the end of the reply. Parts overlap, so they need not add up.
    """

    schedule: str
    threads: int
    questions: int
    question_seconds: float
    reply_seconds: float
    first_audio_median: float
    first_audio_p90: float
    first_audio_worst: float
    listen: float
    decode: float
    speak: float
    whole: float


def measure(model: SpokenLM, schedule: str, threads: int, questions: int) -> Latency:
    """Asks `questions` bundled questions, each in a dialogue of its own, with `threads` of torch's threads.

    Raises `ValueError` if they are missing and `LatencyError` if one cannot be answered, with a sentence.
    """
    sounds = [audio_files.recording(path).sound for path in recordings(questions)]
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        _turn(model, schedule, *sounds[0])  # warms up
        turns = [_turn(model, schedule, *sound) for sound in sounds]
    finally:
        torch.set_num_threads(before)
    question, reply, first, listen, decode, speak, whole = (np.array(column) for column in zip(*turns, strict=True))
    heard, said = question.sum(), max(reply.sum(), 1e-9)
    return Latency(
        schedule,
        threads,
        len(turns),
        float(heard),
        float(reply.sum()),
        float(np.median(first)),
        float(np.quantile(first, 0.9)),
        float(first.max()),
        float(listen.sum() / heard),
        float(decode.sum() / said),
        float(speak.sum() / said),
        float(whole.sum() / said),
    )


def as_json(latencies: Sequence[Latency]) -> list[dict[str, Any]]:
    """One object per schedule."""
    return [
        {key: round(value, 4) if isinstance(value, float) else value for key, value in asdict(latency).items()}
        for latency in latencies
    ]


def table(latencies: Sequence[Latency]) -> Table:
    """The same for people."""
    first = latencies[0]
    title = (
        f"{first.questions} spoken questions ({first.question_seconds:.0f} s), {first.threads} threads: "
        "time to first audio and real-time factors"
    )
    shown = Table(Column("Schedule", no_wrap=True), title=title, title_justify="left", box=SIMPLE_HEAD, padding=0)
    for column in ("median", "90%", "worst", "listen", "decode", "speak", "whole"):
        shown.add_column(column, justify="right", no_wrap=True)
    for one in latencies:
        times = (one.first_audio_median, one.first_audio_p90, one.first_audio_worst)
        factors = (one.listen, one.decode, one.speak, one.whole)
        shown.add_row(one.schedule, *(f"{value * 1000:.0f} ms" for value in times), *(f"{v:.3f}" for v in factors))
    return shown


def _turn(model: SpokenLM, schedule: str, samples: np.ndarray, rate: int) -> tuple[float, ...]:
    """Question and reply seconds, time to first audio, and seconds of work to listen, decode, speak and in all."""
    step, record, first_audio = max(1, round(CHUNK_SECONDS * rate)), TurnRecord(), None
    turn = Dialogue(model, schedule=schedule).open_turn()
    began = time.perf_counter()
    for start in range(0, len(samples), step):
        if start + step >= len(samples):
            last_chunk = time.perf_counter()  # it is being recorded until now
        turn.feed(samples[start : start + step], rate)
    for _ in turn.reply(record=record):
        if first_audio is None and record.first_audio is not None:
            first_audio = time.perf_counter() - last_chunk
    whole = time.perf_counter() - began
    if first_audio is None or record.state != "finished":
        nothing = "A bundled question got no spoken reply: the model cannot be measured with it."
        raise LatencyError(record.message or nothing)
    listen, work = last_chunk - began + (record.listened or 0.0), record.work
    return len(samples) / rate, record.audio_seconds, first_audio, listen, work["decode"], work["speak"], whole
