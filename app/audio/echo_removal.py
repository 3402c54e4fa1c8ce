"""Takes the reply out of what one microphone hears while one speaker plays it, and sees whether that works."""

from __future__ import annotations

import numpy as np

from app.audio.devices import AudioError
from app.audio.echo_canceller import BLOCKS_A_SECOND, EchoCanceller
from app.audio.echo_meter import EchoMeter
from app.audio.joined_streams import JoinedStreams
from app.audio.learnt_path import KEPT_SECONDS, LearntPath
from app.audio.player import Player
from app.audio.raw_take import RawTake
from app.audio.recorder import Recorder

CLOSE = 0.005, 0.015, 0.04  # seconds by which an echo may come at least after what is played, shall come, and may at most
GLIMPSE_BLOCKS = 3  # between two glimpses of the meter: as long as a chunk of the voice detector
LOOK_BLOCKS = 50  # between two looks of it
WHOLE_BLOCKS = 10  # for which the meter's glimpses see some of what the path left, after the canceller took over again
SILENT_BLOCKS = 100  # in which nothing was played, after which nothing of it is in the room
REMAINDER = 0.1  # of the power of what is heard after a reply: where the echo has more of it, nothing is given
FAILED_LOOKS = 8  # in a row, after which it has failed: four seconds; at its beginning it needs one or two


