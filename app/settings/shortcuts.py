"""Which key does what: looked up, matched against key events, and kept from meaning two things."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QEvent, QKeyCombination, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QShortcut
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

from app.settings.actions import ACTIONS, BY_NAME, Place
from app.settings.settings import Settings
from app.settings.table import KEYS_GROUP

_log = logging.getLogger(__name__)
_FIELDS = (QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox)
_Key, _Modifier = Qt.Key, Qt.KeyboardModifier
_TAB = {_Key.Key_Tab, _Key.Key_Backtab}
_ARROWS = {_Key.Key_Left, _Key.Key_Right, _Key.Key_Up, _Key.Key_Down}
_PAGING = {_Key.Key_Home, _Key.Key_End, _Key.Key_PageUp, _Key.Key_PageDown}
_WRITING = {_Key.Key_Backspace, _Key.Key_Delete}
_ENTER = {_Key.Key_Return, _Key.Key_Enter}
_NEEDED: dict[Place, set[Qt.Key]] = {  # alone or with Shift, to move about and to write
    "everywhere": _TAB | _ARROWS | _PAGING | _WRITING | _ENTER,
    "talk": _TAB | _ARROWS | _PAGING | _WRITING | _ENTER,
    "question": _TAB | _ARROWS | _PAGING | _WRITING,
    "sessions": _TAB | _ARROWS | _PAGING,
    "table": _TAB | _ARROWS | _PAGING,
    "welcome": _TAB | _ARROWS | _PAGING | _WRITING | _ENTER,
}
SOUND = tuple(action.name for action in ACTIONS if action.place == "sound")
_LETTERS_FREE: tuple[Place, ...] = ("talk", "sound", "compare", "blind")
_WITH_FIELDS: tuple[Place, ...] = ("everywhere", "talk", "question")
_OF_FIELDS = {f"Ctrl+{letter}" for letter in "ACVXYZ"}
_MODIFIERS = {
    *(_Key.Key_Shift, _Key.Key_Control, _Key.Key_Alt, _Key.Key_AltGr, _Key.Key_Meta, _Key.Key_CapsLock, _Key.Key_NumLock),
    *(_Key.Key_Super_L, _Key.Key_Super_R, _Key.Key_ScrollLock, _Key.Key_unknown),
}
_CHORD = _Modifier.ControlModifier | _Modifier.AltModifier | _Modifier.MetaModifier
_COUNTING = _CHORD | _Modifier.ShiftModifier
"""Never by `~`: the modifiers' mask is a negative number on Windows, and what is inverted there loses all of them."""


