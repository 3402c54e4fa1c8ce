"""Everything that can be worked with the mouse can be reached with the Tab key and has a name to be read out."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QScrollBar,
    QTabBar,
    QWidget,
)

from app.audio.sound import Sound
from app.program import program
from app.widgets import theme
from tests.app.random_voice import RandomVoice

WORKED = (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox, QAbstractItemView)


@pytest.fixture
def window(qtbot, qapp, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(Sound, "open", lambda self: None)
    theme.install(qapp)
    with program(load=lambda name: RandomVoice()) as window:
        qtbot.addWidget(window)
        window.show()
        qtbot.waitUntil(lambda: window.conversation.model is not None, timeout=60_000)
        window.conversation.ask("a question")
        qtbot.waitUntil(lambda: bool(window.conversation.turns) and window.conversation.turns[-1].is_over, timeout=60_000)
        yield window


def test_every_widget_has_a_name_and_the_keyboard_reaches_it(window, qtbot):
    nameless, unreachable = [], []
    for number in range(window.pages.count()):
        window.show_page(number)
        qtbot.wait(50)
        for widget in filter(lambda child: isinstance(child, WORKED), window.findChildren(QWidget)):
            inside = isinstance(widget.parent(), QComboBox | QAbstractSpinBox | QLineEdit | QTabBar | QScrollBar)
            if not widget.isVisible() or inside or isinstance(widget.parentWidget(), QTabBar):
                continue
            what = f"{type(widget).__name__} {widget.objectName()!r} {getattr(widget, 'text', str)()!r} on page {number}"
            if not (widget.accessibleName() or getattr(widget, "text", str)()):
                nameless.append(what)
            grouped = isinstance(widget, QAbstractButton) and widget.group() and widget.group().exclusive()
            if grouped:
                continue  # Tab reaches the chosen one, the arrow keys the others
            if widget.isEnabled() and not widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                unreachable.append(what)
    assert not nameless and not unreachable, f"nameless: {nameless}; unreachable: {unreachable}"


def test_pages_by_key_and_a_turn_in_the_library(window, qtbot):
    assert [info.turns for info in window._library.sessions()] == [1]
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.pages.currentWidget() is window.compare
    qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert window.pages.currentWidget() is window.talk
    session = window._library.sessions()[0].id
    window.begin_session()
    assert not window.conversation.turns and not window.chat.cards
    qtbot.waitUntil(lambda: window.talk.sessions.current == "", timeout=10_000)
    window.talk.show_session(session)
    qtbot.waitUntil(lambda: len(window.talk.past.cards) == 1, timeout=10_000)
    assert window.talk.past.cards[0].turn.text == window.talk.past.cards[0].reply.text()
