"""A decoder-only transformer that can run any range of its layers.

At batch 1 a step reads every weight once, so the rest is kept small: fused projections, rotary
positions as one complex product, the residual added inside the matrix product, cache views made once per step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

import torch
import torch.nn.functional as F

from engine.lm.allowed_ids import AllowedIds
from engine.lm.backend_choice import Backend
from engine.lm.cache import KVCache
from engine.lm.config import LMConfig
from engine.lm.frames import Choices, Frames, FrameTokens
from engine.lm.head_slices import HeadSlices
from engine.lm.linear import Int8Linear, Int8Rows, Linear
from engine.lm.norm import RMSNorm
from engine.lm.weights import ConvWeights, LayerWeights, WeightReader
from engine.schedules import FrameShape


class Head(Protocol):
    """Rows for the vocabulary."""

    def rows(self, ids: torch.Tensor | None = None) -> torch.Tensor:
        """The weights of these ids (by default all): [rows, dim]."""


Product = Callable[[torch.Tensor], torch.Tensor]
"""A matrix, maybe behind an RMSNorm: states [n, dim] -> [n, outputs]."""


class _Layer(NamedTuple):
    attention_norm: RMSNorm
    qkv: Linear | Int8Linear  # dim -> (heads + 2 kv_heads) * head_dim
    qk_norm: torch.Tensor | None  # [heads + kv_heads, head_dim], the weights of a norm of each
    out: Linear | Int8Linear  # heads * head_dim -> dim
    ffn_norm: RMSNorm
    gate_up: Linear | Int8Linear  # dim -> 2 * ffn
    down: Linear | Int8Linear  # ffn -> dim


class _Convolution(NamedTuple):
    """A layer whose positions are mixed by a gated short convolution (LFM2)."""

    norm: RMSNorm
    gates: Linear | Int8Linear  # dim -> 3 dim
    taps: torch.Tensor  # [taps, dim], the last for the present position
    out: Linear | Int8Linear
    ffn_norm: RMSNorm
    gate_up: Linear | Int8Linear
    down: Linear | Int8Linear


class Decoder:
    """Weights under Hugging Face Llama's names, ready to run; a missing `lm_head.weight` is tied to the embedding.

    Tensors are taken from the mapping one by one, so one that reads them from disk needs no second copy in memory. With
    `int8`, matrices are kept as 8-bit rows; everything else, and what is computed, is of type `dtype`.

    Raises `KeyError` for a missing tensor and `ValueError` for one of the wrong shape. Holds no state of a run: one
    decoder serves any number of caches.
    """

    backend: Backend = "torch"
    """What runs the layers."""
    head: Head
    frames: FrameTokens | None = None
    """Tokens beyond the vocabulary, of a model that has some."""

    def __init__(
        self,
        config: LMConfig,
        tensors: Mapping[str, torch.Tensor],
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
        int8: bool = False,
    ):
        self.config, self.dtype, self.device = config, dtype, torch.device(device)
        self._int8 = int8
        # 8 bits are rounded from the matrices as they are stored.
        self._take(WeightReader(config, tensors, dtype, self.device, None if int8 else dtype))
        self._projections: dict[int, Product] = {}  # by layer, once propagated
        self._rope = _rope_table(config).to(self.device)

    def _take(self, weights: WeightReader) -> None:
        """Takes embedding, norm, head and layers, one after the other."""
        embedding = weights.embedding()
        self._embedding = Int8Rows(embedding, self.dtype) if self._int8 else embedding
        self.norm = RMSNorm(weights.norm(), self.config.norm_eps)
        head = self._linear(embedding if weights.is_tied else weights.head())
        del embedding
        self.head, self._slices = head, HeadSlices(head)
        convolutions = set(self.config.conv_layers)
        self._layers = [
            self._convolution(weights.convolution(number)) if number in convolutions else self._layer(weights.layer(number))
            for number in range(self.config.layers)
        ]

    @property
    def runs_by(self) -> str:
        """What computes, and how it keeps matrices: words for reports."""
        computes = str(self.dtype).removeprefix("torch.")
        return f"torch in {computes}, matrices in 8 bits" if self._int8 else f"torch in {computes}"

    def new_cache(self, capacity: int | None = None) -> KVCache:
        """An empty cache of this decoder's type and device."""
        return KVCache(self.config, capacity, self.dtype, self.device)

    def prepare(self, layers: Iterable[int]) -> None:
        """Steps will begin and end at these layers and at no others inside: makes now what they would wait for, if anything."""

    @property
    def frame_shape(self) -> FrameShape | None:
        """Of speech tokens that are frames."""
        return self.frames.shape if self.frames is not None else None

    def knows(self, token: int) -> bool:
        """Whether it is the id of a token."""
        return 0 <= token < self.config.vocabulary or (self.frames is not None and token in self.frames.ids)

    def embed(self, ids: Sequence[int] | torch.Tensor) -> torch.Tensor:
        """Token ids [n] -> states [n, dim]."""
        if self.frames is not None and not isinstance(ids, torch.Tensor):
            return self.frames.embed(ids, self._rows)
        return self._rows(ids)

    def _rows(self, ids: Sequence[int] | torch.Tensor) -> torch.Tensor:
        """Those of the embedding."""
        if isinstance(self._embedding, Int8Rows):
            return self._embedding.rows(torch.as_tensor(ids, dtype=torch.long, device=self.device))
        if len(ids) == 1:
            return self._embedding.narrow(0, int(ids[0]), 1)
        return self._embedding[torch.as_tensor(ids, dtype=torch.long, device=self.device)]

    def run(
        self,
        states: torch.Tensor,
        start: int,
        cache: KVCache,
        first: int = 0,
        last: int | None = None,
        positions: Sequence[int] | torch.Tensor | None = None,
        end: int | None = None,
    ) -> torch.Tensor:
        """Runs layers[first:last] (by default all) over states [n, dim] at positions start..start+n-1.

        Writes their keys and values, which become the last ones those layers hold, and attends causally to all that
        those layers hold below. Returns the states [n, dim] after layer `last`. Raises `ContextFull` without room.

        Where the states do not stand side by side, `positions` [n] says where they stand (they are rotated by it),
        rising, within start..end-1; `end` is by default one after the last of them. These layers leave the other
        positions from `start` to `end` out for good. Raises `ValueError` for positions that do not fit.
        """
        n, last = states.shape[0], self.config.layers if last is None else last
        if first == last or (n == 0 and positions is None):
            return states
        if positions is None:
            return self._through(states, cache, first, last, start, start + n, None)
        found, end = _checked_positions(positions, n, start, end)
        return self._through(states, cache, first, last, start, end, found)

    @torch.inference_mode()
    def _through(
        self, states: torch.Tensor, cache: KVCache, first: int, last: int, start: int, end: int, positions: list[int] | None
    ) -> torch.Tensor:
        """As `run`, with all that it may be told settled."""
        config = self.config
        n, heads, kv_heads, head_dim = states.shape[0], config.heads, config.kv_heads, config.head_dim
        views = cache.reserve(first, last, start, end, positions)
        rope = self._rope[start:end] if positions is None else self._rope[positions]
        x, groups, mask = states.clone(), heads // kv_heads, None
        for layer, keys, values, slot in zip(self._layers[first:last], *views, strict=True) if n else ():
            if isinstance(layer, _Convolution):
                layer.out.add_to(x, _convolved(layer, x, keys, slot))
                _feed_forward(layer, x)
                continue
            h = layer.qkv(layer.attention_norm(x)).view(n, heads + 2 * kv_heads, head_dim)
            if layer.qk_norm is not None:
                _norm_heads(h[:, : heads + kv_heads], layer.qk_norm, config.norm_eps)
            _rotate(h[:, : heads + kv_heads], rope)
            slot.copy_(h[:, heads:].view(n, 2, kv_heads, head_dim))
            # Query heads that share a KV head become rows of one attention problem: nothing is repeated.
            q = h[:, :heads]
            if n == 1:
                q = q.view(1, kv_heads, groups, head_dim)
                h = F.scaled_dot_product_attention(q, keys, values).reshape(1, heads * head_dim)
            else:
                if mask is None or mask.shape[1] != keys.shape[2]:  # layers may hold different numbers of entries
                    mask = _causal_mask(n, keys.shape[2], groups, states)
                q = q.view(n, kv_heads, groups, head_dim).permute(1, 2, 0, 3).reshape(1, kv_heads, groups * n, head_dim)
                h = F.scaled_dot_product_attention(q, keys, values, mask)
                h = h.reshape(heads, n, head_dim).transpose(0, 1).reshape(n, heads * head_dim)
            layer.out.add_to(x, h)
            _feed_forward(layer, x)
        cache.commit(first, last, start, end, positions)
        return x

    @torch.inference_mode()
    def propagate(self, states: torch.Tensor, start: int, cache: KVCache, first: int) -> None:
        """Gives layers[first:] keys and values for positions start..start+n-1 without running them.

        As if each of them got the states [n, dim] after layer `first` unchanged: only its norm and its projections to
        keys and values are computed (CALM's state propagation, arXiv 2207.07061). Raises `ContextFull` without room.
        """
        config, end = self.config, start + len(states)
        kv_heads, head_dim = config.kv_heads, config.head_dim
        _, _, slots = cache.reserve(first, config.layers, start, end)
        for index, slot in zip(range(first, config.layers), slots, strict=True):
            if index not in self._projections:
                self._projections[index] = self._projection(index)
            h = self._projections[index](states)
            if index in config.conv_layers:
                slot.copy_(h)
                continue
            h = h.view(-1, 2 * kv_heads, head_dim)
            _rotate(h[:, :kv_heads], self._rope[start:end])
            slot.copy_(h.view(-1, 2, kv_heads, head_dim))
        cache.commit(first, config.layers, start, end)

    @torch.inference_mode()
    def logits(self, states: torch.Tensor, allowed: Choices | None = None) -> torch.Tensor:
        """Final norm and head: states [n, dim] after the last layer -> float32 logits [n, vocabulary].

        Given the `allowed` ids, only their rows of the head need be computed; the other logits may be anything. Where frames
        come, it is what they are chosen by.
        """
        if isinstance(allowed, Frames):
            return allowed.rows(self.norm(states))
        return self._logits(states, allowed)

    def _logits(self, states: torch.Tensor, allowed: AllowedIds | None) -> torch.Tensor:
        """Of the vocabulary."""
        return self._slices.logits(self.norm(states), allowed).float()

    def product(self, norm: torch.Tensor | None, rows: torch.Tensor, bias: torch.Tensor | None = None) -> Product | None:
        """What computes rows [outputs, dim] (+ bias), behind an RMSNorm if there is one, faster than torch; None is nothing."""
        return None

    def _projection(self, number: int) -> Product:
        """To what a layer keeps: keys and values, not yet rotated (2 * kv_heads * head_dim outputs), or what it mixes (dim)."""
        layer, config = self._layers[number], self.config
        if isinstance(layer, _Convolution):
            return lambda states: let_in(layer.gates(layer.norm(states)))
        keys_values = layer.qkv.select(slice(config.heads * config.head_dim, None))

        def project(states: torch.Tensor) -> torch.Tensor:
            return keys_values(layer.attention_norm(states))

        return project if layer.qk_norm is None else keys_normed(config, project, layer.qk_norm[config.heads :])

    def _linear(self, rows: torch.Tensor, bias: torch.Tensor | None = None) -> Linear | Int8Linear:
        return Int8Linear(rows, bias, self.dtype) if self._int8 else Linear(rows, bias)

    def _layer(self, weights: LayerWeights) -> _Layer:
        eps, qk_norm = self.config.norm_eps, None
        if weights.q_norm is not None and weights.k_norm is not None:
            qk_norm = torch.cat([weights.q_norm.repeat(self.config.heads, 1), weights.k_norm.repeat(self.config.kv_heads, 1)])
        return _Layer(
            RMSNorm(weights.attention_norm, eps), self._linear(weights.qkv, weights.qkv_bias), qk_norm, self._linear(weights.out),
            RMSNorm(weights.ffn_norm, eps), self._linear(weights.gate_up), self._linear(weights.down),
        )  # fmt: skip

    def _convolution(self, weights: ConvWeights) -> _Convolution:
        eps = self.config.norm_eps
        return _Convolution(
            RMSNorm(weights.norm, eps), self._linear(weights.gates), weights.taps, self._linear(weights.out),
            RMSNorm(weights.ffn_norm, eps), self._linear(weights.gate_up), self._linear(weights.down),
        )  # fmt: skip


