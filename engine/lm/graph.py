"""A range of a decoder's layers, or rows of its head, as a graph for onnxruntime; see `engine.lm.graph_decoder`.

Operators of ONNX and of onnxruntime's own set (`com.microsoft`), whose definitions are the source for shapes and inputs. Weights
become part of the graph, so that onnxruntime packs them once for the processor at hand.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray

from engine.lm import onnx_model
from engine.lm.bits import SPARE, Bits
from engine.lm.config import LMConfig
from engine.lm.onnx_model import FLOAT, INT32, INT64
from engine.lm.rounding import rounded
from engine.lm.weights import ConvWeights, LayerWeights

STATES, PAST, TOTAL, POSITIONS, OUT = "states", "past", "total", "positions", "out"
"""Inputs and output beside the cache's: states [1, n, dim]; entries after the step with a spare one (see `layers_graph`), less
one [1] and all of them [1] (int32); positions [1, n + 1] (int64). What comes out is [1, n, dim], or of a head [1, n, rows]."""
COSINES, SINES = "cosines", "sines"
"""Inputs that all steps share: those of neighbouring pairs at every position, [context + SPARE, head_dim / 2]."""
BEFORE, THERE = "before", "there"
"""Inputs of graphs with convolutions: which entries a step's first position mixes with [taps - 1] (int64), and 1 for each of them
that there is, else 0 [1, taps - 1, 1]."""
_MS = "com.microsoft"
_OPSETS = {"": 17, _MS: 1}
_SPARE = {
    "one_row": np.array([0, 0, 0, 0, 1, 0]), "first": np.array([0]), "last": np.array([-1]), "of_rows": np.array([1]),
}  # fmt: skip
"""Constants that add a row to [1, n, width], and take it away."""


def cache_names(layer: int) -> tuple[tuple[str, str], tuple[str, str]]:
    """Input and output for the keys, and for the values, of a layer; each pair is to be bound to one buffer."""
    return (f"keys.{layer}", f"new_keys.{layer}"), (f"values.{layer}", f"new_values.{layer}")


def mixed_names(layer: int) -> tuple[str, str]:
    """Input for all that a convolution holds, [1, capacity, dim], and output for what a step adds to it, [1, n, dim]."""
    return f"mixed.{layer}", f"new_mixed.{layer}"


class _Graph:
    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._constants: list[list[bytes]] = []
        self._inputs: list[bytes] = []
        self._outputs: list[bytes] = []

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        self._constants.append(onnx_model.tensor(name, value))
        return name

    def given(self, name: str, kind: int, *shape: int | str) -> str:
        self._inputs.append(onnx_model.value_info(name, kind, shape))
        return name

    def gives(self, name: str, *shape: int | str) -> None:
        self._outputs.append(onnx_model.value_info(name, FLOAT, shape))

    def node(self, kind: str, inputs: list[str], *outputs: str, domain: str = "", **attributes: int | float) -> str:
        self._nodes.append(onnx_model.node(kind, inputs, outputs, domain, attributes))
        return outputs[0]

    def product(self, x: str, matrix: torch.Tensor, bits: Bits, name: str, out: str, bias: torch.Tensor | None = None) -> str:
        """x @ matrix.T (+ bias); matrix [out, in]."""
        product = out if bias is None else f"{name}.product"
        if bits.count == 32:
            self.node("MatMul", [x, self.constant(f"{name}.weight", matrix.float().numpy().T)], product)
        else:
            whole, scales, block = rounded(matrix, bits.count)
            inputs = [x, self.constant(f"{name}.weight", whole), self.constant(f"{name}.scales", scales)]
            count, width = matrix.shape
            level = 1 if bits.exact_inputs else 4
            self.node(
                "MatMulNBits", inputs, product, domain=_MS,
                K=width, N=count, bits=bits.count, block_size=block, accuracy_level=level,
            )  # fmt: skip
        return product if bias is None else self.node("Add", [product, self.constant(f"{name}.bias", bias.float().numpy())], out)

    def bytes(self) -> bytes:
        return onnx_model.model(self._nodes, self._inputs, self._outputs, self._constants, _OPSETS)


Weights = LayerWeights | ConvWeights


def layers_graph(config: LMConfig, layers: Iterable[tuple[int, Weights]], bits: Bits) -> bytes:
    """Consecutive layers with their numbers: states in, states out, and what they keep beside what they held."""
    graph, dim, given = _Graph(), config.dim, set[str]()
    graph.given(STATES, FLOAT, 1, "n", dim)
    residual, added = STATES, ""
    for number, layer in layers:
        name, kept = f"layer.{number}", bits.of_layer(number, config.layers)
        if added:  # by itself, as where a graph ends, so that nothing depends on where that is
            residual = graph.node("Add", [residual, added], f"{name}.states")
        if isinstance(layer, LayerWeights):
            given.add("attention")
            normed, _ = _normed(graph, config, residual, "", layer.attention_norm, f"{name}.attention_norm")
            mixed = _attended(graph, config, number, layer, kept, normed)
        else:
            given.add("convolution")
            normed, _ = _normed(graph, config, residual, "", layer.norm, f"{name}.norm")
            mixed = _convolved(graph, config, number, layer, kept, normed)
        added = graph.product(mixed, layer.out, kept, f"{name}.out", f"{name}.out.out")
        normed, residual = _normed(graph, config, residual, added, layer.ffn_norm, f"{name}.ffn_norm")
        half = len(layer.gate_up) // 2
        gate = graph.product(normed, layer.gate_up[:half], kept, f"{name}.gate", f"{name}.gate.out")
        up = graph.product(normed, layer.gate_up[half:], kept, f"{name}.up", f"{name}.up.out")
        open_gate = graph.node("QuickGelu", [gate], f"{name}.silu", domain=_MS, alpha=1.0)
        between = graph.node("Mul", [open_gate, up], f"{name}.between")
        added = graph.product(between, layer.down, kept, f"{name}.down", f"{name}.down.out")
    if "attention" in given:
        _give_places(graph, config)
    if "convolution" in given:
        _give_taps(graph, config)
    graph.node("Add", [residual, added], OUT)
    graph.gives(OUT, 1, "n", dim)
    return graph.bytes()


def _give_places(graph: _Graph, config: LMConfig) -> None:
    """What all layers with attention are given."""
    graph.given(PAST, INT32, 1)
    graph.given(TOTAL, INT32, 1)
    graph.given(POSITIONS, INT64, 1, "n + 1")
    for name in (COSINES, SINES):
        graph.given(name, FLOAT, config.context + SPARE, config.head_dim // 2)
    for constant, value in _SPARE.items():
        graph.constant(constant, value)


def _attended(graph: _Graph, config: LMConfig, number: int, layer: LayerWeights, bits: Bits, normed: str) -> str:
    """What a layer's heads make of its normed states, [1, n, heads * head_dim]."""
    name, inputs, new = f"layer.{number}", [], []
    for before, after in cache_names(number):
        inputs.append(graph.given(before, FLOAT, 1, config.kv_heads, "capacity", config.head_dim))
        graph.gives(after, 1, config.kv_heads, "capacity", config.head_dim)
        new.append(after)
    qkv = graph.product(normed, layer.qkv, bits, f"{name}.qkv", f"{name}.qkv.out", layer.qkv_bias)
    # One row too many, whose result nobody reads: for a single row the attention adds up in another order, and a review's
    # rows would differ in the last bit from the steps of full depth that they repeat.
    spared = graph.node("Pad", [qkv, "one_row"], f"{name}.spared")
    heads = [spared, "", ""]
    if layer.q_norm is not None and layer.k_norm is not None:
        queries, keys = config.heads * config.head_dim, config.kv_heads * config.head_dim
        sizes = graph.constant(f"{name}.sizes", np.array([queries, keys, keys]))
        heads = [f"{name}.q", f"{name}.k", f"{name}.v"]
        graph.node("Split", [spared, sizes], *heads, axis=-1)
        for place, (count, weight) in enumerate(((config.heads, layer.q_norm), (config.kv_heads, layer.k_norm))):
            heads[place] = _heads_normed(graph, config, heads[place], count, weight)
    attended = graph.node(
        "GroupQueryAttention", [*heads, *inputs, PAST, TOTAL, COSINES, SINES, POSITIONS],
        f"{name}.attended.spared", *new, domain=_MS,
        num_heads=config.heads, kv_num_heads=config.kv_heads, do_rotary=1, rotary_interleaved=1,
    )  # fmt: skip
    return graph.node("Slice", [attended, "first", "last", "of_rows"], f"{name}.attended")


