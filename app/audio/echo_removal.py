"""Takes the reply out of what one microphone hears while one speaker plays it, and sees whether that works."""

from __future__ import annotations

import numpy as np

from app.audio.devices import AudioError
from app.audio.echo_canceller import BLOCKS_A_SECOND, EchoCanceller
from app.audio.echo_meter import AUDIBLE, EchoMeter
from app.audio.echo_path import EchoPath, PathFilter, echo
from app.audio.joined_streams import JoinedStreams
from app.audio.player import Player
from app.audio.raw_take import RawTake
from app.audio.recorder import Recorder
from app.audio.ring import Ring

CLOSE = 0.005, 0.015, 0.04  # seconds by which an echo may come at least after what is played, shall come, and may at most
GLIMPSE_BLOCKS = 3  # between two glimpses of the meter: as long as a chunk of the voice detector
LOOK_BLOCKS = 50  # between two looks of it
LEARN_LOOKS = 3  # between two times that the path is learnt
TRUSTED, DOUBTED = 25.0, 20.0  # dB by which the learnt path lowers the echo: from where on, and until where, it is enough
WHOLE_BLOCKS = 10  # for which the meter's glimpses see some of what the path left, after the canceller took over again
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
        self.raw: RawTake | None = None
        """Gets all that goes through here, where there is one."""
        self.has_failed = False
        """Whether the reply has remained for seconds."""
        self._canceller = EchoCanceller(noise_suppression, gain_control)
        self._streams = JoinedStreams(recorder, player)
        self._goes_on = False
        self._blocks = self._failed_looks = 0
        self._path = EchoPath(recorder.rate) if recorder.rate == player.rate else None
        self._filter = PathFilter(recorder.rate // BLOCKS_A_SECOND, self._path.taps) if self._path is not None else None
        self._may_trust = not (noise_suppression or gain_control)  # which the canceller's package does
        self._is_trusted = False
        """Whether the path alone takes the echo out, and no voice with it."""
        self._whole_blocks = 0  # see `WHOLE_BLOCKS`: so many are left
        self._energies = np.zeros(2)  # since the last look: of what was heard, and of what the path leaves of it
        self._played, self._heard = (Ring(round(KEPT_SECONDS * recorder.rate)) for _ in range(2))
        self._known: np.ndarray | None = None  # the path, as `_filter` uses it
        self._done = 0  # samples since `begin`: what the recorder's ring and `_heard` have in common
        self._even = 0  # samples with one delay: what can be learnt from
        self._wanted: int | None = None  # where somebody began to speak, until it was seen to
        self._gentle: np.ndarray | None = None  # the path by which alone the echo is taken out

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
        self._wanted, self._done, self._even, self._goes_on = None, 0, 0, True
        self.recorder.is_processed = True

    def step(self) -> None:
        """Gives everything that was recorded to the recorder's readers."""
        while self._goes_on and self._streams.is_ready:
            heard, played = self._streams.read()
            if self._streams.have_come_apart():
                self._forget()
            self._process(heard, played)
        position, self._wanted = self._wanted, None
        if position is not None and self._known is not None:
            self._make_gentle(position, self._known)
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
        self._goes_on, self._gentle = False, None

    def _process(self, heard: np.ndarray, played: np.ndarray) -> None:
        left = heard.copy()
        self._canceller.play(played, self.player.rate)
        self._canceller.clean(left, self.recorder.rate)
        self._done += len(heard)
        self._even += len(heard)
        self._heard.write(heard)
        self._played.write(played)
        by_path = heard - self._filter.feed(played) if self._filter is not None else left
        self._energies += float(heard @ heard), float(by_path @ by_path)
        is_whole = self._is_trusted and not self.player.is_done  # afterwards nobody asks whether it may be a voice
        if is_whole:
            left, self._whole_blocks = by_path, WHOLE_BLOCKS
        else:
            self._whole_blocks -= 1
        if self.meter.verdict == "none":  # without an echo the canceller would take out some of the voice
            given = heard
        else:
            given = left if self._gentle is None else by_path
        self.recorder.ring.write(given)
        raw = self.raw  # it may go meanwhile
        if raw is not None:
            raw.add(played, heard, given)
        self.meter.add(played, heard, left)
        self._blocks += 1
        if self._blocks % GLIMPSE_BLOCKS == 0:
            self.meter.glimpse(self._whole_blocks > 0)
        if self._blocks % LOOK_BLOCKS == 0:
            if self.meter.look() and self.meter.delay is not None:
                self._streams.measured(self.meter.delay)
            self._judge_path()
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
        if self._even >= count:
            path.learn(_last(self._played, count), _last(self._heard, count))
            self._known = path.snapshot()
            if self._filter is not None:
                self._filter.use(self._known)

    def _judge_path(self) -> None:
        """By what it made of the last half second; while somebody is listened to, nothing is changed."""
        before, after = self._energies
        self._energies[:] = 0
        if self._gentle is not None:
            return
        if before > 10 ** (AUDIBLE / 10) * LOOK_BLOCKS * self.recorder.rate / BLOCKS_A_SECOND:
            lowered = 10 * np.log10(before / max(after, 1e-12))
            self._is_trusted = self._may_trust and bool(lowered > (DOUBTED if self._is_trusted else TRUSTED))
        self._is_trusted = self._is_trusted and self.meter.verdict == "gone" and self._known is not None

    def _make_gentle(self, position: int, path: np.ndarray) -> None:
        """From a place on that is past already."""
        self._gentle = path
        ring = self.recorder.ring
        count = min(ring.written - position, self._done, self._heard.capacity // 2)
        if count > 0:
            ring.overwrite(ring.written - count, self._without_echo(count, path))

    def _without_echo(self, count: int, path: np.ndarray) -> np.ndarray:
        """The last samples that were heard, without what the path makes of what was played."""
        return _last(self._heard, count) - echo(_last(self._played, count + len(path)), path)

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
        self._known = None
        self._even, self._is_trusted = 0, False
        if self._path is not None:
            self._path.forget()


def _last(ring: Ring, count: int) -> np.ndarray:
    """The newest samples; silence before the first."""
    samples = np.zeros(count, np.float32)
    there = min(count, ring.written)
    ring.read_into(ring.written - there, samples[count - there :])
    return samples
