"""The self-test on its card: lines as they come, and what came of all."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QVBoxLayout

from app.pages.diagnostics.places import short
from app.pages.diagnostics.self_test_run import SelfTestRun
from app.self_test import CHECKS, Finding
from app.self_test.command import WORDS, summary
from app.widgets import theme
from app.widgets.flow import Flow
from app.widgets.words import Words

HEIGHT = 190  # pixels of the lines at the usual text size


class SelfTestView(QFrame):
    """Hidden until it is run for the first time."""

    def __init__(self, run: SelfTestRun | None = None) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.findings: list[Finding] = []
        """Of the last run."""
        self.run = run or SelfTestRun()
        self.run.found.connect(self._add)
        self.run.ended.connect(self._end)
        self.state = Words(role="muted")
        self.state.setAccessibleName("State of the self-test")
        self.stop = theme.button("Stop", "Stop the self-test")
        self.stop.clicked.connect(self.run.stop)
        self.hide_button = theme.button("Hide", "Hide the self-test")
        self.hide_button.clicked.connect(self.hide)
        self.lines = QPlainTextEdit(readOnly=True, tabChangesFocus=True)
        self.lines.setAccessibleName("What the self-test found")
        self.lines.setFrameShape(QFrame.Shape.NoFrame)
        self.lines.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.fix(self.lines, height=HEIGHT)
        self._lay_out()
        self.hide()

    def start(self) -> None:
        """Begins anew and shows it; does nothing while it runs."""
        if self.run.is_running:
            return
        self.findings = []
        self.lines.clear()
        self.show()
        self.run.start()
        self._show_state()

    def rows(self) -> list[tuple[str, str]]:
        """For a report; empty before the first run."""
        return [(one.name, f"{WORDS[one.state]}: {one.sentence}") for one in self.findings]

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == event.Type.PaletteChange and self.findings:
            self.lines.clear()
            for finding in self.findings:
                self._write(finding)

    # --- inside -------------------------------------------------------------------------------------------------------

    def _add(self, finding: Finding) -> None:
        self.findings.append(finding)
        self._write(finding)
        self._show_state()

    def _end(self, why: str) -> None:
        states = [one.state for one in self.findings]
        if why == "stopped":
            self._say(f"Stopped after {len(states)} of {len(CHECKS)} checks.", "muted")
        elif why:
            self._say(why, "danger")
        else:
            self._say(summary(states), "danger" if "failed" in states else "muted")
        self._show_buttons()

    def _show_state(self) -> None:
        done = len(self.findings)
        if done < len(CHECKS):
            self._say(f"{done} of {len(CHECKS)} checks are done. At work: {CHECKS[done].name}.", "muted")
        self._show_buttons()

    def _show_buttons(self) -> None:
        running = self.run.is_running
        had_focus = self.stop.hasFocus()
        self.stop.setVisible(running)
        self.hide_button.setVisible(not running)
        if had_focus and not running:
            self.hide_button.setFocus()

    def _say(self, sentence: str, role: str) -> None:
        theme.set_role(self.state, role)
        self.state.setText(sentence)

    def _write(self, finding: Finding) -> None:
        colours, how = theme.now(), QTextCharFormat()
        colour = {"failed": colours.danger, "skipped": colours.danger, "note": colours.text}.get(finding.state, colours.muted)
        how.setForeground(QColor(colour))
        cursor = QTextCursor(self.lines.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        if not self.lines.document().isEmpty():
            cursor.insertBlock()
        words = f"{WORDS[finding.state]} ({finding.seconds:.1f} s) – {finding.name}: {finding.sentence}"
        cursor.insertText(short(words), how)
        bar = self.lines.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _lay_out(self) -> None:
        head = Flow(theme.label("Self-test", bold=True), spacing=12)
        head.add_stretch()
        head.add(self.stop)
        head.add(self.hide_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 12, 20, 12)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.state)
        layout.addWidget(self.lines)
