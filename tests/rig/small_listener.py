"""A listener small enough for tests."""

import pytest
import torch

from engine.models.wren.listener import PhoneNetwork
from engine.models.wren.listener_config import EncoderConfig, ListenerConfig


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    encoder = EncoderConfig(dim=32, layers=1, heads=2, ffn=32, rotary_dim=8)
    return PhoneNetwork(ListenerConfig(tuple("abcdefgh"), encoder, channels=16, behind=6, block=2, ahead=2)).eval()
