"""Models of both golden checkpoints, loaded once."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import models
from tests.golden.conversations import FAMILIES, released, unending


@pytest.fixture(scope="session")
def folders(tmp_path_factory) -> dict[str, Path]:
    """By family, the language model's folder. Not to be written to."""
    return {name: released(name, tmp_path_factory.mktemp(name)) for name in FAMILIES}


@pytest.fixture(scope="session")
def loaded(folders):
    return {name: unending(models.load(folder)) for name, folder in folders.items()}


@pytest.fixture(params=FAMILIES)
def model(request, loaded):
    """Each family in turn."""
    return loaded[request.param]
