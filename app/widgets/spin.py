"""A number with steps, framed like the other fields and with arrows of our own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF, QValidator
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox, QToolTip

from app.widgets import theme

_SHEET = """
QAbstractSpinBox {{ background: {0.surface}; border: 1px solid {0.border}; border-radius: 8px; padding: 0; }}
QAbstractSpinBox:focus {{ border: 1px solid {0.accent}; }}
QAbstractSpinBox[role="invalid"] {{ border: 1px solid {0.danger}; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ background: transparent; border: none; width: 26px; }}
QAbstractSpinBox QLineEdit {{ border: none; padding: 0; background: transparent; }}
"""
SOON = 250  # milliseconds: a click that ends the entry is over by then, and would take the sentence away again
_PLAIN = re.compile(r"-?(?:\d+[.,]?\d*|[.,]\d+)")
_TYPED = re.compile(r"[-\d.,'’\s]*")


Number = TypeVar("Number", int, float)

if TYPE_CHECKING:

    class Base(QAbstractSpinBox, Generic[Number]):
        """What Qt's two kinds have alike, but not from a class in common."""

        valueChanged: Signal

        def value(self) -> Number: ...
        def minimum(self) -> Number: ...
        def maximum(self) -> Number: ...
        def suffix(self) -> str: ...
else:
    Base = Generic  # Qt classes cannot be inherited twice


class _Dressed(Base[Number]):
    """What both kinds share.

    A point and a comma are both a decimal mark, whatever the system's language; a mark between thousands, and a number outside
    the range, are refused when the entry ends, with `refused` and a sentence, and the number before stays. What was
    understood stands in the field, with a point as in every text form of the program.
    """

    refused: Signal
    _sheet = ""
    _refusal = ""

    @property
    def refusal(self) -> str:
        """Why the number that was typed last is not used, as a sentence; "" if it is."""
        return self._refusal

    @property
    def _decimals(self) -> int:
        raise NotImplementedError

    def _parsed(self, plain: str) -> Number | None:
        """Of digits with at most one mark; None where this kind has no such number."""
        raise NotImplementedError

    def textFromValue(self, value: Number) -> str:
        return f"{value:.{self._decimals}f}"

    def valueFromText(self, text: str) -> Number:
        number = self._read(text)
        return self.value() if number is None else number

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        """Only what no number has cannot be typed; all else is judged when the entry ends."""
        if not _TYPED.fullmatch(self._bare(text)) and text != self.specialValueText():
            return QValidator.State.Invalid, text, place
        number = self._read(text)
        fits = number is not None and self.minimum() <= number <= self.maximum()
        return QValidator.State.Acceptable if fits else QValidator.State.Intermediate, text, place

    def fixup(self, text: str) -> str:
        """The entry ended with something that cannot be used: back to the number before."""
        self._refuse(self._why(self._bare(text)))
        return self.specialValueText() if self._is_special() else f"{self.textFromValue(self.value())}{self.suffix()}"

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.dress()

    def dress(self) -> None:
        """In the colours that are in use now."""
        sheet = _SHEET.format(theme.now())
        if sheet != self._sheet:
            self._sheet = sheet
            self.setStyleSheet(sheet)
            self.lineEdit().setTextMargins(8, 0, 0, 0)  # the style sheet cannot indent it

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.now().muted), 1.6, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
        x, middle = self.width() - 18.0, self.height() / 2
        for side in (-1, 1):
            y = middle + side * 5.5
            painter.drawPolyline(
                QPolygonF([QPointF(x - 4, y - side * 2), QPointF(x, y + side * 2), QPointF(x + 4, y - side * 2)])
            )

    def _begin(self) -> None:
        self.setKeyboardTracking(False)  # a number counts when it is complete
        self.lineEdit().textEdited.connect(lambda _: self._refuse(""))
        self.valueChanged.connect(lambda _: self._refuse(""))

    def _bare(self, text: str) -> str:
        return text.removesuffix(self.suffix().strip()).strip()

    def _is_special(self) -> bool:
        return bool(self.specialValueText()) and self.value() == self.minimum()

    def _read(self, text: str) -> Number | None:
        bare = self._bare(text)
        if self.specialValueText() and text == self.specialValueText():
            return self.minimum()
        return self._parsed(bare.replace(",", ".")) if _PLAIN.fullmatch(bare) else None

    def _why(self, bare: str) -> str:
        if not bare:
            return ""  # an empty field asks for nothing
        stays = self.specialValueText() if self._is_special() else self.textFromValue(self.value())
        least, most = self.textFromValue(self.minimum()), self.textFromValue(self.maximum())
        marks = re.findall(r"[.,'’\s]", bare)
        if self._read(bare) is not None or (self._decimals == 0 and not marks and _PLAIN.fullmatch(bare)):
            return f"“{bare}” is not from {least} to {most}, so {stays} stays."
        if marks and (self._decimals == 0 or len(marks) > 1 or marks[0] not in ".,"):
            meant = "a whole number without any mark" if self._decimals == 0 else "a number with one mark only, as 0.85 or 0,85"
            return f"“{bare}” cannot be read for certain: write {meant}. {stays} stays."
        return f"“{bare}” is not a number, so {stays} stays."

    def _refuse(self, sentence: str) -> None:
        if sentence == self._refusal:
            return
        self._refusal = sentence
        theme.set_role(self, "invalid" if sentence else "")
        if sentence:
            self.refused.emit(sentence)
            QTimer.singleShot(SOON, self, self._show_refusal)

    def _show_refusal(self) -> None:
        if self._refusal and self.isVisible():
            QToolTip.showText(self.mapToGlobal(self.rect().bottomLeft()), self._refusal, self)


class Whole(_Dressed[int], QSpinBox):
    refused = Signal(str)

    def __init__(self, **properties: Any) -> None:
        super().__init__(**properties)
        self._begin()

    @property
    def _decimals(self) -> int:
        return 0

    def _parsed(self, plain: str) -> int | None:
        return int(plain) if plain.lstrip("-").isdigit() and abs(int(plain)) < 2**31 else None


class Decimal(_Dressed[float], QDoubleSpinBox):
    refused = Signal(str)

    def __init__(self, **properties: Any) -> None:
        super().__init__(**properties)
        self._begin()

    @property
    def _decimals(self) -> int:
        return self.decimals()

    def _parsed(self, plain: str) -> float:
        return round(float(plain), self.decimals())


Box = TypeVar("Box", Whole, Decimal)


def named(box: Box, name: str) -> Box:
    """Dresses a box and gives it a name to be read out."""
    box.setAccessibleName(name)
    theme.fix(box, height=34)
    box.dress()
    return box