class Shortcuts:
    """The keys of the table's actions, as they are set."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._keys: dict[str, str] = {}
        self._bound: list[tuple[str, QShortcut | QAction]] = []
        self._remarked: set[str] = set()
        self._look_up()
        for action in ACTIONS:
            settings.on_change(f"{KEYS_GROUP}.{action.name}", lambda _: self._refresh())

    def key(self, action: str) -> str:
        """The action's key, as `QKeySequence` writes it; "" if it has none, or if its key belongs to another one."""
        return self._keys[action]

    def text(self, action: str) -> str:
        """The action's key for people, as this system writes it."""
        return native(self.key(action))

    def conflict(self, action: str, key: str) -> str:
        """Why `action` cannot have that key, as a sentence; "" if it can."""
        wanted = normal(key)
        if not wanted:
            return "" if not key else f"“{key}” is not a key."
        why = _refusal(action, wanted)
        for other in ACTIONS:
            if not why and other.name != action and other.meets(BY_NAME[action]) and normal(self._set_key(other.name)) == wanted:
                why = f"{native(wanted)} is already the key of “{other.title}”. Choose another one."
        return why

    def assign(self, action: str, key: str) -> str:
        """Gives the action a key ("" takes it away); returns why not, as a sentence, if it cannot have it."""
        why = self.conflict(action, key)
        if not why:
            self._settings.set(f"{KEYS_GROUP}.{action}", normal(key))
        return why

    def reset_all(self) -> None:
        """Every key as the program came."""
        for action in ACTIONS:
            self._settings.reset(f"{KEYS_GROUP}.{action.name}")

    # --- for the window -----------------------------------------------------------------------------------------------

    def matches(self, event: QKeyEvent, action: str) -> bool:
        """Whether the event is of the action's key.

        A release and an auto-repeat count whatever else is held down: a modifier may have come or gone meanwhile. Shift
        makes no difference to a digit or a sign, which on some keyboards need it.
        """
        key = self.key(action)
        if not key:
            return False
        wanted = _chord(QKeySequence(key))
        if event.key() != wanted.key() and not {event.key(), wanted.key()} <= _ENTER:
            return False
        is_sign = _Key.Key_Space < event.key() < _Key.Key_Escape and not chr(event.key()).isalpha()
        counting = _CHORD if is_sign else _COUNTING
        loose = event.type() == QEvent.Type.KeyRelease or event.isAutoRepeat()
        return loose or event.modifiers() & counting == wanted.keyboardModifiers() & counting

    def which(self, event: QKeyEvent, *actions: str) -> str:
        """The one of these actions that the event is the key of; "" if it is none of them."""
        return next((action for action in actions if self.matches(event, action)), "")

    def belongs_to(self, widget: QWidget, event: QKeyEvent, was_reached: bool = True, has_no_blank: bool = False) -> bool:
        """Whether the key means something in that widget itself: letters where one types, the space bar on a button.

        `was_reached`: the keyboard brought the focus there. `has_no_blank`: a blank would be of no use there.
        """
        if event.modifiers() & _CHORD:
            return False
        if event.key() != _Key.Key_Space:
            return event.key() < _Key.Key_Escape and isinstance(widget, (*_FIELDS, QComboBox, QAbstractItemView))
        is_field = isinstance(widget, _FIELDS) or (isinstance(widget, QComboBox) and widget.isEditable())
        return not has_no_blank if is_field else was_reached and isinstance(widget, (QAbstractButton, QComboBox))

    def bind(
        self,
        action: str,
        widget: QWidget,
        act: Callable[[], object],
        context: Qt.ShortcutContext = Qt.ShortcutContext.WindowShortcut,
    ) -> QShortcut:
        """A shortcut that follows the setting, by default for all of the widget's window."""
        made = QShortcut(widget)
        made.setContext(context)
        made.setAutoRepeat(False)
        made.activated.connect(act)
        self._follow(action, made)
        return made

    def acts_once(self, event: QKeyEvent) -> bool:
        """Whether the key is bound to something that holding it does not do again and again."""
        return any(self.matches(event, action) for action, bound in self._bound if not bound.autoRepeat())

    def dress(self, action: str, item: QAction) -> None:
        """Gives an action of a menu the key, which it follows and shows."""
        item.setAutoRepeat(False)
        self._follow(action, item)

    def on_change(self, callback: Callable[[], object]) -> None:
        """Calls back when any key has changed: for labels that show one."""
        for action in ACTIONS:
            self._settings.on_change(f"{KEYS_GROUP}.{action.name}", lambda _: callback())

    # --- inside -------------------------------------------------------------------------------------------------------

    def _set_key(self, action: str) -> str:
        return self._settings.get(f"{KEYS_GROUP}.{action}")

    def _look_up(self) -> None:
        """Of two actions that want one key the first has it, and what cannot be used is said."""
        self._keys = {}
        for action in ACTIONS:
            wanted = normal(self._set_key(action.name))
            is_taken = any(key == wanted and BY_NAME[other].meets(action) for other, key in self._keys.items())
            self._keys[action.name] = "" if is_taken or _refusal(action.name, wanted) else wanted
        self._remark()

    def _remark(self) -> None:
        """Says which keys of the file cannot be used; what is not wrong any more is not said any more."""
        before = {key: self._settings.remarks.pop(key, "") for key in self._remarked}
        self._remarked.clear()
        for action in ACTIONS:
            key, wanted = f"{KEYS_GROUP}.{action.name}", self._set_key(action.name)
            if wanted and not self.key(action.name) and key not in self._settings.remarks:
                self._settings.remarks[key] = f"{self.conflict(action.name, wanted)} Until then this has no key."
                self._remarked.add(key)
                if key not in before:
                    _log.warning("%s: %s", key, self._settings.remarks[key])

    def _follow(self, action: str, bound: QShortcut | QAction) -> None:
        self._bound.append((action, bound))
        bound.destroyed.connect(lambda: self._forget(bound))
        self._apply(action, bound)

    def _apply(self, action: str, bound: QShortcut | QAction) -> None:
        key = self.key(action)
        keys = [QKeySequence(key)] if key else []
        if key in ("Return", "Enter"):
            keys.append(QKeySequence({"Return": "Enter", "Enter": "Return"}[key]))  # there are two of them
        if isinstance(bound, QShortcut):
            bound.setKeys(keys)
        else:
            bound.setShortcuts(keys)

    def _refresh(self) -> None:
        self._look_up()
        for action, bound in self._bound:
            self._apply(action, bound)

    def _forget(self, gone: QShortcut | QAction) -> None:
        self._bound = [pair for pair in self._bound if pair[1] is not gone]


_now: Shortcuts | None = None


def install(shortcuts: Shortcuts) -> None:
    """From now on the keys of the program are these."""
    global _now
    _now = shortcuts


def now() -> Shortcuts:
    """The keys of the program; without `install` those that it comes with."""
    global _now
    if _now is None:
        _now = Shortcuts(Settings())
    return _now


def normal(key: str) -> str:
    """One way to write a key; "" for what is no key, or more than one."""
    sequence = QKeySequence(key, QKeySequence.SequenceFormat.PortableText)
    if sequence.count() != 1 or _chord(sequence).key() in _MODIFIERS:
        return ""
    return sequence.toString(QKeySequence.SequenceFormat.PortableText)


def _chord(keys: QKeySequence) -> QKeyCombination:
    """The first key of a sequence, with what is held down beside it."""
    return keys[0]  # type: ignore[index]  # the stub does without


def native(key: str) -> str:
    """A key for people, as this system writes it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


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
    return event.key() in _TAB | _ARROWS


def closes(event: QEvent) -> bool:
    """Whether the event is of the key that closes what lies over a page, as in every program."""
    return isinstance(event, QKeyEvent) and event.key() == _Key.Key_Escape


def _refusal(action: str, key: str) -> str:
    """What is wrong with a key whatever the others are."""
    if not key:
        return ""
    chord, place = _chord(QKeySequence(key)), BY_NAME[action].place
    plain = not chord.keyboardModifiers() & _CHORD
    if chord.key() in _NEEDED.get(place, _TAB) and plain:
        return f"{native(key)} is needed to move about and to write. Choose another key."
    if key in _OF_FIELDS and place in _WITH_FIELDS:
        return f"{native(key)} already changes the text in a field. Choose another key."
    if plain and chord.key() < _Key.Key_Escape and place not in _LETTERS_FREE:
        return f"{native(key)} alone is needed elsewhere. Hold Ctrl or Alt with it."
    return ""
