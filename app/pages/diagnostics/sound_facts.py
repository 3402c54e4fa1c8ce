"""The devices really in use, as rows. No Qt."""

from __future__ import annotations

import sys

from app.audio.capture import Capture
from app.audio.devices import BLOCK_SECONDS, LATENCIES
from app.audio.player import Player
from app.audio.recorder import Recorder
from app.audio.sound import Slot, Sound
from app.pages.diagnostics.machine import UNKNOWN, Rows

_TITLES = {"input": "Microphone", "output": "Speaker"}


class SoundFacts:
    """Asks PortAudio only when another device was opened: it must not be asked while it looks for devices."""

    def __init__(self, sound: Sound) -> None:
        self._sound = sound
        self._hosts: dict[str, tuple[int, str]] = {}  # which part was asked for, and its host API

    def rows(self) -> Rows:
        """Belongs to the screen's thread; quick."""
        rows = [("PortAudio", _portaudio_version())]
        for slot in (self._sound.input, self._sound.output):
            rows += self._device(slot)
        return [*rows, ("Echo of replies", _echo(self._sound.capture))]

    def _device(self, slot: Slot) -> Rows:
        title, part = _TITLES[slot.direction], slot.part
        if part is None:
            return [(title, slot.error or ("none" if self._sound.is_settled else "being opened"))]
        device = part.device
        wanted = LATENCIES[self._sound.latency]
        real = getattr(part, "latency", 0.0)
        latency = f"{wanted * 1000:.0f} ms asked for ({self._sound.latency})"
        rows = [
            (title, slot.name or device.name),
            (f"{title} API", self._host(slot, part)),
            (f"{title} format", f"{part.rate} Hz, {device.channels} channel{'s' * (device.channels != 1)}, float32"),
            (f"{title} block", f"{round(BLOCK_SECONDS * part.rate)} samples ({BLOCK_SECONDS * 1000:.0f} ms)"),
            (f"{title} latency", f"{latency}, {real * 1000:.0f} ms in use" if real else latency),
            (f"{title} calls", _calls(part.heart.histogram())),
        ]
        return rows + ([(f"{title} note", slot.note)] if slot.note else [])

    def _host(self, slot: Slot, part: Recorder | Player) -> str:
        known = self._hosts.get(slot.direction)
        if known is None or known[0] != id(part):
            known = self._hosts[slot.direction] = (id(part), _host_api(part.device.index))
        return known[1]


def _echo(capture: Capture) -> str:
    """What is done about it, and what was measured, in words."""
    meter = capture.meter
    if capture.echo == "headphones":
        return "none expected: headphones"
    if capture.echo == "off":
        return "left as it is; nobody is listened to while a reply sounds"
    if capture.problem:
        return capture.problem
    if meter is None or meter.echo_in is None or meter.echo_left is None:
        return "taken out as soon as a reply sounds"
    if meter.verdict == "none":
        return "none heard"
    found = "" if meter.delay is None else f", {meter.delay * 1000:.0f} ms after the speaker"
    apart = "" if capture.drift is None else f", clocks {abs(capture.drift) * 1e6:.0f} ppm apart"
    return f"{meter.echo_in:.0f} dBFS in the microphone, {meter.echo_left:.0f} dBFS left{found}{apart}"


def _calls(gaps: dict[str, int]) -> str:
    """How regularly the device calls back, in words."""
    return ", ".join(f"{count:,} after {gap.replace('<=', '≤')}" for gap, count in gaps.items() if count) or "none yet"


def _portaudio_version() -> str:
    sd = sys.modules.get("sounddevice")  # importing it would wait for the sound system
    return sd.get_portaudio_version()[1].split(",")[0].removeprefix("PortAudio ") if sd is not None else "not loaded"


def _host_api(index: int) -> str:
    sd = sys.modules.get("sounddevice")
    if sd is None:
        return UNKNOWN
    try:
        return sd.query_hostapis(sd.query_devices(index)["hostapi"])["name"]
    except (sd.PortAudioError, LookupError, ValueError, TypeError):
        return UNKNOWN
