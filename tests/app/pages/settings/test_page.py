"""The page: every setting of the table can be found, changed, and set back, and the file follows."""

from __future__ import annotations

import tomllib

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from app.audio.list_devices import DeviceList
from app.audio.sound import Sound
from app.pages.settings.editors import ChoiceEditor, NumberEditor, SwitchEditor, TextEditor
from app.pages.settings.key_button import WAITING
from app.pages.settings.page import SettingsPage
from app.pages.settings.row import RESTART
from app.settings.settings import Settings
from app.settings.shortcuts import Shortcuts
from app.settings.table import SECTIONS, SETTINGS
from app.widgets import theme

DEVICES = DeviceList(
    ("Built-in Microphone", "USB Headset Mono"), ("Built-in Speaker",), "Built-in Microphone", "Built-in Speaker"
)
SHOWN = [setting for setting in SETTINGS if setting.section]
KEYS = [setting for setting in SHOWN if setting.kind == "keys"]
ONE_BY_ONE = [setting for setting in SHOWN if setting not in KEYS[2:]]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def settings(tmp_path):
    made = Settings(tmp_path / "settings.toml")
    yield made
    made.close()


@pytest.fixture
def sound():
    made = Sound()
    made.watch.devices = DEVICES
    return made


@pytest.fixture(scope="module")
def dressed(qapp):
    theme.install(qapp)


@pytest.fixture
def page(qtbot, dressed, settings, sound):
    made = SettingsPage(settings, Shortcuts(settings), sound)
    qtbot.addWidget(made)
    made.resize(1160, 720)
    made.show()
    qtbot.waitExposed(made)
    return made


TEXTS = {"engine.pooling": "input:0.8"}


def kept(settings) -> dict:
    settings.flush()
    found = tomllib.loads(settings.path.read_text(encoding="utf-8"))
    return {f"{group}.{name}": value for group, held in found.items() for name, value in held.items()}


def work(editor, qtbot):
    """Sets another value as a user would, and returns it."""
    if isinstance(editor, SwitchEditor):
        qtbot.mouseClick(editor.switch, LEFT)
        return editor.switch.isChecked()
    if isinstance(editor, ChoiceEditor):
        editor.box.setFocus()
        key = Qt.Key.Key_Up if editor.box.currentIndex() else Qt.Key.Key_Down
        qtbot.keyClick(editor.box, key)
        return editor.box.currentData()
    if isinstance(editor, NumberEditor):
        key = Qt.Key.Key_Down if editor.box.value() == editor.box.maximum() else Qt.Key.Key_Up
        qtbot.keyClick(editor.box, key)
        return round(editor.box.value(), 2)
    if isinstance(editor, TextEditor):
        editor.line.clear()
        text = TEXTS.get(editor.setting.key, "fixed:6")
        qtbot.keyClicks(editor.line, text)
        qtbot.keyClick(editor.line, Qt.Key.Key_Return)
        return text
    qtbot.mouseClick(editor.key, LEFT)
    assert editor.key.text() == WAITING
    qtbot.keyClick(editor.key, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    return "Ctrl+J"


@pytest.mark.parametrize("setting", ONE_BY_ONE, ids=lambda setting: setting.key)
def test_a_change_is_in_the_file_and_can_be_taken_back(setting, page, settings, qtbot):
    row = page.rows[setting.key]
    assert row.isVisibleTo(page) and not row.reset.isVisibleTo(page)
    value = work(row.editor, qtbot)
    assert settings.get(setting.key) == value != setting.default and kept(settings) == {setting.key: value}
    assert row.remark == (RESTART if setting.needs_restart else "")
    qtbot.mouseClick(row.reset, LEFT)
    assert settings.get(setting.key) == setting.default and kept(settings) == {}
    assert not row.reset.isVisibleTo(page) and not row.remark


def test_every_key_can_be_changed(page, settings, qtbot):
    for setting in KEYS:
        row = page.rows[setting.key]
        assert work(row.editor, qtbot) == settings.get(setting.key) != setting.default, row.remark
        settings.reset(setting.key)


@pytest.mark.parametrize("setting", ONE_BY_ONE, ids=lambda setting: setting.key)
def test_what_is_set_elsewhere_is_shown(setting, page, settings, qtbot):
    heard = []
    page.rows[setting.key].editor.wanted.connect(heard.append)
    text = TEXTS.get(setting.key, "fixed:6")
    number = round(setting.range.least + setting.range.step) if setting.range else 0
    value = {"bool": not setting.default, "int": number, "float": 0.25, "text": text, "keys": "Ctrl+J"}.get(setting.kind, "USB")
    settings.set(setting.key, setting.choices[-1][0] if setting.choices else value)
    assert page.rows[setting.key].reset.isVisibleTo(page) and heard == []


def test_the_search_leaves_only_what_was_meant(page, qtbot):
    qtbot.keyClicks(page.search, "TEMPERATURE likeliest")
    shown = [key for key, row in page.rows.items() if row.isVisible()]
    assert shown == ["generation.temperature", "generation.top_p"]
    listed = [SECTIONS[place] for place in range(page.list.count()) if not page.list.item(place).isHidden()]
    assert listed == ["Replies"] and not page.nothing.isVisible()
    page.search.setText("xyzzy")
    assert page.nothing.isVisible() and not any(row.isVisible() for row in page.rows.values())
    page.search.clear()
    assert all(row.isVisibleTo(page) for row in page.rows.values())


def test_the_list_leads_to_a_section_and_follows_the_scrolling(page, qtbot):
    bar = page._scroll.verticalScrollBar()
    page.list.setCurrentRow(SECTIONS.index("Replies"))
    assert bar.value() == page.sections[SECTIONS.index("Replies")].y()
    page.list.setCurrentRow(len(SECTIONS) - 1)
    assert page.list.currentRow() == len(SECTIONS) - 1
    bar.setValue(0)
    assert page.list.currentRow() == 0


def test_a_bad_text_is_explained_and_not_used(page, settings, qtbot):
    row = page.rows["engine.schedule"]
    row.editor.line.setText("nonsense")
    qtbot.keyClick(row.editor.line, Qt.Key.Key_Return)
    assert "not a schedule" in row.remark and settings.get("engine.schedule") == "full"
    assert row.editor.line.text() == "full"
    work(row.editor, qtbot)
    assert not row.remark


def test_a_key_that_is_taken_is_explained(page, settings, qtbot):
    row = page.rows["shortcuts.mute"]
    qtbot.mouseClick(row.editor.key, LEFT)
    qtbot.keyClick(row.editor.key, Qt.Key.Key_Space)
    assert "“Talk”" in row.remark and row.editor.key.text() == "M"
    qtbot.mouseClick(page.rows["shortcuts.talk"].editor.none, LEFT)
    assert settings.get("shortcuts.talk") == "" and not row.remark
    assert page.rows["shortcuts.talk"].editor.key.text() == "No key"
    qtbot.mouseClick(page.reset_keys, LEFT)
    assert settings.is_default("shortcuts.talk")


def test_a_key_button_listens_only_after_a_click(page, qtbot):
    button = page.rows["shortcuts.stop"].editor.key
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Tab)
    assert not button.hasFocus() and button.text() == "Esc"
    qtbot.mouseClick(button, LEFT)
    qtbot.keyClick(button, Qt.Key.Key_Control, Qt.KeyboardModifier.ControlModifier)
    assert button.text() == WAITING
    page.search.setFocus()
    assert button.text() == "Esc"