def keys_normed(config: LMConfig, project: Product, weights: torch.Tensor) -> Product:
    """A projection to keys and values, whose keys are normed by `weights`, [head_dim] or [kv_heads, head_dim]."""

    def normed(states: torch.Tensor) -> torch.Tensor:
        h = project(states)
        _norm_heads(h.view(len(h), -1, config.head_dim)[:, : config.kv_heads], weights, config.norm_eps)
        return h

    return normed


def let_in(gates: torch.Tensor) -> torch.Tensor:
    """Of the gates [n, 3 dim] what a convolution mixes [n, dim]."""
    let_in, _, passing = gates.chunk(3, -1)
    return let_in * passing


def _convolved(layer: _Convolution, x: torch.Tensor, held: torch.Tensor, slot: torch.Tensor) -> torch.Tensor:
    """States [n, dim] -> what the mixed positions let out [n, dim]. `held` [entries, dim] ends in `slot` [n, dim]."""
    gates = layer.gates(layer.norm(x))
    slot.copy_(let_in(gates))
    n, taps = len(x), len(layer.taps)
    before = held[max(0, len(held) - n - taps + 1) :]
    if missing := n + taps - 1 - len(before):  # at the beginning of a conversation
        before = F.pad(before, (0, 0, missing, 0))
    # Position by position the same sum, however many stand side by side: catching up gives what a step gives.
    mixed = before[:n] * layer.taps[0]
    for tap in range(1, taps):
        mixed.addcmul_(before[tap : tap + n], layer.taps[tap])
    return mixed.mul_(gates.chunk(3, -1)[1])


