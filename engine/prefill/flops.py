"""What a prompt costs to prefill: floating-point operations, counted from the shapes and from what each layer holds.

An entry costs a layer with M weights in its matrices 2 M operations (a multiplication and an addition each), and attention to
j entries, itself among them, 4 * heads * head_dim * j (the query's products with j keys, and the sum over j values). So n new
entries after p that are held cost

    layer(n, p) = 2 M n + 4 * heads * head_dim * (n p + n (n + 1) / 2)
    M = dim * (heads + 2 * kv_heads) * head_dim + heads * head_dim * dim + 3 * dim * ffn

and the prompt the sum over its layers. A convolution costs the products of its own matrices and of its taps, however many are
held. Pooling itself costs 2 dim (w + 2) for a position: w similarities, its norm, and its part
in a mean. Norms, rotations, softmax, the listener and the head are left out on both sides: pooling does not change them.
"""

from __future__ import annotations

from bisect import bisect_left

from engine.lm.cache import KVCache
from engine.lm.config import LMConfig
from engine.prefill.pooling import DeepPooling, InputPooling


def layer_flops(config: LMConfig, new: int, held: int, layer: int = 0) -> int:
    """Operations of one layer over `new` entries after `held` others."""
    if layer in config.conv_layers:
        return 2 * (config.values_of(layer) + config.conv_taps * config.dim) * new
    queries = config.heads * config.head_dim
    return 2 * config.layer_values * new + 4 * queries * (new * held + new * (new + 1) // 2)


def layers_flops(config: LMConfig, new: int, held: int) -> int:
    """The same of all layers, if each holds as many."""
    return sum(layer_flops(config, new, held, layer) for layer in range(config.layers))


def prompt_flops(config: LMConfig, cache: KVCache, start: int, end: int) -> int:
    """Operations that the positions start..end-1 cost, from what the cache holds of them and of what is before them."""
    total = 0
    for layer in range(config.layers):
        positions = cache.positions(layer)
        held = bisect_left(positions, start)
        total += layer_flops(config, bisect_left(positions, end) - held, held, layer)
    return total


def pooling_flops(config: LMConfig, positions: int, pooling: InputPooling | DeepPooling | None) -> int:
    """Operations that comparing and merging so many states costs."""
    return 2 * config.dim * (pooling.window + 2) * positions if pooling else 0
