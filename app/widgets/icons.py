"""The icons of `resources/icons` in the colours of the moment, sharp at every size."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Literal

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.widgets import theme
from engine.resources import resources_folder

Name = Literal[
    "talk", "compare", "blind-test", "models", "settings", "diagnostics",
    "microphone", "microphone-off", "speaker", "speaker-off", "headphones", "voice",
    "copy", "sound-file", "play", "pause", "stop", "send", "new", "search", "pin", "trash", "export", "import", "folder", "retry",
    "check", "warning", "close", "chevron",
]  # fmt: skip
Ink = Literal["text", "muted", "accent", "on_accent", "danger"]
"""A colour of the theme."""
MARK = "refrain"
MARK_SIZES = (16, 24, 32, 48, 64, 128, 256)
FADED = 0.45  # how much is left of the colour of what is disabled


def icon(name: Name, ink: Ink = "muted", ink_on: Ink = "accent") -> QIcon:
    """`ink_on` is for a button that is checked. The colours are those of the moment in which it is painted."""
    return QIcon(_Engine(name, ink, ink_on))


def draw(painter: QPainter, name: Name, around: QRectF, colour: QColor) -> None:
    """Paints an icon into a square; one of 24 pixels has strokes of 1.75."""
    _renderer(name, colour.name()).render(painter, around)


def mark() -> QIcon:
    """Refrain's own: depths of tokens, one of them a refresh through all layers."""
    made = QIcon()
    for size in MARK_SIZES:
        made.addPixmap(_pixmap(QSize(size, size), lambda painter, around: _renderer(MARK, "").render(painter, around)))
    return made


class _Engine(QIconEngine):
    """Paints anew each time, so that a change between light and dark needs no word."""

    def __init__(self, name: Name, ink: Ink, ink_on: Ink) -> None:
        super().__init__()
        self._what = (name, ink, ink_on)

    def clone(self) -> QIconEngine:
        return _Engine(*self._what)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        name, ink, ink_on = self._what
        if mode == QIcon.Mode.Selected:
            ink = "on_accent"
        elif state == QIcon.State.On:
            ink = ink_on
        elif mode == QIcon.Mode.Active and ink == "muted":  # the mouse is over it
            ink = "text"
        side = min(rect.width(), rect.height())
        around = QRectF(0, 0, side, side)
        around.moveCenter(QRectF(rect).center())
        colour = QColor(getattr(theme.now(), ink))
        draw(painter, name, around, _faded(colour) if mode == QIcon.Mode.Disabled else colour)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return _pixmap(size, lambda painter, around: self.paint(painter, around.toRect(), mode, state))


def _faded(colour: QColor) -> QColor:
    """Mixed with the window's: drawn half transparent, strokes would shine through where they cross."""
    return theme.mixed(colour, QColor(theme.now().window), FADED)


def _pixmap(size: QSize, paint: Callable[[QPainter, QRectF], None]) -> QPixmap:
    made = QPixmap(size)
    if made.isNull():  # a button that has no room yet asks for one of no size
        return made
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    paint(painter, QRectF(QRect(QPoint(0, 0), size)))
    painter.end()
    return made


@lru_cache(maxsize=256)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    drawing = (resources_folder() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(drawing.replace("currentColor", colour).encode()))
