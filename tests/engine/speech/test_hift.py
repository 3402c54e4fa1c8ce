"""HiFT in pieces gives what it gives in one call, for both kinds of source and any cut."""

from __future__ import annotations

import pytest
import torch

from engine.speech.hift import HiFT, HiFTConfig
from engine.speech.hift_stream import HiFTStream

KINDS = {
    "sample": dict(upsample_rates=(8, 8), upsample_kernels=(16, 16), source_kernels=(7, 11)),
    "frame": dict(upsample_rates=(8, 5, 3), upsample_kernels=(16, 11, 7), source_kernels=(7, 7, 11)),
}


@pytest.fixture(params=KINDS)
def hift(request) -> HiFT:
    config = HiFTConfig(sample_rate=24000, **KINDS[request.param], mels=20, base_channels=16, f0_channels=16, phase=request.param)
    with torch.random.fork_rng():
        torch.manual_seed(3)
        network = HiFT(config).requires_grad_(False).eval()
    network.f0_predictor.classifier.weight *= 300  # voiced and unvoiced frames, as in speech
    network.f0_predictor.classifier.bias.fill_(5.0)
    return network


def frames_of_mel(count: int) -> torch.Tensor:
    return torch.randn(1, 20, count, generator=torch.Generator().manual_seed(1))


def stream(hift: HiFT) -> HiFTStream:
    return HiFTStream(hift, torch.Generator().manual_seed(5))


def test_pieces_are_the_whole(hift):
    mel = frames_of_mel(90)
    whole = stream(hift).feed(mel)
    assert whole.shape == (1, 90 * hift.config.hop) and whole.abs().max() > 0
    f0 = hift.f0(mel)
    assert f0.min() < hift.config.voiced_threshold < f0.max()
    for cuts in ((34, 60, 90), (1, 2, 50, 90), range(1, 91, 7)):
        pieces, at, joined = stream(hift), 0, []
        for cut in (*cuts, 90):
            joined.append(pieces.feed(mel[:, :, at:cut], mel[:, :, cut:]))
            at = cut
        torch.testing.assert_close(torch.cat(joined, dim=1), whole, atol=2e-4, rtol=0)


def test_what_a_stream_keeps_does_not_grow(hift):
    pieces, mel, sizes = stream(hift), frames_of_mel(40), []
    for _ in range(5):
        pieces.feed(mel)
        sizes.append((pieces._mel.shape, pieces._source.shape))
    assert len(set(sizes)) == 1 and pieces._mel.shape[2] == pieces.ahead
    assert pieces.feed(mel[:, :, :0]).shape == (1, 0)


def test_where_the_future_comes_differently_the_join_is_faded(hift):
    mel = frames_of_mel(80)
    right, wrong = stream(hift), stream(hift)
    right.feed(mel[:, :, :40], mel[:, :, 40:])
    wrong.feed(mel[:, :, :40], -mel[:, :, 40:])
    ours, expected = wrong.feed(mel[:, :, 40:])[0], right.feed(mel[:, :, 40:])[0]
    assert len(ours) == len(expected) and torch.isfinite(ours).all()
    # Right after the join the old version goes on: no jump beyond those inside the sound.
    steps = ours.diff().abs()
    assert steps[:8].max() <= 1.5 * expected.diff().abs().max()


def test_the_first_samples_can_be_given(hift):
    mel = frames_of_mel(12)
    noise = torch.zeros(1, hift.config.waves, 12 * hift.config.hop)
    head = torch.full((1, 1, 100), 0.25)
    wave, source = hift(mel, noise, source_head=head)
    assert torch.equal(source[:, :, :100], head)
    assert torch.equal(source[:, :, 100:], hift(mel, noise)[1][:, :, 100:])
    assert torch.equal(wave, hift.wave(mel, source))


def test_phases_go_on_from_where_they_were_left(hift):
    f0 = 100 + 50 * torch.rand(1, 30, generator=torch.Generator().manual_seed(2))
    noise = torch.zeros(1, hift.config.waves, 30 * hift.config.hop)
    whole, phases = hift.source(f0, noise)
    again, later = hift.source(f0[:, 10:], noise[:, :, 10 * hift.config.hop :], phases[:, 10])
    torch.testing.assert_close(again, whole[:, :, 10 * hift.config.hop :], atol=1e-5, rtol=0)
    torch.testing.assert_close(later, phases[:, 10:])


def test_weights_that_do_not_fit_are_a_sentence(hift):
    weights = hift.state_dict()
    HiFT.from_tensors(hift.config, weights)
    with pytest.raises(ValueError, match="no tensor conv_pre.bias"):
        HiFT.from_tensors(hift.config, {name: tensor for name, tensor in weights.items() if name != "conv_pre.bias"})
    with pytest.raises(ValueError, match=r"conv_pre.bias is \[3\]"):
        HiFT.from_tensors(hift.config, {**weights, "conv_pre.bias": torch.zeros(3)})
    with pytest.raises(ValueError, match="no tensor conv_pre.weight"):
        HiFTConfig.from_shapes({}, sample_rate=24000, upsample_rates=(8, 8))
    with pytest.raises(ValueError, match="has no"):
        HiFTConfig.from_release({})
