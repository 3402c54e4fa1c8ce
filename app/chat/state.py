"""What Refrain is doing, derived from what was really seen: samples, tokens, the last sample played."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["Idle", "Listening", "Thinking", "Speaking", "Loading", "Error"]


@dataclass(frozen=True)
class Evidence:
    """What was seen. Empty strings are nothing to say; `recorded_seconds` None is no question under way."""

    loading: str = ""
    error: str = ""
    recorded_seconds: float | None = None
    replying: bool = False
    tokens: int = 0
    sounding: bool = False
    waiting_for_sound: bool = False
    heard_seconds: float = 0.0
    microphone: str = ""
    speaker: str = ""


@dataclass(frozen=True)
class Status:
    state: State
    sentence: str


def status_of(seen: Evidence) -> Status:
    """The state and one sentence about it."""
    if seen.error:
        return Status("Error", seen.error)
    if seen.recorded_seconds is not None:
        if seen.recorded_seconds > 0:
            return Status("Listening", f"{seen.recorded_seconds:.1f} s heard. Let go when you are done.")
        return Status("Listening", "Waiting for the microphone’s first sample.")
    if seen.loading:
        return Status("Loading", f"Loading the model {seen.loading}.")
    if seen.sounding:
        return Status("Speaking", f"{seen.heard_seconds:.1f} s spoken. Esc stops.")
    if seen.replying:
        return Status("Thinking", f"{seen.tokens} tokens so far." if seen.tokens else "Reading the question.")
    if seen.waiting_for_sound:
        return Status("Thinking", "The sound is on its way.")
    if seen.microphone:
        return Status("Idle", f"{seen.microphone} You can type a question.")
    if seen.speaker:
        return Status("Idle", f"{seen.speaker} You can read the replies.")
    return Status("Idle", "Hold the button, or the space bar, and speak; or type a question.")
