"""What Refrain is doing, derived from what was really seen: samples, tokens, the last sample played."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.engine_client.commands import Resumed

State = Literal["Idle", "Listening", "Thinking", "Speaking", "Device lost", "Loading", "Error"]
Intent = Literal[
    "talk", "finish", "stop", "unmute", "choose_device", "choose_model", "try_again", "send_anyway", "open_folder", "dismiss"
]
ACTIVE: tuple[State, ...] = ("Listening", "Thinking", "Speaking", "Loading")
WARNING: tuple[State, ...] = ("Error", "Device lost")
EndsBy = Literal["lift", "tap", "voice"]
"""What ends the question under way: letting go, another tap, or silence."""

ZEROS_SECONDS = 1.0  # of exact zeros: a real room is never so quiet
_HOW = {
    "lift": "Let go when you are done.",
    "tap": "Press again when you are done.",
    "voice": "Stop speaking when you are done.",
}


Action = tuple[str, Intent]
_CHOOSE: Action = ("Choose device", "choose_device")
_OK: Action = ("OK", "dismiss")
_STOP: Action = ("Stop", "stop")
_TRY_AGAIN: Action = ("Try again", "try_again")
_UNMUTE: Action = ("Unmute", "unmute")


@dataclass(frozen=True)
class Snapshot:
    """What was seen. Empty strings are nothing to say; `recorded_seconds` None is no question under way."""

    loading: str = ""
    resuming: bool = False
    """An earlier session is being read, to be remembered."""
    load_error: str = ""
    error: str = ""
    can_try_again: bool = False
    can_insist: bool = False
    """Nobody spoke in the last question, which can be sent all the same."""
    hint: str = ""
    """What did not happen, and is no fault."""
    written: str = ""
    """The file that was exported last."""
    lost: str = ""
    """A device that died and that the present moment needs."""
    recorded_seconds: float | None = None
    ends_by: EndsBy = "lift"
    zeros_seconds: float = 0.0
    """How long the microphone has delivered exact zeros while it should not."""
    replying: bool = False
    tokens: int = 0
    sounding: bool = False
    waiting_for_sound: bool = False
    heard_seconds: float = 0.0
    microphone: str = ""
    """Why there is none."""
    speaker: str = ""
    note: str = ""
    """Which other device is used, and why."""
    muted: bool = False
    hands_free: bool = False
    microphone_name: str = ""


@dataclass(frozen=True)
class Status:
    """The state, one sentence about it, and the one thing to do about it: the words on its button and the intent."""

    state: State
    sentence: str
    button: str
    intent: Intent


def status_of(seen: Snapshot) -> Status:
    """The state and one sentence about it."""
    if seen.load_error:
        return Status("Error", seen.load_error, "Choose model", "choose_model")
    if seen.error:
        action = _CHOOSE if seen.microphone or seen.lost else _OK
        return Status("Error", seen.error, *(_TRY_AGAIN if seen.can_try_again else action))
    if seen.recorded_seconds is not None:
        if seen.zeros_seconds > ZEROS_SECONDS:
            return Status("Listening", silent_sentence(seen.microphone_name), *_CHOOSE)
        if seen.recorded_seconds > 0:
            return Status("Listening", f"{seen.recorded_seconds:.1f} s heard. {_HOW[seen.ends_by]}", "Done", "finish")
        return Status("Listening", "Waiting for the microphone’s first sample.", "Done", "finish")
    if seen.loading:
        return Status("Loading", f"Loading the model {seen.loading}.", "Choose model", "choose_model")
    if seen.resuming and not seen.replying:
        return Status("Loading", "Reading the session again, so that the model remembers it.", "Talk", "talk")
    if seen.lost:
        return Status("Device lost", seen.hint or seen.lost, *_CHOOSE)
    if seen.sounding:
        return Status("Speaking", f"{seen.heard_seconds:.1f} s spoken.", *_STOP)
    if seen.replying:
        sentence = f"{seen.tokens} tokens so far." if seen.tokens else "Reading the question."
        return Status("Thinking", sentence, *_STOP)
    if seen.waiting_for_sound:
        return Status("Thinking", "The sound is on its way.", *_STOP)
    return _idle(seen)


def resumed_sentence(found: Resumed, count: int) -> str:
    """What the model remembers of an earlier session of `count` turns."""
    if found.problem:
        return f"{found.problem} The session goes on, but the model remembers nothing of it."
    if not found.turns:
        return "The session goes on, but the model remembers nothing of it: not even its last turn fits."
    if found.turns < count:
        words = "its last turn" if found.turns == 1 else f"its last {found.turns} turns"
        sentence = f"The session goes on. The model remembers {words} of {count}."
    else:
        sentence = "The session goes on, and the model remembers it."
    if found.by_words:
        whole = "it" if found.turns == 1 else "them"
        of = whole if found.by_words == found.turns else f"{found.by_words} of them"
        sentence += f" It knows only the words of {of}, for want of tokens that it can read."
    return sentence


def silent_sentence(microphone: str) -> str:
    """What digital silence may mean."""
    return (
        f"The microphone “{microphone}” delivers nothing but digital silence: is it muted, or is Refrain not allowed to use it?"
    )


def _idle(seen: Snapshot) -> Status:
    if seen.can_insist:
        return Status("Idle", seen.hint, "Send it all the same", "send_anyway")
    if seen.hint:
        return Status("Idle", seen.hint, *(_UNMUTE if seen.muted else _OK))
    if seen.written:
        return Status("Idle", f"Written to {seen.written}.", "Open folder", "open_folder")
    if seen.microphone:
        return Status("Idle", f"{seen.microphone} You can type a question.", *_CHOOSE)
    if seen.speaker:
        return Status("Idle", f"{seen.speaker} You can read the replies.", *_CHOOSE)
    if seen.muted:
        return Status("Idle", "The microphone is muted. You can type a question.", *_UNMUTE)
    if seen.note:
        return Status("Idle", seen.note, *_CHOOSE)
    if seen.hands_free and seen.zeros_seconds > ZEROS_SECONDS:
        return Status("Idle", silent_sentence(seen.microphone_name), *_CHOOSE)
    if seen.hands_free:
        return Status("Idle", "Hands-free: speak whenever you like.", "Talk", "talk")
    return Status("Idle", "Speak, or type a question.", "Talk", "talk")
