"""Teaches a trained language model to hear with another listener, while it goes on saying what it says.

What it answers right becomes what it is taught, in its own units: so nothing but the listening has to be learned, in a tenth
of the steps. Questions that it does not know are transcribed, not answered. In the end its weights are put between those that it
had and those that it has, which hear as well and say better what was known (Wortsman et al., Robust fine-tuning of zero-shot
models, 2022).
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from rich.progress import track
from torch import Tensor

from engine import whole_file
from engine.models.wren.text import spoken_form
from engine.models.wren.vocabulary import Vocabulary
from engine.training import parallel, texts, train_lm
from engine.training.corpus import SpeechClip
from engine.training.domain import unknown
from engine.training.domain.intent import QAPair
from engine.training.network import Layer, TrainedLM, rotate
from engine.training.pieces import TrainingPiece
from engine.training.turns import Mix, Turns

OWN = "own-replies.json"
"""In the training folder: the step of the model that was asked, and answer -> units of what it said right."""
MIX = Mix(transcribed=0.28, written=0.42, spoken=0.17, typed=0.08, follow_up=0.05)
BEFORE = "lm-before.pt"
"""Beside it: that model."""
SHARE = 0.6  # of the weights after, in the average
PEAK, WARM_UP, FALL = 0.4, 60, 0.75  # of the full learning rate; steps; share of the steps over which it falls
WORDINGS, LONGEST, SIDE_BY_SIDE = 6, 150, 64


@dataclass(frozen=True)
class AdaptationPlan(train_lm.LMTrainingPlan):
    """`first` is the step that the model had when the listener changed, `steps` counts from the very first."""

    first: int = 0

    @property
    def turns(self) -> type[Turns]:
        return KnownTurns

    @property
    def teaches_all_numbers(self) -> bool:
        return False

    def units(self, folder: Path) -> dict[str, list[int]]:
        return own_replies(folder)[1]

    def mix(self, step: int) -> Mix:
        return MIX

    def rate(self, step: int) -> float:
        count, done = self.steps - self.first, step - self.first
        return PEAK * min(1.0, (done + 1) / WARM_UP, max(0.03, (count - done) / (FALL * count)))


class KnownTurns(Turns):
    """Draws no reply but those of `known`, which the units are given of."""

    def __init__(
        self, vocabulary: Vocabulary, spoken: list[tuple[SpeechClip, np.ndarray]], units: dict[str, list[int]], *rest: Any
    ) -> None:
        self._known = units
        super().__init__(vocabulary, spoken, units, *rest)

    def _exchange(self, clip: SpeechClip) -> str | None:
        answer = super()._exchange(clip)
        return answer if answer in self._known else None

    def _typed_exchange(self) -> tuple[str, str]:
        while (found := super()._typed_exchange())[1] not in self._known:
            pass
        return found

    def _written(self) -> TrainingPiece:
        question, answer = self._typed_exchange()
        return self._words(question) + self._only_text(answer)

    def _leaning(self, question: str | None = None) -> QAPair | None:
        found = super()._leaning(question)
        return found if found and self._is_known(found) else None

    def _is_known(self, exchange: QAPair) -> bool:
        return exchange.answer in self._known and (exchange.before is None or self._is_known(exchange.before))


def own_replies(folder: Path) -> tuple[int, dict[str, list[int]]]:
    """The step of the model in `folder` and the units of all that it says right, asked in several wordings; written once.

    Raises `FileNotFoundError` without a language model.
    """
    path = folder / OWN
    if not path.exists():
        asked = json.dumps(_asked(folder)).encode()
        shutil.copyfile(folder / "lm.pt", folder / BEFORE)
        whole_file.write(path, asked)
    found = json.loads(path.read_text(encoding="utf-8"))
    return found["step"], found["units"]


def add_replies(folder: Path, units: dict[str, list[int]]) -> None:
    """Teaches these, too: answer -> units."""
    step, said = own_replies(folder)
    whole_file.write(folder / OWN, json.dumps({"step": step, "units": units | said}).encode())


def average(folder: Path) -> None:
    """Puts the model in `folder` between what it was before and after; from there on it may be taught again.

    Raises `FileNotFoundError` where none was taught since.
    """
    before, after = (parallel.load(folder / name) for name in (BEFORE, "lm.pt"))
    if before is None or after is None:
        raise FileNotFoundError("Teach the language model to hear first, by the step adapt.")
    old = before["network"]
    network = {name: old[name].lerp(new, SHARE) for name, new in after["network"].items()}
    parallel.save(folder / "lm.pt", **{**after, "network": network, "optimizers": ()})
    for name in (BEFORE, OWN):
        (folder / name).unlink()


def _asked(folder: Path) -> dict[str, Any]:
    kept = parallel.load(folder / "lm.pt")
    if kept is None:
        raise FileNotFoundError("Train the language model first, or restore it from the weights that ship.")
    vocabulary = Vocabulary.load(folder / "tokenizer.json")
    model = TrainedLM(train_lm.lm_config(vocabulary.size, kept["length"]), kept["features"]).eval()
    model.load_state_dict(kept["network"])
    wordings = _wordings()
    said: dict[str, list[int]] = {}
    for number in range(WORDINGS):  # in other words only for what was not said right yet
        asked = [(many[number], answer) for answer, many in wordings.items() if number < len(many) and answer not in said]
        _ask(model, vocabulary, asked, said)
    return {"step": kept["step"], "units": said}


def _ask(model: TrainedLM, vocabulary: Vocabulary, asked: list[tuple[str, str]], said: dict[str, list[int]]) -> None:
    """Adds the units of those replies that are the answer, word by word; `asked` are questions with theirs."""
    batches = [asked[i : i + SIDE_BY_SIDE] for i in range(0, len(asked), SIDE_BY_SIDE)]
    for batch in track(batches, "own replies"):
        for answer, ids in zip((answer for _, answer in batch), _replies(model, vocabulary, batch), strict=True):
            if ids[-1] == vocabulary.end and _text(vocabulary, ids) == answer:
                said[answer] = [i - vocabulary.unit_ids[0] for i in ids if i in vocabulary.unit_ids]


def _replies(model: TrainedLM, vocabulary: Vocabulary, batch: list[tuple[str, str]]) -> list[list[int]]:
    """As far as they are the answers."""

    def is_right_yet(row: int, ids: list[int]) -> bool:
        return batch[row][1].startswith(_text(vocabulary, ids))

    prompts = [[vocabulary.typed, *vocabulary.encode(spoken_form(q)), vocabulary.reply] for q, _ in batch]
    return replies(model, vocabulary.end, prompts, is_right_yet)


def _text(vocabulary: Vocabulary, ids: list[int]) -> str:
    return vocabulary.to_bytes(ids).decode(errors="ignore").strip()


def _wordings() -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for side in texts.exchanges(False).values():
        for exchange in (exchange for many in side.values() for exchange in many):
            found.setdefault(exchange.answer, []).append(exchange.question)
    found[unknown.ANSWER] = list(islice(texts.unknowns(random.Random(1)), WORDINGS))
    return {answer: questions[:WORDINGS] for answer, questions in found.items()}


def _any(row: int, ids: list[int]) -> bool:
    return True


@torch.inference_mode()
def replies(
    model: TrainedLM, end: int, prompts: list[list[int]], goes_on: Callable[[int, list[int]], bool] = _any
) -> list[list[int]]:
    """The surest token after each, until `end`, for `LONGEST` tokens, or for as long as `goes_on(prompt's number, ids)`.

    Keys and values are kept from step to step; who is ready makes room.
    """
    config, width = model.config, max(map(len, prompts))
    half = config.head_dim // 2
    frequencies = config.rope_theta ** (-torch.arange(half) / half)
    empty = torch.tensor([width - len(prompt) for prompt in prompts])  # positions before each prompt, which nobody sees
    ids = torch.tensor([[0] * (width - len(prompt)) + prompt for prompt in prompts])
    cache = torch.zeros(config.layers, 2, len(prompts), config.heads, width + LONGEST, config.head_dim)
    found: list[list[int]] = [[] for _ in prompts]
    rows, ready, at = list(range(len(prompts))), set[int](), 0
    for _ in range(LONGEST):
        places = torch.arange(at, at + ids.shape[1])
        angles = (places[None] - empty[:, None]).clamp_min(0)[:, None, :, None] * frequencies
        keys = torch.arange(at + ids.shape[1])
        seen = (keys <= places[:, None]) & (keys >= empty[:, None, None]) | (keys == places[:, None])
        mask = torch.where(seen, 0.0, float("-inf"))[:, None]
        states = model.embedding(ids)
        for layer, past in zip(model.blocks, cache, strict=True):
            states = _through(layer, states, angles.cos(), angles.sin(), mask, past, at)
        ids = model.logits(states[:, -1]).argmax(-1, keepdim=True)
        for row, token in zip(rows, ids[:, 0].tolist(), strict=True):
            if row not in ready:
                found[row].append(token)
                if token == end or not goes_on(row, found[row]):
                    ready.add(row)
        on = [i for i, row in enumerate(rows) if row not in ready]
        if not on:
            break
        if len(on) < 0.75 * len(rows):  # less is not worth a copy of all that is kept
            rows, ids, empty, cache = [rows[i] for i in on], ids[on], empty[on], cache[:, :, on]
        at = len(keys)
    return found


def _through(layer: Layer, states: Tensor, cos: Tensor, sin: Tensor, mask: Tensor, past: Tensor, at: int) -> Tensor:
    """One layer over new positions [batch, n, dim] from place `at` on -> their states; writes their keys and values to `past`.

    `past` [2, batch, heads, places, head_dim].
    """
    batch, count, dim = states.shape
    mixed = layer.qkv(F.rms_norm(states, (dim,), layer.attention_norm, layer.eps))
    q, k, v = mixed.view(batch, count, 3, layer.heads, -1).permute(2, 0, 3, 1, 4)
    q = rotate(q, cos, sin)
    past[0, :, :, at : at + count], past[1, :, :, at : at + count] = rotate(k, cos, sin), v
    keys, values = past[:, :, :, : at + count]
    attended = ((q @ keys.mT) * q.shape[-1] ** -0.5 + mask).softmax(-1) @ values
    states = states + layer.out(attended.transpose(1, 2).reshape(batch, count, dim))
    gate, up = layer.gate_up(F.rms_norm(states, (dim,), layer.mlp_norm, layer.eps)).chunk(2, -1)
    return states + layer.down(F.silu(gate) * up)
