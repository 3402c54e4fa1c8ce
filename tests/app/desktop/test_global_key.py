"""Which keys may work from every program, and what is said where none can."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtGui import QGuiApplication

from app.desktop import global_key, x11_key
from app.desktop.global_key import ELSEWHERE, MACOS, GlobalKey
from app.desktop.key_names import check_global, parts
from app.settings.table import BY_KEY, SettingError


@pytest.mark.parametrize("key", ["", "Ctrl+Alt+Space", "F9", "Meta+V", "Ctrl++", "Shift+F12", "Pause", "Ctrl+Shift+Ins"])
def test_keys_that_nobody_writes_with_may_be_global(key):
    assert BY_KEY["talk.global_key"].accept(key) == key


@pytest.mark.parametrize("key", ["Space", "A", "Shift+A", "Return", "Ctrl", "Ctrl+", "Ctrl+K, Ctrl+C", "Hyper+X", "Shift+Tab"])
def test_keys_that_others_need_are_refused(key):
    with pytest.raises(SettingError, match="function key|is not one key"):
        BY_KEY["talk.global_key"].accept(key)


def test_a_key_has_modifiers_and_itself():
    assert parts("Ctrl+Alt+Space") == (("Ctrl", "Alt"), "Space") and parts("F9") == ((), "F9")
    assert parts("Ctrl++") == (("Ctrl",), "+")
    check_global("Meta+Space")


@pytest.mark.parametrize(
    ("system", "platform", "session", "sentence"),
    [
        ("darwin", "cocoa", "", MACOS),
        ("linux", "offscreen", "", ELSEWHERE),
    ],
)
def test_where_there_can_be_none_it_is_said(system, platform, session, sentence, monkeypatch):
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(QGuiApplication, "platformName", staticmethod(lambda: platform))
    monkeypatch.setenv("XDG_SESSION_TYPE", session)
    key = GlobalKey()
    key.choose("F9")
    assert key.problem == sentence
    key.choose("")
    assert not key.problem


def test_a_system_without_the_library_says_so(monkeypatch):
    monkeypatch.setattr(global_key, "_maker", lambda told: x11_key.X11Key)
    monkeypatch.setattr(x11_key.ctypes.util, "find_library", lambda name: "no such library")
    key = GlobalKey()
    key.choose("F9")
    assert "libX11" in key.problem
