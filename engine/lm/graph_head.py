"""The rows of an LM head as graphs for onnxruntime."""

from __future__ import annotations

import onnxruntime
import torch

from engine.lm.graph import OUT, STATES, Bits, rows_graph, session
from engine.lm.weights import WeightReader

_ROWS = 16_384
"""Of one graph: where speech comes, most of a large vocabulary is text and need not be computed."""
_MASKS = 8  # that are remembered; a model's pattern has a few


class GraphHead:
    """As `engine.lm.linear.Linear` and `engine.lm.head_slices.HeadSlices` together."""

    def __init__(self, weights: WeightReader, bits: Bits) -> None:
        self._weights, self._bits = weights, bits
        self._parts: list[tuple[int, int, onnxruntime.InferenceSession]] = []  # first and last row, graph
        # A mask is kept with its parts, so that its identity cannot pass to another one.
        self._wanted: dict[int, tuple[torch.Tensor, list[int]]] = {}
        self.build()

    def build(self) -> None:
        """Makes the graphs, for as many threads as torch uses now."""
        rows = self._weights.head()
        starts = range(0, len(rows), _ROWS)
        self._parts = [(i, min(i + _ROWS, len(rows)), session(rows_graph(rows[i : i + _ROWS], self._bits))) for i in starts]

    def __call__(self, states: torch.Tensor) -> torch.Tensor:
        """Normed states [n, dim] -> [n, vocabulary]."""
        return self._computed(states, range(len(self._parts)))

    def rows(self, ids: torch.Tensor | None = None) -> torch.Tensor:
        """The weights of these ids (by default all): [rows, dim]."""
        rows = self._weights.head().float()
        return rows if ids is None else rows[ids]

    def logits(self, states: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
        """As `HeadSlices.logits`, but for ids in the neighbourhood of what the mask allows, which have their logits, too."""
        if id(allowed) not in self._wanted:
            if len(self._wanted) >= _MASKS:
                self._wanted.clear()
            wanted = [i for i, (first, last, _) in enumerate(self._parts) if bool(allowed[first:last].any())]
            self._wanted[id(allowed)] = (allowed, wanted)
        return self._computed(states, self._wanted[id(allowed)][1])

    def _computed(self, states: torch.Tensor, parts: range | list[int]) -> torch.Tensor:
        given = {STATES: states.numpy()[None]}
        if len(self._parts) == 1:
            return torch.from_numpy(self._parts[0][2].run([OUT], given)[0][0])
        out = torch.full((len(states), self._parts[-1][1]), float("-inf"))
        for part in parts:
            first, last, graph = self._parts[part]
            out[:, first:last] = torch.from_numpy(graph.run([OUT], given)[0][0])
        return out
