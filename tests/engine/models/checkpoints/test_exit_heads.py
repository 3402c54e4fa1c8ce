"""Exit heads: trained ones from a file beside the model, else the logit lens on what may come early."""

from __future__ import annotations

import pytest
import torch
from safetensors.torch import save_file

from engine.lm.decoder import Decoder
from engine.models.checkpoints.exit_heads import FILE, exit_heads
from tests.engine.random_lm import END, SHAPE, SPEECH, random_tensors

IDS = [*SPEECH, END]


@pytest.fixture(scope="module")
def decoder():
    return Decoder(SHAPE, random_tensors(SHAPE))


def trained(folder, **changes):
    tensors = {
        "ids": torch.tensor(IDS, dtype=torch.int32),
        "layer.2.norm": torch.ones(SHAPE.dim),
        "layer.2.weight": torch.randn(len(IDS), SHAPE.dim),
    }
    tensors |= changes
    save_file({name: tensor for name, tensor in tensors.items() if tensor is not None}, folder / FILE)
    return tensors


def test_logit_lens(decoder, tmp_path):
    heads = exit_heads(tmp_path, decoder, IDS)
    assert sorted(heads) == [1, 2, 3] and len(set(map(id, heads.values()))) == 1  # one copy of the rows
    states = torch.randn(2, SHAPE.dim)
    logits = heads[1].logits(states)
    torch.testing.assert_close(logits[:, IDS], decoder.logits(states)[:, IDS])
    assert torch.isinf(logits).sum() == 2 * (SHAPE.vocabulary - len(IDS))


def test_trained_heads(decoder, tmp_path):
    tensors = trained(tmp_path)
    heads = exit_heads(tmp_path, decoder, IDS)
    assert sorted(heads) == [2]
    states = torch.randn(1, SHAPE.dim)
    normed = states / (states.square().mean() + SHAPE.norm_eps).sqrt()
    torch.testing.assert_close(heads[2].logits(states)[:, IDS], normed @ tensors["layer.2.weight"].t())


@pytest.mark.parametrize(
    "changes",
    [
        {"ids": None},
        {"layer.2.norm": None},
        {"layer.2.norm": torch.ones(7)},
        {"layer.2.weight": torch.ones(3, SHAPE.dim)},
        {"ids": torch.tensor([*IDS[:-1], SHAPE.vocabulary])},
        {"layer.9.norm": torch.ones(SHAPE.dim), "layer.9.weight": torch.ones(len(IDS), SHAPE.dim)},
        {"layer.x.norm": torch.ones(SHAPE.dim)},
    ],
)
def test_heads_of_another_model(decoder, tmp_path, changes):
    trained(tmp_path, **changes)
    with pytest.raises(ValueError, match=f"{FILE} in .* does not fit the model"):
        exit_heads(tmp_path, decoder, IDS)
