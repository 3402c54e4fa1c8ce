"""Tests that somebody else has made, and the answers that come back to one's own: experiments, each in one file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QPushButton, QVBoxLayout, QWidget

from app.listening.experiment import ANSWERS_ENDING, ENDING
from app.pages.blind.pieces import card, row, wrapped
from app.widgets import save_dialog, theme

WORDS = "With a panel: an experiment is a test in one file. Its listeners need no model, and send their answers back."


class PanelCard(QWidget):
    """Asks for files, and emits what shall become of them."""

    take_requested = Signal(Path)
    collect_requested = Signal(Path, list)  # an experiment, and files with answers
    answers_requested = Signal(Path, Path)  # where to, and the folder of the test

    def __init__(self) -> None:
        super().__init__()
        self._answers: tuple[Path, str] | None = None
        self.take = QPushButton("Take an experiment…")
        self.take.setToolTip("A test that somebody else has made")
        self.collect = QPushButton("Add up answers…")
        self.collect.setToolTip("The answers that came back to an experiment, in one report")
        self.answers = QPushButton("Save answers…")
        self.answers.setToolTip("Your answers to the experiment that you took last, for whoever made it")
        self.answers.hide()
        for button, react in ((self.take, self._take), (self.collect, self._collect), (self.answers, self._save_answers)):
            button.setAccessibleName(button.text().rstrip("…"))
            button.clicked.connect(react)
        buttons = row(self.take, self.collect, self.answers)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(card(theme.label("Panel", scale=1.1, bold=True), wrapped(WORDS), buttons))

    def set_answers(self, found: tuple[Path, str] | None) -> None:
        """The folder of a finished test of an experiment and its listener's code, or none."""
        self._answers = found
        self.answers.setVisible(found is not None)

    def _take(self) -> None:
        path = self._open_experiment()
        if path is not None:
            self.take_requested.emit(path)

    def _collect(self) -> None:
        path = self._open_experiment()
        if path is None:
            return
        kinds = f"Answers (*{ANSWERS_ENDING})"
        names, _ = QFileDialog.getOpenFileNames(self, "Open the answers of its listeners", str(path.parent), kinds)
        if names:
            self.collect_requested.emit(path, [Path(name) for name in names])

    def _save_answers(self) -> None:
        if self._answers is None:
            return
        folder, code = self._answers
        path, _ = save_dialog.ask(self, "Save the answers", f"answers-{code}", f"Answers (*{ANSWERS_ENDING})")
        if path is not None:
            self.answers_requested.emit(path, folder)

    def _open_experiment(self) -> Path | None:
        at = str(save_dialog.folder())
        name, _ = QFileDialog.getOpenFileName(self, "Open an experiment", at, f"Experiment (*{ENDING})")
        return Path(name) if name else None
