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
from engine.lm.bits import Bits
from engine.lm.config import LMConfig
from engine.lm.onnx_model import FLOAT, INT32, INT64
from engine.lm.rounding import rounded
from engine.lm.weights import LayerWeights

STATES, PAST, TOTAL, POSITIONS, OUT = "states", "past", "total", "positions", "out"
"""Inputs and output beside the cache's: states [1, n, dim]; entries after the step with a spare one (see `layers_graph`), less
one [1] and all of them [1] (int32); positions [1, n + 1] (int64). What comes out is [1, n, dim], or of a head [1, n, rows]."""
COSINES, SINES = "cosines", "sines"
"""Inputs that all steps share: those of neighbouring pairs at every position, [context, head_dim / 2]."""
_MS = "com.microsoft"
_OPSETS = {"": 17, _MS: 1}
_SPARE = {
    "one_row": np.array([0, 0, 0, 0, 1, 0]), "first": np.array([0]), "last": np.array([-1]), "of_rows": np.array([1]),
}  # fmt: skip
"""Constants that add a row to [1, n, width], and take it away."""


def cache_names(layer: int) -> tuple[tuple[str, str], tuple[str, str]]:
    """Input and output for the keys, and for the values, of a layer; each pair is to be bound to one buffer."""
    return (f"keys.{layer}", f"new_keys.{layer}"), (f"values.{layer}", f"new_values.{layer}")


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


def layers_graph(config: LMConfig, layers: Iterable[tuple[int, LayerWeights]], bits: Bits) -> bytes:
    """Consecutive layers with their numbers: states in, states out, keys and values beside those there were."""
    graph, dim = _Graph(), config.dim
    graph.given(STATES, FLOAT, 1, "n", dim)
    graph.given(PAST, INT32, 1)
    graph.given(TOTAL, INT32, 1)
    graph.given(POSITIONS, INT64, 1, "n + 1")
    turns = [graph.given(name, FLOAT, config.context, config.head_dim // 2) for name in (COSINES, SINES)]
    for constant, value in _SPARE.items():
        graph.constant(constant, value)
    residual, added = STATES, ""
    for number, layer in layers:
        name, kept = f"layer.{number}", bits.of_layer(number, config.layers)
        caches = []
        for before, after in cache_names(number):
            caches.append((graph.given(before, FLOAT, 1, config.kv_heads, "capacity", config.head_dim), after))
            graph.gives(after, 1, config.kv_heads, "capacity", config.head_dim)
        if added:  # by itself, as where a graph ends, so that nothing depends on where that is
            residual = graph.node("Add", [residual, added], f"{name}.states")
        normed, _ = _normed(graph, config, residual, "", layer.attention_norm, f"{name}.attention_norm")
        qkv = graph.product(normed, layer.qkv, kept, f"{name}.qkv", f"{name}.qkv.out", layer.qkv_bias)
        (keys, new_keys), (values, new_values) = caches
        # One row too many, whose result nobody reads: for a single row the attention adds up in another order, and a review's
        # rows would differ in the last bit from the steps of full depth that they repeat.
        spared = graph.node("Pad", [qkv, "one_row"], f"{name}.spared")
        attended = graph.node(
            "GroupQueryAttention", [spared, "", "", keys, values, PAST, TOTAL, *turns, POSITIONS],
            f"{name}.attended.spared", new_keys, new_values, domain=_MS,
            num_heads=config.heads, kv_num_heads=config.kv_heads, do_rotary=1, rotary_interleaved=1,
        )  # fmt: skip
        attended = graph.node("Slice", [attended, "first", "last", "of_rows"], f"{name}.attended")
        added = graph.product(attended, layer.out, kept, f"{name}.attention", f"{name}.attention.out")
        normed, residual = _normed(graph, config, residual, added, layer.ffn_norm, f"{name}.ffn_norm")
        half = len(layer.gate_up) // 2
        gate = graph.product(normed, layer.gate_up[:half], kept, f"{name}.gate", f"{name}.gate.out")
        up = graph.product(normed, layer.gate_up[half:], kept, f"{name}.up", f"{name}.up.out")
        open_gate = graph.node("QuickGelu", [gate], f"{name}.silu", domain=_MS, alpha=1.0)
        between = graph.node("Mul", [open_gate, up], f"{name}.between")
        added = graph.product(between, layer.down, kept, f"{name}.down", f"{name}.down.out")
    graph.node("Add", [residual, added], OUT)
    graph.gives(OUT, 1, "n", dim)
    return graph.bytes()


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
    config: LMConfig, norm: torch.Tensor, rows: torch.Tensor, bits: Bits, bias: torch.Tensor | None = None
) -> bytes:
    """RMSNorm, then a matrix [rows, dim], as of a head: states in, logits out."""
    graph = _Graph()
    graph.given(STATES, FLOAT, 1, "n", rows.shape[1])
    normed, _ = _normed(graph, config, STATES, "", norm, "norm")
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
