"""The program's player, recorder, canceller and voice detector in a made-up room, without devices and threads."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from app.audio.devices import SoundDevice
from app.audio.echo_removal import EchoRemoval
from app.audio.player import Player
from app.audio.recorder import Recorder
from app.audio.voice_activity import VoiceFollower
from app.benchmarks.room import Desk, Room
from engine.speech.voice import VoiceDetector

RATE = 48_000
LONGEST = 6.0  # seconds until what is said must have come to its end


@dataclass
class Scene:
    """One room with the program in it, and what happened there."""

    room: Room
    rate: int = RATE
    """The microphone's, in Hz."""
    player: Player = field(default_factory=lambda: Player(SoundDevice(0, "speaker", RATE, 1)))
    onset: int | None = None
    """Where the speech began that goes on, as the program sees it."""
    spent: float = 0.0
    """Seconds of processor time that taking out the echo has needed."""

    def __post_init__(self) -> None:
        self.recorder = Recorder(SoundDevice(1, "microphone", self.rate, 1))
        self.desk = Desk(self.player, self.recorder, self.room)
        self.removal = EchoRemoval(self.recorder, self.player)
        self._detector = VoiceDetector()
        self._voice: VoiceFollower | None = None
        self._turn = 0
        self.removal.begin()

    def begin(self, reply: tuple[np.ndarray, int]) -> None:
        """A reply begins to sound: mono float32 [n], and its rate."""
        self._turn += 1
        self.player.begin(self._turn)
        self.player.write(self._turn, *reply)
        self.player.finish(self._turn)

    def step(self) -> None:
        """20 ms, as the program's threads would live through them."""
        self.desk.step()
        began = time.thread_time()
        self.removal.step()
        self.spent += time.thread_time() - began
        sounds = not self.player.is_done
        if sounds and not self.removal.is_working:
            self._voice = None  # half duplex
        elif self._voice is None:
            self._voice = VoiceFollower(self.recorder, self._detector)
        self.onset = self._voice.step(sounds, lambda: self.removal.meter.more_than_echo) if self._voice else None

    def wait(self, seconds: float) -> bool:
        """Goes on for a while, or until speech is found; returns whether it was."""
        end = self.desk.now + seconds
        while self.desk.now < end and self.onset is None:
            self.step()
        return self.onset is not None

    def take(self, start: int) -> None:
        """What is said is a question that begins at `start`."""
        self.recorder.is_taking = True
        self.removal.listen_to(start)
        self.silence()
        self.recorder.is_taking = False

    def silence(self) -> None:
        """What sounds is stopped, and what is said comes to its end."""
        self.player.stop()
        end = self.desk.now + LONGEST
        while self.onset is not None and self.desk.now < end:
            self.step()
