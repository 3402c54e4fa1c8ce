"""The codes of one frame of LFM2.5-Audio from the state of its backbone: a small transformer over the codebooks.

Each codebook is one position, whose input is a part of the state's projection and the embedding of the code chosen before it.
A frame begins with nothing behind it, so that all that is kept of it is gone with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.lm.linear import Int8Linear, Linear
from engine.lm.norm import RMSNorm
from engine.models.checkpoints.config_file import Fields
from engine.models.checkpoints.weights import Weights
from engine.models.lfm2audio.shapes import shape_of

MODEL = "LFM2.5-Audio"

# No configuration of the release has these: they stand in the reference's code, and shapes tell only their products.
HEADS, KV_HEADS = 32, 8
ROPE_THETA = 1e6
EPS = 1e-5

Choose = Callable[[Tensor, int], int]
"""Float32 logits [codes + 1] of a codebook, and its number -> the code chosen; the last one ends the reply."""

_GROUPS = HEADS // KV_HEADS
_LAYER = "depthformer.layers.{}."
_TABLES = "depth_embeddings.{}."


@dataclass(frozen=True)
class DepthConfig:
    """`hidden` is the backbone's size, `dim` the depth transformer's. To the `codes` of a codebook comes the one that ends.

    With `tied` a codebook's embeddings are the rows of its head.
    """

    hidden: int
    codebooks: int
    codes: int
    dim: int
    layers: int
    feed_forward: int
    tied: bool = False

    def __post_init__(self) -> None:
        if self.dim % (2 * HEADS):
            raise ValueError(f"the depth transformer's dim {self.dim} cannot be split into {HEADS} heads of an even size.")

    @property
    def head_dim(self) -> int:
        return self.dim // HEADS


def read_config(fields: Fields, tensors: Mapping[str, Tensor]) -> DepthConfig:
    """From the release's `config.json` and the shapes of its tensors.

    Raises `ValueError` with a sentence that names the field or the tensor.
    """
    part = fields.part("depthformer")
    return fields.build(
        DepthConfig,
        hidden=shape_of(tensors, "depth_linear.weight", 2)[1],
        codebooks=fields.count("codebooks", most=1000),
        codes=shape_of(tensors, _TABLES.format(0) + "to_logits.weight", 2)[0] - 1,
        dim=part.count("dim"),
        layers=part.count("layers", most=1000),
        feed_forward=shape_of(tensors, _LAYER.format(0) + "feed_forward.w1.weight", 2)[0],
        tied=bool(part.values.get("tie")),
    )


def tensor_shapes(config: DepthConfig) -> dict[str, tuple[int, ...]]:
    """The released name and shape of every tensor that is needed, the table of summed embeddings among them."""
    dim, codebooks, rows = config.dim, config.codebooks, config.codes + 1
    shapes: dict[str, tuple[int, ...]] = {
        "audio_embedding.embedding.weight": (codebooks * rows, config.hidden),
        "depth_linear.weight": (codebooks * dim, config.hidden),
        "depth_linear.bias": (codebooks * dim,),
    }
    for layer in map(_LAYER.format, range(config.layers)):
        shapes |= {
            layer + "operator_norm.weight": (dim,),
            layer + "operator.qkv_proj.weight": ((HEADS + 2 * KV_HEADS) * config.head_dim, dim),
            layer + "operator.bounded_attention.q_layernorm.weight": (config.head_dim,),
            layer + "operator.bounded_attention.k_layernorm.weight": (config.head_dim,),
            layer + "operator.out_proj.weight": (dim, dim),
            layer + "ffn_norm.weight": (dim,),
            layer + "feed_forward.w1.weight": (config.feed_forward, dim),
            layer + "feed_forward.w3.weight": (config.feed_forward, dim),
            layer + "feed_forward.w2.weight": (dim, config.feed_forward),
        }
    for number, tables in enumerate(map(_TABLES.format, range(codebooks))):
        shapes |= {tables + "embedding_norm.weight": (dim,), tables + "to_logits.weight": (rows, dim)}
        if number < codebooks - 1 and not config.tied:  # nothing follows the last code
            shapes[tables + "embedding.weight"] = (rows, dim)
    return shapes


class _Layer(NamedTuple):
    operator_norm: RMSNorm
    qkv: Linear | Int8Linear  # dim -> (HEADS + 2 KV_HEADS) * head_dim
    scale: Tensor  # [HEADS + KV_HEADS, head_dim], the weights of the norms of queries and keys
    out: Linear | Int8Linear
    ffn_norm: RMSNorm
    gate_up: Linear | Int8Linear  # dim -> 2 * feed_forward
    down: Linear | Int8Linear


class DepthTransformer:
    """Weights under their released names, ready to run. Holds nothing of a frame: threads may share it.

    With `int8` matrices are kept as 8-bit rows; everything else, and what is computed, is of type `dtype`. At one sequence a
    frame reads every weight of the layers once for each codebook, which is what it waits for.

    To be called within `torch.inference_mode`. Raises `KeyError` for a missing tensor; shapes are checked by `from_folder`.
    """

    def __init__(
        self,
        config: DepthConfig,
        tensors: Mapping[str, Tensor],
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
        int8: bool = False,
    ) -> None:
        self.config, self.dtype, self.device = config, dtype, torch.device(device)
        self._tensors, self._int8 = tensors, int8
        self._audio_embedding = self._vector("audio_embedding.embedding.weight")
        self._offsets = torch.arange(config.codebooks) * (config.codes + 1)
        self._input = self._linear(tensors["depth_linear.weight"], self._vector("depth_linear.bias"))
        self._layers = [self._layer(_LAYER.format(number)) for number in range(config.layers)]
        tables = list(map(_TABLES.format, range(config.codebooks)))
        embedding = "to_logits.weight" if config.tied else "embedding.weight"
        self._embeddings = [self._vector(name + embedding) for name in tables[:-1]]
        self._head_norms = [RMSNorm(self._vector(name + "embedding_norm.weight"), EPS) for name in tables]
        self._heads = [self._linear(tensors[name + "to_logits.weight"]) for name in tables]
        self._unit_norm = RMSNorm(torch.ones(config.head_dim, dtype=dtype, device=self.device), EPS)
        self._turns = _turns(config).to(self.device)
        del self._tensors

    @classmethod
    def from_folder(
        cls, folder: Path, dtype: torch.dtype = torch.float32, device: torch.device | str = "cpu", int8: bool = False
    ) -> DepthTransformer:
        """From a release. Raises `FileNotFoundError` or `ValueError` with a sentence for a folder that cannot be used."""
        weights = Weights.of_folder(folder)
        config = read_config(Fields.read(folder / "config.json"), weights)
        weights.check(tensor_shapes(config), MODEL)
        return cls(config, weights, dtype, device, int8)

    def frame(self, state: Tensor, choose: Choose, codebooks: int | None = None, layers: int | None = None) -> Tensor:
        """The backbone's state after its final norm, [hidden] or [batch, hidden] -> codes [codebooks] or [batch, codebooks].

        They are int64, on the processor. `choose` is asked codebook by codebook, and within one for each of a batch in turn.
        Only the first `codebooks` (by default all) are computed, with the first `layers` layers (by default all), whose
        output goes to the heads as it is. Raises `ValueError` for numbers of these that the model does not have.
        """
        rows = self.rows(state.reshape(-1, self.config.hidden))
        columns = list(self._codebook_by_codebook(rows, choose, codebooks, layers))
        return torch.tensor(columns).T.reshape(*state.shape[:-1], len(columns))

    def rows(self, states: Tensor) -> Tensor:
        """The backbone's states [n, hidden] -> what each codebook's input begins with, [n, codebooks * dim]."""
        return self._input(states.to(self.device, self.dtype))

    def codes(self, row: Tensor, pick: Choose, codebooks: int | None = None, layers: int | None = None) -> list[int]:
        """As `engine.lm.frames.FrameNetwork`; one of `rows` in any floating type. Raises as `frame`."""
        codes, end = list[int](), self.config.codes
        for (code,) in self._codebook_by_codebook(row.to(self.device, self.dtype)[None], pick, codebooks, layers):
            codes.append(code)
            if codes == [end]:
                return [end] * (codebooks or self.config.codebooks)
        return codes

    def logits_of_first(self, row: Tensor, layers: int | None = None) -> Tensor:
        """A row as for `codes` -> float32 logits [codes + 1] of the first codebook."""
        inputs = self._inputs(row.to(self.device, self.dtype)[None])
        return self.logits(self.step(inputs[:, 0], 0, self.new_cache(1), layers), 0)[0]

    def _codebook_by_codebook(
        self, rows: Tensor, choose: Choose, codebooks: int | None, layers: int | None
    ) -> Iterator[list[int]]:
        """The codes chosen in each codebook, of every row [batch, codebooks * dim]."""
        count, depth = self.config.codebooks if codebooks is None else codebooks, self._depth(layers)
        if not 1 <= count <= self.config.codebooks:
            raise ValueError(f"A frame has 1 to {self.config.codebooks} codes, not {count}.")
        inputs, cache, codes = self._inputs(rows), self.new_cache(len(rows)), list[int]()
        for codebook in range(count):
            x = inputs[:, codebook]
            if codes:
                x = x + self._embeddings[codebook - 1][codes]
            codes = [choose(row, codebook) for row in self.logits(self.step(x, codebook, cache, depth), codebook)]
            yield codes

    def frame_embedding(self, codes: Tensor | Sequence[int] | Sequence[Sequence[int]]) -> Tensor:
        """What goes back into the backbone: codes [codebooks] or [n, codebooks] -> their rows' sums, [hidden] or [n, hidden].

        A frame that ends the reply has rows, too. One with fewer codes is the sum of those of the first codebooks. Raises
        `ValueError` for a code that there is not.
        """
        found = torch.as_tensor(codes, dtype=torch.long, device="cpu")
        if not 1 <= found.shape[-1] <= self.config.codebooks:
            raise ValueError(f"A frame has 1 to {self.config.codebooks} codes, not {found.shape[-1]}.")
        if found.numel() and not (0 <= int(found.min()) and int(found.max()) <= self.config.codes):
            raise ValueError(f"{MODEL} has the codes 0 to {self.config.codes}; among these are others.")
        rows = found + self._offsets[: found.shape[-1]]
        return self._audio_embedding[rows.to(self.device)].sum(-2)

    def _inputs(self, rows: Tensor) -> Tensor:
        """Rows -> [batch, codebooks, dim]."""
        return rows.unflatten(1, (self.config.codebooks, -1))

    def new_cache(self, batch: int) -> Tensor:
        """Room for the keys and values of a frame: [layers, 2, batch, KV_HEADS, codebooks, head_dim]."""
        config = self.config
        shape = (config.layers, 2, batch, KV_HEADS, config.codebooks, config.head_dim)
        return torch.empty(shape, dtype=self.dtype, device=self.device)

    def step(self, x: Tensor, codebook: int, cache: Tensor, layers: int | None = None) -> Tensor:
        """Input [batch, dim] of a codebook -> the output of the last of `layers` (by default all), not normalised.

        `cache` has what these layers wrote for the codebooks before, and gets what they write for this one.
        """
        batch, head_dim = len(x), self.config.head_dim
        slots = cache[..., codebook, :].unbind(0)
        keys, values = (cache[:, kind, ..., : codebook + 1, :].unbind(0) for kind in (0, 1))
        turn, x = self._turns[codebook], x.clone()
        for number, layer in enumerate(self._layers[: self._depth(layers)]):
            h = layer.qkv(layer.operator_norm(x)).view(batch, HEADS + 2 * KV_HEADS, head_dim)
            qk = _turned(self._unit_norm(h[:, : HEADS + KV_HEADS]).mul_(layer.scale), turn)
            slots[number][0] = qk[:, HEADS:]
            slots[number][1] = h[:, HEADS + KV_HEADS :]
            # Query heads that share a KV head become rows of one attention problem: nothing is repeated.
            q = qk[:, :HEADS].view(batch, KV_HEADS, _GROUPS, head_dim)
            layer.out.add_to(x, F.scaled_dot_product_attention(q, keys[number], values[number]).reshape(batch, -1))
            gate, up = layer.gate_up(layer.ffn_norm(x)).chunk(2, -1)
            layer.down.add_to(x, F.silu(gate).mul_(up))
        return x

    def logits(self, states: Tensor, codebook: int) -> Tensor:
        """What `step` gave [batch, dim] -> float32 logits [batch, codes + 1], by the codebook's own norm and head."""
        return self._heads[codebook](self._head_norms[codebook](states)).float()

    def _depth(self, layers: int | None) -> int:
        """How many layers to run. Raises `ValueError` for a number that there is not."""
        if layers is not None and not 1 <= layers <= self.config.layers:
            raise ValueError(f"The depth transformer has 1 to {self.config.layers} layers to run, not {layers}.")
        return self.config.layers if layers is None else layers

    def _layer(self, name: str) -> _Layer:
        qk_norm, mlp = name + "operator.bounded_attention.{}_layernorm.weight", name + "feed_forward.{}.weight"
        queries, keys = (self._vector(qk_norm.format(part)) for part in "qk")
        return _Layer(
            RMSNorm(self._vector(name + "operator_norm.weight"), EPS),
            self._linear(self._tensors[name + "operator.qkv_proj.weight"]),
            torch.cat([queries.expand(HEADS, -1), keys.expand(KV_HEADS, -1)]),
            self._linear(self._tensors[name + "operator.out_proj.weight"]),
            RMSNorm(self._vector(name + "ffn_norm.weight"), EPS),
            self._linear(torch.cat([self._tensors[mlp.format(part)] for part in ("w1", "w3")])),
            self._linear(self._tensors[mlp.format("w2")]),
        )

    def _linear(self, rows: Tensor, bias: Tensor | None = None) -> Linear | Int8Linear:
        if self._int8:  # rounded from the matrix as it is stored
            return Int8Linear(rows.to(self.device), bias, self.dtype)
        return Linear(rows.to(self.device, self.dtype, copy=True), bias)  # it may be a view of a file

    def _vector(self, name: str) -> Tensor:
        """A tensor that is no matrix of a product."""
        return self._tensors[name].to(self.device, self.dtype, copy=True)


def _turns(config: DepthConfig) -> Tensor:
    """Unit complex numbers [codebooks, head_dim / 2] that rotate the neighbouring pairs (2i, 2i + 1) of a head."""
    powers = torch.arange(0, config.head_dim, 2, dtype=torch.float) / config.head_dim
    angles = torch.outer(torch.arange(config.codebooks, dtype=torch.float), 1.0 / ROPE_THETA**powers)
    return torch.polar(torch.ones_like(angles), angles)


def _turned(heads: Tensor, turn: Tensor) -> Tensor:
    """[batch, heads, head_dim], rotated in float32, which the reference keeps to as well."""
    turned = torch.view_as_complex(heads.float().unflatten(-1, (-1, 2))) * turn
    return torch.view_as_real(turned).flatten(-2).to(heads.dtype)
