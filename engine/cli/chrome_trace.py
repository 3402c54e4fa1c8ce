"""When each part of a turn ran, as a trace that Perfetto (ui.perfetto.dev) and chrome://tracing show.

Source of the format: "Trace Event Format", a document of the Chromium project. Times in it are microseconds, here since the
question's last sample or since its text was sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, TextIO

from engine.events import Token
from engine.headless import finite
from engine.turn_record import TurnRecord

QUESTION, FULL, EARLY, REFRESH, DRAFTS = "listen, prefill", "full depth", "early exit", "refresh, catch-up", "drafts, review"
TEXT, VOCODER, SOUND = "text", "vocoder", "sound, if played at once"
ROWS = QUESTION, FULL, EARLY, REFRESH, DRAFTS, TEXT, VOCODER, SOUND
"""From top to bottom. To those who show it each is a thread, although one thread of ours does all but the vocoder's."""


def write(file: TextIO, record: TurnRecord) -> None:
    """Writes a turn that is over as one JSON object. Raises `OSError`."""
    events = [*_rows(), *_question(record), *_decoded(record), *_sound(record)]
    turn = {"schedule": record.schedule, "seed": record.seed, "layers": record.layers, "pooling": record.pooling}
    json.dump(finite({"traceEvents": events, "displayTimeUnit": "ms", "otherData": turn}), file)


def _question(record: TurnRecord) -> Iterator[dict[str, Any]]:
    listened, prefilled = record.listened or 0.0, record.prefilled
    if record.question_seconds:
        yield _slice(QUESTION, "listen", listened, listened * 1000, question_seconds=record.question_seconds)
    if prefilled is not None:
        cost = {"positions": record.positions, **record.prefill_cost}
        yield _slice(QUESTION, "prefill", prefilled, (prefilled - listened) * 1000, **cost)


def _decoded(record: TurnRecord) -> Iterator[dict[str, Any]]:
    """One slice for each token, under what its step was, and the text that it completed."""
    ends = _ends(record.tokens)
    kept = set()
    for first, review in record.reviews:
        for place, (at, milliseconds) in enumerate(review.drafted):
            if place < review.accepted:
                ends[first + place] = at
                kept.add(first + place)
            else:
                yield _slice(DRAFTS, "rejected", at, milliseconds, id=review.rejected[place - review.accepted])
        yield _slice(DRAFTS, "review", review.at, review.milliseconds, accepted=review.accepted, rejected=len(review.rejected))
    for token in record.tokens:
        if token.index in kept:
            row = DRAFTS
        elif token.depth < record.layers:
            row = EARLY
        else:
            row = REFRESH if token.refresh or token.caught_up else FULL
        yield _slice(row, token.kind, ends[token.index], token.milliseconds, **asdict(token))
        if token.index in record.words:
            yield _slice(TEXT, record.words[token.index].strip(), ends[token.index], token.milliseconds, kind=token.kind)


def _ends(tokens: Sequence[Token]) -> dict[int, float]:
    """When the step of each token ended, by index; tokens of one step, which have one time, share it one after the other."""
    ends: dict[int, float] = {}
    later: Token | None = None
    for token in reversed(tokens):
        same_step = later is not None and later.at == token.at
        ends[token.index] = ends[later.index] - later.milliseconds / 1000 if later and same_step else token.at
        later = token
    return ends


def _sound(record: TurnRecord) -> Iterator[dict[str, Any]]:
    end = 0.0
    for piece in record.audio:
        seconds = len(piece.samples) / piece.sample_rate
        end = max(end, piece.at) + seconds
        yield _slice(VOCODER, "block", piece.at, piece.milliseconds, seconds=seconds, tokens_before=piece.token_index)
        yield _slice(SOUND, "sound", end, seconds * 1000)
    if record.first_audio is not None:
        yield _event("i", SOUND, "first audio", record.first_audio, s="p")  # a line across all rows


def _slice(row: str, name: str, end: float, milliseconds: float, /, **arguments: object) -> dict[str, Any]:
    """What took `milliseconds` until `end`, in seconds."""
    return _event("X", row, name, end - milliseconds / 1000, dur=milliseconds * 1000, args=arguments)


def _event(phase: str, row: str, name: str, at: float, /, **more: object) -> dict[str, Any]:
    return {"ph": phase, "pid": 1, "tid": ROWS.index(row) + 1, "name": name, "ts": at * 1e6, **more}


def _rows() -> Iterator[dict[str, Any]]:
    for place, name in enumerate(ROWS):
        yield _event("M", name, "thread_name", 0, args={"name": name})
        yield _event("M", name, "thread_sort_index", 0, args={"sort_index": place})
