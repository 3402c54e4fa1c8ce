"""Every setting that acts at once really does."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, Signal

from app.audio.sound import Sound
from app.core.conversation import Conversation
from app.engine_client.channel import EngineThread
from app.pages.settings import apply
from app.pages.talk.page import TalkPage
from app.settings.settings import Settings
from app.settings.table import KEYS_GROUP, SETTINGS
from app.widgets import theme


class Refused(QObject):
    """What the desktop does not give; knows what was wanted."""

    told = Signal(str)

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.wanted, self.problem, self._sentence = [], "", sentence

    def choose(self, value) -> None:
        self.wanted.append(value)
        self.problem = self._sentence if value else ""


class Parts:
    def __init__(self) -> None:
        self.settings, self.sound = Settings(), Sound()
        self.chosen, self.loaded = [], []
        self.sound.choose = lambda **choice: self.chosen.append(choice)
        self.conversation = Conversation(EngineThread(self.sound), self.sound)
        self.talk = TalkPage(self.conversation, self.sound, None, "full")

    def connect(self) -> None:
        self.global_key, self.tray = Refused("no key"), Refused("no tray")
        rooms = (self.sound, self.conversation, self.talk, self.loaded.append, self.global_key, self.tray)
        apply.connect(self.settings, *rooms)


@pytest.fixture
def parts(qtbot, qapp):
    made = Parts()
    qtbot.addWidget(made.talk)
    return made


def test_what_was_set_before_is_in_force_from_the_start(parts):
    values = {"audio.echo": "headphones", "audio.gain_control": True, "talk.hands_free": True, "talk.pre_roll_seconds": 1.0}
    values["generation.from_model"] = False
    for key, value in {**values, "generation.seed": 5, "generation.temperature": 0.7, "generation.top_p": 0.9}.items():
        parts.settings.set(key, value)
    parts.connect()
    conversation = parts.conversation
    assert conversation.headphones and conversation.hands_free and parts.sound._pre_roll == 1.0
    assert parts.sound.capture._options == (False, True)
    assert conversation.seed == 5 and conversation.sampling == (0.7, 0.9)
    assert parts.chosen == parts.loaded == [], "the program was started with these"


def test_changes_act_at_once(parts):
    parts.connect()
    settings, conversation = parts.settings, parts.conversation
    settings.set("audio.input_device", "USB")
    settings.set("audio.output_device", "Speaker")
    settings.set("audio.latency", "fast")
    assert parts.chosen == [{"input": "USB"}, {"output": "Speaker"}, {"latency": "fast"}]
    settings.set("engine.model", "/a/folder")
    assert parts.loaded == ["/a/folder"]
    settings.set("engine.schedule", "spark:k=4,last@5")
    assert conversation.schedule == "spark:k=4,last@5" == parts.talk.picker.form.text()
    settings.set("engine.pooling", "input:0.8")
    assert conversation.pooling == "input:0.8" == parts.talk.picker.pooling
    assert conversation.sampling is None, "at first the model's own"
    settings.set("generation.temperature", 0.5)
    settings.set("generation.seed", 9)
    assert conversation.sampling == (0.5, 1.0) and conversation.seed == 9
    assert settings.get("generation.from_model") is False
    settings.set("generation.from_model", True)
    assert conversation.sampling is None


@pytest.mark.look
def test_the_appearance_changes_at_once(parts, qapp):
    parts.connect()
    for appearance, colours in (("dark", theme.DARK), ("light", theme.LIGHT)):
        parts.settings.set("look.appearance", appearance)
        assert theme.now() is colours
    theme.install(qapp)


def test_the_switches_of_the_talk_page_are_kept(parts):
    parts.connect()
    bar = parts.talk.chat.bar
    bar.hands_free.click()
    bar.headphones.click()
    assert parts.settings.get("talk.hands_free") and parts.settings.get("audio.echo") == "headphones"
    assert parts.conversation.hands_free and parts.conversation.headphones


def test_devices_chosen_in_the_menu_are_kept(parts):
    parts.connect()
    apply.choose_sound(parts.settings, input="USB")
    apply.choose_sound(parts.settings, latency="safe")
    assert parts.settings.get("audio.input_device") == "USB" and parts.settings.get("audio.latency") == "safe"
    assert parts.chosen == [{"input": "USB"}, {"latency": "safe"}]


def test_no_setting_is_without_effect(parts):
    parts.connect()
    acted_on = set(parts.settings._observers)
    for setting in SETTINGS:
        assert setting.key in acted_on or setting.needs_restart or setting.group in (KEYS_GROUP, "first_run"), setting.key


def test_what_the_desktop_refuses_is_said(parts):
    parts.connect()
    assert parts.global_key.wanted == [""] and parts.tray.wanted == [False] and not parts.conversation.notice
    parts.settings.set("talk.global_key", "Ctrl+Alt+Space")
    assert parts.global_key.wanted[-1] == "Ctrl+Alt+Space" and parts.conversation.notice == "no key"
    parts.settings.set("look.tray", True)
    assert parts.tray.wanted[-1] and parts.conversation.notice == "no tray"
    parts.global_key.told.emit("taken back")
    assert parts.conversation.notice == "taken back", "what the desktop answers later"
