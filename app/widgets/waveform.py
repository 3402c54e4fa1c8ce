"""A sound one can see: its waveform, a button that plays it, and where it is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from app.settings import shortcuts
from app.widgets import icons, theme
from app.widgets.panels.bars import pale

BINS_PER_SECOND = 100
MOST = 1_000_000  # samples taken in at once: more would be felt on the screen
COLUMN = 3  # pixels of a column and the gap after it
QUIETEST = 0.1  # peak below which a sound is no longer drawn larger
STEP = 1.0  # seconds an arrow key moves


class Envelope:
    """The lowest and highest sample of every hundredth of a second, of sound that comes in pieces."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self._bin = max(1, rate // BINS_PER_SECOND)
        self._low: list[np.ndarray] = []
        self._high: list[np.ndarray] = []
        self._rest = np.zeros(0, np.float32)
        self.samples = 0

    @property
    def seconds(self) -> float:
        return self.samples / self.rate

    def add(self, samples: np.ndarray) -> None:
        """More of the sound: mono float32."""
        self.samples += len(samples)
        joined = np.concatenate([self._rest, samples]) if len(self._rest) else samples
        whole = len(joined) // self._bin * self._bin
        bins = joined[:whole].reshape(-1, self._bin)
        self._low.append(bins.min(axis=1))
        self._high.append(bins.max(axis=1))
        self._rest = np.array(joined[whole:], np.float32)

    def bins(self) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest so far; the last bin may be shorter than the others."""
        low, high = list(self._low), list(self._high)
        if len(self._rest):
            low.append(self._rest.min(keepdims=True))
            high.append(self._rest.max(keepdims=True))
        if not low:
            return np.zeros(0, np.float32), np.zeros(0, np.float32)
        return np.concatenate(low), np.concatenate(high)

    def columns(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest in each of at most `count` equal parts."""
        low, high = self.bins()
        count = min(count, len(low))
        if count == 0:
            return low, high
        starts = np.arange(count) * len(low) // count
        return np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)


