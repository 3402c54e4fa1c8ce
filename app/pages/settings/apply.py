"""What the settings do: every one that acts at once is joined here to the part of the program that it is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.audio.sound import Sound
from app.core.conversation import Conversation
from app.desktop.global_key import GlobalKey
from app.desktop.tray import Tray
from app.pages.talk.page import TalkPage
from app.settings.settings import Settings
from app.settings.table import BY_KEY
from app.widgets import theme

AT_CONSTRUCTION = (
    "audio.input_device",
    "audio.output_device",
    "audio.latency",
    "look.appearance",
    "look.text_size",
    "engine.model",
    "engine.schedule",
)
"""What the program is started with; only later changes are applied here."""


def connect(
    settings: Settings,
    sound: Sound,
    conversation: Conversation,
    talk: TalkPage,
    load: Callable[[str], None],
    global_key: GlobalKey,
    tray: Tray,
) -> None:
    """From now on the settings are applied, first as they are; `load` begins a session with another model.

    The switches of the Talk page are settings too, so they are found again as they were left.
    """
    editor = talk.picker.editor.sampling

    def sample(from_model: bool) -> None:
        if from_model:
            return talk.use_own_sampling()
        editor.show_values(settings.get("generation.temperature"), settings.get("generation.top_p"))
        conversation.choose_sampling(settings.get("generation.temperature"), settings.get("generation.top_p"))

    def sample_as_set(_: float) -> None:
        settings.set("generation.from_model", False)
        sample(False)

    def tell(notice: str) -> None:
        conversation.notice = notice

    def try_to_have(part: GlobalKey | Tray) -> Callable[[Any], None]:
        """What the desktop may refuse; then it is said why."""

        def choose(value: Any) -> None:
            part.choose(value)
            if part.problem:
                tell(part.problem)

        return choose

    global_key.told.connect(tell)
    actions: dict[str, Callable[[Any], object]] = {
        "audio.input_device": lambda name: sound.choose(input=name),
        "audio.output_device": lambda name: sound.choose(output=name),
        "audio.latency": lambda latency: sound.choose(latency=latency),
        "audio.echo": conversation.set_echo,
        "audio.noise_suppression": lambda on: sound.capture.set_options(noise_suppression=on),
        "audio.gain_control": lambda on: sound.capture.set_options(gain_control=on),
        "audio.volume": conversation.set_volume,
        "talk.hands_free": conversation.set_hands_free,
        "talk.pre_roll_seconds": sound.set_pre_roll,
        "talk.global_key": try_to_have(global_key),
        "look.tray": try_to_have(tray),
        "look.appearance": lambda appearance: theme.choose(theme.application(), appearance),
        "look.text_size": lambda percent: theme.choose_text_size(theme.application(), percent),
        "engine.model": load,
        "engine.schedule": talk.picker.choose,
        "engine.pooling": talk.picker.choose_pooling,
        "library.largest_import": talk.allow_imports,
        "generation.from_model": sample,
        "generation.seed": editor.seed.setValue,
    }
    for key, act in actions.items():
        settings.on_change(key, act)
        if key not in AT_CONSTRUCTION:
            act(settings.get(key))
    for key in ("generation.temperature", "generation.top_p"):
        settings.on_change(key, sample_as_set)
    bar = talk.chat.bar
    bar.hands_free_chosen.connect(lambda on: settings.set("talk.hands_free", on))
    bar.volume.volume_chosen.connect(lambda percent: settings.set("audio.volume", percent))
    bar.headphones_chosen.connect(lambda on: settings.set("audio.echo", "headphones" if on else "automatic"))


def choose_sound(settings: Settings, **choices: str) -> None:
    """As `Sound.choose`, and kept: `input` and `output` by name, `latency`."""
    for what, value in choices.items():
        key = f"audio.{what}" if f"audio.{what}" in BY_KEY else f"audio.{what}_device"
        settings.set(key, value)