class EchoRemoval:
    """Between `begin` and `end` the recorder's sound comes to its readers through here; all of it belongs to one thread.

    A canceller does it, which is good from the first second on, until the path from speaker to microphone is learnt so well
    that it is enough alone: that takes no words of whoever speaks over the reply along.
    """

    def __init__(self, recorder: Recorder, player: Player, noise_suppression: bool = False, gain_control: bool = False) -> None:
        """Raises `AudioError` where it cannot be done."""
        if recorder.rate % BLOCKS_A_SECOND or player.rate % BLOCKS_A_SECOND:
            raise AudioError(f"The echo of replies cannot be taken out at {recorder.rate} and {player.rate} Hz.")
        self.recorder, self.player = recorder, player
        self.meter = EchoMeter()
        self.raw: RawTake | None = None
        """Gets all that goes through here, where there is one."""
        self.has_failed = False
        """Whether the reply has remained for seconds."""
        self._canceller = EchoCanceller(noise_suppression, gain_control)
        self._streams = JoinedStreams(recorder, player)
        self._path = LearntPath(recorder.rate, self._streams)
        self._may_be_enough = not (noise_suppression or gain_control)  # which the canceller's package does
        self._goes_on = False
        self._blocks = self._failed_looks = 0
        self._silent_blocks = 0
        self._whole_blocks = 0  # see `WHOLE_BLOCKS`: so many are left
        self._done = 0  # samples: what the recorder's ring and the path's have in common
        self._wanted: int | None = None  # where somebody began to speak, until it was seen to
        self._is_gentle = False  # whether somebody is listened to, and the path alone takes the echo out

    @property
    def is_working(self) -> bool:
        """Whether readers of the recorder hear no reply, as was seen."""
        return self._goes_on and self.meter.verdict in ("none", "gone") and not self.has_failed

    @property
    def drift(self) -> float | None:
        """As `JoinedStreams.drift`."""
        return self._streams.drift

    def begin(self) -> None:
        self._streams.begin()
        self._wanted, self._done, self._goes_on = None, 0, True
        self.recorder.is_processed = True

    def step(self) -> None:
        """Gives everything that was recorded to the recorder's readers."""
        while self._goes_on and self._streams.is_ready:
            heard, played = self._streams.read()
            if self._streams.have_come_apart():
                self._forget()
            self._process(heard, played)
        position, self._wanted = self._wanted, None
        if position is not None and self._path.known is not None:
            self._make_gentle(position, self._path.known)
        elif not self.recorder.is_taking:
            self._is_gentle = False

    def listen_to(self, position: int) -> None:
        """Somebody speaks over the reply from the recorder's `position` on, and the reply is to stop. For any thread.

        From there on no more is taken out than the filter says that was learnt: the canceller takes words along.
        """
        if self.is_working and self.meter.verdict == "gone":
            self._wanted = position

    def end(self) -> None:
        """The recorder's sound goes straight to its readers again."""
        self.recorder.is_processed = False
        self._goes_on = self._is_gentle = False

    @property
    def _is_known(self) -> bool:
        """Whether the path is enough."""
        return self._path.is_enough and self._may_be_enough

    def _process(self, heard: np.ndarray, played: np.ndarray) -> None:
        self._silent_blocks = 0 if played.any() else self._silent_blocks + 1
        if self.meter.verdict == "none" or self._silent_blocks > SILENT_BLOCKS:
            left = given = heard  # there is nothing to take out, and a canceller would take some of the voice
            self._done = 0
        else:
            left, given = self._lowered(heard, played)
        self.recorder.ring.write(given)
        raw = self.raw  # it may go meanwhile
        if raw is not None:
            raw.add(played, heard, given)
        self.meter.add(played, heard, left)
        self._blocks += 1
        if self._blocks % GLIMPSE_BLOCKS == 0:
            self.meter.glimpse(self._whole_blocks > 0)
            if self._is_known and self.meter.more_than_echo and self._path.leaves_echo():
                self.meter.more_than_echo = False
                self._path.doubt()
        if self._blocks % LOOK_BLOCKS == 0:
            self._look()

    def _lowered(self, heard: np.ndarray, played: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What is left of an echo, and what the recorder's readers are given of it."""
        by_path = self._path.feed(heard, played)
        self._done += len(heard)
        if self._is_known:
            left, self._whole_blocks = by_path, WHOLE_BLOCKS
        else:
            left = self._cancelled(played, heard)
            self._whole_blocks -= 1
        if self._is_gentle:
            return left, by_path
        if self._is_known and self.player.is_done:  # nobody asks any more whether it may be a voice
            return left, _without_remainder(by_path, heard)
        return left, left

    def _look(self) -> None:
        if self.meter.look() and self.meter.delay is not None:
            self._streams.measured(self.meter.delay)
        is_gone = self.meter.verdict == "gone"
        self._path.look(is_gone and not self._is_gentle and not self.player.is_done)
        if not is_gone:
            self._path.doubt()
        self._failed_looks = self._failed_looks + 1 if self.meter.verdict == "left" else 0
        self.has_failed = self.has_failed or self._failed_looks >= FAILED_LOOKS
        self._draw_close()

    def _cancelled(self, played: np.ndarray, heard: np.ndarray) -> np.ndarray:
        """By the canceller, which rests while the path is enough."""
        left = heard.copy()
        self._canceller.play(played, self.recorder.rate)
        self._canceller.clean(left, self.recorder.rate)
        return left

    def _make_gentle(self, position: int, path: np.ndarray) -> None:
        """From a place on that is past already."""
        self._is_gentle = True
        ring = self.recorder.ring
        count = min(ring.written - position, self._done, round(KEPT_SECONDS / 2 * self.recorder.rate))
        if count > 0:
            ring.overwrite(ring.written - count, self._path.without_echo(count, path))

    def _draw_close(self) -> None:
        """The canceller does best where the echo follows soon: else it has to search for it, and loses it now and then.

        An echo that comes before what is played it cannot find at all.
        """
        least, wanted, most = CLOSE
        delay = self.meter.delay
        if delay is not None and not least <= delay <= most:
            self._streams.shift(wanted - delay)
            self._canceller.begin_anew()
            self._forget()

    def _forget(self) -> None:
        """The delay is another one, or may be."""
        self.meter.begin_anew()
        self._path.forget()


def _without_remainder(left: np.ndarray, heard: np.ndarray) -> np.ndarray:
    """Silence while the room still sounds so much that what the path does not know of it could be taken for a voice."""
    taken = heard - left
    return np.zeros_like(heard) if float(taken @ taken) > REMAINDER * float(heard @ heard) else left
