"""Blocks that compute what arrives give what they give over the whole."""

import pytest
import torch

from engine.speech.convolution import ConvNeXtBlock
from engine.speech.streaming import StreamingBlocks


def blocks(ahead):
    torch.manual_seed(0)
    return torch.nn.Sequential(*(ConvNeXtBlock(6, 5, ahead) for _ in range(3)))


@pytest.mark.parametrize("step", (1, 5, 23, 400))
@pytest.mark.parametrize("ahead", (0, 2, 4))
def test_parts_equal_the_whole(step, ahead):
    whole, frames = blocks(ahead), torch.randn(131, 6)
    stream = StreamingBlocks(whole)
    with torch.inference_mode():
        found = [stream.feed(frames[i : i + step]) for i in range(0, 131, step)] + [stream.finish(frames[:0])]
        torch.testing.assert_close(torch.cat(found), whole(frames[None])[0], atol=1e-5, rtol=1e-5)


def test_a_frame_is_there_as_soon_as_what_it_looks_at_is():
    stream = StreamingBlocks(blocks(2))
    with torch.inference_mode():
        assert [len(stream.feed(torch.zeros(1, 6))) for _ in range(9)] == [0] * 6 + [1] * 3


def test_nothing_in_gives_nothing_out():
    stream = StreamingBlocks(blocks(2))
    with torch.inference_mode():
        assert len(stream.feed(torch.zeros(0, 6))) == 0
