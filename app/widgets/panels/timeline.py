"""Time line: when a turn was listened to, prefilled, decoded, made into sound and played."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QTransform

from app.core.turn import Played
from app.widgets import theme
from app.widgets.panels.bars import paint_kind, pale
from app.widgets.panels.panel import Canvas, Panel
from engine.turn_record import TurnRecord

LANES = ("listen", "prefill", "decode", "speak", "play")
BEFORE = 2.0  # seconds of the question that are shown at most
HOP = 2  # seconds by which the axis grows
JOINED = 0.02  # seconds: a shorter pause between tokens of a kind is no gap


@dataclass
class Span:
    lane: str
    start: float
    end: float
    kind: str = ""  # of the tokens in it


class TimelinePanel(Panel):
    """One lane each; the question ends at 0."""

    def __init__(self) -> None:
        super().__init__("Time line")
        self._plot = self.add_plot("seconds since the question", "When each part of the turn ran", left=max(LANES, key=len))
        self._plot.setYRange(0, len(LANES), padding=0)
        places = [(len(LANES) - place - 0.5, lane) for place, lane in enumerate(LANES)]
        self._plot.getAxis("left").setTicks([places])
        self._canvas = Canvas(self._paint)
        self._plot.addItem(self._canvas, ignoreBounds=True)
        self._record: TurnRecord | None = None
        self._decoded: list[Span] = []
        self._tokens = 0
        self._shown: object = None  # what `refresh` drew last, as far as it can change
        self._range = (0.0, 0.0)
        self.spans: list[Span] = []
        """What is drawn."""
        self.recolour()
        self._show(None, None)

    def refresh(self, record: TurnRecord | None, played: Played | None = None) -> None:
        """Shows a turn, and `played` of its sound."""
        if not self.is_seen:
            return
        shown = (record and (record.prefilled, len(record.tokens), len(record.audio), record.is_over), played)
        if record is self._record and shown == self._shown:
            return
        self._shown = shown
        self._show(record, played)

    def _show(self, record: TurnRecord | None, played: Played | None) -> None:
        if record is not self._record:
            self._record, self._decoded, self._tokens, self._range = record, [], 0, (0.0, 0.0)
        if record is None:
            self.spans = []
        else:
            self._decode(record)
            self.spans = [*_question(record), *self._decoded, *_sound(record, played)]
        start = min([0.0, *(max(-BEFORE, span.start) for span in self.spans)])
        end = max([1.0, *(span.end for span in self.spans)])
        wanted = (math.floor(start * 2) / 2, 1 if end <= 1 else HOP * math.ceil(end / HOP))
        if wanted != self._range:  # axes are what costs
            self._range = wanted
            self._plot.setXRange(*wanted, padding=0)
        first = record.first_audio if record else None
        self.show_number("–" if first is None else f"{first * 1000:.0f} ms", "to the first audio")
        self.say(_words(record))
        self._canvas.update()

    def recolour(self) -> None:
        super().recolour()
        lines = len(LANES) * self.line_height() + self._plot.getAxis("bottom").height()
        self._plot.setMinimumHeight(round(lines))

    def _decode(self, record: TurnRecord) -> None:
        new = record.tokens[self._tokens :]
        for token in new:
            start, last = token.at - token.milliseconds / 1000, self._decoded[-1] if self._decoded else None
            if last is not None and last.kind == token.kind and start - last.end < JOINED:
                last.end = max(last.end, token.at)
            else:
                start = max(start, last.end) if last is not None else start  # drafts are told of after their review
                self._decoded.append(Span("decode", min(start, token.at), token.at, token.kind))
        self._tokens += len(new)

    def _paint(self, painter: QPainter, to_pixels: QTransform) -> None:
        colours = theme.now()
        painter.setPen(Qt.PenStyle.NoPen)
        zero = to_pixels.map(QPointF(0, 0)).x()
        top, bottom = to_pixels.map(QPointF(0, len(LANES))).y(), to_pixels.map(QPointF(0, 0)).y()
        painter.fillRect(QRectF(round(zero), top, 1, bottom - top), QColor(colours.border))
        for span in self.spans:
            y = len(LANES) - LANES.index(span.lane)
            start, end = (to_pixels.map(QPointF(at, y)) for at in (span.start, span.end))
            height = to_pixels.map(QPointF(0, y - 1)).y() - start.y()
            body = QRectF(start.x(), start.y() + height * 0.22, max(1.5, end.x() - start.x()), height * 0.56)
            if span.kind:
                paint_kind(painter, [body.toRect()], span.kind)
            else:
                painter.fillRect(body, pale(colours.accent) if span.lane == "listen" else QColor(colours.accent))


def _question(record: TurnRecord) -> list[Span]:
    spans = []
    if record.listened is not None and record.question_seconds:
        spans.append(Span("listen", -record.question_seconds, record.listened))
    if record.prefilled is not None:
        spans.append(Span("prefill", record.listened or 0.0, record.prefilled))
    return spans


def _sound(record: TurnRecord, played: Played | None) -> list[Span]:
    spans = [Span("speak", piece.at, piece.at) for piece in record.audio]
    if played is not None:
        spans.append(Span("play", played.began, played.began + played.seconds))
    return spans


def _words(record: TurnRecord | None) -> str:
    if record is None or (record.listened is None and not record.tokens):
        return "Each part of the next turn is drawn where it ran; the question ends at 0."
    if record.stats is None:
        return f"{len(record.tokens)} tokens and {record.audio_seconds:.1f} s of sound so far."
    seconds = record.stats.seconds
    parts = ", ".join(f"{lane} {seconds[lane]:.2f}\u00a0s" for lane in LANES[:4] if seconds.get(lane) is not None)
    return f"{parts[:1].upper()}{parts[1:]}; {record.audio_seconds:.1f}\u00a0s of sound."
