"""Which key does what: looked up, matched against key events, and kept from meaning two things."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QEvent, QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from app.settings.settings import Settings
from app.settings.table import SETTINGS

_log = logging.getLogger(__name__)
GROUP = "shortcuts"
ACTIONS = {setting.name: setting for setting in SETTINGS if setting.group == GROUP}
_FIELDS = (QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox)
_Key, _Modifier = Qt.Key, Qt.KeyboardModifier
_MOVING = {_Key.Key_Tab, _Key.Key_Backtab, _Key.Key_Left, _Key.Key_Right, _Key.Key_Up, _Key.Key_Down}
_NAVIGATION = {
    *_MOVING,
    *(_Key.Key_Return, _Key.Key_Enter, _Key.Key_Backspace, _Key.Key_Delete),
    *(_Key.Key_Home, _Key.Key_End, _Key.Key_PageUp, _Key.Key_PageDown),
}
_MODIFIERS = {
    *(_Key.Key_Shift, _Key.Key_Control, _Key.Key_Alt, _Key.Key_AltGr, _Key.Key_Meta, _Key.Key_CapsLock, _Key.Key_NumLock),
    *(_Key.Key_Super_L, _Key.Key_Super_R, _Key.Key_ScrollLock, _Key.Key_unknown),
}
_COUNTING = _Modifier.ControlModifier | _Modifier.AltModifier | _Modifier.MetaModifier | _Modifier.ShiftModifier
_TAKEN = {
    **{f"Ctrl+{letter}": "the text in a field" for letter in "ACVXYZ"},
    **{f"F{number}": "a panel" for number in range(4, 12)},
    "F2": "the name of a session",
    "Ctrl+P": "the pin of a session",
}
"""What other parts of the window use, and what it changes there."""


class Shortcuts:
    """The keys of the table's shortcuts, as they are set."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._bound: list[tuple[str, QShortcut]] = []
        self._remarked: set[str] = set()
        self._remark()
        for action in ACTIONS:
            settings.on_change(f"{GROUP}.{action}", lambda _: self._refresh())

    def key(self, action: str) -> str:
        """The action's key, as `QKeySequence` writes it; "" if it has none, or if its key belongs to another one."""
        wanted = normal(self._settings.get(f"{GROUP}.{action}"))
        for other in ACTIONS:
            if other == action:
                break
            if normal(self._settings.get(f"{GROUP}.{other}")) == wanted:
                return ""
        return "" if _refusal(action, wanted) else wanted

    def text(self, action: str) -> str:
        """The action's key for people, as this system writes it."""
        return QKeySequence(self.key(action)).toString(QKeySequence.SequenceFormat.NativeText)

    def conflict(self, action: str, key: str) -> str:
        """Why `action` cannot have that key, as a sentence; "" if it can."""
        wanted = normal(key)
        if not wanted:
            return "" if not key else f"“{key}” is not a key."
        for other, setting in ACTIONS.items():
            if other != action and normal(self._settings.get(f"{GROUP}.{other}")) == wanted:
                return f"{_native(wanted)} is already the key of “{setting.title}”. Choose another one."
        return _refusal(action, wanted)

    def assign(self, action: str, key: str) -> str:
        """Gives the action a key ("" takes it away); returns why not, as a sentence, if it cannot have it."""
        why = self.conflict(action, key)
        if not why:
            self._settings.set(f"{GROUP}.{action}", normal(key))
        return why

    def reset_all(self) -> None:
        """Every key as the program came."""
        for action in ACTIONS:
            self._settings.reset(f"{GROUP}.{action}")

    # --- for the window -----------------------------------------------------------------------------------------------

    def matches(self, event: QKeyEvent, action: str) -> bool:
        """Whether the event is of the action's key.

        A release and an auto-repeat count whatever else is held down: a modifier may have come or gone meanwhile.
        """
        key = self.key(action)
        if not key:
            return False
        wanted = QKeySequence(key)[0]
        if event.key() != wanted.key():
            return False
        loose = event.type() == QEvent.Type.KeyRelease or event.isAutoRepeat()
        return loose or event.modifiers() & _COUNTING == wanted.keyboardModifiers()

    def belongs_to(self, widget: QWidget, event: QKeyEvent, was_reached: bool = True, has_no_blank: bool = False) -> bool:
        """Whether the key means something in that widget itself: letters where one types, the space bar on a button.

        `was_reached`: the keyboard brought the focus there. `has_no_blank`: a blank would be of no use there.
        """
        if event.modifiers() & (_Modifier.ControlModifier | _Modifier.AltModifier | _Modifier.MetaModifier):
            return False
        if event.key() != _Key.Key_Space:
            return event.key() < _Key.Key_Escape and isinstance(widget, (*_FIELDS, QComboBox, QAbstractItemView))
        is_field = isinstance(widget, _FIELDS) or (isinstance(widget, QComboBox) and widget.isEditable())
        return not has_no_blank if is_field else was_reached and isinstance(widget, (QAbstractButton, QComboBox))

    def bind(self, action: str, widget: QWidget, act: Callable[[], object]) -> QShortcut:
        """A shortcut for all of the widget's window that follows the setting."""
        made = QShortcut(QKeySequence(self.key(action)), widget)
        made.setAutoRepeat(False)
        made.activated.connect(act)
        self._bound.append((action, made))
        made.destroyed.connect(lambda: self._forget(made))
        return made

    def on_change(self, callback: Callable[[], object]) -> None:
        """Calls back when any key has changed: for labels that show one."""
        for action in ACTIONS:
            self._settings.on_change(f"{GROUP}.{action}", lambda _: callback())

    def _remark(self) -> None:
        """Says which keys of the file cannot be used; what is not wrong any more is not said any more."""
        before = {key: self._settings.remarks.pop(key, "") for key in self._remarked}
        self._remarked.clear()
        for action in ACTIONS:
            key = f"{GROUP}.{action}"
            wanted = self._settings.get(key)
            if wanted and not self.key(action) and key not in self._settings.remarks:
                self._settings.remarks[key] = f"{self.conflict(action, wanted)} Until then this has no key."
                self._remarked.add(key)
                if key not in before:
                    _log.warning("%s: %s", key, self._settings.remarks[key])

    def _refresh(self) -> None:
        self._remark()
        for action, shortcut in self._bound:
            shortcut.setKey(QKeySequence(self.key(action)))

    def _forget(self, gone: QShortcut) -> None:
        self._bound = [pair for pair in self._bound if pair[1] is not gone]


