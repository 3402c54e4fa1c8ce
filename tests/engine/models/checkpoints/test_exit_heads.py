"""Exit heads: trained ones from a file beside the model, else the logit lens on what may come early."""

from __future__ import annotations

import pytest
import torch
from safetensors.torch import save_file

from engine.lm.decoder import Decoder
from engine.models.checkpoints.exit_heads import FILE, exit_heads, own_folder
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
        {"layer.2.norm": torch.ones(SHAPE.dim, 2)},
        {"layer.2.norm": torch.ones(1)},
        {"layer.2.weight": torch.ones(len(IDS), SHAPE.dim, 1)},
        {"layer.2.weight": torch.ones(len(IDS))},
        {"ids": torch.zeros(0, dtype=torch.int32), "layer.2.weight": torch.ones(0, SHAPE.dim)},
        {"ids": torch.tensor([IDS[0]] * len(IDS))},
        {"ids": torch.tensor([IDS])},
        {"ids": torch.ones(len(IDS))},
    ],
)
def test_heads_of_another_model(decoder, tmp_path, changes):
    trained(tmp_path, **changes)
    with pytest.raises(ValueError, match=f"{FILE} in .* does not fit the model"):
        exit_heads(tmp_path, decoder, IDS)


def test_a_damaged_file_of_ones_own_is_named(decoder, tmp_path, monkeypatch):
    """Trained for an hour, and then silently not used: whoever trained it wants to know."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    own = own_folder(tmp_path) / FILE
    own.parent.mkdir(parents=True)
    trained(own.parent)
    assert sorted(exit_heads(tmp_path, decoder, IDS)) == [1, 2, 3]  # it says of no weights that they are these
    own.write_bytes(own.read_bytes()[:-10])
    with pytest.raises(ValueError, match="cut short.*remove the file or train them again") as error:
        exit_heads(tmp_path, decoder, IDS)
    assert str(own) in str(error.value)


def test_too_little_memory_is_not_the_fault_of_the_file(decoder, tmp_path, monkeypatch):
    def out_of_memory(*_):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1025024 bytes.")

    trained(tmp_path)
    monkeypatch.setattr("engine.models.checkpoints.exit_heads._trained", out_of_memory)
    with pytest.raises(RuntimeError, match="can't allocate memory"):
        exit_heads(tmp_path, decoder, IDS)
