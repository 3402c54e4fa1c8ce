"""The documentation says what the table says."""

from __future__ import annotations

from app.settings.__main__ import markdown
from app.settings.table import SETTINGS
from tests.rig.processes import ROOT


def test_the_readme_is_made_from_the_table():
    written = (ROOT / "app" / "settings" / "README.md").read_text(encoding="utf-8")
    assert written == markdown(), "run: python -m app.settings > app/settings/README.md"
    assert all(f"`{setting.key}`" in written for setting in SETTINGS if setting.section)
