"""`python -m app.audio.list_devices`: the devices that are connected now, as one line of JSON.

A child process, because PortAudio looks for devices only when it starts, and because looking at a hung device hangs.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass

from app.audio import devices
from app.audio.devices import AudioError, Direction
from engine import installed

PATIENCE = 10.0  # seconds


@dataclass(frozen=True)
class DeviceList:
    """Names, as `devices.find` takes them; `error` is a sentence where they could not be listed."""

    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    default_input: str = ""
    default_output: str = ""
    error: str = ""

    def names(self, direction: Direction) -> tuple[str, ...]:
        return self.inputs if direction == "input" else self.outputs

    def default(self, direction: Direction) -> str:
        return self.default_input if direction == "input" else self.default_output


def look() -> DeviceList:
    """The devices that PortAudio sees in this process."""
    try:
        return DeviceList(_names("input"), _names("output"), _default("input"), _default("output"))
    except AudioError as error:
        return DeviceList(error=str(error))


def _names(direction: Direction) -> tuple[str, ...]:
    return tuple(device.name for device in devices.offered(direction))


def _default(direction: Direction) -> str:
    device = devices.default(direction)
    return device.name if device is not None else ""


def ask_child(seconds: float = PATIENCE) -> DeviceList:
    """The devices that a new process sees; takes about half a second, at most `seconds`."""
    command, env = installed.module("app.audio.list_devices"), installed.environment()
    flags, nothing = 0, subprocess.DEVNULL
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW
    try:
        child = subprocess.run(
            command, env=env, stdin=nothing, stdout=subprocess.PIPE, stderr=nothing, timeout=seconds, creationflags=flags
        )
        seen = json.loads(child.stdout.decode("utf-8").splitlines()[-1])
        seen.update({key: tuple(seen[key]) for key in ("inputs", "outputs")})
        return DeviceList(**seen)
    except subprocess.TimeoutExpired:
        return DeviceList(error="A sound device does not answer, so the devices cannot be listed. Unplug it.")
    except (OSError, ValueError, LookupError, TypeError) as error:
        return DeviceList(error=f"The sound devices could not be listed: {error}.")


def main() -> int:
    """Prints the list and returns the exit code."""
    print(json.dumps(asdict(look())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
