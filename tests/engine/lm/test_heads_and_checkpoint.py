"""Exit heads, and weights on disk."""

from __future__ import annotations

import pytest
import torch

from engine.lm.allowed_ids import AllowedIds
from engine.lm.checkpoint import read, write
from engine.lm.decoder import Decoder
from engine.lm.heads import ExitHead, logit_lens
from tests.engine.random_lm import END, SHAPE, SPEECH, VOCABULARY, RandomModel, random_tensors, speech_head


def test_rows_stand_at_their_ids():
    head = speech_head(1)
    states = torch.randn(3, SHAPE.dim, generator=torch.Generator().manual_seed(0))
    logits = head.logits(states)
    known = torch.tensor([*SPEECH, END])
    assert logits.shape == (3, VOCABULARY) and logits[:, known].isfinite().all()
    assert logits.isinf().sum() == 3 * (VOCABULARY - len(known))
    normed = states / (states.pow(2).mean(-1, keepdim=True) + 1e-5).sqrt()
    torch.testing.assert_close(logits[:, known], normed @ head.rows.t())


def test_can_choose():
    head = speech_head(1, with_end=False)
    end, speech, both = (AllowedIds(VOCABULARY, *ids) for ids in ([[END]], [SPEECH], [SPEECH, [END]]))
    for _ in range(2):  # asked again it knows the answer
        assert [head.can_choose(allowed) for allowed in (end, speech, both)] == [False, True, True]
        assert [head.knows(allowed) for allowed in (end, speech, both)] == [False, True, False]


def test_logit_lens_is_the_models_own_head():
    model = RandomModel()
    states = torch.randn(2, SHAPE.dim, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(logit_lens(model.decoder).logits(states), model.decoder.logits(states))


def test_wrong_head_is_refused():
    with pytest.raises(ValueError, match="weight"):
        ExitHead(torch.ones(4), torch.ones(3, 4), torch.tensor([1, 2]), 9)


def test_plain_and_int8_round_trips(tmp_path):
    tensors = random_tensors(SHAPE)
    write(tmp_path / "plain.safetensors", tensors)
    plain = read(tmp_path / "plain.safetensors")
    assert plain.keys() == tensors.keys() and all(plain[name].equal(tensors[name]) for name in tensors)
    write(tmp_path / "small.safetensors", tensors, int8=True)
    small = read(tmp_path / "small.safetensors")
    assert small.keys() == tensors.keys()
    for name, tensor in tensors.items():
        step = tensor.abs().amax(-1, keepdim=True) / 127 if tensor.dim() == 2 else torch.zeros(1)
        assert ((small[name] - tensor).abs() <= step * 0.5001).all(), name
    assert (tmp_path / "small.safetensors").stat().st_size < 0.45 * (tmp_path / "plain.safetensors").stat().st_size
    Decoder(SHAPE, small)


def test_a_kernel_in_8_bits_keeps_its_shape(tmp_path):
    kernels = {"wide": torch.randn(24, 5, 7), "few": torch.randn(3, 5, 7)}
    write(tmp_path / "kernels.safetensors", kernels, int8=True)
    found = read(tmp_path / "kernels.safetensors")
    assert found["few"].equal(kernels["few"])
    step = kernels["wide"].abs().amax((1, 2), keepdim=True) / 127
    assert ((found["wide"] - kernels["wide"]).abs() <= step * 0.5001).all()


def test_unusable_files_are_explained(tmp_path):
    with pytest.raises(FileNotFoundError, match="not wholly installed"):
        read(tmp_path / "lm.safetensors")
    (tmp_path / "lm.safetensors").write_bytes(b"not weights at all")
    with pytest.raises(ValueError, match="install it again"):
        read(tmp_path / "lm.safetensors")
