"""What a model thinks while it replies at full depth: the states after some layers at every place for speech.

One file a reply, written when the reply is whole, so a stopped recording goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save

from engine import whole_file
from engine.headless import Question
from engine.lm.allowed_ids import AllowedIds
from engine.lm.frames import Choices, Frames
from engine.lm.sampling import Sampler, Sampling
from engine.lm.seen_ids import SeenIds
from engine.models.questions import SpokenQuestion, TypedQuestion
from engine.models.spoken_lm import SpokenLM
from engine.prefill.history import History
from engine.turn_record import TurnRecord

MOST_TOKENS = 600
"""Of a reply that is recorded."""
HELD_OUT_EVERY = 5
"""Of so many questions one is kept for the report and one for the choice of the best epoch; the others train."""


@dataclass(frozen=True)
class Places:
    """Places for speech: states [places, dim] after one layer, `final` ones after the last.

    `target` says which ids may come [places, rows], or which codes full depth chose for a frame [places, codebooks].
    """

    states: torch.Tensor
    final: torch.Tensor
    target: torch.Tensor

    def __len__(self) -> int:
        return len(self.states)


class HiddenStateRecorder:
    """Lets `model` reply at full depth and records the states after each of `layers`, in order.

    `ids` [rows] are what a head chooses from, where speech tokens are ids. Replies have at most `max_tokens` tokens.
    """

    def __init__(self, model: SpokenLM, layers: Sequence[int], ids: torch.Tensor, sampling: Sampling, max_tokens: int) -> None:
        self._model, self._layers, self._ids = model, tuple(layers), ids
        self._sampling, self._max_tokens = sampling, max_tokens
        self._history = History(model.decoder, model.context)

    @torch.inference_mode()
    def record(self, question: Question, seed: int) -> dict[str, torch.Tensor]:
        """One reply's tensors, for `write`. Raises `ValueError` or `AskError` with a sentence for a question it cannot take."""
        model, history = self._model, self._history
        self._ask(question)
        decoder, cache, pattern = model.decoder, history.cache, model.pattern(question.is_spoken)
        seen = SeenIds(decoder.config.vocabulary, history.ids(), decoder.device)
        sampler = Sampler(self._sampling, seed, decoder.device)
        last = history.last_logits()
        assert last is not None  # nobody cancels
        logits, tokens = last[0], 0
        taken: list[torch.Tensor] = []
        states: list[torch.Tensor] = []  # those that the next token is chosen by; not the prompt's
        chosen: list[tuple[Choices, int]] = []
        while tokens < self._max_tokens and cache.position < cache.capacity:
            allowed = pattern.allowed()
            token = sampler.choose(logits, allowed, seen)
            if states and pattern.speech_step:
                taken.append(torch.cat(states))
                chosen.append((allowed, token))
            pattern, tokens = pattern.after(token), tokens + 1
            seen.add(token)
            if pattern.done:
                break
            states, following = self._step(token), pattern.allowed()
            logits = decoder.logits(states[-1], following if isinstance(following, Frames) else None)[0]
        return self._states(taken) | self._targets(chosen)

    def _ask(self, question: Question) -> None:
        model, history = self._model, self._history
        history.restore([])
        history.open()
        sound, room = question.sound(), min(self._max_tokens, history.capacity // 3)
        if sound is None:
            TypedQuestion(model, history, room, question.text or "").settle(TurnRecord())
            return
        asked = SpokenQuestion(model, history, room)
        asked.feed(*sound.sound)
        asked.settle(TurnRecord(), needs_voice=False)

    def _step(self, token: int) -> list[torch.Tensor]:
        """The states [1, dim] after each wanted layer and after the last one."""
        decoder, cache = self._model.decoder, self._history.cache
        position, found, first = cache.position, [decoder.embed((token,))], 0
        for last in (*self._layers, decoder.config.layers):
            found.append(decoder.run(found[-1], position, cache, first, last))
            first = last
        return found[1:]

    def _targets(self, chosen: Sequence[tuple[Choices, int]]) -> dict[str, torch.Tensor]:
        """Of frames their codes; of ids which might have come, by the kind of place."""
        if self._model.decoder.frames is not None:
            codes = [allowed.codes_of(token) for allowed, token in chosen if isinstance(allowed, Frames)]
            count = self._model.decoder.frames.shape.codebooks
            return {"codes": torch.tensor(codes, dtype=torch.int32).reshape(-1, count)}
        numbers: dict[AllowedIds, int] = {}
        kinds = [numbers.setdefault(allowed, len(numbers)) for allowed, _ in chosen if isinstance(allowed, AllowedIds)]
        rows = [allowed.mask[self._ids.to(allowed.mask.device)].cpu() for allowed in numbers]
        masks = torch.stack(rows) if rows else torch.zeros(0, len(self._ids), dtype=torch.bool)
        return {"masks": masks, "kinds": torch.tensor(kinds, dtype=torch.uint8)}

    def _states(self, taken: list[torch.Tensor]) -> dict[str, torch.Tensor]:
        """In 16 bits; as some models' states are too big for those, each is kept at unit size beside its size."""
        config = self._model.decoder.config
        empty = torch.zeros(0, len(self._layers) + 1, config.dim)
        states = torch.stack(taken).float().cpu() if taken else empty  # [places, layers + 1, dim]
        sizes = states.square().mean(-1).sqrt().clamp(min=1e-12)
        return {
            "states": (states / sizes.unsqueeze(-1)).half().transpose(0, 1).contiguous(),
            "sizes": sizes.t().contiguous(),
        }


def path_of(folder: Path, number: int) -> Path:
    """Where the reply of this number is."""
    return folder / f"{number:06d}.safetensors"


def write(path: Path, tensors: dict[str, torch.Tensor]) -> None:
    """The file has its name only once it is whole."""
    whole_file.write(path, save(tensors))


def places(path: Path) -> int:
    """How many places for speech a reply has."""
    with safe_open(path, "pt") as file:
        return file.get_slice("sizes").get_shape()[1]


def read(path: Path, layer: int) -> Places:
    """A reply's places; `layer` counts the recorded layers from 0."""
    with safe_open(path, "pt") as file:
        states, sizes = file.get_slice("states"), file.get_tensor("sizes")
        inner, final = (states[i : i + 1][0].float() * sizes[i].unsqueeze(1) for i in (layer, len(sizes) - 1))
        if "codes" in file.keys():  # it is no mapping
            return Places(inner, final, file.get_tensor("codes"))
        kinds = file.get_tensor("kinds").long()
        return Places(inner, final, file.get_tensor("masks")[kinds])


def split(numbers: Sequence[int], questions: int) -> tuple[list[int], list[int], list[int]]:
    """Replies by number -> those to train on, to choose the best epoch by, and to report on.

    Reply n is to question n modulo `questions`, and all replies to one question are on the same side.
    """
    parts: tuple[list[int], list[int], list[int]] = ([], [], [])
    for number in numbers:
        place = number % questions % HELD_OUT_EVERY
        parts[2 if place == 0 else 1 if place == 1 else 0].append(number)
    return parts
