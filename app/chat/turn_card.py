"""One turn: the question, the reply as it grows, and what it cost."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout

from app import theme
from app.conversation import Turn


class TurnCard(QFrame):
    def __init__(self, turn: Turn) -> None:
        super().__init__()
        self.turn = turn
        self.setProperty("role", "card")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._caption = theme.label("You", "caption", 0.88)
        self.heard = self._words(1.0)
        self._reply_caption = theme.label("Refrain", "caption", 0.88)
        self.reply = self._words(1.25)
        self._note = theme.label("", "muted", 0.92)
        self._note.setWordWrap(True)
        self._schedule = theme.label(turn.schedule, "schedule", 0.88)
        self._schedule.setAccessibleName(f"Schedule {turn.schedule}")
        self._figures = theme.label("", "muted", 0.92)
        self._figures.setWordWrap(True)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self._schedule, 0, Qt.AlignmentFlag.AlignTop)
        foot.addWidget(self._figures, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(4)
        layout.addWidget(self._caption)
        layout.addWidget(self.heard)
        layout.addSpacing(10)
        layout.addWidget(self._reply_caption)
        layout.addWidget(self.reply)
        layout.addWidget(self._note)
        layout.addSpacing(10)
        layout.addLayout(foot)
        self._shown: tuple = ()
        self.refresh()

    def refresh(self) -> bool:
        """Shows the turn as it is now; returns whether anything changed."""
        turn = self.turn
        figures = "  ·  ".join(_figures(turn))
        shown = (turn.heard, turn.text, turn.note, turn.is_over, turn.question_seconds, figures)
        if shown == self._shown:
            return False
        self._shown = shown
        how = f"spoken, {turn.question_seconds:.1f} s" if turn.question_seconds else "spoken"
        self._caption.setText(f"You  ·  {how if turn.spoken else 'typed'}")
        self.heard.setText(turn.heard or ("" if turn.is_over else "…"))
        self.heard.setVisible(bool(self.heard.text()))
        self.reply.setText(turn.text or ("" if turn.is_over else "…"))
        self.reply.setVisible(bool(self.reply.text()))
        self._note.setText(turn.note)
        self._note.setVisible(bool(turn.note))
        theme.set_role(self._note, "danger" if turn.has_failed else "muted")
        self._figures.setText(figures)
        return True

    @staticmethod
    def _words(scale: float) -> QLabel:
        words = theme.label("", scale=scale)
        words.setWordWrap(True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return words


def _figures(turn: Turn) -> Iterator[str]:
    rate, depth = turn.tokens_per_second, turn.speech_depth
    if turn.first_audio is not None:
        yield f"first audio {turn.first_audio * 1000:.0f} ms"
    if rate is not None:
        yield f"{rate:.0f} tokens/s"
    if depth is not None:
        yield f"mean speech depth {depth:.1f}"
    if turn.is_over and turn.made_seconds:
        yield f"{turn.made_seconds:.1f} s of sound"
