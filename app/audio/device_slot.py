"""One direction of sound: the device that was chosen, the one that is open, and why they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Generic, TypeVar

from app.audio import devices
from app.audio.devices import NOUN, RATES, WRONG_RATE, AudioError, Direction, SoundDevice
from app.audio.player import Player
from app.audio.pulse import Endpoint, PulseView
from app.audio.recorder import Recorder

DEAD_SECONDS = 1.0  # without a call of the device
PRIMING_CALLS = 25  # even a hung device takes or gives a buffer or two when it is opened


Part = TypeVar("Part", Recorder, Player)


class DeviceSlot(Generic[Part]):
    """Belongs to the thread that opens devices; others only read `part`, `error`, `lost`, `note` and `name`."""

    def __init__(
        self, direction: Direction, make: type[Part], chosen: str | None, prepare: Callable[[Part], None] = lambda part: None
    ) -> None:
        """`make` is what opens devices of this direction; `prepare` is given what is about to be opened."""
        self.direction: Direction = direction
        self.chosen = chosen or None
        self._make: type[Part] = make
        self._prepare: Callable[[Part], None] = prepare
        self.part: Part | None = None
        self.error = ""
        """Why nothing is open, as a sentence."""
        self._lost = ""
        self.note = ""
        """Why another device than the chosen one is in use, as a sentence."""
        self.counts: Counter[str] = Counter()
        """Of the parts that were closed."""
        self.home: Endpoint | None = None
        """What the sound server first connected the open stream to."""
        self._now: Endpoint | None = None
        self.is_substitute = False

    @property
    def lost(self) -> str:
        """How a device that was open went away, as a sentence; empty again as soon as one really works."""
        part = self.part  # another thread may close it meanwhile
        return "" if part is not None and part.heart.calls > PRIMING_CALLS else self._lost

    @property
    def name(self) -> str:
        """The device really in use, for people; empty if there is none."""
        part, now = self.part, self._now
        if part is None:
            return ""
        return now.label if now else part.device.name

    def choose(self, name: str) -> None:
        """The device to open from now on; "" is the system's default."""
        self.chosen, self._lost = name or None, ""

    def open(self, latency: float, prefer_default: bool = False) -> bool:
        """Opens the chosen device, or else the default one; `prefer_default` does not try the chosen one."""
        self.error, self.home, self._now = "", None, None
        refused = ""
        for name in dict.fromkeys((None,) if prefer_default else (self.chosen, None)):
            try:
                self.part = self._opened(devices.find(self.direction, name), latency)
            except AudioError as error:
                refused = refused or str(error)
                continue
            self._prepare(self.part)  # again: what it is prepared with may have changed while it was opened
            self.is_substitute = name != self.chosen
            self.note = self._substitute_note(self.part.device.name, refused) if self.is_substitute else ""
            return True
        self.error, self.note, self.is_substitute = refused, "", False
        return False

    def close(self) -> None:
        part, self.part = self.part, None
        if part is not None:
            part.close()
            self.counts.update(_counts(part))

    def total(self) -> Counter[str]:
        """What went wrong, of all devices that were open."""
        part = self.part
        return self.counts + (_counts(part) if part else Counter())

    def lose(self, why: str = "") -> None:
        """The open device is dead: closes it and keeps a sentence about it."""
        noun = NOUN[self.direction]
        does = "delivering" if self.direction == "input" else "taking"
        self._lost = why or f"The {noun} “{self.name}” has stopped {does} sound. Is it still connected?"
        self.close()

    @property
    def is_dead(self) -> bool:
        return self.part is not None and self.part.silent_for > DEAD_SECONDS

    def follow(self, view: PulseView | None) -> str:
        """Notes where the sound server has put the stream; returns a sentence if that makes it useless."""
        now = view.in_use.get(self.direction) if view is not None else None
        if self.part is None or view is None or now is None:
            return ""
        noun, home, before = NOUN[self.direction], self.home, self._now
        if home is None or before is None:
            self.home = self._now = now
            if now.is_monitor and self.chosen is None and self.direction == "input":
                return "No microphone was found: the system would record what the speaker plays. Connect one."
        elif now.name != before.name:
            self._now = now
            if now.is_monitor and self.direction == "input":
                return f"The microphone “{home.label}” is gone, and there is no other one."
            gone = home.name not in view.present.get(self.direction, ())
            self.note = ""
            if now.name != home.name:
                what = "is gone" if gone else "was replaced by the system"
                self.note = f"The {noun} “{home.label}” {what}; “{now.label}” is used instead."
        return ""

    def can_return(self, names: tuple[str, ...], view: PulseView | None) -> bool:
        """Whether what was lost or moved away from is there again."""
        home = self.home
        if view is not None and home is not None and not home.is_monitor:
            is_there = home.name in view.present.get(self.direction, ())
            if self.part is None:
                return is_there
            if self._now is not None and self._now.name != home.name:
                return is_there
        elif view is not None and self.part is None and self.direction == "input" and self.chosen is None:
            return bool(view.present.get("input"))
        if self.part is None:
            return bool(names)
        return self.is_substitute and any((self.chosen or "").casefold() in name.casefold() for name in names)

    def _opened(self, device: SoundDevice, latency: float) -> Part:
        """Opens at the device's own rate, or at another one if it does not mean it. Raises `AudioError`."""
        rates = dict.fromkeys((device.rate, *RATES))
        for rate in rates:
            part = self._make(replace(device, rate=rate), latency)
            self._prepare(part)
            try:
                part.open()
                return part
            except AudioError as error:
                if error.code != WRONG_RATE or rate == list(rates)[-1]:
                    raise
        raise AssertionError("the last rate either opens or raises")

    def _substitute_note(self, name: str, refused: str) -> str:
        noun = NOUN[self.direction]
        if self._lost:
            return f"The {noun} “{self.chosen}” is gone; “{name}” is used until it returns."
        return f"{refused} “{name}” is used instead."


def _counts(part: Recorder | Player) -> Counter[str]:
    counts: Counter[str] = Counter({f"{'input' if isinstance(part, Recorder) else 'output'}_late": part.heart.late})
    if isinstance(part, Recorder):
        counts["device_overflows"] = part.overflows
    else:
        counts["ring_underruns"], counts["device_underflows"] = part.underruns, part.underflows
    return counts
