"""The picture of a result: where it lies between two ends, how sure that is, and where chance lies."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.listening.mushra_summary import MushraSummary
from app.listening.ranking_summary import RankingSummary
from app.listening.statistics import Rating, percent
from app.listening.summary import Result, Summary
from app.widgets import theme

HEIGHT, ROW = 84, 48  # pixels of one picture, and from one to the next
SCALE = 3  # image pixels per pixel, so that it prints well


@dataclass(frozen=True)
class IntervalPicture:
    """A value in [low, high] on an axis from `start` to `end`, with the words at both ends and at chance."""

    start: float
    end: float
    chance: float
    low: float | None
    value: float | None
    high: float | None
    left: str
    middle: str
    right: str
    words: str


def pictures(summary: Result) -> list[IntervalPicture]:
    """One; in a ranking one per condition, the best first, and in a MUSHRA test one per stimulus."""
    match summary:
        case RankingSummary():
            return _strengths(summary)
        case MushraSummary():
            return _scores(summary)
    return [_picture(summary)]


def height(summary: Result) -> int:
    """Pixels of all of them."""
    return HEIGHT + (len(pictures(summary)) - 1) * ROW


def _strengths(summary: RankingSummary) -> list[IntervalPicture]:
    result, found = summary.result, []
    intervals = [result.interval(one) for one in result.order]
    end = max(1.0, *(abs(bound) for interval in intervals for bound in interval))
    for place, (one, (low, high)) in enumerate(zip(result.order, intervals, strict=True), 1):
        value = float(result.values[one])
        words = f"{place}. {summary.conditions[one]}  {value:+.2f}"
        is_last = place == len(intervals)
        ends = (f"worse, {-end:.1f}", "mean of all", f"better, +{end:.1f}") if is_last else ("", "", "")
        found.append(IntervalPicture(-end, end, 0, low, value, high, *ends, words))
    return found


def _scores(summary: MushraSummary) -> list[IntervalPicture]:
    found = []
    for place, (name, result) in enumerate(summary.result.items(), 1):
        hidden = " (hidden reference)" if name == summary.conditions[0] else ""
        words = f"{name}{hidden}" if result.mean is None else f"{name}{hidden}  {result.mean:.0f}"
        ends = ("bad, 0", "fair", "excellent, 100") if place == len(summary.result) else ("", "", "")
        found.append(IntervalPicture(0, 100, 50, result.low, result.mean, result.high, *ends, words))
    return found


def _picture(summary: Summary) -> IntervalPicture:
    first, second = summary.conditions
    result = summary.result
    if isinstance(result, Rating):
        words = "no ratings" if result.mean is None else f"mean {result.mean:+.2f}"
        ends = (f"{first} better, -3", "about the same", f"{second} better, +3")
        return IntervalPicture(-3, 3, 0, result.low, result.mean, result.high, *ends, words)
    words = "no answers" if result.share is None else percent(result.share)
    ends = ("never X", "chance", "always X") if summary.method == "abx" else (f"always {first}", "chance", f"always {second}")
    low, high = (None, None) if result.share is None else (result.low, result.high)
    return IntervalPicture(0, 1, 0.5, low, result.share, high, *ends, words)


def paint(painter: QPainter, area: QRectF, shown: IntervalPicture, colours: theme.Colours, font: QFont) -> None:
    """Draws the axis, a tick where chance lies, the 95 % interval as a bar and the value as a dot."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    small = QFont(font)
    small.setPointSizeF(font.pointSizeF() * 0.85)
    inner = area.adjusted(12, 0, -12, 0)
    y = area.top() + 34

    def x(value: float) -> float:
        share = (value - shown.start) / (shown.end - shown.start)
        return inner.left() + min(max(share, 0), 1) * inner.width()

    painter.setPen(QPen(QColor(colours.border), 4, c=Qt.PenCapStyle.RoundCap))
    painter.drawLine(QPointF(inner.left(), y), QPointF(inner.right(), y))
    painter.setPen(QPen(QColor(colours.muted), 1.5))
    painter.drawLine(QPointF(x(shown.chance), y - 11), QPointF(x(shown.chance), y + 11))
    painter.setFont(small)
    below = QRectF(area.left(), y + 16, area.width(), 24)
    painter.setPen(QColor(colours.muted))
    painter.drawText(below, Qt.AlignmentFlag.AlignLeft, shown.left)
    painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, shown.middle)
    painter.drawText(below, Qt.AlignmentFlag.AlignRight, shown.right)
    if shown.low is not None and shown.high is not None:
        bar = QColor(colours.accent)
        bar.setAlphaF(0.4)
        painter.setPen(QPen(bar, 10, c=Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(x(shown.low), y), QPointF(x(shown.high), y))
    if shown.value is not None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.accent))
        painter.drawEllipse(QPointF(x(shown.value), y), 7, 7)
    painter.setFont(font)
    painter.setPen(QColor(colours.text))
    wide = painter.fontMetrics().horizontalAdvance(shown.words)
    at = x(shown.chance if shown.value is None else shown.value)
    left = min(max(at - wide / 2, area.left()), area.right() - wide)
    painter.drawText(QPointF(left, area.top() + 15), shown.words)


def _paint_all(painter: QPainter, width: int, shown: list[IntervalPicture], colours: theme.Colours, font: QFont) -> None:
    """Below each other."""
    for row, one in enumerate(shown):
        paint(painter, QRectF(0, row * ROW, width, HEIGHT), one, colours, font)


def image(summary: Result, width: int, font: QFont) -> QImage:
    """The picture on paper; may be called on any thread."""
    made = QImage(width * SCALE, height(summary) * SCALE, QImage.Format.Format_RGB32)
    made.fill(QColor(theme.LIGHT.surface))
    painter = QPainter(made)
    painter.scale(SCALE, SCALE)
    _paint_all(painter, width, pictures(summary), theme.LIGHT, font)
    painter.end()
    return made


class IntervalView(QWidget):
    """The picture on the screen."""

    def __init__(self) -> None:
        super().__init__()
        self._summary: Result | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Result and 95 % interval")

    def show_summary(self, summary: Result) -> None:
        self._summary = summary
        self.updateGeometry()
        self.setAccessibleDescription(summary.sentence)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(480, HEIGHT if self._summary is None else height(self._summary))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._summary is not None:
            _paint_all(QPainter(self), self.width(), pictures(self._summary), theme.now(), self.font())
