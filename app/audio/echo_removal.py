"""Takes the reply out of what one microphone hears while one speaker plays it, and sees whether that works."""

from __future__ import annotations

from collections import deque

import numpy as np

from app.audio.devices import AudioError
from app.audio.echo_canceller import BLOCKS_A_SECOND, EchoCanceller
from app.audio.echo_meter import EchoMeter
from app.audio.echo_path import EchoPath, echo
from app.audio.joined_streams import JoinedStreams
from app.audio.player import Player
from app.audio.recorder import Recorder
from app.audio.ring import Ring

LEAD = 0.03  # seconds by which what is played is given too early until the delay is known: only later echoes are found
CLOSE = 0.015, 0.04  # seconds by which an echo shall come after what is played, and by which it may
GLIMPSE_BLOCKS = 3  # between two glimpses of the meter: as long as a chunk of the voice detector
LOOK_BLOCKS = 50  # between two looks of it
LEARN_LOOKS = 3  # between two times that the path is learnt
KEPT_SECONDS = 4.0  # of both streams
FAILED_LOOKS = 8  # in a row, after which it has failed: four seconds; at its beginning it needs one or two


class EchoRemoval:
    """Between `begin` and `end` the recorder's sound comes to its readers through here; all of it belongs to one thread."""

    def __init__(self, recorder: Recorder, player: Player, noise_suppression: bool = False, gain_control: bool = False) -> None:
        """Raises `AudioError` where it cannot be done."""
        if recorder.rate % BLOCKS_A_SECOND or player.rate % BLOCKS_A_SECOND:
            raise AudioError(f"The echo of replies cannot be taken out at {recorder.rate} and {player.rate} Hz.")
        self.recorder, self.player = recorder, player
        self.meter = EchoMeter()
        self.has_failed = False
        """Whether the reply has remained for seconds."""
        self._canceller = EchoCanceller(noise_suppression, gain_control)
        self._streams: JoinedStreams | None = None
        self._lead = LEAD
        self._blocks = self._failed_looks = 0
        self._path = EchoPath(recorder.rate) if recorder.rate == player.rate else None
        self._played, self._heard = (Ring(round(KEPT_SECONDS * recorder.rate)) for _ in range(2))
        self._known: deque[np.ndarray] = deque(maxlen=2)  # paths; the older one was learnt before anybody spoke
        self._done = 0  # samples since `begin`: what the recorder's ring and `_heard` have in common
        self._wanted: int | None = None  # where somebody began to speak, until it was seen to
        self._gentle: np.ndarray | None = None  # the path by which alone the echo is taken out

    @property
    def is_working(self) -> bool:
        """Whether readers of the recorder hear no reply, as was seen."""
        return self._streams is not None and self.meter.verdict in ("none", "gone") and not self.has_failed

    def begin(self) -> None:
        self._streams, self._wanted, self._done = JoinedStreams(self.recorder, self.player, self._lead), None, 0
        self.recorder.is_processed = True

    def step(self) -> None:
        """Gives everything that was recorded to the recorder's readers."""
        streams = self._streams
        while streams is not None and streams.is_ready:
            self._process(*streams.read())
        position, self._wanted = self._wanted, None
        if position is not None and self._known:
            self._make_gentle(position)
        elif self._gentle is not None and not self.recorder.is_taking:
            self._gentle = None

    def listen_to(self, position: int) -> None:
        """Somebody speaks over the reply from the recorder's `position` on, and the reply is to stop. For any thread.

        From there on no more is taken out than the filter says that was learnt: the canceller takes words along.
        """
        if self.is_working and self.meter.verdict == "gone":
            self._wanted = position

    def end(self) -> None:
        """The recorder's sound goes straight to its readers again."""
        self.recorder.is_processed = False
        self._streams = self._gentle = None

    def _process(self, heard: np.ndarray, played: np.ndarray) -> None:
        left = heard.copy()
        self._canceller.play(played, self.player.rate)
        self._canceller.clean(left, self.recorder.rate)
        self._done += len(heard)
        self._heard.write(heard)
        self._played.write(played)
        if self.meter.verdict == "none":  # without an echo the canceller would take out some of the voice
            self.recorder.ring.write(heard)
        else:
            self.recorder.ring.write(left if self._gentle is None else self._without_echo(len(heard), self._gentle))
        self.meter.add(played, heard, left)
        self._blocks += 1
        if self._blocks % GLIMPSE_BLOCKS == 0:
            self.meter.glimpse()
        if self._blocks % LOOK_BLOCKS == 0:
            self.meter.look()
            self._failed_looks = self._failed_looks + 1 if self.meter.verdict == "left" else 0
            self.has_failed = self.has_failed or self._failed_looks >= FAILED_LOOKS
            self._draw_close()
            if self._blocks % (LEARN_LOOKS * LOOK_BLOCKS) == 0:
                self._learn()

    def _learn(self) -> None:
        path = self._path
        if path is None or self.meter.verdict != "gone" or self._gentle is not None or self.player.is_done:
            return
        count = round(path.seconds * self.recorder.rate)
        if self._done >= count:
            path.learn(_last(self._played, count), _last(self._heard, count))
            self._known.append(path.snapshot())

    def _make_gentle(self, position: int) -> None:
        """From a place on that is past already."""
        self._gentle = self._known[0]
        ring = self.recorder.ring
        count = min(ring.written - position, self._done, self._heard.capacity // 2)
        if count > 0:
            ring.overwrite(ring.written - count, self._without_echo(count, self._gentle))

    def _without_echo(self, count: int, path: np.ndarray) -> np.ndarray:
        """The last samples that were heard, without what the path makes of what was played."""
        return _last(self._heard, count) - echo(_last(self._played, count + len(path)), path)

    def _draw_close(self) -> None:
        """The canceller does best where the echo follows soon: else it has to search for it, and loses it now and then."""
        wanted, most = CLOSE
        delay, streams = self.meter.delay, self._streams
        if streams is None or delay is None or delay <= most:
            return
        self._lead -= delay - wanted
        streams.lead = self._lead
        streams.join()
        self._canceller.begin_anew()
        self.meter.begin_anew()
        self._known.clear()
        if self._path is not None:
            self._path.forget()


def _last(ring: Ring, count: int) -> np.ndarray:
    """The newest samples; silence before the first."""
    samples = np.zeros(count, np.float32)
    there = min(count, ring.written)
    ring.read_into(ring.written - there, samples[count - there :])
    return samples
