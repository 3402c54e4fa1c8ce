"""The network that turns speech units into voice features."""

import torch

from engine.models.wren.speech_tokens import SpeechTokenConfig, UnitDecoder


def test_the_decoder_looks_exactly_as_far_ahead_as_it_says():
    torch.manual_seed(0)
    decoder = UnitDecoder(SpeechTokenConfig(channels=16)).double()
    values = torch.rand(1, 99, 4, dtype=torch.double)
    changed = values.clone()
    changed[:, 50] += 1
    with torch.inference_mode():
        moved = (decoder(values) - decoder(changed))[0].abs().amax(-1) > 1e-12
    units = moved.nonzero() // decoder.per_unit
    assert units.min() == 50 - decoder.ahead and units.max() <= 50 + decoder.behind
