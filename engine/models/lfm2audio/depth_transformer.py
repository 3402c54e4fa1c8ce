"""The codes of one frame of LFM2.5-Audio from the state of its backbone: a small transformer over the codebooks.

Each codebook is one position, whose input is a part of the state's projection and the embedding of the code chosen before it.
A frame begins with nothing behind it, so that all that is kept of it is gone with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from engine.lm.cache import KVCache
from engine.lm.config import LMConfig
from engine.lm.decoder import Product
from engine.lm.linear import Int8Linear, Linear
from engine.lm.norm import RMSNorm
from engine.models.checkpoints.config_file import Fields
from engine.models.checkpoints.precision import build_decoder
from engine.models.checkpoints.precision_choice import Precision
from engine.models.checkpoints.weights import Weights
from engine.models.lfm2audio.shapes import shape_of

MODEL = "LFM2.5-Audio"

# No configuration of the release has these: they stand in the reference's code, and shapes tell only their products.
HEADS, KV_HEADS = 32, 8
ROPE_THETA = 1e6
EPS = 1e-5

Choose = Callable[[Tensor, int], int]
"""Float32 logits [codes + 1] of a codebook, and its number -> the code chosen; the last one ends the reply."""

LAYER = "depthformer.layers.{}."
_NAMES = {
    "input_layernorm.weight": "operator_norm.weight",
    "self_attn.q_norm.weight": "operator.bounded_attention.q_layernorm.weight",
    "self_attn.k_norm.weight": "operator.bounded_attention.k_layernorm.weight",
    "self_attn.o_proj.weight": "operator.out_proj.weight",
    "post_attention_layernorm.weight": "ffn_norm.weight",
    "mlp.gate_proj.weight": "feed_forward.w1.weight",
    "mlp.up_proj.weight": "feed_forward.w3.weight",
    "mlp.down_proj.weight": "feed_forward.w2.weight",
}
"""Of a layer: Llama's names, and the release's."""
_UNUSED = ("model.embed_tokens.weight", "model.norm.weight")
"""What every decoder has, and this one does not need."""
TABLES = "depth_embeddings.{}."


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

    @property
    def layers_config(self) -> LMConfig:
        """The layers as those of a decoder, whose positions are the codebooks. Its one token is never embedded."""
        return LMConfig(
            vocabulary=1, dim=self.dim, layers=self.layers, heads=HEADS, kv_heads=KV_HEADS, head_dim=self.head_dim,
            ffn=self.feed_forward, norm_eps=EPS, rope_theta=ROPE_THETA, rope_interleaved=True, qk_norm=True,
            context=self.codebooks,
        )  # fmt: skip


def read_config(fields: Fields, tensors: Mapping[str, Tensor]) -> DepthConfig:
    """From the release's `config.json` and the shapes of its tensors.

    Raises `ValueError` with a sentence that names the field or the tensor.
    """
    part = fields.part("depthformer")
    return fields.build(
        DepthConfig,
        hidden=shape_of(tensors, "depth_linear.weight", 2)[1],
        codebooks=fields.count("codebooks", most=1000),
        codes=shape_of(tensors, TABLES.format(0) + "to_logits.weight", 2)[0] - 1,
        dim=part.count("dim"),
        layers=part.count("layers", most=1000),
        feed_forward=shape_of(tensors, LAYER.format(0) + "feed_forward.w1.weight", 2)[0],
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
    for layer in map(LAYER.format, range(config.layers)):
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
    for number, tables in enumerate(map(TABLES.format, range(codebooks))):
        shapes |= {tables + "embedding_norm.weight": (dim,), tables + "to_logits.weight": (rows, dim)}
        if number < codebooks - 1 and not config.tied:  # nothing follows the last code
            shapes[tables + "embedding.weight"] = (rows, dim)
    return shapes


class LayerTensors(Mapping[str, Tensor]):
    """The tensors of the layers under the names that `engine.lm.decoder.Decoder` takes."""

    def __init__(self, config: DepthConfig, released: Mapping[str, Tensor]) -> None:
        self._released, self._unused = released, torch.ones(1, config.dim)
        queries, keys = HEADS * config.head_dim, KV_HEADS * config.head_dim
        self._parts = {"q": slice(queries), "k": slice(queries, queries + keys), "v": slice(queries + keys, None)}
        self._names: dict[str, tuple[str, slice]] = {}
        whole = slice(None)
        for number in range(config.layers):
            ours, theirs = f"model.layers.{number}.", LAYER.format(number)
            for part, rows in self._parts.items():
                self._names[f"{ours}self_attn.{part}_proj.weight"] = (theirs + "operator.qkv_proj.weight", rows)
            for name, released_name in _NAMES.items():
                self._names[ours + name] = (theirs + released_name, whole)

    def __getitem__(self, name: str) -> Tensor:
        if name in _UNUSED:
            return self._unused if name == _UNUSED[0] else self._unused[0]
        released, rows = self._names[name]
        return self._released[released][rows]

    def __contains__(self, name: object) -> bool:
        return name in _UNUSED or name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter((*_UNUSED, *self._names))

    def __len__(self) -> int:
        return len(_UNUSED) + len(self._names)


class DepthTransformer:
    """Weights under their released names, ready to run. Holds nothing of a frame: threads may share it.

    It is kept as a language model of that `precision` is, but never in fewer than 8 bits: a code that is chosen wrong is heard.
    At one sequence a frame reads every weight of the layers once for each codebook, which is what it waits for.

    To be called within `torch.inference_mode`. Raises `KeyError` for a missing tensor; shapes are checked by `from_folder`.
    """

    def __init__(
        self,
        config: DepthConfig,
        tensors: Mapping[str, Tensor],
        precision: Precision = "fp32",
        device: torch.device | str = "cpu",
    ) -> None:
        self.config, self._tensors = config, tensors
        self._int8 = precision in ("int8", "int4")
        layers = LayerTensors(config, tensors)
        self._decoder = build_decoder(config.layers_config, layers, "int8" if self._int8 else precision, device)
        self.dtype, self.device = self._decoder.dtype, self._decoder.device
        self._free: list[KVCache] = []
        self._audio_embedding = self._vector("audio_embedding.embedding.weight")
        self._offsets = torch.arange(config.codebooks) * (config.codes + 1)
        self._input = self._product("depth_linear.weight", bias="depth_linear.bias")
        tables = list(map(TABLES.format, range(config.codebooks)))
        embedding = "to_logits.weight" if config.tied else "embedding.weight"
        self._embeddings = [self._vector(name + embedding) for name in tables[:-1]]
        self._heads = [self._product(name + "to_logits.weight", norm=name + "embedding_norm.weight") for name in tables]
        del self._tensors

    @classmethod
    def from_folder(
        cls, folder: Path, precision: Precision = "fp32", device: torch.device | str = "cpu"
    ) -> DepthTransformer:
        """From a release. Raises `FileNotFoundError` or `ValueError` with a sentence for a folder that cannot be used."""
        weights = Weights.of_folder(folder)
        config = read_config(Fields.read(folder / "config.json"), weights)
        weights.check(tensor_shapes(config), MODEL)
        return cls(config, weights, precision, device)

    @property
    def runs_by(self) -> str:
        """What computes, and how it keeps matrices: words for reports."""
        return self._decoder.runs_by

    def rows(self, states: Tensor) -> Tensor:
        """The backbone's states after its final norm [n, hidden] -> how each codebook's input begins, [n, codebooks * dim]."""
        return self._input(states.to(self.device, self.dtype))

    def codes(self, row: Tensor, pick: Choose, codebooks: int | None = None, layers: int | None = None) -> list[int]:
        """One of `rows`, of any floating type -> the codes of the first `codebooks` codebooks (by default all).

        They are chosen one after the other by `pick`, with the first `layers` layers (by default all), whose output goes to the
        heads as it is. A first code that ends the sound makes all others that one. Raises `ValueError` for numbers of these that
        the model does not have.
        """
        count, depth = self.config.codebooks if codebooks is None else codebooks, self._depth(layers)
        if not 1 <= count <= self.config.codebooks:
            raise ValueError(f"A frame has 1 to {self.config.codebooks} codes, not {count}.")
        inputs, codes, cache = self._inputs(row), list[int](), self._cache()
        for codebook in range(count):
            x = inputs[codebook : codebook + 1]
            if codes:
                x = x + self._embeddings[codebook - 1][codes[-1]]
            codes.append(pick(self.logits(self.step(x, codebook, cache, depth), codebook)[0], codebook))
            if codes == [self.config.codes]:
                codes *= count
                break
        self._free.append(cache)
        return codes

    def logits_of_first(self, row: Tensor, layers: int | None = None) -> Tensor:
        """A row as for `codes` -> float32 logits [codes + 1] of the first codebook."""
        cache = self._cache()
        logits = self.logits(self.step(self._inputs(row)[:1], 0, cache, layers), 0)[0]
        self._free.append(cache)
        return logits

    def step(self, x: Tensor, codebook: int, cache: KVCache, layers: int | None = None) -> Tensor:
        """Input [1, dim] of a codebook -> the output of the last of `layers` (by default all), not normalised.

        `cache` has what these layers wrote for the codebooks before, and gets what they write for this one.
        """
        return self._decoder.run(x, codebook, cache, 0, self._depth(layers))

    def logits(self, states: Tensor, codebook: int) -> Tensor:
        """What `step` gave [n, dim] -> float32 logits [n, codes + 1], by the codebook's own norm and head."""
        return self._heads[codebook](states).float()

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

    def prepare(self, layers: int | None) -> None:
        """Frames will be chosen with so many layers: makes now what they would wait for, if anything."""
        self._decoder.prepare(() if layers is None else {self._depth(layers)})

    def _inputs(self, row: Tensor) -> Tensor:
        """[codebooks, dim]"""
        return row.to(self.device, self.dtype).view(self.config.codebooks, -1)

    def _cache(self) -> KVCache:
        """An empty one. Some are kept, as what is bound to one takes longer to make than a frame."""
        try:
            cache = self._free.pop()
        except IndexError:
            return self._decoder.new_cache()
        cache.roll_back(0)
        return cache

    def _depth(self, layers: int | None) -> int:
        """How many layers to run. Raises `ValueError` for a number that there is not."""
        if layers is not None and not 1 <= layers <= self.config.layers:
            raise ValueError(f"The depth transformer has 1 to {self.config.layers} layers to run, not {layers}.")
        return self.config.layers if layers is None else layers

    def _product(self, rows: str, norm: str = "", bias: str = "") -> Product:
        """A matrix, behind an RMSNorm or with a bias, as the layers' matrices are kept."""
        matrix, added = self._tensors[rows], self._vector(bias) if bias else None
        weight = self._vector(norm) if norm else None
        if (product := self._decoder.product(weight, matrix, added)) is not None:
            return product
        linear: Linear | Int8Linear
        if self._int8:  # rounded from the matrix as it is stored
            linear = Int8Linear(matrix.to(self.device), added, self.dtype)
        else:
            linear = Linear(matrix.to(self.device, self.dtype, copy=True), added)  # it may be a view of a file
        if weight is None:
            return linear
        normed = RMSNorm(weight, EPS)
        return lambda states: linear(normed(states))

    def _vector(self, name: str) -> Tensor:
        """A tensor that is no matrix of a product."""
        return self._tensors[name].to(self.device, self.dtype, copy=True)
