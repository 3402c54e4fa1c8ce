"""A decoder whose layers onnxruntime runs: the faster one on processors, with the same interface as torch's.

Each range of layers is a graph of its own. Ranges never overlap, since each packs its weights anew: a step from or to a layer
in the middle of a range cuts that one in two, and longer steps go through several, which costs them a little: `prepare` says
where cuts are wanted, and joins what is cut elsewhere. Of a big model each layer is a graph: an ONNX model has less than 2 GB,
and what is needed beside the weights while they are packed is needed for one graph at a time. Keys and values stand in the cache
that torch's decoder would write, bound in place, so that rolling back and leaving out positions are the cache's business.

With rows of 8 bits that have one scale, as Wren's, a row's result depends neither on how many rows a step has nor on where graphs
are cut, to the last bit: so a review's reply is that of full depth. That was seen on processors with AVX-512; other kernels may
differ by a rounding, as may those for other bits.

What a graph cannot do is torch's (`engine.lm.bits.has_graphs`): heads whose size is no multiple of 16, 16-bit floats, a graphics
card.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import numpy as np
import onnxruntime
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from engine.lm import graph
from engine.lm.allowed_ids import AllowedIds
from engine.lm.bits import SPARE, Bits
from engine.lm.cache import KVCache
from engine.lm.config import LMConfig
from engine.lm.decoder import Decoder, Product, keys_normed, let_in
from engine.lm.freed_memory import give_back
from engine.lm.graph_head import GraphHead
from engine.lm.linear import Int8Rows
from engine.lm.norm import RMSNorm
from engine.lm.weights import ConvWeights, WeightReader

_FEW = 16  # rows up to which a step's buffers are kept for the next one
_VALUES = 1 << 28  # in the matrices of a graph, if it has several layers: while one is made, its weights are there four times


class GraphCache(KVCache):
    """A cache whose buffers are bound to graphs."""

    def __init__(self, config: LMConfig, capacity: int | None = None) -> None:
        super().__init__(config, capacity, spare=SPARE)
        self.steps: dict[tuple[onnxruntime.InferenceSession, int], _Step] = {}
        """By graph and rows."""
        self._bound = [[_bound(buffer.numpy()) for buffer in self.buffers(layer)] for layer in range(config.layers)]
        self._convolutions = set(config.conv_layers)

    def bind(self, binding: onnxruntime.IOBinding, first: int, last: int) -> None:
        """Gives what layers[first:last] keep to a graph: keys and values to read and to write, what convolutions mix to read."""
        for layer in range(first, last):
            if layer in self._convolutions:
                binding.bind_ortvalue_input(graph.mixed_names(layer)[0], self._bound[layer][0])
                continue
            for (before, after), values in zip(graph.cache_names(layer), self._bound[layer], strict=True):
                binding.bind_ortvalue_input(before, values)
                binding.bind_ortvalue_output(after, values)


class _Step:
    """A range of layers, the buffers for so many rows, and a cache, tied together."""

    def __init__(
        self, session: onnxruntime.InferenceSession, shared: Mapping[str, onnxruntime.OrtValue], cache: GraphCache,
        first: int, last: int, rows: int, config: LMConfig,
    ):  # fmt: skip
        self._session, self._rows, self._binding = session, rows, session.io_binding()
        shape, mixing = (1, rows, config.dim), [layer for layer in config.conv_layers if first <= layer < last]
        self._states, self._out = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        self._mixed = [(np.zeros(shape, np.float32), cache.buffers(layer)[0].numpy()) for layer in mixing]
        self._past, self._total = np.zeros(1, np.int32), np.zeros(1, np.int32)
        self._positions, self._following = np.zeros((1, rows + 1), np.int64), np.arange(rows)
        given: dict[str, NDArray[np.generic]] = {graph.STATES: self._states}
        is_attending = len(mixing) < last - first
        if is_attending:
            given |= {graph.PAST: self._past, graph.TOTAL: self._total, graph.POSITIONS: self._positions}
        if mixing:
            taps = config.conv_taps - 1
            self._before, self._there = np.zeros(taps, np.int64), np.zeros((1, taps, 1), np.float32)
            given |= {graph.BEFORE: self._before, graph.THERE: self._there}
        self._kept = {name: _bound(array) for name, array in given.items()} | ({**shared} if is_attending else {})
        for name, value in self._kept.items():
            self._binding.bind_ortvalue_input(name, value)
        self._kept[graph.OUT] = _bound(self._out)
        cache.bind(self._binding, first, last)
        for layer, (new, _) in zip(mixing, self._mixed, strict=True):
            name = graph.mixed_names(layer)[1]
            self._kept[name] = _bound(new)
            self._binding.bind_ortvalue_output(name, self._kept[name])
        self._binding.bind_ortvalue_output(graph.OUT, self._kept[graph.OUT])

    def __call__(self, states: torch.Tensor, held: int, start: int, positions: Sequence[int] | None) -> torch.Tensor:
        """States [rows, dim] after `held` entries, from position `start` on or at `positions` -> those after the last layer."""
        self._states[0] = states.numpy()
        self._past[0], self._total[0] = held + self._rows, held + self._rows + 1
        if positions is None:
            np.add(self._following, start, out=self._positions[0, :-1])
        else:
            self._positions[0, :-1] = positions
        if self._mixed:
            np.add(np.arange(-len(self._before), 0), held, out=self._before)
            self._there[0, :, 0] = self._before >= 0
            np.maximum(self._before, 0, out=self._before)
        self._session.run_with_iobinding(self._binding)
        for new, kept in self._mixed:
            kept[:, held : held + self._rows] = new
        return torch.from_numpy(self._out[0].copy())


class GraphDecoder(Decoder):
    """As `Decoder`, on the processor, computing in float32; `bits` says how matrices are kept.

    The mapping of tensors is kept, and read again where a range is cut. As many threads compute as torch was told to use when
    a graph was made; where it is told otherwise, graphs are made anew.
    """

    backend = "onnxruntime"

    def __init__(self, config: LMConfig, tensors: Mapping[str, torch.Tensor], bits: Bits | None = None) -> None:
        self.bits = bits or Bits()
        self._threads = torch.get_num_threads()
        self._always = {*range(0, config.layers, max(1, _VALUES // config.layer_values)), config.layers}
        self._cuts = sorted(self._always)
        self._graphs: dict[tuple[int, int], onnxruntime.InferenceSession] = {}  # by first and last layer
        self._routes: dict[tuple[int, int], list[tuple[int, int]]] = {}  # the graphs of a step where all layers hold as much
        super().__init__(config, tensors, int8=self.bits.count < 32)
        turns = F.pad(self._rope.squeeze(1), (0, 0, 0, SPARE))  # attention wants one for the spare row of the last position, too
        self._turns = {graph.COSINES: turns.real.contiguous().numpy(), graph.SINES: turns.imag.contiguous().numpy()}
        self._shared = {name: _bound(array) for name, array in self._turns.items()}
        for first, last in zip(self._cuts, self._cuts[1:], strict=False):
            self._graph(first, last)

    @property
    def runs_by(self) -> str:
        return f"onnxruntime in float32, matrices in {self.bits.count} bits" if self._int8 else "onnxruntime in float32"

    def new_cache(self, capacity: int | None = None) -> GraphCache:
        return GraphCache(self.config, capacity)

    def prepare(self, layers: Iterable[int]) -> None:
        self._refresh()
        self._cut({*layers})
        for ends in zip(self._cuts, self._cuts[1:], strict=False):
            self._graph(*ends)

    def _through(
        self, states: torch.Tensor, cache: KVCache, first: int, last: int, start: int, end: int, positions: list[int] | None
    ) -> torch.Tensor:
        if not isinstance(cache, GraphCache):
            raise TypeError("A graph's keys and values are bound to a cache of its own decoder's making.")
        held = cache.held_below(first, last, start, end)
        n = len(states)
        for below, above in self._ranges(first, last, held) if n else ():
            states = self._step(cache, below, above, n)(states, held[below - first], start, positions)
        cache.commit(first, last, start, end, positions)
        return states

    def _take(self, weights: WeightReader) -> None:
        self._weights = weights
        embedding = weights.embedding()
        rounds = self.bits.rounds_embedding(self.config)
        self._embedding = Int8Rows(embedding, self.dtype) if rounds else embedding.to(self.dtype, copy=True)
        self.norm = RMSNorm(weights.norm(), self.config.norm_eps)
        self.head = self._head = GraphHead(self.config, weights, self.bits)

    def _logits(self, states: torch.Tensor, allowed: AllowedIds | None) -> torch.Tensor:
        return self._head.logits(states, allowed)

    def product(
        self, norm: torch.Tensor | None, rows: torch.Tensor, bias: torch.Tensor | None = None, bits: Bits | None = None
    ) -> Product:
        @cache
        def made() -> onnxruntime.InferenceSession:  # for many heads of a large vocabulary that takes a while
            return graph.session(graph.rows_graph(self.config, norm, rows, bits or self.bits.of_head, bias))

        return lambda states: torch.from_numpy(made().run([graph.OUT], {graph.STATES: states.numpy()[None]})[0][0])

    def _projection(self, number: int) -> Product:
        config, layer, bits = self.config, self._weights.any_layer(number), self.bits.of_layer(number, self.config.layers)
        if isinstance(layer, ConvWeights):
            gates = self.product(layer.norm, layer.gates, None, bits)
            return lambda states: let_in(gates(states))
        outputs = config.heads * config.head_dim
        bias = None if layer.qkv_bias is None else layer.qkv_bias[outputs:]
        project = self.product(layer.attention_norm, layer.qkv[outputs:], bias, bits)
        if layer.k_norm is None:
            return project
        return keys_normed(config, project, layer.k_norm.float())

    def _ranges(self, first: int, last: int, held: Sequence[int]) -> list[tuple[int, int]]:
        """The graphs' ranges that make up layers[first:last]; in each, all layers hold as many entries."""
        self._refresh()
        inner = {first + i for i in range(1, len(held)) if held[i] != held[i - 1]}
        if not inner and (first, last) in self._routes:
            return self._routes[first, last]
        if not (wanted := {first, last, *inner}) <= set(self._cuts):
            self._cut(wanted.union(self._cuts))
        cuts = [cut for cut in self._cuts if first <= cut <= last]
        route = list(zip(cuts, cuts[1:], strict=False))
        if not inner:
            self._routes[first, last] = route
        return route

    def _refresh(self) -> None:
        """Graphs for another number of threads are other graphs."""
        if self._threads != torch.get_num_threads():
            self._threads = torch.get_num_threads()
            self._graphs.clear()
            self._head.build()

    def _cut(self, cuts: set[int]) -> None:
        """From now on there is a graph between each two of these layers that follow one another, as far as one may reach."""
        self._cuts = sorted(cuts | self._always)
        whole = set(zip(self._cuts, self._cuts[1:], strict=False))
        self._graphs = {ends: made for ends, made in self._graphs.items() if ends in whole}
        self._routes.clear()

    def _step(self, cache: GraphCache, first: int, last: int, rows: int) -> _Step:
        made = self._graph(first, last)
        step = cache.steps.get((made, rows))
        if step is None:
            step = _Step(made, self._shared, cache, first, last, rows, self.config)
            if rows <= _FEW:
                whole = self._graphs.values()
                cache.steps = {key: kept for key, kept in cache.steps.items() if key[0] in whole} | {(made, rows): step}
        return step

    def _graph(self, first: int, last: int) -> onnxruntime.InferenceSession:
        if (first, last) not in self._graphs:
            layers = ((number, self._weights.any_layer(number)) for number in range(first, last))
            self._graphs[first, last] = graph.session(graph.layers_graph(self.config, layers, self.bits))
            give_back()
        return self._graphs[first, last]


def _bound(array: NDArray[np.generic]) -> onnxruntime.OrtValue:
    """The very memory of an array, which must outlive it."""
    return onnxruntime.OrtValue.ortvalue_from_numpy(array)
