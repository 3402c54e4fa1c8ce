"""Oracle interventions of Affinity Pooling's paper (arXiv 2604.06871): what becomes of an answer if, at one layer, every
spoken word is left with a few states.

The words' places are known beforehand, which no method could know: this shows how much of a word's states each layer needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch

from engine.lm.cache import KVCache
from engine.lm.decoder import Decoder

Method = Literal["random-drop", "uniform-drop", "uniform-merge"]
METHODS: tuple[Method, ...] = ("random-drop", "uniform-drop", "uniform-merge")
"""Keep some at random; keep some evenly spread; merge neighbours evenly, each group into its mean."""


def compress(
    states: torch.Tensor, start: int, keep: int, method: Method, generator: torch.Generator
) -> tuple[torch.Tensor, list[int]]:
    """One word's states [n, dim] at positions start..start+n-1 -> min(n, keep) states and their positions.

    A group's mean stands at the position of its last member, as in deep pooling. Draws from `generator` (on the processor)
    for random dropping alone.
    """
    count = len(states)
    if count <= keep:
        return states, list(range(start, start + count))
    if method == "random-drop":
        chosen = torch.randperm(count, generator=generator)[:keep].sort().values.tolist()
    elif method == "uniform-drop":
        chosen = [(2 * part + 1) * count // (2 * keep) for part in range(keep)]  # the middles of equal parts
    else:
        ends = [(part + 1) * count // keep for part in range(keep)]
        means = [states[first:end].float().mean(0) for first, end in zip([0, *ends], ends, strict=False)]
        return torch.stack(means).to(states.dtype), [start + end - 1 for end in ends]
    return states[chosen], [start + place for place in chosen]


def prefill(
    decoder: Decoder,
    cache: KVCache,
    states: torch.Tensor,
    words: Sequence[range],
    layer: int,
    keep: int,
    method: Method,
    generator: torch.Generator,
) -> torch.Tensor:
    """Prefills an empty cache with a prompt [n, dim] -> its last state [1, dim] after every layer.

    Every position runs the layers below `layer` (0: none of them); of each of `words`, which are positions of the prompt that
    rise and do not overlap, `keep` states enter it and all above. Everything else, the last position among it, stays.
    """
    lower = decoder.run(states, 0, cache, 0, layer)
    entries: list[torch.Tensor] = []
    positions: list[int] = []
    end = 0
    for word in [*words, range(len(states), len(states))]:
        entries.append(lower[end : word.start])
        positions += range(end, word.start)
        kept, places = compress(lower[word.start : word.stop], word.start, keep, method, generator)
        entries.append(kept)
        positions += places
        end = word.stop
    return decoder.run(torch.cat(entries), 0, cache, layer, positions=positions, end=len(states))[-1:]
