"""A network over a window that slides gives what it gives over the whole."""

import pytest
import torch

from engine.speech.convolution import ConvBlock
from engine.speech.mel import LogMel
from engine.speech.streaming import SlidingWindow


@pytest.mark.parametrize("step", (1, 5, 23, 400))
@pytest.mark.parametrize("ahead", (0, 2, 4))
def test_sliding_equals_whole(step, ahead):
    torch.manual_seed(0)
    blocks = torch.nn.Sequential(*(ConvBlock(6, 5, ahead) for _ in range(3)))
    frames = torch.randn(131, 6)
    window = SlidingWindow(lambda x: blocks(x[None])[0], 6, behind=3 * (4 - ahead), ahead=3 * ahead, block=8)
    with torch.inference_mode():
        found = [piece for i in range(0, 131, step) for piece in window.feed(frames[i : i + step])] + window.finish()
        torch.testing.assert_close(torch.cat(found), blocks(frames[None])[0], atol=1e-5, rtol=1e-5)


def test_nothing_in_gives_nothing_out():
    window = SlidingWindow(lambda x: x, 3, 4, 4, 8)
    assert window.feed(torch.zeros(0, 3)) == [] and window.finish() == []


def test_mel_frames_stand_where_they_say():
    mel = LogMel()
    mel.filters.fill_(1.0)
    sound = torch.zeros(1, 4000)
    sound[0, 1000] = 1.0
    loud = (mel(sound)[0, :, 0] > mel(torch.zeros(1, 4000))[0, 0, 0]).nonzero().flatten().tolist()
    assert loud == [i for i in range(mel.frames(4000)) if i * mel.hop < 1000 < i * mel.hop + mel.window]
    assert mel.frames(399) == 0 and mel.frames(400) == 1
