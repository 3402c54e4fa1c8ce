"""The stage of these tests."""

from __future__ import annotations

import pytest

from app.widgets import theme
from tests.app.pages.welcome.stage import Stage


@pytest.fixture
def stage(qtbot, qapp):
    theme.install(qapp)
    made = Stage(qtbot)
    yield made
    made.dialog.reject()
