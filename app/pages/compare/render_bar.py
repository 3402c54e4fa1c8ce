"""The button that renders, how far it is, and the one that stops it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QProgressBar, QPushButton, QSizePolicy, QWidget

from app.listening.rendering import Rendering, RenderJob
from app.widgets import theme
from app.widgets.flow import Flow
from app.widgets.words import Words

INSIST = "Send it all the same"


class RenderBar(QWidget):
    """Emits `started`, `cancelled`, and `insisted` where a question in which nobody spoke shall be answered all the same."""

    started = Signal()
    cancelled = Signal()
    insisted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.render_button, self.cancel = QPushButton("Render"), QPushButton("Cancel")
        self.render_button.setAccessibleName("Render the replies")
        self.render_button.setMinimumWidth(110)
        self.render_button.setProperty("role", "primary")
        self.cancel.setAccessibleName("Cancel rendering")
        self.insist = QPushButton(INSIST)
        self.insist.setAccessibleName(INSIST)
        self.insist.hide()
        self.bar = _Bar()
        self._sentence = Words(role="muted", least=200)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self._sentence.setAccessibleName("State of rendering")
        self.setLayout(Flow(self.render_button, self.cancel, self.bar, self._sentence, self.insist, spacing=14))
        self.render_button.clicked.connect(self.started)
        self.cancel.clicked.connect(self.cancelled)
        self.insist.clicked.connect(self.insisted)

    @property
    def sentence(self) -> str:
        return self._sentence.text()

    def show_state(self, may_render: bool, is_running: bool, sentence: str, may_insist: bool = False) -> None:
        self.render_button.setEnabled(may_render)
        self.insist.setVisible(may_insist)
        self.cancel.setVisible(is_running)
        self.bar.setVisible(is_running)
        if sentence != self._sentence.text():
            self._sentence.setText(sentence)

    def show_progress(self, rendering: Rendering) -> None:
        """How far it is, at display rate."""
        value = round(1000 * rendering.progress)
        if value != self.bar.value():
            self.bar.setValue(value)
        sentence = _in_words(rendering.current, rendering.jobs)
        if sentence != self._sentence.text():
            self._sentence.setText(sentence)


class _Bar(QProgressBar):
    """Thin and quiet."""

    def __init__(self) -> None:
        super().__init__(maximum=1000, textVisible=False)
        self.setAccessibleName("Progress of rendering")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(240, 8)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, colours = QPainter(self), theme.now()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        done = self.width() * self.value() / self.maximum()
        for width, colour in ((self.width(), colours.border), (max(done, self.height()), colours.accent)):
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(QRectF(0, 0, width, self.height()), 4, 4)


def _in_words(job: RenderJob | None, jobs: list[RenderJob]) -> str:
    if job is None:
        return ""
    place = f"{jobs.index(job) + 1} of {len(jobs)}: {job.variant.title}"
    if job.state == "interrupted":
        return f"{place}  ·  waits for the conversation, then begins again"
    if job.state == "rendering":
        return f"{place}  ·  {len(job.record.tokens)} tokens"
    return f"{place}  ·  waits for its model" if job.variant.model else f"{place}  ·  waits"
