"""A tiny Whisper-VQ tokenizer with random weights under the released names, and its codes by the book: whole padded batches,
dense masks, transformers' feature extractor."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from transformers import WhisperFeatureExtractor

FEATURES = {"feature_size": 16, "sampling_rate": 16_000, "n_fft": 400, "hop_length": 160, "chunk_length": 2}


def config(**changes) -> dict:
    """As `config.json`: 2 s segments, blocks of 0.4 s, codes of 80 ms."""
    return {
        "num_mel_bins": 16, "max_source_positions": 100, "d_model": 12, "encoder_attention_heads": 2, "encoder_ffn_dim": 20,
        "encoder_layers": 8, "quantize_position": 2, "pooling_position": 2, "pooling_kernel_size": 4, "pooling_type": "avg",
        "quantize_causal_block_size": 20, "quantize_vocab_size": 512, "encoder_causal_convolution": True,
        "encoder_causal_attention": False, "quantize_causal_encoder": False, **changes,
    }  # fmt: skip


def released_shapes(config: dict) -> dict[str, tuple[int, ...]]:
    """Every tensor of the release that codes depend on."""
    dim, hidden = config["d_model"], config["encoder_ffn_dim"]
    shapes = {
        "conv1.weight": (dim, config["num_mel_bins"], 3), "conv1.bias": (dim,),
        "conv2.weight": (dim, dim, 3), "conv2.bias": (dim,),
        "embed_positions.weight": (config["max_source_positions"], dim),
        "codebook.weight": (config["quantize_vocab_size"], dim),
    }  # fmt: skip
    for i in range(config["quantize_position"]):
        layer = f"layers.{i}."
        for norm in ("self_attn_layer_norm", "final_layer_norm"):
            shapes |= {f"{layer}{norm}.weight": (dim,), f"{layer}{norm}.bias": (dim,)}
        for part in ("q_proj", "k_proj", "v_proj", "out_proj"):
            shapes[f"{layer}self_attn.{part}.weight"] = (dim, dim)
            if part != "k_proj":
                shapes[f"{layer}self_attn.{part}.bias"] = (dim,)
        shapes |= {f"{layer}fc1.weight": (hidden, dim), f"{layer}fc1.bias": (hidden,)}
        shapes |= {f"{layer}fc2.weight": (dim, hidden), f"{layer}fc2.bias": (dim,)}
    return shapes


def random_tensors(config: dict, seed: int = 0) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    tensors = {name: torch.randn(shape, generator=generator) * 0.4 for name, shape in released_shapes(config).items()}
    ones = {name: tensors[name] + 1 for name in tensors if name.endswith("norm.weight")}
    return tensors | ones | {"codebook.weight": 4 * tensors["codebook.weight"]}


def codes(config: dict, tensors: dict[str, torch.Tensor], samples: np.ndarray) -> list[int]:
    """16 kHz mono -> codes, as zai-org/GLM-4-Voice describes it."""
    w = {name: tensor.double() for name, tensor in tensors.items()}
    segment = FEATURES["chunk_length"] * FEATURES["sampling_rate"]
    parts = [samples[start : start + segment] for start in range(0, len(samples), segment)]
    if not parts:
        return []
    pool = config["pooling_kernel_size"]
    extractor = WhisperFeatureExtractor(**FEATURES)
    batch = extractor(
        parts,
        sampling_rate=16_000,
        padding="longest",
        pad_to_multiple_of=320 * pool,
        return_attention_mask=True,
        return_tensors="pt",
    )
    x = batch.input_features.double()
    x = F.gelu(F.conv1d(F.pad(x, (2, 0)), w["conv1.weight"], w["conv1.bias"]))
    x = F.gelu(F.conv1d(F.pad(x, (2, 0)), w["conv2.weight"], w["conv2.bias"], stride=2)).mT
    x = x + w["embed_positions.weight"][: x.shape[1]]
    heard = batch.attention_mask[:, ::2].bool()
    at = torch.arange(x.shape[1])
    block = at // config["quantize_causal_block_size"]
    visible = ((at <= at[:, None]) | (block == block[:, None])) & heard[:, None]
    bias = torch.zeros(visible.shape, dtype=torch.double).masked_fill(~visible, -1e30)[:, None]
    heads = config["encoder_attention_heads"]
    for i in range(config["quantize_position"]):
        layer = {name.removeprefix(f"layers.{i}."): tensor for name, tensor in w.items() if name.startswith(f"layers.{i}.")}
        h = _norm(x, layer, "self_attn_layer_norm")
        q, k, v = (_linear(h, layer, f"self_attn.{p}_proj").unflatten(-1, (heads, -1)).transpose(1, 2) for p in "qkv")
        scores = (q @ k.mT) * q.shape[-1] ** -0.5 + bias
        x = x + _linear((scores.softmax(-1) @ v).transpose(1, 2).flatten(2), layer, "self_attn.out_proj")
        h = _norm(x, layer, "final_layer_norm")
        x = x + _linear(F.gelu(_linear(h, layer, "fc1")), layer, "fc2")
    pooled = F.avg_pool1d(x.mT, pool).mT
    return torch.cdist(pooled, w["codebook.weight"][None]).argmin(-1)[heard[:, ::pool]].tolist()


def _linear(x, layer, name):
    return F.linear(x, layer[f"{name}.weight"], layer.get(f"{name}.bias"))


def _norm(x, layer, name):
    return F.layer_norm(x, x.shape[-1:], layer[f"{name}.weight"], layer[f"{name}.bias"])
