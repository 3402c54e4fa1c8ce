"""A wheel in torch's place, a server that offers it, and a folder for packs."""

from __future__ import annotations

import pytest

from engine.gpu.packs import Packs
from tests.engine.gpu.wheels import make

BIG = bytes(range(256)) * 8000


@pytest.fixture
def wheel(tmp_path):
    """With a library of two megabytes, which do not pack well."""
    import random

    return make(tmp_path / "wheels", {"torch/lib/libtorch.so": random.Random(1).randbytes(2_000_000)})


@pytest.fixture
def packs(tmp_path):
    return Packs(tmp_path / "data" / "gpu-pack")