def test_devices_are_offered_while_the_page_is_shown(page, settings, sound, qtbot):
    box = page.rows["audio.input_device"].editor.box
    labels = [box.itemText(place) for place in range(box.count())]
    assert labels == ["Default: Built-in Microphone", *DEVICES.inputs] and sound.watch.shown
    settings.set("audio.input_device", "A Gone One")
    assert box.currentText() == "A Gone One (not connected)"
    sound.watch.devices = DeviceList(("A Gone One",), ())
    qtbot.waitUntil(lambda: box.currentText() == "A Gone One", timeout=20_000)
    page.hide()
    assert not sound.watch.shown


def test_a_folder_is_chosen(page, settings, qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    row = page.rows["library.folder"]
    qtbot.mouseClick(row.editor.choose, LEFT)
    assert settings.get("library.folder") == str(tmp_path) == row.editor.line.text() and row.remark == RESTART
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    qtbot.mouseClick(row.editor.choose, LEFT)
    assert settings.get("library.folder") == str(tmp_path)


def test_the_wheel_scrolls_past_what_was_not_clicked(page, settings, qtbot):
    page.search.setFocus()
    box = page.rows["talk.pre_roll_seconds"].editor.box
    QTest.wheelEvent(page.windowHandle(), QPointF(box.mapTo(page, box.rect().center())), QPoint(0, -120))
    bar = page._scroll.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.value() > 0, timeout=20_000)
    assert settings.is_default("talk.pre_roll_seconds")


def test_a_file_that_cannot_be_kept_is_said(qtbot, sound, tmp_path):
    (tmp_path / "in the way").write_text("")
    settings = Settings(tmp_path / "in the way" / "settings.toml")
    page = SettingsPage(settings, Shortcuts(settings), sound)
    qtbot.addWidget(page)
    page.show()
    assert not page.problem.isVisible()
    qtbot.mouseClick(page.rows["audio.noise_suppression"].editor.switch, LEFT)
    qtbot.waitUntil(page.problem.isVisible, timeout=20_000)
    assert "last until you close" in page.problem.text() and settings.get("audio.noise_suppression")
    settings.close()


def test_the_file_is_opened_and_is_there(page, settings, qtbot, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: bool(opened.append(url.toLocalFile())))
    qtbot.mouseClick(page.open_file, LEFT)
    assert opened == [str(settings.path)] and settings.path.exists()
    assert str(settings.path) in page.problem.text(), "no program opened it, so it is said where it is"
