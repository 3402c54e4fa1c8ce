"""One reply as events: its tokens, their text and their sound."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Protocol

import torch

from engine.decoding import interleaved, parallel
from engine.decoding.interleaved import Decoding, Model
from engine.decoding.parallel import ParallelDecoding
from engine.decoding.pattern import Pattern
from engine.events import Audio, Drafts, Text, Token
from engine.lm.sampling import Sampler
from engine.lm.text_stream import TextStream
from engine.prefill.history import Exchange, History
from engine.schedules import Schedule
from engine.speech.vocoder_thread import Speaker, VocoderThread
from engine.turn_record import TurnRecord


class SpeakingModel(Model, Protocol):
    """What a reply needs of a `SpokenLM` beyond decoding."""

    output_rate: int

    def speaker(self) -> Speaker: ...

    def decode_text(self, ids: list[int]) -> bytes: ...


def speak_reply(
    model: SpeakingModel,
    history: History,
    exchange: Exchange,
    last_logits: torch.Tensor,
    pattern: Pattern,
    schedule: Schedule,
    sampler: Sampler,
    record: TurnRecord,
    *,
    max_tokens: int,
    cancelled: Callable[[], bool],
) -> Iterator[Token | Drafts | Text | Audio]:
    """Decodes the reply of `exchange`, the latest of `history`, which is prefilled and ends in `last_logits`.

    Ends early if `cancelled`, which is asked before every token. However the iteration ends, the exchange then holds
    the tokens that were yielded, the history's cache agrees with it, and the vocoder's thread is gone. What it cost
    and which limit it hit is in `record`, into which every event is folded. Raises what the model or the speaker raised.
    """
    prompt = history.ids() if sampler.sampling.repetition_penalty != 1 else ()
    streams = {"heard": TextStream(model.decode_text), "text": TextStream(model.decode_text)}
    record.work["decode"] = 0.0
    decoding: Decoding | ParallelDecoding | None = None
    voice = VocoderThread(model.speaker, model.output_rate, record.now, cancelled)  # last: from here on it is closed
    try:
        shared = parallel.is_shared(pattern)
        decode: Callable[..., Decoding | ParallelDecoding] = parallel.decode if shared else interleaved.decode
        decoding = decode(
            model,
            history.cache,
            last_logits,
            pattern,
            schedule,
            sampler,
            cancelled=cancelled,
            previous=prompt,
            clock=record.now,
        )
        events = iter(decoding)
        while not cancelled() and len(decoding.ids) < max_tokens:
            began = time.perf_counter()
            event = next(events, None)
            record.work["decode"] += time.perf_counter() - began
            if event is None:
                break
            if isinstance(event, Drafts):
                yield record.apply(event)
                continue
            pattern = pattern.after(event.id)
            exchange.kinds.append(event.kind)
            if event.kind == "speech":
                voice.feed(event.id, event.index)
            yield record.apply(event)
            if event.kind in streams and (text := streams[event.kind].feed(event.id)):
                yield record.apply(Text(event.kind, text))
            for audio in voice.ready():
                yield record.apply(audio)
        _close(decoding, record)  # while the vocoder is still at work
        if not (cancelled() or pattern.done):
            record.limits.append(_limit(len(decoding.ids), max_tokens, history.capacity))
        if not cancelled():
            for audio in voice.finish():
                if cancelled():
                    break
                yield record.apply(audio)
    finally:
        try:
            if decoding is not None:
                _close(decoding, record)
                exchange.reply = list(decoding.ids)
                exchange.widths = list(decoding.widths) if isinstance(decoding, ParallelDecoding) else None
        finally:
            voice.close()
            record.work["speak"] = voice.busy


def _close(decoding: Decoding | ParallelDecoding, record: TurnRecord) -> None:
    began = time.perf_counter()
    decoding.close()
    record.work["decode"] += time.perf_counter() - began


def _limit(tokens: int, max_tokens: int, capacity: int) -> str:
    if tokens >= max_tokens:
        return f"The reply was cut at the limit of {max_tokens} tokens."
    return f"The reply was cut after {tokens} tokens: the model has room for {capacity} positions and they are full."
