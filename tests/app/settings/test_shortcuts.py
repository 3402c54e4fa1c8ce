"""Shortcuts: one key, one meaning; matched as they were set, and bound ones follow the setting."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.settings.actions import ACTIONS, BY_NAME, PLACES
from app.settings.settings import Settings
from app.settings.shortcuts import Shortcuts, pressed
from app.settings.table import KEYS_GROUP
from tests.rig.processes import ROOT

Key, Modifier = Qt.Key, Qt.KeyboardModifier
CTRL, SHIFT, NONE = Modifier.ControlModifier, Modifier.ShiftModifier, Modifier.NoModifier


@pytest.fixture
def settings(qapp):
    return Settings()


@pytest.fixture
def shortcuts(settings):
    return Shortcuts(settings)


def key_event(key, modifiers=NONE, kind=QEvent.Type.KeyPress, repeat=False):
    return QKeyEvent(kind, key, modifiers, "", repeat)


def test_the_defaults_can_all_be_had(shortcuts, settings):
    assert not settings.remarks
    assert len(BY_NAME) == len(ACTIONS) and {action.place for action in ACTIONS} == set(PLACES)
    for action in ACTIONS:
        assert shortcuts.key(action.name) == action.key and not shortcuts.conflict(action.name, action.key)


def test_a_key_event_is_matched_as_it_was_set(shortcuts):
    assert shortcuts.matches(key_event(Key.Key_Space), "talk")
    assert not shortcuts.matches(key_event(Key.Key_Space, CTRL), "talk")
    assert not shortcuts.matches(key_event(Key.Key_Space), "stop")
    assert shortcuts.matches(key_event(Key.Key_Space, Modifier.KeypadModifier), "talk")
    assert shortcuts.assign("talk", "Ctrl+Space") == ""
    assert not shortcuts.matches(key_event(Key.Key_Space), "talk")
    assert shortcuts.matches(key_event(Key.Key_Space, CTRL), "talk")
    # Ctrl may be lifted before the space bar is, and the space bar must still be heard coming up.
    assert shortcuts.matches(key_event(Key.Key_Space, NONE, QEvent.Type.KeyRelease), "talk")
    assert shortcuts.matches(key_event(Key.Key_Space, NONE, repeat=True), "talk")
    assert shortcuts.assign("talk", "") == "" and shortcuts.text("talk") == ""
    assert not shortcuts.matches(key_event(Key.Key_Space, CTRL), "talk")


@pytest.mark.parametrize(
    ("action", "key", "words"),
    [
        ("mute", "Space", "already the key of “Talk”"),
        ("mute", "ctrl+n", "already the key of “New session”"),
        ("new_session", "N", "Hold Ctrl or Alt"),
        ("new_session", "Esc", "already the key of “Stop”"),
        ("talk", "Tab", "move about"),
        ("talk", "Return", "move about"),
        ("talk", "Shift+Tab", "move about"),
        ("talk", "Ctrl+C", "the text in a field"),
        ("talk", "F5", "already the key of “Depth panel”"),
        ("session_rename", "F4", "already the key of “Schedule panel”"),
        ("session_rename", "N", "Hold Ctrl or Alt"),
        ("session_open", "Down", "move about"),
        ("send", "Backspace", "move about"),
        ("sound_play", "M", "already the key of “Mute”"),
        ("sound_back", "L", "already the key of “Loop”"),
        ("compare_play", "Ctrl+N", "already the key of “New session”"),
        ("page_models", "A", "Hold Ctrl or Alt"),
        ("talk", "no key at all", "not a key"),
        ("talk", "Ctrl+K, Ctrl+M", "not a key"),
    ],
)
def test_a_key_that_cannot_be_had_is_explained(action, key, words, shortcuts):
    before = shortcuts.key(action)
    assert words in shortcuts.assign(action, key) and shortcuts.key(action) == before


def test_keys_can_be_swapped_and_all_reset(shortcuts, settings):
    assert shortcuts.assign("mute", "") == ""
    assert shortcuts.assign("talk", "M") == ""
    assert shortcuts.assign("mute", "space") == ""
    assert (shortcuts.key("talk"), shortcuts.key("mute")) == ("M", "Space")
    shortcuts.reset_all()
    assert all(settings.is_default(f"{KEYS_GROUP}.{action.name}") for action in ACTIONS)


def test_one_key_may_mean_different_things_in_places_that_never_meet(shortcuts):
    assert shortcuts.key("talk") == shortcuts.key("compare_play") == shortcuts.key("blind_play") == "Space"
    assert shortcuts.assign("session_delete", "Backspace") == "" and shortcuts.assign("blind_pause", "Backspace") == ""


def test_a_conflict_in_the_file_takes_the_later_key_away_and_says_so(qapp, tmp_path, caplog):
    file = tmp_path / "settings.toml"
    file.write_text('[shortcuts]\nmute = "Space"\nnew_session = "gibberish"\n')
    settings = Settings(file)
    shortcuts = Shortcuts(settings)
    assert shortcuts.key("talk") == "Space" and shortcuts.key("mute") == "" == shortcuts.key("new_session")
    assert "“Talk”" in settings.remarks["shortcuts.mute"] and "“Talk”" in caplog.text
    assert "not a key" in settings.remarks["shortcuts.new_session"]
    assert shortcuts.assign("talk", "Ctrl+T") == ""
    assert shortcuts.key("mute") == "Space" and "shortcuts.mute" not in settings.remarks
    settings.close()


def test_a_bound_shortcut_follows_its_key(shortcuts, qtbot):
    window, done = QWidget(), []
    line, button = QLineEdit(), QPushButton("a button")
    layout = QVBoxLayout(window)
    layout.addWidget(line)
    layout.addWidget(button)
    qtbot.addWidget(window)
    shortcuts.bind("new_session", window, lambda: done.append("session"))
    item = QAction("New session", window)
    shortcuts.dress("session_rename", item)
    passing = QWidget(window)
    shortcuts.bind("type", passing, lambda: done.append("type"))
    window.show()
    window.activateWindow()
    line.setFocus()
    qtbot.waitUntil(line.hasFocus, timeout=20_000)
    qtbot.keyClick(line, Key.Key_N, CTRL)
    assert done == ["session"]
    assert shortcuts.assign("new_session", "F12") == ""
    qtbot.keyClick(line, Key.Key_N, CTRL)
    qtbot.keyClick(line, Key.Key_F12)
    assert done == ["session", "session"]
    assert shortcuts.assign("session_rename", "F9") == "" and item.shortcut().toString() == "F9"
    passing.deleteLater()
    qtbot.wait(10)
    assert shortcuts.assign("type", "Ctrl+J") == "" and len(shortcuts._bound) == 2


def test_both_enter_keys_and_signs_that_need_shift_are_the_key(shortcuts):
    assert shortcuts.matches(key_event(Key.Key_Enter, Modifier.KeypadModifier), "blind_confirm")
    assert shortcuts.which(key_event(Key.Key_2, SHIFT), "compare_1", "compare_2") == "compare_2"
    assert shortcuts.which(key_event(Key.Key_L, SHIFT), "compare_loop") == ""


def test_keys_that_a_widget_needs_itself_are_left_to_it(shortcuts, qtbot):
    line, button, plain = QLineEdit(), QPushButton(), QWidget()
    for widget in (line, button, plain):
        qtbot.addWidget(widget)
    space, letter, escape = (key_event(key) for key in (Key.Key_Space, Key.Key_M, Key.Key_Escape))
    assert [shortcuts.belongs_to(widget, space) for widget in (line, button, plain)] == [True, True, False]
    assert not shortcuts.belongs_to(button, space, was_reached=False)
    assert not shortcuts.belongs_to(line, space, has_no_blank=True)
    assert [shortcuts.belongs_to(widget, letter) for widget in (line, button, plain)] == [True, False, False]
    assert not any(shortcuts.belongs_to(widget, escape) for widget in (line, button, plain))
    assert not shortcuts.belongs_to(line, key_event(Key.Key_Space, CTRL))
    assert shortcuts.belongs_to(line, key_event(Key.Key_M, SHIFT))


def test_what_was_pressed_is_written_as_qt_does(qapp):
    assert pressed(key_event(Key.Key_K, CTRL | SHIFT)) == "Ctrl+Shift+K"
    assert pressed(key_event(Key.Key_Escape)) == "Esc"
    assert pressed(key_event(Key.Key_5, Modifier.KeypadModifier)) == "5"
    assert pressed(key_event(Key.Key_Control, CTRL)) == ""


BESIDE_THE_TABLE = {
    "app/settings/actions.py": "the table",
    "app/settings/shortcuts.py": "reads it",
    "app/pages/settings/key_button.py": "takes a new key",
    "app/pages/talk/question_entry.py": "pastes files by the key that the system pastes with",
}


def test_no_key_is_written_beside_the_table():
    """Widgets ask which action a key is, so that every key is in the table, on the sheet, and can be changed."""
    found = {}
    for file in sorted((ROOT / "app").rglob("*.py")):
        name = file.relative_to(ROOT).as_posix()
        literals = re.findall(r"Qt\.Key\.|Key_[A-Z0-9]|QKeySequence|QShortcut", file.read_text(encoding="utf-8"))
        if literals and name not in BESIDE_THE_TABLE:
            found[name] = literals
    assert not found


def test_no_modifiers_are_inverted():
    """On Windows their mask is negative, and `Ctrl & ~Shift` is nothing."""
    texts = {file: file.read_text(encoding="utf-8") for file in (ROOT / "app").rglob("*.py")}
    assert not [file.name for file, text in texts.items() if re.search(r"~\s*\(?[\w.]*Modifier", text)]
