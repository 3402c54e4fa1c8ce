"""How tokens are drawn wherever they are: a bar each, its kind told by colour and by stripes, and the marks around it."""

from __future__ import annotations

from functools import cache

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.widgets import theme
from app.widgets.fitted import Fitted
from engine.turn_record import TurnRecord

SPACED = 4.0  # pixels per bar from which on there is room for gaps and outlines
FAINT = 0.3
MARKS = 20  # pixels above the bars that the two rows of marks take
REFRESHES = 11  # pixels that the row of refreshes alone takes

_STRIPES = {"heard": (6, 2), "text": (6, 4), "control": (3, 1)}  # pixels from one stripe to the next, of the stripe
_RESTS = {"propagate": (4, 1), "perhaps": (6, 3)}


def paint_kind(painter: QPainter, rects: list[QRect], kind: str) -> None:
    """Fills `rects` as a kind of token: speech is plain, the others are striped across, each in its own measure.

    Only opaque rectangles: brushes with a texture take many times longer.
    """
    painter.setPen(Qt.PenStyle.NoPen)
    if kind not in _STRIPES:
        _rects(painter, rects, QColor(theme.KINDS[kind]))
        return
    _rects(painter, rects, pale(theme.KINDS[kind]))
    _rects(painter, _striped(rects, *_STRIPES[kind]), QColor(theme.KINDS[kind]))


def paint_rest(painter: QPainter, rects: list[QRect], rest: str, kind: str = "speech") -> None:
    """Fills the layers above early tokens: caught up is pale, a propagated state and what only may come are striped.

    `rest` is a `KV` of `engine.schedules`, or "perhaps". A hole is nothing.
    """
    painter.setPen(Qt.PenStyle.NoPen)
    if rest in _RESTS:
        rects = _striped(rects, *_RESTS[rest])
    if rest != "hole":
        _rects(painter, rects, pale(theme.KINDS[kind]))


