"""The icon in the tray: what it says and does, and that a desktop without one is no fault."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from PySide6.QtWidgets import QSystemTrayIcon

from app.audio.sound import Sound
from app.core.conversation import Conversation
from app.desktop.tray import NO_TRAY, Tray
from app.engine_client.channel import EngineThread
from app.widgets import theme
from tests.rig.processes import ROOT


@pytest.fixture
def made(qapp):
    theme.install(qapp)
    sound = Sound()
    conversation, asked = Conversation(EngineThread(sound), sound), []
    tray = Tray(conversation, *(lambda name=name: asked.append(name) for name in ("show", "small", "quit")))
    yield tray, conversation, asked
    tray.close()


def test_where_there_is_no_tray_it_is_said(made, monkeypatch):
    tray, _, _ = made
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: False))
    tray.choose(True)
    assert tray.problem == NO_TRAY and not tray.is_there
    tray.choose(False)
    assert not tray.problem


@pytest.mark.qt_log_ignore("systemTrayWindowChanged")
def test_the_icon_shows_what_goes_on_and_its_menu_acts(made, monkeypatch):
    tray, conversation, asked = made
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: True))
    tray.choose(True)
    calm = tray.icon.icon().pixmap(64).toImage()
    assert tray.icon.toolTip().startswith("Refrain: ") and "muted" not in tray.icon.toolTip()
    actions = {action.text(): action for action in tray.menu.actions() if action.text()}
    actions["Mute the microphone"].trigger()
    assert conversation.muted
    tray.refresh()
    assert "muted" in tray.icon.toolTip() and tray.icon.icon().pixmap(64).toImage() != calm
    for name in ("Show Refrain", "Small window", "Quit"):
        actions[name].trigger()
    assert asked == ["show", "small", "quit"]
    tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Context)
    assert asked[3:] == ["show"]
    conversation.set_muted(False)
    tray.refresh()
    assert not actions["Mute the microphone"].isChecked()
    tray.choose(False)
    assert tray.icon is None


@pytest.mark.whole
def test_a_program_that_began_in_the_tray_ends_with_quit(tmp_path):
    """Its window was never seen, so that Qt alone would go on for ever."""
    code = (
        "from PySide6.QtCore import QTimer\n"
        "from PySide6.QtWidgets import QApplication, QSystemTrayIcon\n"
        "QSystemTrayIcon.isSystemTrayAvailable = staticmethod(lambda: True)\n"
        "app = QApplication(['refrain'])\n"
        "from app.program import program\n"
        "from app.settings.settings import Settings\n"
        "from app.widgets import theme\n"
        "from tests.app.random_voice import RandomVoice\n"
        "theme.install(app)\n"
        "settings = Settings()\n"
        "settings.override('look.tray', True); settings.override('look.start_minimised', True)\n"
        "with program(settings, lambda name: RandomVoice(chunks=2)) as window:\n"
        "    window.appear()\n"
        "    assert not window.isVisible() and window.tray.is_there\n"
        "    QTimer.singleShot(1500, window.tray.menu.actions()[-1].trigger)\n"
        "    app.exec()\n"
        "print('ended')\n"
    )
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "REFRAIN_DATA": str(tmp_path)}
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)
    assert run.stdout.split()[-1:] == ["ended"], run.stderr[-2000:]
