"""Memory: what the weights and the KV cache take of the most the program has used."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.engine_client.commands import Memory
from app.widgets import theme
from app.widgets.panels.bars import faint
from app.widgets.panels.panel import Panel


class MemoryPanel(Panel):
    """Two scales: the process, and the KV cache alone, which would be too thin to see in the first."""

    def __init__(self) -> None:
        super().__init__("Memory")
        self.process = Scale("Process")
        self.cache = Scale("KV cache")
        self._facts: Memory | None = None
        self.body.addWidget(self.process)
        self.body.addSpacing(4)
        self.body.addWidget(self.cache)
        self.body.addStretch()
        self._show(None)

    def refresh(self, facts: Memory | None) -> None:
        """Shows `facts`, None while no model is loaded."""
        if self.is_seen and facts != self._facts:
            self._show(facts)

    def _show(self, facts: Memory | None) -> None:
        self._facts = facts
        if facts is None:
            self.process.show_parts([], 0)
            self.cache.show_parts([], 0)
            self.show_number("–", "peak")
            self.say("No model is loaded.")
            return
        weights, used, whole, peak = facts.weights_bytes, facts.kv_bytes, facts.kv_capacity_bytes, facts.peak_rss_bytes
        other = max(0, peak - weights - whole)
        self.process.show_parts([("weights", weights), ("KV cache", whole), ("the rest", other)], peak)
        self.cache.show_parts([("used", used), ("free", max(0, whole - used))], whole)
        self.show_number(in_words(peak), "peak")
        share = f", {100 * used / whole:.0f} %" if whole else ""
        self.say(f"The conversation fills {in_words(used)} of {in_words(whole)} in the KV cache{share}.")


class Scale(QWidget):
    """Parts of a whole, side by side, with their sizes in words below."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.parts: list[tuple[str, int]] = []
        self.whole = 0
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)

    def sizeHint(self) -> QSize:
        return QSize(280, 18 + 2 * self._line() + 10)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def show_parts(self, parts: list[tuple[str, int]], whole: int) -> None:
        """`parts` are (name, bytes) of `whole` bytes."""
        self.parts, self.whole = parts, whole
        self.setAccessibleDescription(", ".join(f"{name} {in_words(size)}" for name, size in parts))
        self.update()

    def _line(self) -> int:
        return round(self.fontMetrics().lineSpacing())

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, painter = theme.now(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(0.88))
        line = self._line()
        title = QRectF(0, 0, self.width(), line)
        painter.setPen(QColor(colours.text))
        painter.drawText(title, Qt.AlignmentFlag.AlignLeft, self._name)
        painter.setPen(QColor(colours.muted))
        painter.drawText(title, Qt.AlignmentFlag.AlignRight, in_words(self.whole) if self.whole else "–")
        body = QRectF(0.5, line + 4.5, self.width() - 1, 15)
        outline = QPainterPath()
        outline.addRoundedRect(body, 4, 4)
        at, word_at, below = body.left(), 0.0, body.bottom() + 4
        for name, size in self.parts:
            width = body.width() * size / max(1, self.whole)
            painter.setClipPath(outline)
            painter.fillRect(QRectF(at, body.top(), max(2.0, width) if size else 0.0, body.height()), self._colour(name))
            painter.setClipping(False)
            at += width
            painter.fillRect(QRectF(word_at, below + line / 2 - 4, 8, 8), self._colour(name))
            words = f"{name} {in_words(size)}"
            painter.drawText(QRectF(word_at + 13, below, self.width(), line), Qt.AlignmentFlag.AlignLeft, words)
            word_at += 13 + painter.fontMetrics().horizontalAdvance(words) + 14

    @staticmethod
    def _colour(name: str) -> QColor:
        colours = theme.now()
        known = {"weights": QColor(colours.accent), "the rest": faint(colours.muted), "free": QColor(colours.border)}
        return known.get(name, QColor(theme.KINDS["text"]))


def in_words(size: int) -> str:
    """Bytes as people read them."""
    for unit, bytes_ in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= bytes_:
            return f"{size / bytes_:.1f} {unit}" if size < 10 * bytes_ else f"{size / bytes_:.0f} {unit}"
    return f"{size} B"
