"""Step-Audio 2's language model (Qwen2.5) on our decoder: sizes from `config.json`; the tensors' names are Llama's. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from engine.lm.config import LMConfig
from engine.models.checkpoints.config_file import Fields
from engine.models.checkpoints.rope import rope_theta
from engine.quoting import shown

if TYPE_CHECKING:
    import torch

MODEL = "Step-Audio 2"


def read_config(folder: Path) -> LMConfig:
    """Raises `ValueError` or `FileNotFoundError` with a sentence for a config that is missing, damaged or another's.

    Mini's config has the language model's sizes in `text_config`; a flat one is read as well.
    """
    whole = Fields.read(folder / "config.json")
    if whole.values.get("model_type") != "step_audio_2":
        raise ValueError(f"{whole.path} is of a {shown(whole.values.get('model_type'))} model, not of {MODEL} ('step_audio_2').")
    fields = whole.part("text_config")
    fields.require(tie_word_embeddings=False, hidden_act="silu", use_sliding_window=False)
    dim, heads = fields.count("hidden_size"), fields.count("num_attention_heads")
    return fields.build(
        LMConfig,
        vocabulary=fields.count("vocab_size"),
        dim=dim,
        layers=fields.count("num_hidden_layers", most=1000),
        heads=heads,
        kv_heads=fields.count("num_key_value_heads", "num_attention_groups"),
        head_dim=fields.count("head_dim") if fields.values.get("head_dim") else dim // heads,
        ffn=fields.count("intermediate_size"),
        norm_eps=fields.number("rms_norm_eps"),
        rope_theta=rope_theta(fields),
        qkv_bias=True,
        context=fields.count("max_position_embeddings", "max_seq_len"),
    )


def tensor_shapes(config: LMConfig) -> dict[str, tuple[int, ...]]:
    """The released name and shape of every tensor of the language model (the audio encoder's and adaptor's stand beside)."""
    q, kv, dim = config.heads * config.head_dim, config.kv_heads * config.head_dim, config.dim
    shapes: dict[str, tuple[int, ...]] = {
        "model.embed_tokens.weight": (config.vocabulary, dim),
        "model.norm.weight": (dim,),
        "lm_head.weight": (config.vocabulary, dim),
    }
    for index in range(config.layers):
        attention, mlp = f"model.layers.{index}.self_attn.", f"model.layers.{index}.mlp."
        for name, rows in (("q", q), ("k", kv), ("v", kv)):
            shapes |= {f"{attention}{name}_proj.weight": (rows, dim), f"{attention}{name}_proj.bias": (rows,)}
        shapes |= {
            f"{attention}o_proj.weight": (dim, q),
            f"{mlp}gate_proj.weight": (config.ffn, dim),
            f"{mlp}up_proj.weight": (config.ffn, dim),
            f"{mlp}down_proj.weight": (dim, config.ffn),
            f"model.layers.{index}.input_layernorm.weight": (dim,),
            f"model.layers.{index}.post_attention_layernorm.weight": (dim,),
        }
    return shapes


def decoder_tensors(config: LMConfig, released: Mapping[str, torch.Tensor]) -> Mapping[str, torch.Tensor]:
    """The released tensors under the names that `engine.lm.decoder.Decoder` takes: they are the same."""
    return released
