"""The rows of an LM head as graphs for onnxruntime."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import onnxruntime
import torch

from engine.lm.allowed_ids import AllowedIds
from engine.lm.bits import Bits
from engine.lm.config import LMConfig
from engine.lm.graph import OUT, STATES, rows_graph, session
from engine.lm.weights import WeightReader

_ROWS = 16_384
"""Of one graph: where speech comes, most of a large vocabulary is text and need not be computed."""


class GraphHead:
    """Final norm and head, of all rows or of those in the neighbourhood of what is allowed."""

    def __init__(self, config: LMConfig, weights: WeightReader, bits: Bits) -> None:
        self._config, self._weights, self._bits = config, weights, bits
        self._parts: list[tuple[int, int, onnxruntime.InferenceSession]] = []  # first and last row, graph
        self._wanted: WeakKeyDictionary[AllowedIds, list[int]] = WeakKeyDictionary()  # parts
        self.build()

    def build(self) -> None:
        """Makes the graphs, for as many threads as torch uses now."""
        norm, rows, bits = self._weights.norm(), self._weights.head(), self._bits.of_head
        parts = ((i, min(i + _ROWS, len(rows))) for i in range(0, len(rows), _ROWS))
        self._parts = [(i, end, session(rows_graph(self._config, norm, rows[i:end], bits))) for i, end in parts]

    def rows(self, ids: torch.Tensor | None = None) -> torch.Tensor:
        """The weights of these ids (by default all): [rows, dim]."""
        rows = self._weights.head()
        return (rows if ids is None else rows[ids]).to(torch.float32, copy=True)

    def logits(self, states: torch.Tensor, allowed: AllowedIds | None = None) -> torch.Tensor:
        """As `Decoder.logits`, but for ids near those that are allowed, which have their logits, too."""
        if allowed is None:
            return self._computed(states, range(len(self._parts)))
        wanted = self._wanted.get(allowed)
        if wanted is None:
            wanted = [i for i, (first, last, _) in enumerate(self._parts) if bool(allowed.mask[first:last].any())]
            self._wanted[allowed] = wanted
        return self._computed(states, wanted)

    def _computed(self, states: torch.Tensor, parts: range | list[int]) -> torch.Tensor:
        given = {STATES: states.numpy()[None]}
        if len(self._parts) == 1:
            return torch.from_numpy(self._parts[0][2].run([OUT], given)[0][0])
        out = torch.full((len(states), self._parts[-1][1]), float("-inf"))
        for part in parts:
            first, last, graph = self._parts[part]
            out[:, first:last] = torch.from_numpy(graph.run([OUT], given)[0][0])
        return out
