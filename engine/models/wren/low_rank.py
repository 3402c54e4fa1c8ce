"""Adapters: low-rank updates of another Wren's weights, merged when they are loaded, so that decoding costs no more."""

from __future__ import annotations

from dataclasses import replace

import torch

from engine.lm.config import LMConfig

FUSED = {
    "qkv": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "out": ("self_attn.o_proj",),
    "gate_up": ("mlp.gate_proj", "mlp.up_proj"),
    "down": ("mlp.down_proj",),
}
"""Matrices that share an update, which holds the rows of all of them."""


def merge(weights: dict[str, torch.Tensor], adapter: dict[str, torch.Tensor], layers: int) -> list[torch.Tensor]:
    """Adds the updates to `weights` (by Llama's names) in place -> the speech heads of parallel decoding [rows, dim], or none.

    A matrix of layer i is updated by `model.layers.i.NAME.up` [out, rank] @ `.down` [rank, in], NAME one of `FUSED`; what
    the adapter calls as the weights do takes their place. Raises `KeyError` or `ValueError` for one that does not fit.
    """
    for layer in range(layers):
        for fused, names in FUSED.items():
            prefix = f"model.layers.{layer}."
            up, down = adapter[f"{prefix}{fused}.up"], adapter[f"{prefix}{fused}.down"]
            rows = sum(len(weights[f"{prefix}{name}.weight"]) for name in names)
            columns = weights[f"{prefix}{names[0]}.weight"].shape[-1]
            if up.dim() != 2 or (len(up), *down.shape) != (rows, up.shape[1], columns):  # before the product, which may be large
                raise ValueError(f"The adapter's {fused} of layer {layer} is for another size of model: install it again.")
            update = up.float() @ down.float()
            for name, part in zip(names, update.chunk(len(names)), strict=True):
                weight = weights[f"{prefix}{name}.weight"]
                if weight.shape != part.shape:
                    raise ValueError(f"The adapter's {fused} of layer {layer} is for another size of model: install it again.")
                weights[f"{prefix}{name}.weight"] = weight.float() + part
    weights |= {name: tensor for name, tensor in adapter.items() if name in weights}
    slots = sum(name.startswith("speech.") for name in adapter)
    return [adapter[f"speech.{slot}"] for slot in range(slots)]


def widen_head(config: LMConfig, weights: dict[str, torch.Tensor], speech: list[torch.Tensor]) -> LMConfig:
    """Sets the speech heads below the head's own rows, in place: a state then says a token of each. -> The shape."""
    own = weights.get("lm_head.weight", weights["model.embed_tokens.weight"])
    weights["lm_head.weight"] = torch.cat([own.float(), *(head.float() for head in speech)])
    return replace(config, head_rows=len(weights["lm_head.weight"]))
