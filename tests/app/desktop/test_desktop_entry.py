"""The menu entry by which a Linux desktop knows the program."""

from __future__ import annotations

import configparser
from pathlib import Path

from app.desktop import desktop_entry

ROOT = Path(__file__).parents[3]


def test_a_program_that_no_package_brought_has_an_entry_that_no_menu_shows(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data home"))
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path))
    assert not desktop_entry.is_installed()
    monkeypatch.setenv("APPIMAGE", '/home/me/50% "done"/Refrain.AppImage')
    desktop_entry.install()
    path = tmp_path / "data home" / "applications" / f"{desktop_entry.APP_ID}.desktop"
    entry = configparser.RawConfigParser()
    entry.read(path)
    written = entry["Desktop Entry"]
    assert written["NoDisplay"] == "true" and written["Exec"] == '"/home/me/50%% \\"done\\"/Refrain.AppImage"'
    before = path.read_bytes()
    monkeypatch.setenv("APPIMAGE", "/elsewhere")
    desktop_entry.install()
    assert desktop_entry.is_installed() and path.read_bytes() == before


def test_a_package_brings_the_entry_by_which_portals_know_the_program():
    entry = ROOT / "packaging" / "linux" / f"{desktop_entry.APP_ID}.desktop"
    assert "StartupWMClass=refrain" in entry.read_text(encoding="utf-8")
    assert f'ENTRY = "{entry.name}"' in (ROOT / "packaging" / "linux" / "deb.py").read_text(encoding="utf-8")