class Waveform(QWidget):
    """Emits `sought` with seconds when it is clicked or dragged to, or an arrow key moves from where it plays."""

    sought = Signal(float)
    toggled = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self._envelope: Envelope | None = None
        self._taken = 0  # pieces that are in the envelope
        self._part = 0  # samples of the next one that are in it, too
        self._columns: tuple[int, int, list[tuple[float, float]]] = (0, 0, [])
        self.position: float | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)

    @property
    def seconds(self) -> float:
        return self._envelope.seconds if self._envelope else 0.0

    def sizeHint(self) -> QSize:
        return QSize(240, 40)

    def take(self, pieces: Sequence[np.ndarray], rate: int) -> bool:
        """Takes in the pieces that are new, a long sound over several calls; returns whether all are in."""
        if not rate or len(pieces) == self._taken:
            return True
        if self._envelope is None or self._envelope.rate != rate or len(pieces) < self._taken:
            self._envelope, self._taken, self._part = Envelope(rate), 0, 0
        room = MOST
        while self._taken < len(pieces) and room > 0:
            piece = pieces[self._taken]
            part = piece[self._part : self._part + room]
            self._envelope.add(part)
            room -= len(part)
            self._part += len(part)
            if self._part == len(piece):
                self._taken, self._part = self._taken + 1, 0
        self.setAccessibleDescription(f"{self.seconds:.1f} seconds")
        self.update()
        return self._taken == len(pieces)

    def set_position(self, seconds: float | None) -> None:
        """The play head; None takes it away."""
        if seconds != self.position:
            self.position = seconds
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.seconds:
            share = min(max(event.position().x() / max(1, self.width()), 0.0), 1.0)
            self.sought.emit(share * self.seconds)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        here = self.position or 0.0
        match shortcuts.now().which(event, *shortcuts.SOUND):
            case "sound_back":
                self.sought.emit(max(0.0, here - STEP))
            case "sound_forward":
                self.sought.emit(min(self.seconds, here + STEP))
            case "sound_start":
                self.sought.emit(0.0)
            case "sound_end":
                self.sought.emit(max(0.0, self.seconds - STEP))
            case "sound_play":
                self.toggled.emit()
            case _:
                event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._envelope is None:
            return
        painter, colours = QPainter(self), theme.now()
        columns = self._drawn_columns(self._envelope)
        played = self.width() * (self.position or 0.0) / self.seconds if self.seconds else 0.0
        slot = self.width() / max(1, len(columns))
        thick = max(1, round(slot) - 1)
        middle = self.height() / 2
        reach = middle - 2
        rects = [
            QRect(round(place * slot), round(middle - high * reach), thick, max(2, round((high - low) * reach)))
            for place, (low, high) in enumerate(columns)
        ]
        reached = int(played / slot + 0.5)
        painter.setOpacity(1.0 if self.isEnabled() else icons.FADED)
        painter.setPen(Qt.PenStyle.NoPen)
        for part, brush in ((rects[:reached], QColor(colours.accent)), (rects[reached:], pale(colours.accent))):
            if part:
                painter.setBrush(brush if self.position is not None else pale(colours.accent, 0.6))
                painter.drawRects(part)
        if self.position is not None:
            painter.fillRect(QRectF(min(played, self.width() - 2), 0, 2, self.height()), QColor(colours.text))
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(colours.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def _drawn_columns(self, envelope: Envelope) -> list[tuple[float, float]]:
        """(lowest, highest) per column, as drawn: quiet sounds are enlarged. Kept until the sound or the width changes."""
        key = (envelope.samples, self.width())
        if self._columns[:2] != key:
            low, high = envelope.columns(max(1, self.width() // COLUMN))
            peak = max(QUIETEST, float(np.abs(low).max(initial=0)), float(np.abs(high).max(initial=0)))
            self._columns = (*key, list(zip((low / peak).tolist(), (high / peak).tolist(), strict=True)))
        return self._columns[2]


class PlayButton(QAbstractButton):
    """A triangle, or a square while its sound plays."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._playing = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_playing(False)

    @property
    def is_playing(self) -> bool:
        return self._playing

    def set_playing(self, playing: bool) -> None:
        self._playing = playing
        self.setAccessibleName(f"{'Stop' if playing else 'Play'} {self._name}")
        if self.isEnabled():  # else it tells why not
            self.setToolTip(self.accessibleName())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(32, 32)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, colours = QPainter(self), theme.now()
        painter.setOpacity(1.0 if self.isEnabled() else icons.FADED)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        body = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(QColor(colours.accent if self.hasFocus() else colours.border), 1.5))
        painter.setBrush(QColor(colours.raised if self.underMouse() or self.isDown() else colours.surface))
        painter.drawEllipse(body)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.accent))
        centre = body.center()
        if self._playing:
            painter.drawRoundedRect(QRectF(centre.x() - 4.5, centre.y() - 4.5, 9, 9), 1.5, 1.5)
        else:
            corners = (QPointF(-3.5, -6), QPointF(6.5, 0), QPointF(-3.5, 6))
            painter.drawPolygon(QPolygonF([centre + corner for corner in corners]))


class SoundRow(QWidget):
    """A play button, the waveform and its time. Hidden while there is no sound."""

    play_requested = Signal(float)  # from these seconds on
    stop_requested = Signal()

    def __init__(self, name: str) -> None:
        """`name`: what is heard, as it stands after "Play"."""
        super().__init__()
        self.button, self.wave = PlayButton(name), Waveform(name[0].upper() + name[1:])
        self._time = theme.label("", "muted", 0.88)
        self._time.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        theme.reserve(self._time, "00.0 / 00.0 s")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(12)
        row.addWidget(self.button)
        row.addWidget(self.wave, 1)
        row.addWidget(self._time)
        self._more = QTimer(self, singleShot=True, interval=0)
        self._more.timeout.connect(lambda: self.take(*self._source))
        self._source: tuple[Sequence[np.ndarray], int] = ((), 0)
        self.button.clicked.connect(self._toggle)
        self.wave.toggled.connect(self._toggle)
        self.wave.sought.connect(self.play_requested)
        self.hide()

    def take(self, pieces: Sequence[np.ndarray], rate: int) -> None:
        """The sound so far, as a list that only grows; the rest of a long one follows between other events."""
        self._source = (pieces, rate)
        if self.wave.take(pieces, rate):
            self._source = ((), 0)  # the picture holds no sound
        else:
            self._more.start()
        self.setVisible(self.wave.seconds > 0)
        self._tell_time()

    @property
    def is_whole(self) -> bool:
        """Whether all that was given is in the picture."""
        return not self._source[0]

    def switch_off(self, why: str) -> None:
        """The sound can no longer be played, for the reason that the button then gives; its picture stays."""
        for part in (self.button, self.wave):
            part.setEnabled(False)
            part.setToolTip(why)
        self.button.setAccessibleDescription(why)

    def set_position(self, seconds: float | None) -> None:
        """Where it plays; None: it does not."""
        if (seconds is not None) != self.button.is_playing:
            self.button.set_playing(seconds is not None)
        self.wave.set_position(seconds)
        self._tell_time()

    def _toggle(self) -> None:
        if self.button.is_playing:
            self.stop_requested.emit()
        else:
            self.play_requested.emit(0.0)

    def _tell_time(self) -> None:
        whole, here = self.wave.seconds, self.wave.position
        text = f"{whole:.1f} s" if here is None else f"{here:.1f} / {whole:.1f} s"
        if text != self._time.text():
            self._time.setText(text)
