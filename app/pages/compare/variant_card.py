"""One rendered reply beside the others: what it sounds like, how deep every token went, and its words."""

from __future__ import annotations

import html
from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QVBoxLayout

from app.listening.rendering import Rendered
from app.pages.compare.difference import ComparedWord
from app.pages.compare.lane import Lane
from app.widgets import theme
from app.widgets.depth_strip import DepthStrip
from app.widgets.flow import Flow
from app.widgets.panels.trace import seconds_at
from app.widgets.waveform import Envelope


class VariantCard(QFrame):
    """Emits `chosen` with its place (from 0), and `sought` with seconds."""

    chosen = Signal(int)
    sought = Signal(float)
    loop_marked = Signal(float, float)

    def __init__(self, place: int, reply: Rendered, note: str, words: Sequence[ComparedWord]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.reply, self._place, self._words = reply, place, words
        self._spoken = [token.index for token in reply.record.tokens if token.kind == "speech"]
        self.button = QPushButton(str(place + 1))
        self.button.setAccessibleName(f"Hear {place + 1}: {reply.title}")
        theme.fix(self.button, 36, 32)
        self.button.setStyleSheet("padding: 0;")
        self.lane = Lane(f"Waveform of {place + 1}, {reply.title}")
        self.strip = DepthStrip()
        self.strip.show_record(reply.record)
        self._gain = theme.label("", "muted", 0.92)
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.RichText)
        self._text.setWordWrap(True)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._lay_out(note)
        self._show_words()
        self.button.clicked.connect(lambda: self.chosen.emit(place))
        self.lane.sought.connect(self._seek)
        self.lane.loop_marked.connect(self.loop_marked)
        self.strip.token_clicked.connect(lambda index: self._seek(self._seconds(index)))

    @property
    def text(self) -> str:
        """The reply's words, as marked-up text."""
        return self._text.text()

    def show_sound(self, envelope: Envelope, end: float, gain_db: float, peak: float) -> None:
        """The clip as it is played, padded to the common length; its own sound is `end` seconds long."""
        self.lane.show_sound(envelope, envelope.seconds, end, peak)
        self._gain.setText(f"{end:.1f} s  ·  {gain_db:+.1f} dB")

    def show_place(self, position: float, loop: tuple[float, float] | None, is_active: bool) -> None:
        """Where all of them play, and whether this is the one that is heard."""
        if is_active != self.lane.is_active:
            self._show_active(is_active)
        self.lane.show_place(position, loop, is_active)
        token = int(position * self.reply.speech_rate + 1e-6)
        self.strip.set_head(self._spoken[token] if position and token < len(self._spoken) else None)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._show_words()
            self._show_active(self.lane.is_active)

    def _seconds(self, index: int) -> float:
        return seconds_at(self.reply.record.tokens, index, self.reply.speech_rate)

    def _seek(self, seconds: float) -> None:
        self.chosen.emit(self._place)
        self.sought.emit(seconds)

    def _show_active(self, is_active: bool) -> None:
        colours = theme.now()
        look = f"background: {colours.accent}; color: {colours.on_accent};" if is_active else ""
        self.button.setStyleSheet(f"padding: 0; {look}")

    def _show_words(self) -> None:
        """What differs is underlined as well as coloured."""
        colour, parts = theme.now().accent, []
        for word in self._words:
            safe = html.escape(word.text)
            parts.append(f'<u style="color: {colour}">{safe}</u>' if word.differs else safe)
        self._text.setText(" ".join(parts) or f'<span style="color: {theme.now().muted}">No words.</span>')

    def _lay_out(self, note: str) -> None:
        head = Flow(self.button, theme.label(self.reply.title, "schedule", 0.92), theme.label(note, "muted", 0.92), spacing=12)
        head.add_stretch()
        head.add(self._gain)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self.lane)
        layout.addWidget(self.strip)
        layout.addWidget(self._text)
