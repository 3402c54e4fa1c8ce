"""What may follow a schedule's form: what the layers above an exit hold, a review and its tolerance, text, and the head."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from app.widgets import theme
from app.widgets.flow import Flow
from app.widgets.schedules.chooser import Chooser
from app.widgets.spin import Decimal, Whole, named
from engine.schedules import Full, Schedule, Spark, Tolerance

HEIGHT = 36  # pixels of a field
ABOVE = (
    ("catch up at the next full step", "catch-up", "Afterwards they hold what full depth would have made of the token."),
    ("hold the exit's state", "propagate", "At once and for good: no catching up, and what follows sees a guess."),
    ("stay empty", "hole", "For good: what follows does not see the token there."),
)
KEEPS = (
    ("its own choice", "exact", "The reply is full depth's, word for word."),
    ("within top-p", "top-p", "Drafts among full depth's likeliest ids with this probability are kept, too."),
    ("within top-n", "top-n", "Drafts among so many of full depth's likeliest ids are kept, too."),
)


class OptionFields(QWidget):
    """Emits `changed`; `keywords` are then those of the schedule."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.above = _chooser("Layers above the exit", ABOVE)
        self.review = QCheckBox("Full depth reviews drafts, keeping")
        self.review.setToolTip("The early tokens are drafts that the next full step keeps or corrects")
        self.keeps = _chooser("What a review keeps", KEEPS)
        self.top_p = named(Decimal(minimum=0.01, maximum=1.0, singleStep=0.05, decimals=3, value=0.9), "Top-p of the review")
        self.top_n = named(Whole(minimum=1, maximum=9999, value=5), "Top-n of the review")
        self.text = QCheckBox("Text exits early, too")
        self.text.setToolTip("To hear why it should not: words go wrong before the voice does")
        self.slice = QCheckBox("Only the rows of the head that may come")
        self.slice.setToolTip("Full depth computes no more of its head than speech needs: the same reply, a little sooner")
        self._top_p = (0.9, self.top_p.value())  # as it was given, and as the field shows it
        self._lay_out()
        for box in (self.above, self.keeps):
            box.currentIndexChanged.connect(self.changed)
        for check in (self.review, self.text, self.slice):
            check.toggled.connect(self.changed)
        for number in (self.top_p, self.top_n):
            number.valueChanged.connect(self.changed)

    def keywords(self, kind: type) -> dict[str, Any]:
        """What a schedule of this kind is made with."""
        given: dict[str, Any] = {"slice": self.slice.isChecked()}
        if kind is Full:
            return given
        given |= {"text": self.text.isChecked(), "kv": self.above.currentData()}
        if kind is Spark and self.review.isChecked():
            given |= {"review": True, "tolerance": self._kept(), "kv": "catch-up"}  # a review needs what catches up
        return given

    def show_schedule(self, schedule: Schedule) -> None:
        """Sets every control; whoever calls passes over `changed`."""
        self.slice.setChecked(schedule.slice)
        if isinstance(schedule, Full):
            return  # what it cannot have is kept for the next one that can
        self.text.setChecked(schedule.text)
        self.above.setCurrentIndex(self.above.findData(schedule.kv))
        if not isinstance(schedule, Spark):
            return
        self.review.setChecked(schedule.review)
        tolerance = schedule.tolerance
        if tolerance is None:
            self.keeps.setCurrentIndex(0)
        elif tolerance.top_p is not None:
            self.keeps.setCurrentIndex(1)
            self.top_p.setValue(tolerance.top_p)
            self._top_p = (tolerance.top_p, self.top_p.value())
        elif tolerance.top_n is not None:
            self.keeps.setCurrentIndex(2)
            self.top_n.setValue(tolerance.top_n)

    def allow(self, kind: type, exits: bool) -> None:
        """Only what a schedule of this kind can have on a model with `exits` or without."""
        early = exits and kind is not Full
        reviews = early and kind is Spark and self.review.isChecked()
        self.slice.setEnabled(exits)
        self.text.setEnabled(early)
        self.above.setEnabled(early and not reviews)
        self.review.setEnabled(early and kind is Spark)
        self.keeps.setEnabled(reviews)
        for number in (self.top_p, self.top_n):
            number.setEnabled(reviews)
        self._show_bound()

    def _kept(self) -> Tolerance | None:
        match self.keeps.currentData():
            case "top-p":
                given, shown = self._top_p  # typed as text, it may have more digits
                return Tolerance(top_p=given if self.top_p.value() == shown else round(self.top_p.value(), 3))
            case "top-n":
                return Tolerance(top_n=self.top_n.value())
        return None

    def _lay_out(self) -> None:
        review = Flow(self.review, Flow(self.keeps, self.top_p, self.top_n, spacing=8), spacing=8)
        checks = Flow(self.text, self.slice, spacing=18, line_spacing=8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.above)
        layout.addLayout(review)
        layout.addLayout(checks)
        self._show_bound()

    def _show_bound(self) -> None:
        for place, number in ((1, self.top_p), (2, self.top_n)):
            number.setVisible(self.keeps.currentIndex() == place)


def _chooser(name: str, choices: tuple[tuple[str, str, str], ...]) -> Chooser:
    box = Chooser()
    box.setAccessibleName(name)
    theme.fix(box, height=HEIGHT)
    for place, (label, value, meaning) in enumerate(choices):
        box.addItem(label, value)
        box.setItemData(place, meaning, Qt.ItemDataRole.ToolTipRole)
    return box
