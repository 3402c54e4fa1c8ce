"""How tokens are drawn: seed, temperature and top-p."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.widgets import theme
from app.widgets.flow import Flow
from app.widgets.spin import Decimal, Whole, named
from app.widgets.words import Words

LARGEST_SEED = 2**31 - 1


class SamplingFields(QWidget):
    """Emits what was set; with temperature 0 the likeliest token is always chosen, and nothing else matters."""

    seed_chosen = Signal(int)
    sampling_chosen = Signal(float, float)  # temperature, top-p

    def __init__(self) -> None:
        super().__init__()
        self.seed = named(Whole(maximum=LARGEST_SEED), "Seed")
        self.temperature = named(Decimal(maximum=2.0, singleStep=0.1), "Temperature")
        self.top_p = named(Decimal(minimum=0.05, maximum=1.0, singleStep=0.05, value=1.0), "Top-p")
        self._sentence = Words(role="muted", scale=0.92)
        fields = Flow(spacing=12, line_spacing=8)
        for field in (self.seed, self.temperature, self.top_p):
            field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            captioned = QVBoxLayout()
            captioned.setSpacing(4)
            captioned.addWidget(theme.label(field.accessibleName(), "muted", 0.92))
            captioned.addWidget(field)
            fields.add(captioned)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(fields)
        layout.addWidget(self._sentence)
        self.seed.valueChanged.connect(self.seed_chosen)
        for field in (self.temperature, self.top_p):
            field.valueChanged.connect(self._choose)
        self._show_state()

    def show_values(self, temperature: float, top_p: float) -> None:
        """Shows what is in force; nobody has chosen anything."""
        for field, value in ((self.temperature, temperature), (self.top_p, top_p)):
            field.blockSignals(True)
            field.setValue(value)
            field.blockSignals(False)
        self._show_state()

    def _choose(self) -> None:
        self._show_state()
        self.sampling_chosen.emit(round(self.temperature.value(), 2), round(self.top_p.value(), 2))

    def _show_state(self) -> None:
        greedy = self.temperature.value() == 0
        self.seed.setEnabled(not greedy)
        self.top_p.setEnabled(not greedy)
        words = "Greedy: always the likeliest token." if greedy else "The same seed gives the same reply."
        self._sentence.setText(words)
