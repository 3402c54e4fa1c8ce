"""How closely the cache after catch-up equals the one that full depth fills with the same tokens.

SPAR-K (arXiv 2603.09215) lets pending positions catch up at a refresh. Nothing is lost by it if afterwards every layer
holds what full depth would have put there, keys and values or what convolutions mix: that is compared here, over whole replies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

import torch
from rich.box import SIMPLE_HEAD
from rich.table import Column, Table

from engine.benchmarks.questions import spoken
from engine.decoding.interleaved import decode
from engine.lm.sampling import Sampler, Sampling
from engine.models.spoken_lm import SpokenLM
from engine.schedules import Schedule

_MOST_EVENTS = 1000
"""Of a reply: some models end none of theirs by themselves."""


@dataclass(frozen=True)
class CatchUp:
    """Over all prompts: cached reply tokens, and the largest absolute differences of what layers hold and of logits.

    `largest_value` is the largest absolute value that one holds, to see the difference in proportion.
    """

    schedule: str
    tokens: int
    cache_difference: float
    logit_difference: float
    largest_value: float


@torch.inference_mode()
def measure(model: SpokenLM, schedules: Sequence[Schedule], prompts: int) -> list[CatchUp]:
    """Compares after a greedy reply to each of `prompts` bundled questions, typed. Raises `ValueError` without them."""
    asked = [model.typed(question.text).ids for question in spoken(prompts)]
    return [_measure(model, schedule, asked) for schedule in schedules]


def as_json(found: Sequence[CatchUp]) -> list[dict[str, Any]]:
    """One object per schedule."""
    return [asdict(one) for one in found]


def table(found: Sequence[CatchUp]) -> Table:
    """The same for people."""
    title = "After catch-up against a full-depth cache of the same tokens: largest difference"
    shown = Table(Column("Schedule", no_wrap=True), title=title, title_justify="left", box=SIMPLE_HEAD, padding=0)
    for column in ("tokens", "held", "logits", "largest value"):
        shown.add_column(column, justify="right", no_wrap=True)
    for one in found:
        differences = (f"{one.cache_difference:.1e}", f"{one.logit_difference:.1e}", f"{one.largest_value:.1f}")
        shown.add_row(one.schedule, str(one.tokens), *differences)
    return shown


def _measure(model: SpokenLM, schedule: Schedule, prompts: Sequence[Sequence[int]]) -> CatchUp:
    decoder = model.decoder
    tokens, cache_difference, logit_difference, largest = 0, 0.0, 0.0, 0.0
    for prompt in prompts:
        cache, wanted = decoder.new_cache(), decoder.new_cache()
        logits = decoder.logits(decoder.run(decoder.embed(prompt), 0, cache)[-1:])
        decoding = decode(model, cache, logits, model.pattern(spoken=False), schedule, Sampler(Sampling()))
        for _ in islice(decoding, _MOST_EVENTS):
            pass
        decoding.close()  # what still pends is caught up
        ids = [*prompt, *decoding.cached_ids]
        reference = decoder.logits(decoder.run(decoder.embed(ids), 0, wanted)[-1:])
        # The last position again, over the cache that caught up: what the next token would be chosen from.
        for layer in range(decoder.config.layers):
            theirs = wanted.contents(layer)[..., list(cache.positions(layer)), :]  # what was left out is not compared
            cache_difference = max(cache_difference, float((cache.contents(layer) - theirs).abs().max()))
            largest = max(largest, float(theirs.abs().max()))
        cache.roll_back(len(ids) - 1)
        again = decoder.logits(decoder.run(decoder.embed(ids[-1:]), len(ids) - 1, cache))
        logit_difference = max(logit_difference, float((again - reference).abs().max()))
        tokens += len(decoding.cached_ids)
    return CatchUp(str(schedule), tokens, cache_difference, logit_difference, largest)
