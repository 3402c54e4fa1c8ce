"""The page for whoever looks into a fault: what runs on what, how smoothly, and what the log says."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFrame, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.audio.raw_take import SECONDS as RAW_SECONDS
from app.audio.sound import Sound
from app.core.background import Background
from app.desktop.last_run import LastRun
from app.pages.diagnostics import report, screen
from app.pages.diagnostics.facts_table import FactsTable
from app.pages.diagnostics.lag import LagSampler
from app.pages.diagnostics.log_view import LogView
from app.pages.diagnostics.places import short
from app.pages.diagnostics.report import InUse, ReportSection
from app.pages.diagnostics.self_test_view import SelfTestView
from app.pages.diagnostics.smoothness import LagPanel, UnderRunPanel, lag_in_words, noticed_in_words, under_runs_in_words
from app.pages.diagnostics.sound_facts import SoundFacts
from app.pages.diagnostics.under_runs import UnderRuns
from app.widgets import save_dialog, theme
from app.widgets.flow import Flow
from app.widgets.page_body import PageBody
from app.widgets.words import Words
from engine import log

_log = logging.getLogger(__name__)
EVERY = 500  # milliseconds between two looks, while the page is shown
PANEL_HEIGHT, LIST_HEIGHT = 236, 300  # pixels at the usual text size, and at least
WIDEST = 1800


class DiagnosticsPage(QWidget):
    """The window calls `tick` whenever its timer rings, also while the page is hidden; all else waits for `entered`."""

    def __init__(
        self,
        sound: Sound,
        in_use: Callable[[], InUse] = InUse,
        interval: float = 16.0,
        last_run: LastRun | None = None,
    ) -> None:
        """`interval`: milliseconds between two ticks that are on time. `last_run`: one that ended unexpectedly."""
        super().__init__()
        self.lag = LagSampler(interval)
        self.under_runs = UnderRuns(sound.counters)
        self._sound = sound
        self._sound_facts, self._in_use, self._last_run = SoundFacts(sound), in_use, last_run
        self._fixed: list[ReportSection] = []
        self._background = Background("diagnostics", self)
        self.facts = FactsTable()
        self.lag_panel, self.under_run_panel = LagPanel(), UnderRunPanel()
        self.log = LogView()
        self.note = Words(role="muted")
        self.note.hide()
        self.self_test = SelfTestView()
        self.check = self._button("Self-test", "Try whether this installation works", self.self_test.start)
        self.copy = self._button("Copy report", "Copy a report with the last log lines", self.copy_report, "primary")
        self.folder = self._button("Open log folder", "Open the folder of the log", self.open_folder)
        self.keep_raw = self._button("Keep raw sound", "Keep what is played and heard while replies sound", self._keep_raw)
        self.keep_raw.setCheckable(True)
        self.keep_raw.setToolTip(f"The last {RAW_SECONDS:.0f} seconds, in memory alone, until it is saved or this is off")
        self.save_raw = self._button("Save raw sound", "Save what was played and heard while replies sounded", self._save_raw)
        self.reset = self._button("Reset counters", "Count lag and under-runs from zero", self.reset_counters)
        self._timer = QTimer(self, interval=EVERY)
        self._timer.timeout.connect(self.refresh)
        self._lay_out()

    # --- the window's side --------------------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """`now`: seconds, as `time.perf_counter` has them. Costs microseconds."""
        self.lag.tick(now)
        self.under_runs.tick(now)

    def entered(self) -> None:
        """The page is shown."""
        self._say("")
        if not self._fixed and not self._background.is_busy:
            self._background.do(report.static, self._found, self._say)
        self.refresh()
        self._timer.start()

    def left(self) -> None:
        """The page is hidden: nothing is looked at any more."""
        self._timer.stop()

    def end(self) -> None:
        """The window closes: a self-test at work is stopped."""
        self.left()
        self.self_test.run.close()
        self._background.close()

    # --- what can be done ---------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Shows how things are now."""

        self.copy.setEnabled(bool(self._fixed))
        raw = self._sound.capture.raw
        self.save_raw.setVisible(self.keep_raw.isChecked())
        self.save_raw.setEnabled(raw is not None and raw.seconds > 0)
        self.facts.show_facts(self.sections())
        self.lag_panel.refresh(self.lag)
        self.under_run_panel.refresh(self.under_runs)
        self.log.refresh()

    def sections(self) -> list[ReportSection]:
        """The facts as they are now; empty for the moment that finding out about the machine takes."""
        if not self._fixed:
            return []
        return report.facts(self._fixed, self._in_use(), self._sound_facts.rows(), screen.rows())

    def report(self) -> str:
        """All that the page knows, in Markdown."""
        smoothness = [
            ("Screen lag", lag_in_words(self.lag)),
            ("Sound under-runs", under_runs_in_words(self.under_runs)),
            ("Noticed, perhaps not heard", noticed_in_words(self.under_runs)),
        ]
        parts = [*self.sections(), report.section("Smoothness", smoothness)]
        if self.self_test.findings:
            parts.append(report.section("Self-test", self.self_test.rows()))
        return report.markdown(parts, self._last_run)

    def copy_report(self) -> None:
        text = self.report()
        QGuiApplication.clipboard().setText(text)
        self._say(f"Copied {len(text.splitlines())} lines. No conversation is in them.")

    def open_folder(self) -> None:
        folder = log.log_file().parent
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self._say(f"No program opens folders here. It is {short(folder)}.")

    def reset_counters(self) -> None:
        self.lag.reset()
        self.under_runs.reset()
        self.refresh()
        self._say("Counted from zero since now.")

    def _keep_raw(self) -> None:
        keep = self.keep_raw.isChecked()
        self._sound.capture.keep_raw(keep)
        self._say("Speak over a reply, then save it." if keep else "No raw sound is kept any more.")
        self.refresh()

    def _save_raw(self) -> None:
        raw = self._sound.capture.raw
        path, _ = save_dialog.ask(self, "Save raw sound", "raw-sound", "Sound (*.flac)")
        if raw is None or path is None:
            return
        self._background.do(
            lambda: raw.save(path),
            lambda _: self._say(f"Saved {short(path)}: its channels are what was played, heard, and left of it."),
            self._say,
        )

    # --- inside -------------------------------------------------------------------------------------------------------

    def _say(self, sentence: str) -> None:
        self.note.setText(sentence)
        self.note.setVisible(bool(sentence))

    def _found(self, fixed: list[ReportSection]) -> None:
        self._fixed = fixed
        self.refresh()

    def _button(self, text: str, name: str, react: Callable[[], None], role: str = "") -> QPushButton:
        button = QPushButton(text)
        button.setProperty("role", role)
        button.setAccessibleName(name)
        button.clicked.connect(react)
        return button

    def _lay_out(self) -> None:
        body = PageBody("Diagnostics", widest=WIDEST)
        for button in (self.reset, self.folder, self.keep_raw, self.save_raw, self.check, self.copy):
            body.buttons.add(button)
        card = QFrame()
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(16, 12, 8, 12)
        inside.addWidget(self.facts)
        panels, lists = Flow(spacing=14), Flow(spacing=14)
        for panel in (self.lag_panel, self.under_run_panel):
            theme.fix(panel, height=PANEL_HEIGHT)
            panel.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            panels.add(panel)
        for part, share in ((card, 5), (self.log, 6)):
            policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
            policy.setHorizontalStretch(share)
            part.setSizePolicy(policy)
            part.setMinimumHeight(LIST_HEIGHT)
            lists.add(part)
        body.parts.addWidget(self.note)
        if self._last_run is not None:
            body.parts.addWidget(Words(self._last_run.sentence, "danger"))
        body.parts.addWidget(self.self_test)
        body.parts.addLayout(panels)
        body.parts.addLayout(lists, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(body)
