"""The same weights as a transformers model, to compare with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import torch

from engine.lm.config import LMConfig

if TYPE_CHECKING:
    from transformers import LlamaForCausalLM


def to_llama(config: LMConfig, tensors: Mapping[str, torch.Tensor]) -> LlamaForCausalLM:
    """A float32 `transformers.LlamaForCausalLM` in eval mode with our tensors.

    Raises `ValueError` for what Llama lacks: interleaved or partial rotary positions, biases of q, k and v only.
    """
    from transformers import LlamaConfig, LlamaForCausalLM  # slow to import, and only comparisons need it

    if config.rope_interleaved or config.rotary_dim != config.head_dim or config.qkv_bias:
        raise ValueError("Llama has neither interleaved nor partial rotary positions nor a bias of q, k and v alone.")
    llama = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=config.vocabulary,
            hidden_size=config.dim,
            intermediate_size=config.ffn,
            num_hidden_layers=config.layers,
            num_attention_heads=config.heads,
            num_key_value_heads=config.kv_heads,
            head_dim=config.head_dim,
            max_position_embeddings=config.context,
            rms_norm_eps=config.norm_eps,
            rope_parameters={"rope_type": "default", "rope_theta": config.rope_theta},
            tie_word_embeddings="lm_head.weight" not in tensors,
            bos_token_id=None,
            eos_token_id=None,
            pad_token_id=None,
        )
    )
    own = {name: tensor.float() for name, tensor in tensors.items()}
    own.setdefault("lm_head.weight", own["model.embed_tokens.weight"])
    llama.load_state_dict(own)
    return llama.float().eval()