def _heads_normed(graph: _Graph, config: LMConfig, x: str, count: int, weight: torch.Tensor) -> str:
    """RMSNorm of each of `count` heads."""
    apart = graph.constant(f"{x}.heads", np.array([0, 0, count, config.head_dim]))
    together = graph.constant(f"{x}.whole", np.array([0, 0, count * config.head_dim]))
    scale = graph.constant(f"{x}.norm", weight.float().numpy())
    heads = graph.node("Reshape", [x, apart], f"{x}.apart")
    graph.node("SimplifiedLayerNormalization", [heads, scale], f"{x}.normed", axis=-1, epsilon=config.norm_eps)
    return graph.node("Reshape", [f"{x}.normed", together], f"{x}.together")


def _give_taps(graph: _Graph, config: LMConfig) -> None:
    """What all convolutions are given; see `BEFORE` and `THERE`."""
    graph.given(BEFORE, INT64, config.conv_taps - 1)
    graph.given(THERE, FLOAT, 1, config.conv_taps - 1, 1)
    graph.constant("taps.axis", np.array([1]))
    for tap in range(config.conv_taps):
        graph.constant(f"taps.{tap}.first", np.array([tap]))
        end = tap - config.conv_taps + 1
        graph.constant(f"taps.{tap}.end", np.array([end or np.iinfo(np.int64).max]))


