"""The depth transformer on random weights, against one that is written down plainly: no cache, nothing fused."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from engine.lm.backend_choice import VARIABLE
from engine.models.lfm2audio.depth_transformer import (
    EPS,
    HEADS,
    KV_HEADS,
    ROPE_THETA,
    DepthConfig,
    DepthTransformer,
    tensor_shapes,
)

CONFIG = DepthConfig(hidden=24, codebooks=5, codes=12, dim=128, layers=3, feed_forward=48)


@pytest.fixture(autouse=True)
def _inference():
    with torch.inference_mode():
        yield


@pytest.fixture(scope="module")
def tensors():
    return drawn(CONFIG)


def drawn(config):
    generator = torch.Generator().manual_seed(1)
    drawn = {name: torch.randn(shape, generator=generator) for name, shape in tensor_shapes(config).items()}
    return {name: 1 + 0.2 * tensor if "norm" in name else tensor / tensor.shape[-1] ** 0.5 for name, tensor in drawn.items()}


@pytest.fixture(scope="module")
def depth(tensors):
    return DepthTransformer(CONFIG, tensors)


def frame(depth, state, choose, **fewer):
    return depth.codes(depth.rows(state[None])[0], choose, **fewer)


def norm(x, weight):
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + EPS) * weight


def rotated(heads):
    """[positions, heads, head_dim], neighbouring pairs by their position."""
    size = heads.shape[-1]
    angles = torch.arange(len(heads))[:, None] / ROPE_THETA ** (torch.arange(0, size, 2) / size)
    even, odd, cos, sin = heads[..., ::2], heads[..., 1::2], angles.cos()[:, None], angles.sin()[:, None]
    return torch.stack([even * cos - odd * sin, even * sin + odd * cos], -1).flatten(-2)


def plain_logits(tensors, state, codes, layers):
    """The logits of the codebook after `codes`, of one frame as a whole."""
    parts = F.linear(state, tensors["depth_linear.weight"], tensors["depth_linear.bias"]).view(CONFIG.codebooks, -1)
    x = parts[: len(codes) + 1].clone()
    for place, code in enumerate(codes):
        x[place + 1] += tensors[f"depth_embeddings.{place}.embedding.weight"][code]
    size, n = CONFIG.head_dim, len(x)
    for number in range(layers):
        layer = f"depthformer.layers.{number}."
        qkv = F.linear(norm(x, tensors[layer + "operator_norm.weight"]), tensors[layer + "operator.qkv_proj.weight"])
        q, k, v = (part.view(n, -1, size) for part in qkv.split([HEADS * size, KV_HEADS * size, KV_HEADS * size], -1))
        bounded = layer + "operator.bounded_attention."
        q = rotated(norm(q, tensors[bounded + "q_layernorm.weight"]))
        k = rotated(norm(k, tensors[bounded + "k_layernorm.weight"])).repeat_interleave(HEADS // KV_HEADS, 1)
        scores = torch.einsum("qhd,khd->hqk", q, k) / size**0.5
        weights = scores.masked_fill(torch.ones(n, n).triu(1).bool(), float("-inf")).softmax(-1)
        mixed = torch.einsum("hqk,khd->qhd", weights, v.repeat_interleave(HEADS // KV_HEADS, 1)).flatten(1)
        x = x + F.linear(mixed, tensors[layer + "operator.out_proj.weight"])
        h, mlp = norm(x, tensors[layer + "ffn_norm.weight"]), layer + "feed_forward."
        gated = F.silu(F.linear(h, tensors[mlp + "w1.weight"])) * F.linear(h, tensors[mlp + "w3.weight"])
        x = x + F.linear(gated, tensors[mlp + "w2.weight"])
    table = f"depth_embeddings.{len(codes)}."
    return F.linear(norm(x[-1], tensors[table + "embedding_norm.weight"]), tensors[table + "to_logits.weight"])


@pytest.mark.parametrize("layers", [1, 3])
def test_every_codebook_sees_what_was_chosen_before(depth, tensors, layers):
    state, seen = torch.randn(CONFIG.hidden, generator=torch.Generator().manual_seed(2)), []

    def choose(row, codebook):
        seen.append(row)
        return (3 * codebook + 1) % CONFIG.codes

    codes = frame(depth, state, choose, layers=layers)
    assert codes == [1, 4, 7, 10, 1]
    for codebook, row in enumerate(seen):
        wanted = plain_logits(tensors, state, codes[:codebook], layers)
        torch.testing.assert_close(row, wanted, atol=2e-5, rtol=1e-5)


def test_fewer_codebooks_are_the_first_ones(depth):
    states = torch.randn(4, CONFIG.hidden, generator=torch.Generator().manual_seed(3))

    def greedy(row, codebook):
        return int(row.argmax())

    whole = [frame(depth, state, greedy) for state in states]
    assert [frame(depth, state, greedy, codebooks=2) for state in states] == [codes[:2] for codes in whole]
    assert len({code for codes in whole for code in codes}) > 3


def test_an_end_frame_is_one_at_once(depth):
    asked = []
    state = torch.randn(CONFIG.hidden, generator=torch.Generator().manual_seed(3))
    codes = frame(depth, state, lambda row, codebook: asked.append(codebook) or CONFIG.codes)
    assert codes == [CONFIG.codes] * CONFIG.codebooks and asked == [0]
    assert frame(depth, state, lambda row, codebook: CONFIG.codes if codebook else 0)[1:] == [CONFIG.codes] * 4


@pytest.mark.parametrize("layers", [2, 1, None])
@pytest.mark.parametrize(("precision", "far"), [("int8", 0.03), ("int4", 0.03)])
def test_by_graphs_it_says_nearly_the_same(precision, far, layers, monkeypatch):
    """Heads of 16, of which there are graphs."""
    monkeypatch.setenv(VARIABLE, "onnxruntime")
    config = replace(CONFIG, dim=512, feed_forward=128)
    tensors = drawn(config)
    by_torch, by_graphs = DepthTransformer(config, tensors), DepthTransformer(config, tensors, precision)
    assert by_graphs.runs_by == "onnxruntime in float32, matrices in 8 bits"
    by_graphs.prepare(layers)
    states, found = torch.randn(3, config.hidden, generator=torch.Generator().manual_seed(3)), {}
    for depth in (by_torch, by_graphs):
        rows = found[depth] = []
        for state in states:
            chosen = iter((3, 1, 4, 1, 5))
            frame(depth, state, lambda row, codebook, rows=rows, chosen=chosen: rows.append(row) or next(chosen), layers=layers)
        rows += [depth.logits_of_first(depth.rows(state[None])[0], layers) for state in states]
    wanted, near = (torch.stack(rows) for rows in found.values())
    assert (near - wanted).square().mean().sqrt() < far * wanted.square().mean().sqrt()
    assert torch.equal(near[-3:], near[:-3:5][:3])


def test_a_frame_goes_back_as_the_sum_of_its_rows(depth, tensors):
    rows = tensors["audio_embedding.embedding.weight"].view(CONFIG.codebooks, CONFIG.codes + 1, -1)
    codes = [0, 3, CONFIG.codes, 5, 1]
    wanted = sum(rows[codebook, code] for codebook, code in enumerate(codes))
    torch.testing.assert_close(depth.frame_embedding(codes), wanted)
    with pytest.raises(ValueError, match="the codes 0 to 12"):
        depth.frame_embedding([0, 0, 0, 0, 13])
