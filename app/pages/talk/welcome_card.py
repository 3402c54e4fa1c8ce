"""What stands where no turn is yet: how to ask, what the model can answer, and questions to begin with."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.engine_client.commands import ModelFacts
from app.settings import shortcuts
from app.widgets import theme

MOST = 4  # questions
WIDEST = 620  # pixels of a line that is read, at the usual text size
HOW = "Hold the button or its key and speak, or tap before and after; type; or drop a sound file."
ALL_KEYS = "{} shows every key."


class WelcomeCard(QWidget):
    chosen = Signal(str)
    """That question."""

    def __init__(self) -> None:
        super().__init__()
        self.about = theme.label("")
        self.about.setAccessibleName("What the model can answer")
        self.examples: list[QPushButton] = []
        self._model: ModelFacts | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setSpacing(12)
        self.how = theme.label(HOW, "muted")
        self._name_keys()
        shortcuts.now().on_change(self._name_keys)
        for part in (theme.label("Ask something", scale=1.9, bold=True), self.about, self.how):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            part.setWordWrap(True)
            theme.limit(part, WIDEST)
            row = QVBoxLayout()  # a wrapped label in an aligned cell would lose its height for its width
            row.addWidget(part)
            self._layout.addLayout(row)
        self._layout.addSpacing(8)
        self.about.hide()

    def _name_keys(self) -> None:
        key = shortcuts.now().text("keys")
        self.how.setText(f"{HOW} {ALL_KEYS.format(key)}" if key else HOW)

    def show_model(self, model: ModelFacts | None) -> None:
        """Which model answers; None while there is none."""
        if model is self._model:
            return
        self._model = model
        self.about.setText(model.about if model is not None else "")
        self.about.setVisible(bool(self.about.text()))
        for button in self.examples:
            self._layout.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.examples = []
        for text in model.examples[:MOST] if model is not None else ():
            button = QPushButton(text)
            button.clicked.connect(lambda _, text=text: self.chosen.emit(text))
            self._layout.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
            self.examples.append(button)