def _convolved(graph: _Graph, config: LMConfig, number: int, layer: ConvWeights, bits: Bits, normed: str) -> str:
    """What a layer's mixed positions let out, [1, n, dim]."""
    name = f"layer.{number}"
    held, new = mixed_names(number)
    graph.given(held, FLOAT, 1, "capacity", config.dim)
    graph.gives(new, 1, "n", config.dim)
    parts = [f"{name}.{part}" for part in ("let_in", "let_out", "passing")]
    gates = graph.product(normed, layer.gates, bits, f"{name}.gates", f"{name}.gates.out")
    graph.node("Split", [gates], *parts, axis=-1)
    graph.node("Mul", [parts[0], parts[2]], new)
    before = graph.node("Gather", [held, BEFORE], f"{name}.before.any", axis=1)
    before = graph.node("Mul", [before, THERE], f"{name}.before")
    rows = graph.node("Concat", [before, new], f"{name}.rows", axis=1)
    # Position by position the same sum, however many stand side by side: catching up gives what a step gives.
    total = ""
    for tap, weights in enumerate(layer.taps):
        part = graph.node("Slice", [rows, f"taps.{tap}.first", f"taps.{tap}.end", "taps.axis"], f"{name}.tap.{tap}")
        weight = graph.constant(f"{name}.taps.{tap}", weights.float().numpy())
        part = graph.node("Mul", [part, weight], f"{name}.part.{tap}")
        total = graph.node("Add", [total, part], f"{name}.sum.{tap}") if total else part
    return graph.node("Mul", [total, parts[1]], f"{name}.let_out.out")


def session(model: bytes) -> onnxruntime.InferenceSession:
    """A graph ready to run, on as many threads as torch uses now; threads without work sleep, so that nobody waits for them."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = torch.get_num_threads(), 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_cpu_mem_arena = False  # every graph would keep what its longest prefill needed
    options.log_severity_level = 3
    made = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    made._model_bytes = None  # it would keep every weight a second time, to be made again for other providers
    return made


def rows_graph(
    config: LMConfig, norm: torch.Tensor | None, rows: torch.Tensor, bits: Bits, bias: torch.Tensor | None = None
) -> bytes:
    """RMSNorm, if there is one, then a matrix [rows, dim], as of a head: states in, logits out."""
    graph = _Graph()
    graph.given(STATES, FLOAT, 1, "n", rows.shape[1])
    normed = STATES if norm is None else _normed(graph, config, STATES, "", norm, "norm")[0]
    graph.product(normed, rows, bits, "rows", OUT, bias)
    graph.gives(OUT, 1, "n", len(rows))
    return graph.bytes()


def _normed(
    graph: _Graph, config: LMConfig, residual: str, added: str, weight: torch.Tensor, name: str
) -> tuple[str, str]:
    """RMSNorm of `residual` + `added`, and that sum."""
    scale, normed, total = graph.constant(f"{name}.weight", weight.float().numpy()), f"{name}.out", f"{name}.sum"
    if not added:
        return graph.node("SimplifiedLayerNormalization", [residual, scale], normed, axis=-1, epsilon=config.norm_eps), residual
    graph.node(
        "SkipSimplifiedLayerNormalization", [residual, added, scale], normed, "", "", total, domain=_MS, epsilon=config.norm_eps
    )
    return normed, total