def _striped(rects: list[QRect], pitch: int, thick: int) -> list[QRect]:
    """Stripes across, in the same rows for all of them."""
    stripes = []
    for rect in rects:
        left, width, end = rect.left(), rect.width(), rect.bottom() + 1
        for y in range(rect.top() // pitch * pitch, end, pitch):
            start = max(y, rect.top())
            if y + thick > start:
                stripes.append(QRect(left, start, width, min(y + thick, end) - start))
    return stripes


def faint(colour: QColor | str) -> QColor:
    """The same colour, nearly gone."""
    paled = QColor(colour)
    paled.setAlphaF(FAINT)
    return paled


def pale(colour: str, share: float = FAINT) -> QColor:
    """As `faint` looks on a card, but opaque: hundreds of translucent bars would be felt."""
    return _mixed(colour, theme.now().surface, share)


@cache
def _mixed(colour: str, surface: str, share: float) -> QColor:
    return theme.mixed(QColor(colour), QColor(surface), share)


def paint_bars(painter: QPainter, area: QRectF, record: TurnRecord, first: int, slots: int) -> None:
    """Paints `slots` tokens from `first` on into `area`, which is as high as full depth and as wide as so many bars.

    Solid is what chose the token; above it pale is what caught up later and hollow is what still pends, or else it is as
    `paint_rest` has it. Refreshes and rejected drafts are marked in the rows above the area.
    """
    layers, kv, tokens = record.layers, record.plan.kv, record.tokens[first : first + slots]  # the record may be growing
    if not layers:
        return
    slot, bottom, top = area.width() / slots, round(area.bottom()), round(area.top())
    gap = 1 if slot >= SPACED else 0
    offset = area.left() - first * slot
    edges = np.rint(offset + np.arange(first, first + len(tokens) + 1) * slot).astype(int).tolist()
    heights = [round(layer * area.height() / layers) for layer in range(layers + 1)]
    bars: dict[str, list[QRect]] = {kind: [] for kind in theme.KINDS}
    later: dict[str, list[QRect]] = {}
    hollow: list[QRect] = []
    refreshes: list[QRect] = []
    gaps: list[QRect] = []
    for place, token in enumerate(tokens):
        left, height = edges[place], heights[min(token.depth, layers)]
        width = max(1, edges[place + 1] - gap - left)
        run = bars[token.kind][-1] if token.kind in _STRIPES and bars[token.kind] else None
        if run is not None and run.right() + gap == left - 1 and run.height() == height:
            run.setRight(left + width - 1)  # fewer stripes to draw
            gaps.append(QRect(left - 1, top, gap, bottom - top))
        else:
            bars[token.kind].append(QRect(left, bottom - height, width, height))
        if token.depth < layers:
            full = bottom - height - top
            if record.caught_up[first + place] or kv != "catch-up":
                later.setdefault(token.kind, []).append(QRect(left, top, width, full))
            else:
                hollow.append(QRect(left, top, width - 1, full - 1) if gap else QRect(left, top, width, 1))
        elif token.refresh:
            refreshes.append(QRect(left, top - 8, width if gap else 1, 5))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(Qt.PenStyle.NoPen)
    for kind, rects in bars.items():
        paint_kind(painter, rects, kind)
    if gap:
        _rects(painter, gaps, QColor(theme.now().surface))
    for kind, rects in later.items():
        paint_rest(painter, rects, kv, kind)
    if gap:
        painter.setPen(QPen(QColor(theme.KINDS["speech"]), 1))
    _rects(painter, hollow, QBrush() if gap else QColor(theme.KINDS["speech"]))
    painter.setPen(Qt.PenStyle.NoPen)
    _paint_refreshes(painter, refreshes, slot)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    for index, _ in record.rejected:
        if index >= first:
            paint_cross(painter, QPointF(offset + (index + 0.5) * slot, top - 14))


def paint_diamond(painter: QPainter, centre: QPointF, size: float = 3.5) -> None:
    """The mark of a refresh."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.now().text))
    shape = [QPointF(0, -size), QPointF(size, 0), QPointF(0, size), QPointF(-size, 0)]
    painter.drawPolygon(QPolygonF([centre + corner for corner in shape]))


def paint_cross(painter: QPainter, centre: QPointF, size: float = 3.0) -> None:
    """The mark of rejected drafts."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(QPen(QColor(theme.REJECTED), 1.8))
    for slope in (1, -1):
        painter.drawLine(centre - QPointF(size, slope * size), centre + QPointF(size, slope * size))


def _paint_refreshes(painter: QPainter, places: list[QRect], slot: float) -> None:
    if slot < SPACED:  # diamonds would run into one another
        _rects(painter, places, QColor(theme.now().text))
        return
    for place in places:
        paint_diamond(painter, QRectF(place).center(), min(3.5, slot * 0.45))


def _rects(painter: QPainter, rects: list[QRect], brush: QBrush | QColor) -> None:
    if rects:
        painter.setBrush(brush)
        painter.drawRects(rects)


class Legend(Fitted, QWidget):
    """What colours, stripes and marks mean."""

    KEYS = ("heard", "text", "speech", "control", "refresh", "rejected", "caught up", "pending")
    RESTS = {"catch-up": ("caught up", "pending"), "propagate": ("propagated", ""), "hole": ("hole", "")}

    def __init__(self) -> None:
        super().__init__()
        self._keys: dict[str, tuple[_Swatch, QLabel]] = {}
        self._rest = "catch-up"
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(2)
        self._cells: list[QWidget] = []
        self._columns = 0
        for name in self.KEYS:
            self._keys[name] = swatch, words = _Swatch(name), theme.label(name, "muted", 0.85)
            cell = QWidget()
            key = QHBoxLayout(cell)
            key.setContentsMargins(0, 0, 0, 0)
            key.setSpacing(6)
            key.addWidget(swatch)
            key.addWidget(words)
            self._cells.append(cell)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._arrange(len(self.KEYS) // 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(max(cell.sizeHint().width() for cell in self._cells), super().minimumSizeHint().height())

    def _fit(self) -> None:
        """In two rows, or in more where it is narrow."""
        wide = [cell.sizeHint().width() for cell in self._cells]
        for columns in range(len(wide) // 2, 0, -1):
            needs = sum(max(wide[column::columns]) for column in range(columns)) + 12 * (columns - 1)
            if needs <= self.width():
                break
        self._arrange(columns)

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        for column in range(self._columns + 1):
            self._grid.setColumnStretch(column, 0)
        self._columns = columns
        for place, cell in enumerate(self._cells):
            self._grid.addWidget(cell, place // columns, place % columns, Qt.AlignmentFlag.AlignLeft)
        self._grid.setColumnStretch(columns, 1)

    @property
    def names(self) -> list[str]:
        """What is explained."""
        return [words.text() for _, words in self._keys.values() if words.text()]

    def show_rest(self, kv: str) -> None:
        """What the layers above an exit may hold: a `KV` of `engine.schedules`."""
        if kv == self._rest:
            return
        self._rest = kv
        for key, name in zip(self.RESTS["catch-up"], self.RESTS[kv], strict=True):
            swatch, words = self._keys[key]
            swatch.show_as(name)
            words.setText(name)


class _Swatch(QWidget):
    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.setFixedSize(12, 12)

    def show_as(self, name: str) -> None:
        self._name = name
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, body = QPainter(self), QRect(1, 1, 10, 10)
        centre = QPointF(6, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        if self._name == "refresh":
            paint_diamond(painter, centre, 4.5)
        elif self._name == "rejected":
            paint_cross(painter, centre, 3.5)
        elif self._name == "pending":
            painter.setPen(QPen(QColor(theme.KINDS["speech"]), 1))
            painter.drawRect(body.adjusted(0, 0, -1, -1))
        elif self._name == "caught up":
            painter.fillRect(body, pale(theme.KINDS["speech"]))
        elif self._name == "propagated":
            paint_rest(painter, [body], "propagate")
        elif self._name == "hole":
            painter.fillRect(body.adjusted(0, 9, 0, 0), QColor(theme.KINDS["speech"]))
        elif self._name:
            paint_kind(painter, [body], self._name)
