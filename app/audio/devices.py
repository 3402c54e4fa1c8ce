"""The sound devices of this machine, and sentences for what PortAudio says about them."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Literal

Direction = Literal["input", "output"]
BLOCK_SECONDS = 0.02
LATENCY = 0.1  # seconds; small buffers of shared devices run dry under load
_NOUN = {"input": "microphone", "output": "speaker"}
_WHY = {
    -9999: "the system refused it; look at the system's sound and privacy settings",
    -9998: "it does not offer the channels that are needed",
    -9997: "it does not run at its own sample rate; choose another rate in the system's sound settings",
    -9996: "there is no such device; choose another one",
    -9993: "the two devices cannot be used together",
    -9985: "another program is using it; close that program or choose another device",
}


class AudioError(RuntimeError):
    """Sound does not work; the message is a sentence for the user."""


@dataclass(frozen=True)
class Device:
    """A device that can be opened: its PortAudio `index`, and the rate (Hz) and channels to open it with."""

    index: int
    name: str
    rate: int
    channels: int


def portaudio() -> ModuleType:
    """The sounddevice module. Raises `AudioError` where the PortAudio library is missing or does not start."""
    try:
        import sounddevice  # loads PortAudio at once, which is slow and may fail
    except OSError as error:
        raise AudioError(
            "The sound library PortAudio is not installed (on Debian and Ubuntu: libportaudio2), "
            "so Refrain can neither hear nor speak."
        ) from error
    except Exception as error:  # PortAudioError cannot be named before it is imported
        raise AudioError(f"The sound system did not start: {error}.") from error
    return sounddevice


def find(direction: Direction, name: str | None) -> Device:
    """The device with that name (or a part of it, or its number); None is the system's default.

    Raises `AudioError` if there is none.
    """
    sd = portaudio()
    query = int(name) if name and name.isdigit() else name
    noun = _NOUN[direction]
    try:
        found = sd.query_devices(query, direction)
    except (ValueError, sd.PortAudioError) as error:
        if name is None:
            raise AudioError(f"No {noun} was found. Connect one and start Refrain again.") from error
        raise AudioError(f'There is no single {noun} called "{name}". There are: {_names(sd, direction)}.') from error
    channels = min(2, found[f"max_{direction}_channels"])
    return Device(found["index"], found["name"], round(found["default_samplerate"]), channels)


def why(error: Exception, direction: Direction, name: str) -> str:
    """A PortAudioError as a sentence."""
    code = error.args[1] if len(error.args) > 1 else None
    reason = _WHY.get(code, str(error.args[0]) if error.args else "no reason was given")
    return f"The {_NOUN[direction]} “{name}” cannot be used: {reason}."


def _names(sd: ModuleType, direction: Direction) -> str:
    names = [device["name"] for device in sd.query_devices() if device[f"max_{direction}_channels"]]
    return ", ".join(names) or "none"
