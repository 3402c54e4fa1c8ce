"""A decoder with deep pooling, written down once more in plain torch, without cache and blocks: what the engine must equal."""

from __future__ import annotations

import torch
import torch.nn.functional as F


def forward(tensors, config, states, speech, layer, tau, window):
    """The whole prompt at once: states [n, dim], `speech` says which of them are.

    Returns the states [entries, dim] after the last layer, the position of each entry, and the values of every layer
    [entries, kv_heads * head_dim].
    """
    x, positions, values = states, torch.arange(len(states)), []
    for index in range(config.layers):
        if index == layer:
            groups = grouped(x, speech, tau, window)
            x = torch.stack([x[group].mean(0) for group in groups])
            positions = torch.tensor([group[-1] for group in groups])
        weight = {name.split(".", 3)[3]: tensor for name, tensor in tensors.items() if name.startswith(f"model.layers.{index}.")}
        h = norm(x, weight["input_layernorm.weight"], config)
        heads = {
            name: (h @ weight[f"self_attn.{name}_proj.weight"].T).view(len(x), -1, config.head_dim) for name in ("q", "k", "v")
        }
        values.append(heads["v"].flatten(1))
        q, k = rotated(heads["q"], positions, config), rotated(heads["k"], positions, config)
        repeat = config.heads // config.kv_heads
        k, v = (part.repeat_interleave(repeat, 1).transpose(0, 1) for part in (k, heads["v"]))
        h = F.scaled_dot_product_attention(q.transpose(0, 1), k, v, is_causal=True).transpose(0, 1).flatten(1)
        x = x + h @ weight["self_attn.o_proj.weight"].T
        h = norm(x, weight["post_attention_layernorm.weight"], config)
        gate, up = h @ weight["mlp.gate_proj.weight"].T, h @ weight["mlp.up_proj.weight"].T
        x = x + (F.silu(gate) * up) @ weight["mlp.down_proj.weight"].T
    return x, positions, values


def logits(tensors, config, states):
    return norm(states, tensors["model.norm.weight"], config) @ tensors["lm_head.weight"].T


def grouped(x, speech, tau, window):
    """Indices of every group, those of no speech alone."""
    groups = []
    for index, spoken in enumerate(speech):
        joins = spoken and groups and speech[groups[-1][-1]]
        joins = joins and max(torch.cosine_similarity(x[index], x[member], dim=0) for member in groups[-1][-window:]) >= tau
        if joins:
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups


def norm(x, weight, config):
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + config.norm_eps) * weight


def rotated(x, positions, config):
    """Llama's rotary positions: [n, heads, head_dim] with pairs (i, i + head_dim / 2)."""
    half = config.head_dim // 2
    angles = positions[:, None] / config.rope_theta ** (torch.arange(half) / half)
    cos, sin = angles.cos()[:, None], angles.sin()[:, None]
    first, second = x[..., :half], x[..., half:]
    return torch.cat([first * cos - second * sin, first * sin + second * cos], -1)
