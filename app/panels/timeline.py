"""Time line: when a turn was listened to, prefilled, decoded, made into sound and played."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QTransform

from app import theme
from app.panels.bars import paint_kind, pale
from app.panels.panel import Canvas, Panel
from app.turn import Played
from engine.events import Listened, Prefilled, Token, TurnStats

LANES = ("listen", "prefill", "decode", "speak", "play")
BEFORE = 2.0  # seconds of the question that are shown at most
HOP = 2  # seconds by which the axis grows
JOINED = 0.02  # seconds: a shorter pause between tokens of a kind is no gap


class HasTimes(Protocol):
    """A turn whose events' times are kept; all of them are seconds since its question ended."""

    tokens: Sequence[Token]
    listened: Listened | None
    prefilled: Prefilled | None
    sounds: Sequence[tuple[float, float]]  # (when it was ready, seconds of sound) of each piece
    first_audio: float | None
    stats: TurnStats | None
    is_over: bool


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
        self._turn: HasTimes | None = None
        self._decoded: list[Span] = []
        self._tokens = 0
        self._shown: tuple = ()
        self._range = (0.0, 0.0)
        self.spans: list[Span] = []
        """What is drawn."""
        self.recolour()
        self._show(None, None)

    def refresh(self, turn: HasTimes | None, played: Played | None = None) -> None:
        """Shows `turn`, and `played` of its sound."""
        if not self.is_seen:
            return
        shown = (turn and len(turn.tokens), turn and len(turn.sounds), turn and turn.is_over, played)
        if turn is self._turn and shown == self._shown:
            return
        self._shown = shown
        self._show(turn, played)

    def _show(self, turn: HasTimes | None, played: Played | None) -> None:
        if turn is not self._turn:
            self._turn, self._decoded, self._tokens, self._range = turn, [], 0, (0.0, 0.0)
        if turn is None:
            self.spans = []
        else:
            self._decode(turn)
            self.spans = [*_question(turn), *self._decoded, *_sound(turn, played)]
        start = min([0.0, *(max(-BEFORE, span.start) for span in self.spans)])
        end = max([1.0, *(span.end for span in self.spans)])
        wanted = (math.floor(start * 2) / 2, 1 if end <= 1 else HOP * math.ceil(end / HOP))
        if wanted != self._range:  # axes are what costs
            self._range = wanted
            self._plot.setXRange(*wanted, padding=0)
        first = turn.first_audio if turn else None
        self.show_number("–" if first is None else f"{first * 1000:.0f} ms", "to the first audio")
        self.say(_words(turn))
        self._canvas.update()

    def recolour(self) -> None:
        super().recolour()
        lines = len(LANES) * self.line_height() + self._plot.getAxis("bottom").height()
        self._plot.setMinimumHeight(round(lines))

    def _decode(self, turn: HasTimes) -> None:
        for token in turn.tokens[self._tokens :]:
            start, last = token.at - token.milliseconds / 1000, self._decoded[-1] if self._decoded else None
            if last is not None and last.kind == token.kind and start - last.end < JOINED:
                last.end = max(last.end, token.at)
            else:
                start = max(start, last.end) if last is not None else start  # drafts are told of after their review
                self._decoded.append(Span("decode", min(start, token.at), token.at, token.kind))
        self._tokens = len(turn.tokens)

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


def _question(turn: HasTimes) -> list[Span]:
    spans = []
    if turn.listened is not None and turn.listened.audio_seconds:
        spans.append(Span("listen", -turn.listened.audio_seconds, turn.listened.seconds))
    if turn.prefilled is not None:
        spans.append(Span("prefill", turn.listened.seconds if turn.listened else 0.0, turn.prefilled.seconds))
    return spans


def _sound(turn: HasTimes, played: Played | None) -> list[Span]:
    spans = [Span("speak", at, at) for at, _ in turn.sounds]
    if played is not None:
        spans.append(Span("play", played.began, played.began + played.seconds))
    return spans


def _words(turn: HasTimes | None) -> str:
    if turn is None or (turn.listened is None and not turn.tokens):
        return "Each part of the next turn is drawn where it ran; the question ends at 0."
    if turn.stats is None:
        return f"{len(turn.tokens)} tokens and {sum(seconds for _, seconds in turn.sounds):.1f} s of sound so far."
    seconds = turn.stats.seconds
    parts = ", ".join(f"{lane} {seconds[lane]:.2f}\u00a0s" for lane in LANES[:4] if seconds.get(lane) is not None)
    return f"{parts[:1].upper()}{parts[1:]}; {turn.stats.audio_seconds:.1f}\u00a0s of sound."
