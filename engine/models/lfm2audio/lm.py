"""LFM2.5-Audio's language model (LFM2) on our decoder: sizes from `config.json`, tensors under Llama's names. No torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from engine.lm.config import LMConfig
from engine.models.checkpoints.config_file import Fields
from engine.models.checkpoints.rope import rope_theta
from engine.models.lfm2audio.layer_kinds import attends

if TYPE_CHECKING:
    import torch

MODEL = "LFM2.5-Audio"
DETOKENIZER = "audio_detokenizer"
"""The folder beside the language model in which the voice stands."""
LONGEST = 16_384
"""Positions of a conversation, about a quarter of an hour of talk: the configs name eight times as many, whose keys and values
would take most of a laptop's memory."""

_LAYER = "lfm.layers.{}."
_BOTH = {
    "input_layernorm.weight": "operator_norm.weight",
    "post_attention_layernorm.weight": "ffn_norm.weight",
    "mlp.gate_proj.weight": "feed_forward.w1.weight",
    "mlp.up_proj.weight": "feed_forward.w3.weight",
    "mlp.down_proj.weight": "feed_forward.w2.weight",
}
_ATTENTION = _BOTH | {
    "self_attn.q_proj.weight": "self_attn.q_proj.weight",
    "self_attn.k_proj.weight": "self_attn.k_proj.weight",
    "self_attn.v_proj.weight": "self_attn.v_proj.weight",
    "self_attn.o_proj.weight": "self_attn.out_proj.weight",
    "self_attn.q_norm.weight": "self_attn.q_layernorm.weight",
    "self_attn.k_norm.weight": "self_attn.k_layernorm.weight",
}
_CONVOLUTION = _BOTH | {name: name for name in ("conv.in_proj.weight", "conv.conv.weight", "conv.out_proj.weight")}


def read_config(folder: Path) -> LMConfig:
    """From the part `lfm`. Raises `ValueError` or `FileNotFoundError` with a sentence for a config that cannot be used."""
    whole = Fields.read(folder / "config.json")
    if not isinstance(whole.values.get("lfm"), dict):
        raise ValueError(f"{whole.path} has no part 'lfm': it is not of {MODEL}.")
    fields = whole.part("lfm")
    fields.require(conv_bias=False)
    dim, heads = fields.count("hidden_size"), fields.count("num_attention_heads")
    return fields.build(
        LMConfig,
        vocabulary=fields.count("vocab_size"),
        dim=dim,
        layers=fields.count("num_hidden_layers", most=1000),
        heads=heads,
        kv_heads=fields.count("num_key_value_heads"),
        head_dim=dim // heads,
        ffn=_feed_forward(fields),
        norm_eps=fields.number("norm_eps"),
        rope_theta=rope_theta(fields),
        context=min(LONGEST, fields.count("max_position_embeddings")),
        conv_layers=tuple(layer for layer, attending in enumerate(attends(fields)) if not attending),
        conv_taps=fields.count("conv_L_cache", most=64),
        qk_norm=True,
    )


def detokenizer_folder(folder: Path) -> Path:
    """Where the voice of the model in a folder stands. Raises `FileNotFoundError` with a sentence if it is missing."""
    if (folder / DETOKENIZER).is_dir():
        return folder / DETOKENIZER
    raise FileNotFoundError(
        f"{folder} has no folder {DETOKENIZER}, with which {MODEL} speaks: download the model again. (LFM2-Audio, which came "
        "before it, speaks by other means, which Refrain does not have.)"
    )


def _feed_forward(fields: Fields) -> int:
    """The released configs name a width that is not the real one: two thirds of it, scaled and rounded up, are used."""
    width = fields.count("block_ff_dim") if fields.values.get("block_ff_dim") else fields.count("intermediate_size")
    if not fields.values.get("block_auto_adjust_ff_dim"):
        return width
    width = 2 * width // 3
    if fields.values.get("block_ffn_dim_multiplier") is None:
        return width
    width, step = int(width * fields.number("block_ffn_dim_multiplier")), fields.count("block_multiple_of")
    return -(-width // step) * step


def released_names(config: LMConfig) -> dict[str, str]:
    """By the name that `engine.lm.decoder.Decoder` takes; the head is the embedding."""
    names = {"model.embed_tokens.weight": "lfm.embed_tokens.weight", "model.norm.weight": "lfm.embedding_norm.weight"}
    for layer in range(config.layers):
        theirs = _CONVOLUTION if layer in config.conv_layers else _ATTENTION
        names |= {f"model.layers.{layer}.{ours}": _LAYER.format(layer) + name for ours, name in theirs.items()}
    return names


def tensor_shapes(config: LMConfig) -> dict[str, tuple[int, ...]]:
    """The released name and shape of every tensor of the language model."""
    dim, q, kv = config.dim, config.heads * config.head_dim, config.kv_heads * config.head_dim
    shapes: dict[str, tuple[int, ...]] = {"lfm.embed_tokens.weight": (config.vocabulary, dim)}
    shapes["lfm.embedding_norm.weight"] = (dim,)
    for number in range(config.layers):
        layer = _LAYER.format(number)
        shapes |= {
            layer + "operator_norm.weight": (dim,),
            layer + "ffn_norm.weight": (dim,),
            layer + "feed_forward.w1.weight": (config.ffn, dim),
            layer + "feed_forward.w3.weight": (config.ffn, dim),
            layer + "feed_forward.w2.weight": (dim, config.ffn),
        }
        if number in config.conv_layers:
            shapes |= {
                layer + "conv.in_proj.weight": (3 * dim, dim),
                layer + "conv.conv.weight": (dim, 1, config.conv_taps),
                layer + "conv.out_proj.weight": (dim, dim),
            }
        else:
            shapes |= {
                layer + "self_attn.q_proj.weight": (q, dim),
                layer + "self_attn.k_proj.weight": (kv, dim),
                layer + "self_attn.v_proj.weight": (kv, dim),
                layer + "self_attn.out_proj.weight": (dim, q),
                layer + "self_attn.q_layernorm.weight": (config.head_dim,),
                layer + "self_attn.k_layernorm.weight": (config.head_dim,),
            }
    return shapes


class RenamedTensors(Mapping[str, "torch.Tensor"]):
    """The released tensors under the names that `engine.lm.decoder.Decoder` takes."""

    def __init__(self, config: LMConfig, released: Mapping[str, torch.Tensor]):
        self._released, self._names = released, released_names(config)

    def __getitem__(self, name: str) -> torch.Tensor:
        return self._released[self._names[name]]

    def __contains__(self, name: object) -> bool:
        return name in self._names and self._names[str(name)] in self._released

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
