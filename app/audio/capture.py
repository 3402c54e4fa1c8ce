"""What is done with the microphone's sound before anybody reads it: while a reply sounds, the reply is taken out."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

from app.audio.devices import AudioError
from app.audio.echo_meter import EchoMeter
from app.audio.echo_removal import EchoRemoval
from app.audio.player import Player
from app.audio.raw_take import RawTake
from app.audio.recorder import Recorder
from engine.worker_thread import Thread

Echo = Literal["automatic", "headphones", "off"]
"""Take the reply out; there is nothing to take out; leave it, so that nobody may speak over a reply."""

SETTLED_SECONDS = 3.0  # after the start, when other things are loaded
WAIT = 0.02  # seconds between two looks at whether a reply begins
PATIENCE = 0.03  # seconds between two looks at what was recorded: each takes the processor away from who makes the reply
TAIL_SECONDS = 1.0  # after the last sample: the room still holds some of it
FAILED = (
    "The echo of replies cannot be taken out here, so Refrain does not listen while it speaks. Lower the volume, or wear "
    "headphones."
)


class Capture:
    """Follows recorder and player on a thread of its own. The screen's thread chooses, everybody may look."""

    def __init__(self, recorder: Callable[[], Recorder | None], player: Callable[[], Player | None]) -> None:
        """What is open at the moment."""
        self._recorder, self._player = recorder, player
        self._echo: Echo = "automatic"
        self._options = (False, False)  # noise suppression, gain control
        self._removal: EchoRemoval | None = None
        self._made_with: object = None  # the devices and options of `_removal`, or of what it could not be made with
        self._missing = ""
        self._keeps_raw = False
        self._closing = False
        self._thread: Thread | None = None

    @property
    def echo(self) -> Echo:
        return self._echo

    @property
    def is_working(self) -> bool:
        """Whether what is read from the recorder holds no reply although one sounds, as was seen with these devices."""
        removal = self._removal
        return removal is not None and removal.is_working

    @property
    def meter(self) -> EchoMeter | None:
        """What was measured with these devices."""
        removal = self._removal
        return removal.meter if removal is not None else None

    @property
    def drift(self) -> float | None:
        """As `JoinedStreams.drift`, with these devices."""
        removal = self._removal
        return removal.drift if removal is not None else None

    @property
    def may_be_voice(self) -> bool:
        """Whether what the microphone hears at this moment may be somebody who speaks over the reply."""
        meter = self.meter
        return meter is None or meter.more_than_echo

    @property
    def problem(self) -> str:
        """Why the reply cannot be taken out, as a sentence."""
        removal = self._removal
        if self._echo != "automatic":
            return ""
        return FAILED if removal is not None and removal.has_failed else self._missing

    @property
    def raw(self) -> RawTake | None:
        """What was kept since `keep_raw`, with these devices."""
        removal = self._removal
        return removal.raw if removal is not None else None

    def keep_raw(self, keep: bool) -> None:
        """Whether what goes through here while a reply sounds is kept from now on; in memory alone."""
        self._keeps_raw = keep
        if self._removal is not None:
            self._removal.raw = self._new_raw(self._removal)

    def listen_to(self, position: int) -> None:
        """As `EchoRemoval.listen_to`, where the reply is being taken out."""
        removal = self._removal
        if removal is not None:
            removal.listen_to(position)

    def choose(self, echo: Echo) -> None:
        """From now on; what did not work is tried again."""
        self._echo, self._made_with = echo, None

    def set_options(self, noise_suppression: bool | None = None, gain_control: bool | None = None) -> None:
        """What else is done while a reply sounds, from the next one on; None leaves it as it is."""
        noise, gain = self._options
        self._options = (
            noise if noise_suppression is None else noise_suppression,
            gain if gain_control is None else gain_control,
        )

    def open(self) -> None:
        self._thread = Thread(self._run, "capture")
        self._thread.start()

    def close(self) -> None:
        self._closing = True
        if self._thread is not None:
            self._thread.join(timeout=2)

    # --- the thread ---------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        began = time.monotonic()
        while not self._closing:
            recorder, player = self._recorder(), self._player()
            if recorder is not None and player is not None and self._echo == "automatic":
                sounds = not player.is_done
                if sounds or time.monotonic() - began > SETTLED_SECONDS:  # so that no reply has to wait for the library
                    self._prepare(recorder, player)
                if sounds and self._removal is not None and not self.problem:
                    self._follow(self._removal)
            time.sleep(WAIT)

    def _prepare(self, recorder: Recorder, player: Player) -> None:
        wanted = (recorder, player, self._options)
        if self._made_with == wanted:
            return
        try:
            removal = EchoRemoval(recorder, player, *self._options)
            removal.raw = self._new_raw(removal)
            self._removal, self._missing = removal, ""
        except AudioError as error:
            self._removal, self._missing = None, str(error)
        self._made_with = wanted

    def _new_raw(self, removal: EchoRemoval) -> RawTake | None:
        return RawTake(removal.recorder.rate) if self._keeps_raw else None

    def _follow(self, removal: EchoRemoval) -> None:
        """From the beginning of a reply until nothing of it is in the room."""
        recorder, player = removal.recorder, removal.player
        sounded = time.monotonic()
        removal.begin()
        try:
            while not (self._closing or recorder.is_closed or player.is_closed or self._echo != "automatic"):
                if not player.is_done:
                    sounded = time.monotonic()
                elif time.monotonic() - sounded > TAIL_SECONDS and not recorder.is_taking:
                    break
                removal.step()
                time.sleep(PATIENCE)
        except Exception as error:  # of a library's own kind: the microphone must go on without it
            self._removal = None
            self._missing = f"The echo of replies cannot be taken out any more ({error})."
        finally:
            removal.end()
