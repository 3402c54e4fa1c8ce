"""Fades, held tails and placed noise: nothing is lost, repeated, louder or moved."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.speech.joins import HeldTail, PositionalNoise, crossfade, fade_in, hamming_fade


@pytest.mark.parametrize("length", (1, 2, 34, 256))
def test_the_weights_of_a_crossfade_sum_to_one(length):
    old, new = torch.zeros(3, length), torch.ones(3, length)
    rise, fall = crossfade(old, new), crossfade(new, old)
    torch.testing.assert_close(rise + fall, torch.ones(3, length))
    torch.testing.assert_close(fall, rise.flip(-1))
    assert (rise.diff() > 0).all() and (rise > 0).all() and (rise < 1).all()
    same = torch.randn(2, length)
    assert torch.equal(crossfade(same, same), same)


def test_the_references_fade_is_louder():
    ones = torch.ones(1, 34)
    gain = hamming_fade(ones, ones)
    np.testing.assert_allclose(gain[0].numpy(), np.hamming(68)[:34] + np.hamming(68)[34:], rtol=1e-6)
    assert 1.05 < gain.min() and gain.max() < 1.08


def test_a_fade_reaches_as_far_as_both():
    new = torch.arange(6.0)[None]
    assert torch.equal(fade_in(None, new), new)
    assert torch.equal(fade_in(torch.zeros(1, 0), new), new)
    faded = fade_in(torch.zeros(1, 4), new)
    assert torch.equal(faded[:, 4:], new[:, 4:]) and (faded[:, 1:4] < new[:, 1:4]).all()
    assert fade_in(torch.zeros(1, 9), new).shape == new.shape


def test_pieces_with_held_tails_join_to_the_whole():
    whole, held, settled = torch.randn(2, 100), HeldTail(8), []
    for end in (20, 21, 60, 100):
        begin = sum(piece.shape[1] for piece in settled)
        settled.append(held.feed(whole[:, begin:end], last=end == 100))
        assert end == 100 or torch.equal(held.tail, whole[:, end - 8 : end])
    assert torch.equal(torch.cat(settled, dim=1), whole) and held.tail is None and held.finish() is None


def test_the_tail_is_given_once_where_nothing_follows():
    held = HeldTail(8)
    assert held.feed(torch.ones(1, 5)).shape == (1, 0)
    assert held.finish().shape == (1, 5) and held.finish() is None


def test_noise_belongs_to_its_position():
    def noise(seed=0):
        return PositionalNoise(3, torch.Generator().manual_seed(seed))

    whole = noise().take(0, 10_000)
    assert whole.shape == (1, 3, 10_000) and abs(whole.std() - 1) < 0.05
    assert not torch.equal(whole, noise(1).take(0, 10_000))
    pieces, at = noise(), 0
    for stop in (1, 69, 5000, 5000, 9999):
        assert torch.equal(pieces.take(at, stop), whole[:, :, at:stop])
        at = max(0, stop - 40)  # pieces overlap
    with pytest.raises(ValueError, match="is forgotten"):
        pieces.take(0, 10)
