"""What all steps have in common: a picture, a heading, a paragraph, and below them what is particular."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.widgets import icons, theme
from app.widgets.words import Words


class WelcomeStep(QWidget):
    """`changed` says that `is_done` or `first` may be another, `passed` that there is nothing more to do here."""

    changed = Signal()
    passed = Signal()

    def __init__(self, drawing: icons.Name, title: str, text: str) -> None:
        super().__init__()
        self.title = title
        self.setAccessibleName(title)
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(Words(title, scale=1.5, bold=True))
        words.addWidget(wrapped(text, "muted"))
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(StepPicture(drawing), 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(20)
        layout.addLayout(head)
        layout.addLayout(self.body)
        layout.addStretch()

    @property
    def is_done(self) -> bool:
        """Whether going on skips nothing."""
        return True

    @property
    def first(self) -> QWidget | None:
        """What the keyboard should be on; None is the button that goes on."""
        return None

    def entered(self) -> None:
        """It is on the screen from now on."""

    def left(self) -> None:
        """It is not on the screen any more."""

    def tick(self) -> None:
        """About thirty times a second while it is on the screen."""


class StepPicture(QWidget):
    """An icon on a round ground."""

    SIDE, ICON = 56, 28

    def __init__(self, drawing: icons.Name) -> None:
        super().__init__()
        self._drawing = drawing
        self.setFixedSize(QSize(self.SIDE, self.SIDE))

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, painter = theme.now(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(colours.accent)
        ground.setAlphaF(0.14)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawEllipse(self.rect())
        around = QRectF(0, 0, self.ICON, self.ICON)
        around.moveCenter(QRectF(self.rect()).center())
        icons.draw(painter, self._drawing, around, QColor(colours.accent))


class IconSentence(QWidget):
    """A small icon and a sentence."""

    def __init__(self, drawing: icons.Name, text: str = "", ink: icons.Ink = "accent") -> None:
        super().__init__()
        self._icon = QLabel()
        self._icon.setFixedSize(20, 20)
        self._line = wrapped(text)
        self._shown = (drawing, ink)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._line, 1)

    @property
    def text(self) -> str:
        return self._line.text()

    def show_fact(self, drawing: icons.Name, text: str, ink: icons.Ink = "accent") -> None:
        if text != self._line.text():
            self._line.setText(text)
        self._shown = (drawing, ink)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        drawing, ink = self._shown
        painter = QPainter(self)
        icons.draw(painter, drawing, QRectF(self._icon.geometry()), QColor(getattr(theme.now(), ink)))


def button(drawing: icons.Name, text: str) -> QPushButton:
    """A button with an icon beside its word."""
    made = QPushButton(icons.icon(drawing, "text"), text)
    made.setIconSize(QSize(20, 20))
    return made


def wrapped(text: str = "", role: str = "") -> Words:
    """A label that breaks its lines and is as high as they need."""
    return Words(text, role)
