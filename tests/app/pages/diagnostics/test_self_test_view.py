"""The self-test's card shows what a process of its own finds, as it comes; stopping it or its crash is said."""

from __future__ import annotations

import json
import sys
import tempfile

import pytest
from PySide6.QtCore import Qt

from app.audio.sound import Sound
from app.pages.diagnostics.page import DiagnosticsPage
from app.pages.diagnostics.self_test_run import SelfTestRun
from app.pages.diagnostics.self_test_view import SelfTestView
from app.self_test import CHECKS
from app.widgets import theme
from engine import installed

WHOLE = [*({"name": check.name, "state": "ok", "sentence": "Fine.", "seconds": 0.1} for check in CHECKS), {"passed": True}]
BAD = [{**WHOLE[0], "state": "failed", "sentence": "It is broken."}, *WHOLE[1:-1], {"passed": False}]


def saying(lines: list, then: str = "") -> SelfTestRun:
    """A run of a program that prints those lines and then does something."""
    said = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    return SelfTestRun([sys.executable, "-c", f"import os, sys, time\nprint({said!r}, flush=True)\n{then}"])


@pytest.fixture
def shown(qtbot, qapp):
    theme.install(qapp)
    views = []

    def show(run: SelfTestRun) -> SelfTestView:
        views.append(SelfTestView(run))
        qtbot.addWidget(views[-1])
        views[-1].start()
        return views[-1]

    yield show
    for view in views:
        view.run.close()


def text(view: SelfTestView) -> str:
    return view.lines.toPlainText()


def test_lines_come_as_they_are_found_and_their_sum_at_the_end(shown, qtbot):
    view = shown(saying(["a library talks", *WHOLE[:3]], "time.sleep(600)"))
    qtbot.waitUntil(lambda: len(view.findings) == 3, timeout=30_000)
    assert view.isVisible() and view.run.is_running and view.stop.isVisible() and not view.hide_button.isVisible()
    assert text(view).count("\n") == 2 and f"ok (0.1 s) – {CHECKS[0].name}: Fine." in text(view)
    assert view.state.text() == f"3 of {len(CHECKS)} checks are done. At work: {CHECKS[3].name}."
    view.start()  # a second click changes nothing
    assert len(view.findings) == 3
    view.stop.setFocus()
    qtbot.mouseClick(view.stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not view.run.is_running, timeout=30_000)
    assert view.state.text() == f"Stopped after 3 of {len(CHECKS)} checks." and "Fine." in text(view)
    assert not view.stop.isVisible() and view.hide_button.isVisible()
    qtbot.mouseClick(view.hide_button, Qt.MouseButton.LeftButton)
    assert not view.isVisible()


@pytest.mark.parametrize(
    ("run", "words", "role"),
    [
        (saying(WHOLE), f"All {len(CHECKS)} checks passed.", "muted"),
        (saying(BAD, "sys.exit(1)"), f"1 of {len(CHECKS)} checks failed.", "danger"),
        (saying(WHOLE[:2], "os.kill(os.getpid(), 9)"), "broke off: it crashed", "danger"),
        (saying(WHOLE[:2], "print('refrain: No room.', file=sys.stderr); sys.exit(1)"), "broke off: No room.", "danger"),
        (saying([], "sys.exit(3)"), "broke off: it ended with 3.", "danger"),
        (SelfTestRun(["/no/such/program"]), "could not be started", "danger"),
    ],
)
def test_what_came_of_it_is_said(shown, qtbot, run, words, role):
    view = shown(run)
    qtbot.waitUntil(lambda: not view.run.is_running and words in view.state.text(), timeout=30_000)
    assert view.state.property("role") == role and view.hide_button.isVisible()


def test_nothing_is_left_of_a_killed_run(shown, qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    then = "import tempfile; open(tempfile.mkdtemp() + '/x', 'w').close(); print('{}', flush=True); time.sleep(600)"
    view = shown(saying(WHOLE[:1], then))
    qtbot.waitUntil(lambda: bool(list(tmp_path.rglob("x"))), timeout=30_000)
    view.run.close()
    qtbot.waitUntil(lambda: not view.run.is_running, timeout=30_000)
    assert not list(tmp_path.iterdir())


def test_the_page_runs_it_and_its_report_has_it(qtbot, qapp, monkeypatch):
    theme.install(qapp)
    page = DiagnosticsPage(Sound())
    qtbot.addWidget(page)
    page.resize(1152, 700)
    page.show()
    assert page.self_test.run._command == installed.module("app", "self-test", "--json")
    page.self_test.run._command = saying(BAD)._command
    assert not page.self_test.isVisible() and "## Self-test" not in page.report()
    qtbot.mouseClick(page.check, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.self_test.run.is_running and bool(page.self_test.findings), timeout=30_000)
    assert page.self_test.isVisible()
    assert f"## Self-test\n\n| | |\n|---|---|\n| {CHECKS[0].name} | FAILED: It is broken. |" in page.report()
    page.end()


def test_it_can_be_read_in_light_and_dark_and_by_the_keyboard(shown, qtbot, qapp):
    view = shown(saying(BAD))
    qtbot.waitUntil(lambda: len(view.findings) == len(CHECKS), timeout=30_000)
    before = text(view)
    theme.install(qapp, "dark")
    assert text(view) == before
    theme.install(qapp)
    assert view.lines.accessibleName() and view.state.accessibleName() and view.stop.accessibleName()
    assert view.lines.focusPolicy() & Qt.FocusPolicy.TabFocus
