"""A server on this machine that has a model."""

from __future__ import annotations

import pytest

from engine.models.store import catalogue
from tests.engine.models.store.downloads import (
    FILES,
)
from tests.engine.models.store.file_server import file_server


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", catalogue.MIRROR):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with file_server() as server:
        server.files = {f"maker/tiny/{name}": content for name, content in FILES.items()}
        server.files["maker/tiny/modeling.py"] = b"import os"
        yield server
