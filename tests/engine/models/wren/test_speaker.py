"""How speech units become sound while they are still arriving."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.models.wren.speaker import StreamingSpeaker
from engine.models.wren.speech_tokens import SpeechCodec, SpeechTokenConfig
from engine.speech.source_filter import SourceFilter

CONFIGS = {
    "100 frames": SpeechTokenConfig(channels=16),
    "200 frames": SpeechTokenConfig(channels=16, frame_rate=200, frames_per_unit=8),
}
UNITS = np.random.default_rng(0).integers(0, 1000, 40).tolist()


@pytest.fixture(params=CONFIGS.values(), ids=CONFIGS)
def codec(request):
    torch.manual_seed(0)
    made = SpeechCodec(request.param).eval().requires_grad_(False)
    made.decoder.head.bias[request.param.layout.voicing] = -9  # whispered: where a pulse falls, the last bit of a number may say
    return made


@pytest.mark.parametrize("step", (1, 3, 40))
def test_the_sound_is_that_of_all_units_at_once(codec, step):
    speaker, voice = StreamingSpeaker(codec, 0), SourceFilter(codec.config.layout)
    found = np.concatenate([*(speaker.feed(UNITS[i : i + step]) for i in range(0, 40, step)), speaker.finish()])
    wanted = np.concatenate([voice.feed(codec.decode(torch.tensor(UNITS)).numpy()), voice.finish()]).clip(-1, 1)
    assert len(found) == len(wanted) == 40 * 640 + 320
    assert np.abs(found - wanted).max() < 1e-3 * np.abs(wanted).max()


def test_the_first_sound_comes_with_the_first_frame_that_no_later_unit_changes(codec):
    speaker, config = StreamingSpeaker(codec, 0), codec.config
    units = torch.tensor(UNITS)
    others = (torch.cat([units[:n], 999 - units[n:]]) for n in range(1, 9))
    changes = [float((codec.decode(units) - codec.decode(other))[0].abs().max()) for other in others]
    wanted = next(n for n, change in enumerate(changes, 1) if change < 1e-6)
    first = next(n for n in range(1, 20) if len(speaker.feed(UNITS[n - 1 : n])))
    assert first == wanted == {4: 6, 8: 5}[config.frames_per_unit]


def test_a_reply_of_few_units_is_whole(codec):
    speaker = StreamingSpeaker(codec, 0)
    assert len(speaker.feed(UNITS[:2])) == 0 and len(speaker.finish()) == 2 * 640 + 320
