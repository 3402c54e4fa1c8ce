"""Every setting there is, once: the file, the page and the documentation are made from this table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from app.audio.devices import LATENCIES
from app.desktop.key_names import check_global
from app.settings.actions import ACTIONS, PLACES, Action
from engine import schedules
from engine.lm.backend_choice import BACKENDS
from engine.models.checkpoints.precision_choice import AUTOMATIC, PRECISIONS
from engine.prefill import pooling
from engine.quoting import shown

Kind = Literal["bool", "int", "float", "choice", "text", "folder", "model", "input", "output", "keys"]
Value = bool | int | float | str
TYPES: dict[str, type] = {"bool": bool, "int": int, "float": float}
"""Of the values of a kind; all other kinds are text."""


class SettingError(ValueError):
    """A value cannot be used; the message is a sentence for the user."""


@dataclass(frozen=True)
class Range:
    least: float
    most: float
    step: float = 1
    unit: str = ""
    least_means: str = ""
    """What the least value is called, where it is not a number like the others."""


@dataclass(frozen=True)
class Setting:
    key: str
    """`group.name`, as in the file."""
    kind: Kind
    default: Value
    title: str
    description: str
    section: str = ""
    """Where it stands on the page; "" is nowhere."""
    range: Range | None = None
    choices: tuple[tuple[str, str], ...] = ()
    """(value, label)."""
    empty_means: str = ""
    """What the empty text stands for."""
    check: Callable[[str], object] | None = None
    """Raises `ValueError` with a sentence for a text that cannot be used."""
    needs_restart: bool = False

    @property
    def group(self) -> str:
        return self.key.partition(".")[0]

    @property
    def name(self) -> str:
        return self.key.partition(".")[2]

    def accept(self, value: object) -> Value:
        """The value as it is kept. Raises `SettingError`."""
        wanted = TYPES.get(self.kind, str)
        is_right = type(value) is wanted or (wanted is float and type(value) is int)
        if not is_right or not isinstance(value, bool | int | float | str):
            raise SettingError(f"{self.title} must be {_WORDS[wanted]}, not {shown(value)}.")
        if self.range is not None and not isinstance(value, str) and not self.range.least <= value <= self.range.most:
            raise SettingError(f"{self.title} must be from {self.range.least:g} to {self.range.most:.10g}, not {shown(value)}.")
        if wanted is float:
            value = float(value)
        if self.choices and value not in dict(self.choices):
            names = ", ".join(f'"{one}"' for one, _ in self.choices)
            raise SettingError(f"{self.title} must be one of {names}, not {shown(value)}.")
        if self.check is not None and isinstance(value, str):
            try:
                self.check(value)
            except ValueError as error:
                raise SettingError(str(error)) from error
        return value


_WORDS = {bool: "true or false", int: "a whole number", float: "a number", str: "a text in quotes"}
_SOUND, _TALK, _LOOK, _ENGINE, _REPLIES, KEPT, _KEYS = SECTIONS = (
    "Sound",
    "Talking",
    "Appearance",
    "Model",
    "Replies",
    "Sessions",
    "Shortcuts",
)
KEYS_GROUP = "shortcuts"
_LATENCY_LABELS = {"safe": "Safe", "normal": "Normal", "fast": "Fast"}
_BACKEND_LABELS = {"onnxruntime": "Fast  (onnxruntime)", "torch": "Exact  (torch)"}
_PRECISION_LABELS = {AUTOMATIC: "Automatic", "fp32": "32 bits", "bf16": "16 bits", "int8": "8 bits", "int4": "4 bits"}
_NOW = "The Talk page can change it for the moment."


def _keys(action: Action) -> Setting:
    words = action.description
    if action.place != "everywhere":
        begin = words[0].lower() if words[1].islower() else words[0]  # a letter by itself is a name
        words = f"{PLACES[action.place]}: {begin}{words[1:]}"
    return Setting(f"{KEYS_GROUP}.{action.name}", "keys", action.key, action.title, words, _KEYS, empty_means="No key")


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "audio.input_device",
        "input",
        "",
        "Microphone",
        "What you speak into, by its name or a part of it.",
        _SOUND,
        empty_means="System default",
    ),
    Setting(
        "audio.output_device",
        "output",
        "",
        "Speaker",
        "What replies are played on, by its name or a part of it.",
        _SOUND,
        empty_means="System default",
    ),
    Setting(
        "audio.latency",
        "choice",
        "normal",
        "Latency",
        "How much sound waits in the devices: less answers sooner, more does not crackle on a busy computer.",
        _SOUND,
        choices=tuple((name, f"{_LATENCY_LABELS[name]}  ({seconds * 1000:.0f} ms)") for name, seconds in LATENCIES.items()),
    ),
    Setting(
        "audio.echo",
        "choice",
        "automatic",
        "Echo of replies",
        "The microphone hears what the speaker plays. What is done about it decides whether you may speak over a reply.",
        _SOUND,
        choices=(
            ("automatic", "Automatic: the reply is taken out"),
            ("headphones", "Headphones: there is no echo"),
            ("off", "Off: not while a reply sounds"),
        ),
    ),
    Setting(
        "audio.noise_suppression",
        "bool",
        False,
        "Less noise over a reply",
        "Takes steady noise out of what you say while a reply sounds. Wren understood 5 to 10 of 100 questions fewer so.",
        _SOUND,
    ),
    Setting(
        "audio.gain_control",
        "bool",
        False,
        "Same loudness over a reply",
        "Makes what you say while a reply sounds about as loud as usual. Wren understood as many questions with it as without.",
        _SOUND,
    ),
    Setting(
        "audio.volume",
        "int",
        100,
        "Volume",
        "How loud replies are played; what is kept and exported does not change.",
        _SOUND,
        range=Range(0, 100, 5, "%"),
    ),
    Setting(
        "talk.hands_free",
        "bool",
        False,
        "Hands-free",
        "A question begins and ends with your voice, without a button.",
        _TALK,
    ),
    Setting(
        "talk.pre_roll_seconds",
        "float",
        0.5,
        "Sound from before the button",
        "How much from before you pressed the button belongs to the question, so that its first syllable is not lost.",
        _TALK,
        range=Range(0.0, 1.5, 0.1, "s"),
    ),
    Setting(
        "talk.global_key",
        "keys",
        "",
        "Key from every program",
        "Works whatever has the focus: hold it while you speak, or tap it before and after.",
        _TALK,
        empty_means="No key",
        check=check_global,
    ),
    Setting(
        "look.appearance",
        "choice",
        "system",
        "Appearance",
        "Light, dark, or as the rest of the system.",
        _LOOK,
        choices=(("system", "As the system"), ("light", "Light"), ("dark", "Dark")),
    ),
    Setting(
        "look.text_size",
        "int",
        100,
        "Text size",
        "All words of the window, larger or smaller.",
        _LOOK,
        range=Range(80, 150, 10, "%"),
    ),
    Setting(
        "look.tray",
        "bool",
        False,
        "Icon in the tray",
        "Shows what Refrain does, mutes the microphone, and brings the window back, where the desktop has a tray.",
        _LOOK,
    ),
    Setting(
        "look.start_minimised",
        "bool",
        False,
        "Start out of the way",
        "The window is minimised at the start, or in the tray if its icon is there.",
        _LOOK,
        needs_restart=True,
    ),
    Setting(
        "engine.model",
        "model",
        "wren",
        "Model",
        "Who answers: a model's name, or the folder that it lies in; another one begins a new session.",
        _ENGINE,
    ),
    Setting(
        "engine.threads",
        "int",
        0,
        "Processor cores",
        "How many cores the model computes with; automatic leaves one for the screen and the sound.",
        _ENGINE,
        range=Range(0, 256, least_means="Automatic"),
        needs_restart=True,
    ),
    Setting(
        "engine.backend",
        "choice",
        BACKENDS[0],
        "Decoder",
        "What computes on the processor: the fast one in 8 bits, or the exact one, slower and in 32 bits, to compare with.",
        _ENGINE,
        choices=tuple((name, _BACKEND_LABELS[name]) for name in BACKENDS),
        needs_restart=True,
    ),
    Setting(
        "engine.precision",
        "choice",
        AUTOMATIC,
        "Precision",
        "How exactly models other than Wren are kept in memory: fewer bits take less of it and are faster; automatic takes "
        "as many as fit. Wren has 8. 4 bits are for processors, with the fast decoder.",
        _ENGINE,
        choices=tuple((name, _PRECISION_LABELS[name]) for name in (AUTOMATIC, *PRECISIONS)),
        needs_restart=True,
    ),
    Setting(
        "engine.schedule",
        "text",
        "full",
        "Schedule",
        f"How deep each speech token goes, for example spark:even@9. {_NOW}",
        _REPLIES,
        check=schedules.parse,
    ),
    Setting(
        "engine.pooling",
        "text",
        "none",
        "Pooling",
        f"How the speech of your questions is merged before the model thinks about it, for example input:0.8. {_NOW}",
        _REPLIES,
        check=pooling.parse,
    ),
    Setting(
        "generation.from_model",
        "bool",
        True,
        "Sampling from the model",
        "Temperature and top-p are those that the model's makers set; off, or changed below, they are the next two.",
        _REPLIES,
    ),
    Setting(
        "generation.temperature",
        "float",
        0.0,
        "Temperature",
        f"How freely tokens are drawn; greedy always takes the likeliest one. {_NOW}",
        _REPLIES,
        range=Range(0.0, 2.0, 0.1, least_means="0 (greedy)"),
    ),
    Setting(
        "generation.top_p",
        "float",
        1.0,
        "Top-p",
        "Above temperature 0, only the likeliest tokens that together have this probability can be drawn.",
        _REPLIES,
        range=Range(0.05, 1.0, 0.05),
    ),
    Setting(
        "generation.seed",
        "int",
        0,
        "Seed",
        "Above temperature 0, the same seed gives the same reply.",
        _REPLIES,
        range=Range(0, 2**31 - 1),
    ),
    Setting(
        "library.folder",
        "folder",
        "",
        "Folder of the sessions",
        "Where past sessions are kept; those in the old folder stay there.",
        KEPT,
        empty_means="In your data folder",
        needs_restart=True,
    ),
    Setting(
        "library.largest_import",
        "int",
        4,
        "Largest import",
        "A file of sessions that would unpack to more is left alone.",
        KEPT,
        range=Range(1, 1000, 1, "GB"),
    ),
    *(_keys(action) for action in ACTIONS),
    Setting("first_run.done", "bool", False, "First start", "Whether the first start was gone through to its end."),
)
BY_KEY = {setting.key: setting for setting in SETTINGS}
