"""The dialog about the program: its parts with their licences, and a newer version only where the program knows where to ask."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from app.audio.sound import Sound
from app.pages.about.about import About
from app.pages.about.parts_view import NO_TEXT
from app.pages.settings.page import SettingsPage
from app.settings.settings import Settings
from app.settings.shortcuts import Shortcuts
from app.widgets import theme
from engine.installed import version
from engine.parts import Component
from engine.updates import feed
from engine.updates.feed import ReleaseFeed
from tests.app.measure import misfits, settle

SMALL = (776, 456)  # what the smallest window leaves for a dialog


@pytest.fixture
def about(qtbot, qapp, request):
    theme.install(qapp)
    about = About(newer=getattr(request, "param", None))
    qtbot.addWidget(about)
    about.show()
    qtbot.waitUntil(lambda: about.view.table.rowCount() > 0, timeout=30_000)
    yield about
    about.close_about()


def cells(about, column: int) -> list[str]:
    return [about.view.table.item(row, column).text() for row in range(about.view.table.rowCount())]


def test_the_parts_are_listed_with_versions_and_licences_and_their_words_can_be_read(about):
    names = cells(about, 0)
    assert names[0] == "Refrain" and cells(about, 1)[0] == version()
    shipped = {"Wren (weights)", "Recordings of people"}
    assert shipped | {"Python", "torch", "numpy", "PySide6_Essentials", "onnxruntime"} <= set(names)
    assert "pytest" not in names and "ruff" not in names  # nobody installs them to talk
    unknown = [name for name, licence in zip(names, cells(about, 2)) if not licence]
    assert not set(unknown) - {"Refrain"}
    for name, words in (
        ("numpy", "NumPy Developers"),
        ("PySide6_Essentials", "GNU LESSER GENERAL PUBLIC LICENSE"),
        ("Recordings of people", "Allison Smith"),
    ):
        about.view.table.selectRow(names.index(name))
        assert words in about.view.text.toPlainText()


def test_a_part_without_a_text_says_so(about):
    about.view.show_parts([Component("something", "1", "MIT", "package")])
    assert about.view.text.toPlainText() == NO_TEXT


def test_without_the_place_of_newer_versions_nothing_asks_for_them(about):
    assert about.updates is None and not about.problem.isVisible()


@pytest.mark.parametrize("about", [ReleaseFeed("https://downloads.example.org/list.json", (bytes(32),))], indirect=True)
@pytest.mark.parametrize("percent", [100, 150])
def test_it_fits_where_there_is_least_room(about, qapp, percent):
    theme.choose_text_size(qapp, percent)
    about.resize(*SMALL)
    settle()
    found = misfits(about)
    theme.choose_text_size(qapp, 100)
    assert not found, found
    assert about.updates.isVisible() and "never looks for newer versions by itself" in about.updates.sentence.text()


def test_a_damaged_place_is_said_and_the_rest_is_there(qtbot, monkeypatch, tmp_path):
    (tmp_path / "updates.json").write_text("{")
    read = feed.read
    monkeypatch.setattr(feed, "read", lambda: read(tmp_path / "updates.json"))
    about = About()
    qtbot.addWidget(about)
    assert "Please reinstall Refrain" in about.problem.text() and about.updates is None
    about.close_about()


def test_it_is_reached_from_the_settings(qtbot, tmp_path):
    settings = Settings(tmp_path / "settings.toml")
    page = SettingsPage(settings, Shortcuts(settings), Sound())
    qtbot.addWidget(page)
    with qtbot.waitSignal(page.about_requested):
        qtbot.mouseClick(page.about, Qt.MouseButton.LeftButton)
