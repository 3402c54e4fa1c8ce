"""What decides between early and full: SPAR-K's groups, or how sure the exit head must be."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.widgets import theme
from app.widgets.flow import Flow
from app.widgets.schedules.chooser import Chooser
from app.widgets.spin import Decimal, Whole, named
from engine.schedules import Entropy, Schedule, Spark

HEIGHT = 36  # pixels of a field
Refresh = Literal["first", "last"]  # where in its group a token runs at full depth
GROUPS: tuple[tuple[str, int, Refresh], ...] = (("Even", 2, "first"), ("Odd", 2, "last"), ("Triple", 3, "first"))
THRESHOLD = 0.5  # nats, as a start


class GroupFields(QWidget):
    """Emits `changed`; a press on one of the paper's names emits `group_chosen` with its period and refresh."""

    changed = Signal()
    group_chosen = Signal(int, str)

    def __init__(self) -> None:
        super().__init__()
        self.period = named(Whole(minimum=2, maximum=999), "Period")
        self.refreshes = Chooser()
        self.refreshes.setAccessibleName("Place of the refresh")
        self.refreshes.addItem("first at full depth", "first")
        self.refreshes.addItem("last at full depth", "last")
        self.refreshes.setPlaceholderText("full depth after its drafts")  # where nothing can be chosen: see `allow`
        self._refresh: Refresh = "first"
        self.names = {(period, refresh): QPushButton(name) for name, period, refresh in GROUPS}
        self.threshold = named(
            Decimal(minimum=0.001, maximum=20.0, singleStep=0.1, decimals=3, value=THRESHOLD, suffix=" nats"),
            "Entropy below which a token exits",
        )
        self._threshold = (THRESHOLD, self.threshold.value())  # as it was given, and as the field shows it
        self._lay_out()
        self.period.valueChanged.connect(self.changed)
        self.refreshes.currentIndexChanged.connect(self.changed)
        self.threshold.valueChanged.connect(self.changed)
        for (period, refresh), button in self.names.items():
            button.clicked.connect(lambda _, period=period, refresh=refresh: self.group_chosen.emit(period, refresh))

    @property
    def group(self) -> tuple[int, Refresh]:
        """The period, and the place of the refresh."""
        return self.period.value(), self.refreshes.currentData() or self._refresh

    @property
    def nats(self) -> float:
        """The threshold; one that was typed as text may have more digits than the field shows."""
        given, shown = self._threshold
        return given if self.threshold.value() == shown else round(self.threshold.value(), 3)

    @property
    def name(self) -> str:
        """What the fields are about."""
        return "Groups" if self._entropy.isHidden() else "Sure below"

    def show_schedule(self, schedule: Schedule) -> None:
        """Sets every control; whoever calls passes over `changed`."""
        if isinstance(schedule, Spark):
            self.period.setValue(schedule.period)
            self._refresh = schedule.refresh
            self.refreshes.setCurrentIndex(-1 if schedule.review else self.refreshes.findData(schedule.refresh))
        elif isinstance(schedule, Entropy):
            self.threshold.setValue(schedule.threshold)
            self._threshold = (schedule.threshold, self.threshold.value())

    def allow(self, kind: type, reviews: bool) -> None:
        """Only what a schedule of this kind can have. A review comes after its drafts, whatever the text form says."""
        self._groups.setVisible(kind is not Entropy)
        self._entropy.setVisible(kind is Entropy)
        self.setEnabled(kind in (Spark, Entropy))
        self.refreshes.setEnabled(kind is Spark and not reviews)

    def _lay_out(self) -> None:
        names = Flow(spacing=8)
        for (period, refresh), button in self.names.items():
            button.setAccessibleName(f"{button.text()}: period {period}, refresh {refresh}")
            button.setAutoDefault(False)
            theme.fix(button, height=HEIGHT)
            names.add(button)
        theme.fix(self.refreshes, height=HEIGHT)
        theme.fix(self.threshold, width=150)
        self._groups, self._entropy = QWidget(), QWidget()
        row = Flow(Flow(self.period, self.refreshes, spacing=8), names, spacing=8)
        line = QHBoxLayout()
        line.addWidget(self.threshold)
        line.addStretch()
        layout = QVBoxLayout(self)
        for page, inside in ((self._groups, row), (self._entropy, line)):
            inside.setContentsMargins(0, 0, 0, 0)
            page.setLayout(inside)
            layout.addWidget(page)
        layout.setContentsMargins(0, 0, 0, 0)
        self._entropy.hide()
