"""The page after a test: what it showed, how surely, and where its files are."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QGridLayout, QPushButton, QVBoxLayout

from app.listening.experiment import ANSWERS_ENDING
from app.listening.summary import TITLES, named
from app.pages.blind.interval import IntervalView
from app.pages.blind.pieces import accent_button, card, centred, row
from app.pages.blind.report import HTML, PDF, Report
from app.widgets import save_dialog, theme
from app.widgets.scroll import Scroll
from app.widgets.words import Words

WIDTH = 820  # of the page, in pixels


class SummaryView(Scroll):
    """Shows a `Report`; emits what the user wants next."""

    done = Signal()
    copy_requested = Signal(Path)
    answers_requested = Signal(Path)

    def __init__(self) -> None:
        super().__init__()
        self.report: Report | None = None
        self.title = Words(role="muted")
        self.headline = Words(scale=1.6, bold=True)
        self.sentence = Words("", scale=1.05)
        self.interval = IntervalView()
        self.attention = Words("")
        self.caveats = Words("", "muted")
        self.notice = Words("", "muted")
        self.open_page = accent_button("Open the report", "Open the report as a page")
        self.open_pdf = QPushButton("Open the PDF")
        self.open_folder = QPushButton("Open the folder")
        self.copy = QPushButton("Save a copy…")
        self.answers = QPushButton("Save answers…")
        self.answers.setToolTip("For whoever made the experiment")
        self.again = QPushButton("Close")
        self._figures = QGridLayout()
        self._lay_out()
        self._connect()

    def show_report(self, report: Report) -> None:
        self.report = report
        summary = report.summary
        self.title.setText(f"{TITLES[summary.method]}  ·  {named(summary.conditions)}")
        self.headline.setText(summary.headline)
        self.sentence.setText(summary.sentence)
        self.interval.show_summary(summary)
        self.attention.setText(summary.attention.sentence)
        theme.set_role(self.attention, "muted" if summary.attention.passed else "danger")
        self.caveats.setText("\n".join(summary.caveats))
        self.say(f"Report, answers and clips are in {report.folder}")
        while (item := self._figures.takeAt(0)) is not None:
            if (figure := item.widget()) is not None:
                figure.deleteLater()
        for line, (name, value) in enumerate(summary.figures):
            self._figures.addWidget(Words(name, "muted"), line, 0)
            self._figures.addWidget(Words(value), line, 1)
        self.answers.setVisible(bool(report.listener))
        self.open_page.setFocus()

    def say(self, sentence: str, role: str = "muted") -> None:
        self.notice.setText(sentence)
        theme.set_role(self.notice, role)

    def _open(self, name: str) -> None:
        if self.report is None:
            return
        path = self.report.folder / name
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self.say(f"The system has no program to open {path}", "danger")

    def _choose_copy(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Save a copy of the report in")
        if folder:
            self.copy_requested.emit(Path(folder))

    def _choose_answers(self) -> None:
        listener = "" if self.report is None else self.report.listener
        path, _ = save_dialog.ask(self, "Save the answers", f"answers-{listener}", f"Answers (*{ANSWERS_ENDING})")
        if path is not None:
            self.answers_requested.emit(path)

    def _connect(self) -> None:
        self.open_page.clicked.connect(lambda: self._open(HTML))
        self.open_pdf.clicked.connect(lambda: self._open(PDF))
        self.open_folder.clicked.connect(lambda: self._open(""))
        self.copy.clicked.connect(self._choose_copy)
        self.answers.clicked.connect(self._choose_answers)
        self.again.clicked.connect(self.done)
        for button in (self.open_pdf, self.open_folder, self.copy, self.answers, self.again):
            button.setAccessibleName(button.text().strip("…"))

    def _lay_out(self) -> None:
        self._figures.setHorizontalSpacing(28)
        self._figures.setVerticalSpacing(6)
        self._figures.setColumnStretch(0, 4)
        self._figures.setColumnStretch(1, 5)
        above = (self.title, self.headline, self.sentence, self.interval)
        buttons = row(self.open_page, self.open_pdf, self.open_folder, self.copy, self.answers, self.again)
        column = QVBoxLayout()
        column.setContentsMargins(0, 28, 0, 28)
        column.setSpacing(16)
        column.addWidget(theme.label("Result of the blind test", scale=1.5, bold=True))
        column.addWidget(card(*above, self._figures, self.attention, self.caveats))
        column.addLayout(buttons)
        column.addWidget(self.notice)
        column.addStretch()
        self.setWidget(centred(column, WIDTH))
