"""Asks spoken questions again and again, each time with every word compressed in one way at one layer.

Every outcome is a line of `oracle.jsonl` as soon as it is there, so a stopped run goes on where it stopped; it counts only for
the very weights, question and words' times that it was measured with. Replies are greedy and at full depth, and are followed to
the end of their text: no sound is made.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from rich.progress import Progress

from engine import audio_files
from engine.decoding.interleaved import decode
from engine.evaluation import scoring
from engine.evaluation.answers import fingerprint
from engine.evaluation.lines import Lines, pair
from engine.evaluation.oracle.words import Times, positions
from engine.evaluation.sets import EvalItem, QuestionSet
from engine.lm.cache import KVCache
from engine.lm.sampling import Sampler, Sampling
from engine.models.pooled_speech import PooledSpeech
from engine.models.spoken_lm import SpokenLM
from engine.prefill.interventions import METHODS, Method, prefill
from engine.schedules import Full
from engine.speech.resample import Resampler, mono
from engine.turn_record import TurnRecord

_MOST_TOKENS = 600
_RATE_SECONDS = 20  # of silence, that a listener is asked to count


Identity = tuple[str, str, str, str, int, int, Method | Literal["none"], int, int]
"""What tells an outcome from all others: its first fields."""


@dataclass(frozen=True, order=True)
class Intervention:
    """At `layer`, `keep` states of each word by `method`; as it is made by default, nothing is done."""

    layer: int = -1
    method: Method | Literal["none"] = "none"
    keep: int = 0


NOTHING = Intervention()


@dataclass(frozen=True)
class Outcome:
    """One answer; errors are (edits, words), `heard_errors` None where the model writes no transcript.

    `states` are the positions of all words, `kept` what the intervention left of them. `right` is None without a key.
    """

    weights: str
    set: str
    id: str
    asked: str
    words: int
    layer: int
    method: Method | Literal["none"]
    keep: int
    seed: int
    heard: str
    text: str
    right: bool | None
    heard_errors: tuple[int, int] | None
    states: int
    kept: int

    @property
    def intervention(self) -> Intervention:
        return Intervention(self.layer, self.method, self.keep)

    @property
    def identity(self) -> Identity:
        return self.weights, self.set, self.id, self.asked, self.words, self.layer, self.method, self.keep, self.seed


def interventions(layers: Iterable[int], keeps: Iterable[int]) -> list[Intervention]:
    """Nothing, then every combination, layer by layer."""
    return [NOTHING, *(Intervention(layer, method, keep) for layer in layers for keep in keeps for method in METHODS)]


class Oracle:
    """Outcomes in `folder`. Raises `OSError` with a sentence as `Lines` does."""

    def __init__(self, model: SpokenLM, folder: Path, seed: int = 0) -> None:
        self._model, self._seed, self._weights = model, seed, fingerprint(model.folder)
        self._outcomes, self._rate = Lines(folder / "oracle.jsonl", _outcome), 0.0

    def measure(
        self, questions: QuestionSet, times: Mapping[str, Times], wanted: Sequence[Intervention], progress: Progress
    ) -> list[Outcome]:
        """An outcome for each spoken question that `times` has, under each of `wanted`.

        Raises `ValueError` with a sentence if no question can be measured, and for a sound that cannot be read.
        """
        items = [(item, item.audio) for item in questions.items if item.audio and item.id in times]
        if not items:
            raise ValueError(f"No spoken question of the set {questions.name} has words' times.")
        task, found = progress.add_task(f"oracle · {questions.name}", total=len(items) * len(wanted)), []
        for item, audio in items:
            prompt: tuple[torch.Tensor, list[range]] | None = None
            for intervention in wanted:
                identity = self._identity(questions.name, item, times[item.id], intervention)
                outcome = self._outcomes[identity]
                if outcome is None:
                    prompt = prompt or self._listen(audio, times[item.id])
                    outcome = self._ask(identity, item, intervention, *prompt)
                    self._outcomes.add(outcome)
                found.append(outcome)
                progress.advance(task)
        return found

    def _identity(self, name: str, item: EvalItem, times: Times, one: Intervention) -> Identity:
        digest = zlib.crc32(json.dumps(times).encode())
        return self._weights, name, item.id, item.text, digest, one.layer, one.method, one.keep, self._seed

    @torch.inference_mode()
    def _listen(self, audio: Path, times: Times) -> tuple[torch.Tensor, list[range]]:
        """The whole prompt [positions, dim] and where each word stands in it."""
        model, decoder = self._model, self._model.decoder
        self._rate = self._rate or positions_per_second(model)
        samples, rate = audio_files.recording(audio).sound
        resampler, listener = Resampler(rate, model.input_rate), model.listener()
        speech, parts = PooledSpeech(decoder, None), []
        heard: list[int] = []  # places in the prompt that are speech
        before, after = model.before_speech(), model.after_speech()
        parts.append(decoder.embed((*before.opening, *before.ids)))
        for fed in (resampler.feed(mono(samples)), resampler.finish(), None):
            piece = listener.finish() if fed is None else listener.feed(fed)
            for part in speech.feed(piece):
                states = decoder.embed(part.piece.ids) if part.piece.states is None else part.piece.states
                if part.piece.speech:
                    start = sum(map(len, parts))
                    heard += range(start, start + len(states))
                parts.append(states.to(decoder.device, decoder.dtype))
        parts.append(decoder.embed(after.ids))
        words = (heard[word.start : word.stop] for word in positions(times, self._rate, len(heard)))
        # A word that a listener's mark falls into (once in 25 s, if at all) is left as it is.
        return torch.cat(parts), [range(w[0], w[-1] + 1) for w in words if w[-1] - w[0] + 1 == len(w)]

    @torch.inference_mode()
    def _ask(self, identity: Identity, item: EvalItem, wanted: Intervention, states: torch.Tensor, words: list[range]) -> Outcome:
        model, decoder = self._model, self._model.decoder
        cache = decoder.new_cache(model.context)
        if wanted.method == "none":
            state = decoder.run(states, 0, cache)[-1:]
        else:
            seed = zlib.crc32(f"{self._seed} {item.id} {wanted.layer} {wanted.keep}".encode())
            generator = torch.Generator().manual_seed(seed)
            state = prefill(decoder, cache, states, words, wanted.layer, wanted.keep, wanted.method, generator)
        heard, text = self._reply(cache, decoder.logits(state))
        transcribes = model.pattern(spoken=True).kind == "heard"
        return Outcome(
            *identity,
            heard=heard,
            text=text,
            right=scoring.right(text, item.key) if item.key else None,
            heard_errors=scoring.word_errors(heard, item.text) if transcribes else None,
            states=sum(map(len, words)),
            kept=sum(min(len(word), wanted.keep or len(word)) for word in words),
        )

    def _reply(self, cache: KVCache, logits: torch.Tensor) -> tuple[str, str]:
        """What the model writes down of the question, and the text of its reply."""
        model, place = self._model, self._model.pattern(spoken=True)
        decoding = decode(model, cache, logits, place, Full(), Sampler(Sampling()))
        said: dict[str, list[int]] = {"heard": [], "text": []}
        record = TurnRecord()
        for event in decoding:
            record.apply(event)
            token = record.tokens[-1]  # at full depth every event is one
            if token.kind in said:
                said[token.kind].append(token.id)
            place = place.after(token.id)
            only_speech_follows = place.kind == "speech" and place.chunk_length is None
            if only_speech_follows or len(decoding.ids) >= _MOST_TOKENS:
                break
        decoding.close()
        heard, text = (model.decode_text(ids).decode("utf-8", "ignore").strip() for ids in said.values())
        return heard, text


def positions_per_second(model: SpokenLM) -> float:
    """How many prompt positions a model's listener makes of a second of sound."""
    listener, silence = model.listener(), np.zeros(_RATE_SECONDS * model.input_rate, np.float32)
    pieces = listener.feed(silence), listener.finish()
    return sum(len(piece) - len(piece.marks) for piece in pieces) / _RATE_SECONDS


def _outcome(fields: dict[str, Any]) -> Outcome:
    return Outcome(**{**fields, "heard_errors": pair(fields, "heard_errors")})