def normal(key: str) -> str:
    """One way to write a key; "" for what is no key, or more than one."""
    sequence = QKeySequence(key, QKeySequence.SequenceFormat.PortableText)
    if sequence.count() != 1 or sequence[0].key() in _MODIFIERS:
        return ""
    return sequence.toString(QKeySequence.SequenceFormat.PortableText)


def pressed(event: QKeyEvent) -> str:
    """The key of an event as it is kept; "" while only modifiers are down."""
    if event.key() in _MODIFIERS:
        return ""
    key, modifiers = _Key(event.key()), event.modifiers() & _COUNTING
    if key == _Key.Key_Backtab:
        key = _Key.Key_Tab
    return QKeySequence(QKeyCombination(modifiers, key)).toString(QKeySequence.SequenceFormat.PortableText)


def moves_focus(event: QKeyEvent) -> bool:
    """Whether the key takes the focus from one control to another."""
    return event.key() in _MOVING


def _native(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def _refusal(action: str, key: str) -> str:
    """What is wrong with a key whatever the others are."""
    if not key:
        return ""
    chord = QKeySequence(key)[0]
    plain = not chord.keyboardModifiers() & ~_Modifier.ShiftModifier
    if chord.key() in _NAVIGATION and plain:
        return f"{_native(key)} is needed to move about and to write. Choose another key."
    if key in _TAKEN:
        return f"{_native(key)} already changes {_TAKEN[key]}. Choose another key."
    if plain and action not in ("talk", "stop", "mute") and chord.key() <= _Key.Key_Escape:
        return f"{_native(key)} alone is needed elsewhere in the window. Hold Ctrl or Alt with it."
    return ""
