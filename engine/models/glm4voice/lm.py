"""GLM-4-Voice's language model (ChatGLM4) on our decoder: sizes from `config.json`, tensors by their released names. No torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from engine.lm.config import LMConfig
from engine.models.checkpoints.config_file import Fields
from engine.quoting import shown

if TYPE_CHECKING:
    import torch

MODEL = "GLM-4-Voice"
_BASE = 10000.0  # of the rotary positions, times rope_ratio
_LAYER = "transformer.encoder.layers.{}."
_OURS = {
    "model.embed_tokens.weight": "transformer.embedding.word_embeddings.weight",
    "model.norm.weight": "transformer.encoder.final_layernorm.weight",
    "lm_head.weight": "transformer.output_layer.weight",
}


def read_config(folder: Path) -> LMConfig:
    """Raises `ValueError` or `FileNotFoundError` with a sentence for a config that is missing, damaged or another's.

    Half of each head is rotated, in neighbouring pairs (`original_rope`), as in the checkpoint's `modeling_chatglm.py`.
    """
    fields = Fields.read(folder / "config.json")
    if fields.values.get("model_type") != "chatglm":
        raise ValueError(f"{fields.path} is of a {shown(fields.values.get('model_type'))} model, not of {MODEL} ('chatglm').")
    fields.require(
        add_bias_linear=False, rmsnorm=True, post_layer_norm=True, original_rope=True,
        apply_residual_connection_post_layernorm=False, tie_word_embeddings=False,
    )  # fmt: skip
    heads, head_dim = fields.count("num_attention_heads"), fields.count("kv_channels")
    grouped = fields.values.get("multi_query_attention")
    return fields.build(
        LMConfig,
        vocabulary=fields.count("padded_vocab_size", "vocab_size"),
        dim=fields.count("hidden_size"),
        layers=fields.count("num_layers", "num_hidden_layers", most=1000),
        heads=heads,
        kv_heads=fields.count("multi_query_group_num") if grouped else heads,
        head_dim=head_dim,
        ffn=fields.count("ffn_hidden_size"),
        norm_eps=fields.number("layernorm_epsilon"),
        rope_theta=_BASE * fields.number("rope_ratio"),
        rotary_dim=head_dim // 2,
        rope_interleaved=True,
        qkv_bias=bool(fields.values.get("add_qkv_bias")),
        context=fields.count("seq_length"),
    )


def tensor_shapes(config: LMConfig) -> dict[str, tuple[int, ...]]:
    """The released name and shape of every tensor that is needed (`rotary_pos_emb.inv_freq` is not)."""
    qkv, dim = (config.heads + 2 * config.kv_heads) * config.head_dim, config.dim
    shapes: dict[str, tuple[int, ...]] = {
        _OURS["model.embed_tokens.weight"]: (config.vocabulary, dim),
        _OURS["model.norm.weight"]: (dim,),
        _OURS["lm_head.weight"]: (config.vocabulary, dim),
    }
    for layer in map(_LAYER.format, range(config.layers)):
        shapes |= {
            layer + "input_layernorm.weight": (dim,),
            layer + "self_attention.query_key_value.weight": (qkv, dim),
            layer + "self_attention.dense.weight": (dim, config.heads * config.head_dim),
            layer + "post_attention_layernorm.weight": (dim,),
            layer + "mlp.dense_h_to_4h.weight": (2 * config.ffn, dim),
            layer + "mlp.dense_4h_to_h.weight": (dim, config.ffn),
        }
        if config.qkv_bias:
            shapes[layer + "self_attention.query_key_value.bias"] = (qkv,)
    return shapes


class DecoderTensors(Mapping[str, "torch.Tensor"]):
    """The released tensors under the names that `engine.lm.decoder.Decoder` takes.

    Two are fused: `query_key_value` has the rows [q | k | v], `dense_h_to_4h` [gate | up].
    """

    def __init__(self, config: LMConfig, released: Mapping[str, torch.Tensor]):
        q, kv = config.heads * config.head_dim, config.kv_heads * config.head_dim
        self._released = released
        self._places: dict[str, tuple[str, slice]] = {ours: (theirs, slice(None)) for ours, theirs in _OURS.items()}
        for index in range(config.layers):
            ours, theirs = f"model.layers.{index}.", _LAYER.format(index)
            rows = {"q": slice(0, q), "k": slice(q, q + kv), "v": slice(q + kv, q + 2 * kv)}
            for end in ("weight", "bias") if config.qkv_bias else ("weight",):
                for name, part in rows.items():
                    self._places[f"{ours}self_attn.{name}_proj.{end}"] = (f"{theirs}self_attention.query_key_value.{end}", part)
            self._places |= {
                ours + "input_layernorm.weight": (theirs + "input_layernorm.weight", slice(None)),
                ours + "self_attn.o_proj.weight": (theirs + "self_attention.dense.weight", slice(None)),
                ours + "post_attention_layernorm.weight": (theirs + "post_attention_layernorm.weight", slice(None)),
                ours + "mlp.gate_proj.weight": (theirs + "mlp.dense_h_to_4h.weight", slice(0, config.ffn)),
                ours + "mlp.up_proj.weight": (theirs + "mlp.dense_h_to_4h.weight", slice(config.ffn, 2 * config.ffn)),
                ours + "mlp.down_proj.weight": (theirs + "mlp.dense_4h_to_h.weight", slice(None)),
            }

    def __getitem__(self, name: str) -> torch.Tensor:
        theirs, rows = self._places[name]
        return self._released[theirs][rows]

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
