"""What was said, on the clipboard."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QToolTip, QWidget

from app.core.turn import ChatTurn
from app.storage.records import StoredTurn

SHOWN = 1500  # milliseconds


def as_markdown(turns: Iterable[ChatTurn | StoredTurn]) -> str:
    """Turns of any kind, live or stored, as text that others can read; without figures."""
    parts = []
    for turn in turns:
        parts.append(f"**You:** {turn.heard or '(not understood)'}")
        reply = " ".join(filter(None, (turn.text, f"*{turn.note}*" if turn.note else "")))
        parts.append(f"**Refrain:** {reply or '(no words)'}")
    return "\n\n".join(parts) + "\n" if parts else ""


def copy(words: str, beside: QWidget) -> None:
    """Puts words on the clipboard and says so where the mouse is."""
    QGuiApplication.clipboard().setText(words)
    QToolTip.showText(QCursor.pos(), "Copied", beside, msecShowTime=SHOWN)
