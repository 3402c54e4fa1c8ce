"""A network over a window that slides gives what it gives over the whole."""

import pytest
import torch

from engine.speech.convolution import ConvNeXtBlock
from engine.speech.streaming import SlidingWindow


@pytest.mark.parametrize("step", (1, 5, 23, 400))
@pytest.mark.parametrize("ahead", (0, 2, 4))
def test_sliding_equals_whole(step, ahead):
    torch.manual_seed(0)
    blocks = torch.nn.Sequential(*(ConvNeXtBlock(6, 5, ahead) for _ in range(3)))
    frames = torch.randn(131, 6)
    window = SlidingWindow(lambda x: blocks(x[None])[0], 6, behind=3 * (4 - ahead), ahead=3 * ahead, block=8)
    with torch.inference_mode():
        found = [piece for i in range(0, 131, step) for piece in window.feed(frames[i : i + step])] + window.finish()
        torch.testing.assert_close(torch.cat(found), blocks(frames[None])[0], atol=1e-5, rtol=1e-5)


def test_nothing_in_gives_nothing_out():
    window = SlidingWindow(lambda x: x, 3, 4, 4, 8)
    assert window.feed(torch.zeros(0, 3)) == [] and window.finish() == []
