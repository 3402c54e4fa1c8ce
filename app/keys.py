"""The keys of the Talk page, which work wherever the focus is except where they mean something else."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget
from shiboken6 import isValid

from app.chat.chat_view import ChatView
from app.conversation import Conversation
from app.settings.shortcuts import Shortcuts


class TalkKeys(QObject):
    """Works while `is_shown`; `close` ends it."""

    def __init__(
        self,
        window: QMainWindow,
        shortcuts: Shortcuts,
        conversation: Conversation,
        chat: ChatView,
        is_shown: Callable[[], bool],
    ) -> None:
        super().__init__(window)
        self._window, self._shortcuts, self._conversation, self._chat = window, shortcuts, conversation, chat
        self._is_shown = is_shown
        self._talk_is_down = False
        # Only what keys go to is watched: a filter of the whole program would take the interpreter for every event.
        self._focus: QWidget | None = None
        window.installEventFilter(self)
        QApplication.instance().focusChanged.connect(self._follow)
        self._follow(None, QApplication.focusWidget())

    def close(self) -> None:
        QApplication.instance().focusChanged.disconnect(self._follow)
        self._follow(None, None)
        self._window.removeEventFilter(self)

    def _follow(self, _: QWidget | None, focus: QWidget | None) -> None:
        """Keys go to another widget."""
        before, self._focus = self._focus, focus if focus is not self._window else None
        if before is not None and isValid(before):
            before.removeEventFilter(self)
        if self._focus is not None:
            self._focus.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.WindowDeactivate and watched is self._window:
            self._lift()  # the key's release will not come
        if kind not in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease) or not isinstance(event, QKeyEvent):
            return False
        if not isinstance(watched, QWidget) or watched.window() is not self._window or not self._is_shown():
            return False
        is_press, keys = kind == QEvent.Type.KeyPress, self._shortcuts
        if keys.matches(event, "talk") and not self._belongs_to(watched, event):
            if not event.isAutoRepeat():
                self._press() if is_press else self._lift()
            return True
        if not is_press:
            return False
        if keys.matches(event, "mute") and not event.isAutoRepeat() and not keys.belongs_to(watched, event):
            self._conversation.set_muted(not self._conversation.muted)
            return True
        if keys.matches(event, "stop") and not keys.belongs_to(watched, event):
            self._conversation.stop()
            self._chat.take_focus()
            return True
        return False

    def _belongs_to(self, widget: QWidget, event: QKeyEvent) -> bool:
        if self._talk_is_down or widget is self._chat.talk:
            return False
        return self._shortcuts.belongs_to(widget, event)

    def _press(self) -> None:
        self._talk_is_down = True
        self._chat.talk.press()

    def _lift(self) -> None:
        if self._talk_is_down:
            self._talk_is_down = False
            self._chat.talk.release()
