"""The sound devices of this machine, and sentences for what PortAudio says about them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, Protocol

Direction = Literal["input", "output"]
Latency = Literal["safe", "normal", "fast"]
BLOCK_SECONDS = 0.02
LATENCIES: dict[Latency, float] = {"safe": 0.2, "normal": 0.1, "fast": 0.05}
"""Seconds of buffer in the device; small buffers of shared devices run dry under load."""
RATES = (48000, 44100, 32000, 16000)
"""Hz, tried in this order where a device refuses what it calls its own rate."""
WRONG_RATE = -9997
NOUN = {"input": "microphone", "output": "speaker"}
_BEST_HOST = ("Windows WASAPI", "Core Audio", "ALSA")  # of several systems that offer the same device
_WHY = {
    -9999: "the system refused it; look at the system's sound and privacy settings",
    -9998: "it does not offer the channels that are needed",
    WRONG_RATE: "it does not run at its own sample rate; choose another rate in the system's sound settings",
    -9996: "there is no such device; choose another one",
    -9993: "the two devices cannot be used together",
    -9985: "another program is using it; close that program or choose another device",
}

_streams: list[Any] = []  # all that are open


class AudioError(RuntimeError):
    """Sound does not work; the message is a sentence for the user, `code` is PortAudio's number or 0."""

    def __init__(self, message: str, code: int = 0) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class SoundDevice:
    """A device that can be opened: its PortAudio `index`, and the rate (Hz) and channels to open it with."""

    index: int
    name: str
    rate: int
    channels: int


class StreamTimes(Protocol):
    """PortAudio's, in seconds: when the first sample of a block is played or was heard, and the time of the call."""

    inputBufferAdcTime: float
    outputBufferDacTime: float
    currentTime: float


class StreamFlags(Protocol):
    """PortAudio's, on what went wrong since the last call."""

    input_overflow: bool
    output_underflow: bool


if TYPE_CHECKING:  # whoever only lists devices need not wait for numpy
    import numpy as np

    StreamCallback = Callable[[np.ndarray, int, StreamTimes, StreamFlags], None]
    """Takes or fills samples [frames, channels]."""


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
    if sys.platform != "win32" and not isinstance(sounddevice._ffi_string, _Tolerant):  # there it knows other encodings
        sounddevice._ffi_string = _Tolerant(sounddevice._ffi_string)
    return sounddevice


class _Tolerant:
    """Gives the sound library's bytes as ones whose decoding never fails: a name in another encoding is still a device."""

    def __init__(self, string: Callable[[Any], bytes]) -> None:
        self._string = string

    def __call__(self, pointer: Any) -> _Name:
        return _Name(self._string(pointer))


class _Name(bytes):
    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        try:
            return super().decode(encoding, errors)
        except UnicodeDecodeError:
            return super().decode("latin-1")  # what old configurations are in, and every byte means something


def refresh() -> None:
    """Makes PortAudio look at the devices again. No stream may be open. Raises `AudioError`."""
    sd = portaudio()
    try:
        with suppress(sd.PortAudioError):  # it is not running if it did not start again the last time
            sd._terminate()
        sd._initialize()
    except sd.PortAudioError as error:
        raise AudioError(f"The sound system did not start again: {error}.") from error


def offered(direction: Direction) -> list[SoundDevice]:
    """The devices PortAudio knows, each name once. Raises `AudioError`."""
    hosts = [host["name"] for host in _asked("query_hostapis")]
    rank = {name: place for place, name in enumerate(_BEST_HOST)}
    channels = f"max_{direction}_channels"
    found = [one for one in _asked("query_devices") if one[channels]]
    found.sort(key=lambda one: rank.get(hosts[one["hostapi"]], len(rank)))
    named: dict[str, SoundDevice] = {}
    for one in found:
        device = SoundDevice(one["index"], one["name"], round(one["default_samplerate"]), min(2, one[channels]))
        named.setdefault(device.name, device)
    return list(named.values())


def default(direction: Direction) -> SoundDevice | None:
    """The system's default device, if it has one. Raises `AudioError`."""
    hosts = sorted(_asked("query_hostapis"), key=lambda host: host["name"] not in _BEST_HOST)
    index = next((host[f"default_{direction}_device"] for host in hosts if host[f"default_{direction}_device"] >= 0), -1)
    return next((device for device in offered(direction) if device.index == index), None)


def find(direction: Direction, name: str | None) -> SoundDevice:
    """The device with that name (or a part of it, or its number); None is the system's default.

    Raises `AudioError` if there is none.
    """
    noun, devices = NOUN[direction], offered(direction)
    if not name:
        device = default(direction)
        if device is None:
            raise AudioError(f"No {noun} was found. Connect one.")
        return device
    parts = [one for one in devices if name.casefold() in one.name.casefold()]
    matches = [one for one in devices if one.name == name or str(one.index) == name] or parts
    if len(matches) != 1:
        names = ", ".join(one.name for one in devices) or "none"
        raise AudioError(f'There is no single {noun} called "{name}". There are: {names}.')
    return matches[0]


def start_stream(direction: Direction, device: SoundDevice, latency: float, callback: StreamCallback) -> Any:
    """A PortAudio stream that runs: float32 [frames, channels] in blocks of `BLOCK_SECONDS`. Raises `AudioError`.

    `latency`: seconds of buffer in the device. `end_stream` ends it.
    """
    sd, stream = portaudio(), None
    kind = sd.InputStream if direction == "input" else sd.OutputStream
    block = round(BLOCK_SECONDS * device.rate)
    options = dict(device=device.index, channels=device.channels, samplerate=device.rate, dtype="float32", blocksize=block)
    try:
        stream = kind(**options, latency=latency, callback=callback)
        stream.start()
    except sd.PortAudioError as error:
        if stream is not None:
            stream.close(ignore_errors=True)
        raise why(error, direction, device.name) from error
    _streams.append(stream)
    return stream


def end_stream(stream: Any) -> None:
    """Silence at once, and the device is free again."""
    stream.abort(ignore_errors=True)
    stream.close(ignore_errors=True)
    with suppress(ValueError):
        _streams.remove(stream)


def open_streams() -> int:
    """How many streams there are, whoever opened them."""
    return len(_streams)


def why(error: Exception, direction: Direction, name: str) -> AudioError:
    """A PortAudioError as one with a sentence."""
    code = error.args[1] if len(error.args) > 1 else 0
    reason = _WHY.get(code, str(error.args[0]) if error.args else "no reason was given")
    return AudioError(f"The {NOUN[direction]} “{name}” cannot be used: {reason}.", code)


def _asked(query: str) -> Any:
    sd = portaudio()
    try:
        return getattr(sd, query)()
    except Exception as error:  # whatever it is, the sound thread must go on and say so
        raise AudioError(f"The sound devices cannot be listed: {error}.") from error
