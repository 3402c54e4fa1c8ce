"""What PulseAudio (or PipeWire in its place) really records from and plays to: it moves streams without telling them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from typing import Any

from app.audio.devices import Direction

PATIENCE = 5.0  # seconds
_LISTS: dict[Direction, tuple[str, str, str]] = {
    "input": ("sources", "source_outputs", "source"),
    "output": ("sinks", "sink_inputs", "sink"),
}


@dataclass(frozen=True)
class Endpoint:
    """A source or sink: its `name` within the server, and the one for people. A monitor records what a sink plays."""

    name: str
    label: str
    is_monitor: bool = False


@dataclass(frozen=True)
class PulseView:
    """One look at the server."""

    present: dict[Direction, frozenset[str]] = field(default_factory=dict)
    in_use: dict[Direction, Endpoint | None] = field(default_factory=dict)
    """What this process's stream is connected to."""


def look(pid: int | None = None) -> PulseView | None:
    """What the process with that id (by default this one) uses; None where there is no such server or no `pactl`."""
    if shutil.which("pactl") is None:
        return None
    ask, nothing = ["pactl", "--format=json", "list"], subprocess.DEVNULL
    try:
        run = subprocess.run(ask, stdin=nothing, stdout=subprocess.PIPE, stderr=nothing, timeout=PATIENCE)
        lists = json.loads(run.stdout.decode("utf-8", errors="replace"))
        return _view(lists, str(os.getpid() if pid is None else pid))
    except (OSError, subprocess.TimeoutExpired, ValueError, LookupError, TypeError, AttributeError):
        return None


def _view(lists: dict[str, Any], pid: str) -> PulseView:
    present: dict[Direction, frozenset[str]] = {}
    in_use: dict[Direction, Endpoint | None] = {}
    for direction, (ends, streams, key) in _LISTS.items():
        known = {end["index"]: _endpoint(end) for end in lists[ends]}
        present[direction] = frozenset(end.name for end in known.values() if not end.is_monitor)
        own = [one for one in lists[streams] if one["properties"].get("application.process.id") == pid]
        in_use[direction] = known.get(own[-1][key]) if own else None
    return PulseView(present, in_use)


def _endpoint(end: dict[str, Any]) -> Endpoint:
    is_monitor = end["properties"].get("device.class") == "monitor"
    return Endpoint(end["name"], end.get("description") or end["name"], is_monitor)
