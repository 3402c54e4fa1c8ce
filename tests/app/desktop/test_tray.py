"""The icon in the tray: what it says and does, and that a desktop without one is no fault."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QSystemTrayIcon

from app.audio.sound import Sound
from app.core.conversation import Conversation
from app.desktop.tray import NO_TRAY, Tray
from app.engine_client.channel import EngineThread
from app.widgets import theme


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
