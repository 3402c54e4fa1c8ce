"""The keys of the Talk page, which work wherever the focus is except where they mean something else.

To whom the space bar belongs while it is the key to talk with:

- a field that holds text: it types a blank; the empty field for questions has no use for one, so there it talks;
- a control that was reached by Tab (or the arrow keys): it works the control, as whoever uses no mouse needs it;
- otherwise to the talk: after a click on a button, after a reply, in the list of sessions.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QWidget
from shiboken6 import isValid

from app.core.conversation import Conversation
from app.pages.talk.chat_view import ChatView
from app.pages.talk.held_key import HeldKey, Repeats
from app.settings.shortcuts import Shortcuts, moves_focus
from app.widgets import theme

_KEYS = (QEvent.Type.KeyPress, QEvent.Type.KeyRelease)


class TalkKeys(QObject):
    """Works while `is_shown`; `close` ends it. `show` brings the conversation up where a past one is shown."""

    def __init__(
        self,
        window: QMainWindow,
        shortcuts: Shortcuts,
        conversation: Conversation,
        chat: ChatView,
        is_shown: Callable[[], bool],
        show: Callable[[], object],
    ) -> None:
        super().__init__(window)
        self._window, self._shortcuts, self._conversation, self._chat = window, shortcuts, conversation, chat
        self._is_shown, self._show = is_shown, show
        self._repeats, self._is_repeat = Repeats(), False
        self._held = HeldKey(self)
        self._held.let_go.connect(chat.talk.release)
        # Only what keys go to is watched: a filter of the whole program would take the interpreter for every event.
        self._focus: QWidget | None = None
        self._reached: QWidget | None = None  # what had the focus last, if the keyboard brought it there
        self._is_moving = False
        window.installEventFilter(self)
        theme.application().focusChanged.connect(self._follow)
        self._follow(None, QApplication.focusWidget())

    def close(self) -> None:
        theme.application().focusChanged.disconnect(self._follow)
        self._follow(None, None)
        self._window.removeEventFilter(self)

    def _follow(self, _: QWidget | None, focus: QWidget | None) -> None:
        """Keys go to another widget."""
        before, self._focus = self._focus, focus if focus is not self._window else None
        if before is not None and isValid(before):
            before.removeEventFilter(self)
        if self._focus is not None:
            self._focus.installEventFilter(self)
        if focus is not None and focus is not self._reached:  # it may only come back from another window
            self._reached = focus if self._is_moving and not QApplication.mouseButtons() else None
        self._is_moving = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.WindowDeactivate and watched is self._window:
            self._held.drop()
        elif kind == QEvent.Type.FocusOut and isinstance(event, QFocusEvent):
            if event.reason() == Qt.FocusReason.PopupFocusReason:
                self._held.drop()  # a menu takes all keys
        elif kind == QEvent.Type.MouseButtonPress and watched is self._reached:
            self._reached = None
        elif kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if self._repeats.has(event) and self._shortcuts.acts_once(event):
                event.accept()  # and so it is no shortcut
                return True
        elif kind in _KEYS and isinstance(event, QKeyEvent) and isinstance(watched, QWidget):
            self._is_repeat = self._repeats.has(event)
            if self._held.take(event):  # whatever page is shown by now
                return True
            return kind == QEvent.Type.KeyPress and self._is_ours(watched) and self._take(watched, event)
        return False

    def _take(self, widget: QWidget, event: QKeyEvent) -> bool:
        keys = self._shortcuts
        self._is_moving = moves_focus(event)
        if keys.matches(event, "talk") and not self._belongs_to(widget, event):
            if not self._is_repeat:  # held since before the window had the focus
                self._show()
                self._held.press(event)
                self._chat.talk.press()
            return True
        if keys.matches(event, "mute") and not self._belongs_to(widget, event):
            if not self._is_repeat:
                self._conversation.set_muted(not self._conversation.muted)
            return True
        if keys.matches(event, "stop") and not self._belongs_to(widget, event):
            self._conversation.stop()
            self._show()
            self._chat.take_focus()
            return True
        return False

    def _is_ours(self, widget: QWidget) -> bool:
        """Whether keys in the widget are the Talk page's: it is in the window, or in a panel that was drawn out of it."""
        window = widget.window()
        is_panel = isinstance(window, QDockWidget) and self._window.isAncestorOf(window)
        return (window is self._window or is_panel) and self._is_shown()

    def _belongs_to(self, widget: QWidget, event: QKeyEvent) -> bool:
        if widget is self._chat.talk:
            return False
        is_empty = widget is self._chat.entry and not self._chat.entry.text()
        return self._shortcuts.belongs_to(widget, event, widget is self._reached, is_empty)