def _feed_forward(layer: _Layer | _Convolution, x: torch.Tensor) -> None:
    """Adds it to the states in place."""
    gate, up = layer.gate_up(layer.ffn_norm(x)).chunk(2, -1)
    layer.down.add_to(x, F.silu(gate).mul_(up))


def _norm_heads(heads: torch.Tensor, weights: torch.Tensor, eps: float) -> None:
    """RMSNorm over each head's dimensions [n, heads, head_dim], by its own weights [heads, head_dim], in place."""
    scale = heads.float().square().mean(-1, keepdim=True).add_(eps).rsqrt_()
    heads.mul_(scale.to(heads.dtype)).mul_(weights)


def _rope_table(config: LMConfig) -> torch.Tensor:
    """Unit complex numbers [context, 1, head_dim / 2]; dimensions that are not rotated have angle 0."""
    powers = torch.arange(0, config.rotary_dim, 2, dtype=torch.float) / config.rotary_dim
    angles = torch.outer(torch.arange(config.context, dtype=torch.float), 1.0 / config.rope_theta**powers)
    angles = F.pad(angles, (0, (config.head_dim - config.rotary_dim) // 2))
    return torch.polar(torch.ones_like(angles), angles).unsqueeze(1)


def _rotate(qk: torch.Tensor, rope: torch.Tensor) -> None:
    """Rotates queries and keys [n, heads, head_dim] in place."""
    if qk.dtype == torch.float32:
        torch.view_as_complex(qk.unflatten(-1, (-1, 2))).mul_(rope)
    else:
        turned = torch.view_as_complex(qk.float().unflatten(-1, (-1, 2))) * rope
        qk.copy_(torch.view_as_real(turned).flatten(-2))


def _checked_positions(positions: Sequence[int] | torch.Tensor, n: int, start: int, end: int | None) -> tuple[list[int], int]:
    """The positions as a list, and the end of what they stand for. Raises `ValueError` if they do not fit."""
    found = [int(position) for position in positions]
    end = end if end is not None else found[-1] + 1 if found else start
    rising = all(a < b for a, b in zip([start - 1, *found], [*found, end], strict=True))
    if len(found) != n or not rising:
        raise ValueError(f"{n} states cannot stand at the {len(found)} positions {found[:8]} of {start} to {end - 1}.")
    return found, end


def _causal_mask(n: int, entries: int, groups: int, like: torch.Tensor) -> torch.Tensor:
    """Additive mask [groups * n, entries] for the last n of `entries` entries."""
    mask = torch.full((n, entries), float("-inf"), dtype=like.dtype, device=like.device).triu_(entries - n + 1)
    return mask if groups == 1 else mask.repeat(groups, 1)
