"""The page says what is so, costs nothing while it is hidden, and its report can be shown to a stranger."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QComboBox

from app.audio.devices import SoundDevice
from app.audio.echo_removal import EchoRemoval
from app.audio.player import Player
from app.audio.recorder import Recorder
from app.audio.sound import Sound
from app.desktop.last_run import LastRun
from app.engine_client.commands import ModelFacts
from app.pages.diagnostics.page import DiagnosticsPage
from app.pages.diagnostics.report import InUse
from app.pages.diagnostics.smoothness import NONE_YET
from app.widgets import theme
from engine import log

MODEL = ModelFacts("Wren", str(Path.home() / "models" / "wren"), 12, (5, 8), 4, 12.5, 2048, 45_000_000, runs_by="onnxruntime")
USED = InUse(MODEL, "spark:even@9", {"Settings": Path.home() / "settings.toml"})
LAST = LastRun(0.0, Path.home() / "refrain.log", f'Fatal Python error: Aborted\n  File "{Path.home()}/x.py"')


class FakeCounters(Sound):
    """Sound without devices whose counters can be set."""

    def __init__(self):
        super().__init__()
        self.counted = {"ring_underruns": 0, "device_underflows": 0}

    def counters(self):
        return dict(self.counted)


@pytest.fixture
def sound():
    return FakeCounters()


@pytest.fixture
def page(qtbot, qapp, sound):
    theme.install(qapp)
    log.start()
    page = DiagnosticsPage(sound, lambda: USED, last_run=LAST)
    qtbot.addWidget(page)
    page.resize(1152, 700)
    page.show()
    page.entered()
    qtbot.waitUntil(page.copy.isEnabled, timeout=30_000)
    yield page
    page.left()


def value(page: DiagnosticsPage, name: str) -> str:
    (row,) = [row for row in range(page.facts.rowCount()) if page.facts.item(row, 0).text() == name]
    return page.facts.item(row, 1).text()


def test_facts_are_those_of_this_program(page):
    import platform

    import PySide6

    assert value(page, "Python").startswith(platform.python_version())
    assert PySide6.__version__ in value(page, "Qt")
    assert value(page, "Model") == "Wren" and value(page, "Schedule") == "spark:even@9"
    assert value(page, "Decoder") == "onnxruntime"
    assert value(page, "Display platform").startswith("offscreen")
    assert "GB" in value(page, "Memory")
    assert value(page, "Microphone") == "being opened"
    assert value(page, "Settings") == str(Path("~") / "settings.toml")


def test_the_report_has_the_log_and_no_home(page, qtbot):
    logging.getLogger("app.diagnostics.test").warning("cannot read %s", Path.home() / "secret" / "x")
    qtbot.mouseClick(page.copy, Qt.MouseButton.LeftButton)
    text = QGuiApplication.clipboard().text()
    assert str(Path.home()) + "/" not in text
    assert f"cannot read {Path('~') / 'secret' / 'x'}" in text
    for words in ("## Versions", "## Sound", "| torch |", "| Schedule | spark:even@9 |", NONE_YET, "Fatal Python error: Aborted"):
        assert words in text
    fenced = text[text.index("## Log") :].splitlines()[3:-1]
    assert 0 < len(fenced) <= 200
    assert page.note.text().startswith(f"Copied {len(text.splitlines())} lines")


def test_meters_show_what_was_counted_and_reset_forgets_it(page, sound, qtbot):
    for now in range(200):
        page.tick(100 + now * 0.017)
    page.tick(104.0)
    page.refresh()
    assert 0.9 <= float(page.lag_panel.value.text()) <= 1.1 and "worst 601 ms" in page.lag_panel.sentence
    assert page.under_run_panel.value.text() == "0" and page.under_run_panel._none.isVisible()
    sound.counted["ring_underruns"] = 3
    page.tick(106.0)
    page.refresh()
    assert page.under_run_panel.value.text() == "3" and not page.under_run_panel._none.isVisible()
    assert "3 × reply not ready" in page.under_run_panel.sentence
    qtbot.mouseClick(page.reset, Qt.MouseButton.LeftButton)
    assert page.under_run_panel.value.text() == "0" and page.lag.ticks == 0


def test_raw_sound_is_kept_and_saved_on_request(page, sound, qtbot, tmp_path, monkeypatch):
    recorder, player = Recorder(SoundDevice(0, "m", 48_000, 1)), Player(SoundDevice(0, "s", 48_000, 1))
    removal = sound.capture._removal = EchoRemoval(recorder, player)
    assert not page.save_raw.isVisible()
    qtbot.mouseClick(page.keep_raw, Qt.MouseButton.LeftButton)
    assert page.save_raw.isVisible() and not page.save_raw.isEnabled()
    removal.raw.add(*np.zeros((3, 480), np.float32))
    page.refresh()
    monkeypatch.setattr("app.widgets.save_dialog.ask", lambda *_: (tmp_path / "raw.flac", ""))
    qtbot.mouseClick(page.save_raw, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "raw.flac" in page.note.text())
    assert soundfile.info(str(tmp_path / "raw.flac")).channels == 3
    monkeypatch.setattr("app.widgets.save_dialog.ask", lambda *_: (tmp_path / "nowhere" / "raw.flac", ""))
    qtbot.mouseClick(page.save_raw, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "nowhere" in page.note.text())
    qtbot.mouseClick(page.keep_raw, Qt.MouseButton.LeftButton)
    assert sound.capture.raw is None and not page.save_raw.isVisible()


def test_nothing_is_looked_at_while_the_page_is_hidden(page, qtbot):
    page.left()
    page.hide()
    before = page.log.text.toPlainText()
    logging.getLogger("app.diagnostics.test").error("while hidden")
    qtbot.wait(700)
    assert page.log.text.toPlainText() == before
    page.show()
    page.entered()
    assert "while hidden" in page.log.text.toPlainText()


def test_the_log_follows_until_somebody_scrolls_up(page, qtbot):
    logger, view, bar = logging.getLogger("app.diagnostics.test"), page.log, page.log.text.verticalScrollBar()
    for number in range(60):
        logger.info("line %d", number)
    view.refresh()
    qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())
    assert view.text.toPlainText().endswith("line 59") and not view.newest.isEnabled()
    bar.setValue(3)
    logger.info("line 60")
    view.refresh()
    assert bar.value() == 3 and view.text.toPlainText().endswith("line 60")
    qtbot.mouseClick(view.newest, Qt.MouseButton.LeftButton)
    assert bar.value() == bar.maximum() and view.follows


def test_the_level_filters(page):
    logger, view = logging.getLogger("app.diagnostics.test"), page.log
    logger.info("a small thing")
    logger.warning("a warning")
    logger.error("an error")
    view.refresh()
    seen = []
    for index in range(view.level.count()):
        view.level.setCurrentIndex(index)
        seen.append([words in view.text.toPlainText() for words in ("a small thing", "a warning", "an error")])
    assert seen == [[True, True, True], [False, True, True], [False, False, True]]


def test_chosen_rows_can_be_copied(page, qtbot):
    row = next(row for row in range(page.facts.rowCount()) if page.facts.item(row, 0).text() == "Schedule")
    page.facts.selectRow(row)
    qtbot.keyClick(page.facts, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Schedule: spark:even@9"


def test_everything_has_a_name_and_is_reached_by_tab(page, qtbot):
    worked = [*page.findChildren(QAbstractButton), *page.findChildren(QComboBox), page.facts, page.log.text]
    worked = [one for one in worked if one.isVisible() and one.isEnabled() and one.window() is page]
    worked = [one for one in worked if not isinstance(one.parent(), QComboBox) and one.parent() is not page.facts]
    assert all(one.accessibleName() for one in worked)
    page.activateWindow()
    page.reset.setFocus()
    reached = set()
    for _ in range(3 * len(worked)):
        reached.add(page.focusWidget())
        qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Tab)
    assert reached >= set(worked)


@pytest.mark.look
def test_light_and_dark_change_the_plots(page, qapp):
    pictures = []
    for appearance in ("light", "dark"):
        theme.install(qapp, appearance)
        pictures.append(page.lag_panel.plots[0].grab().toImage().pixelColor(5, 5).name().upper())
    theme.install(qapp)
    assert pictures == [theme.LIGHT.surface, theme.DARK.surface]
