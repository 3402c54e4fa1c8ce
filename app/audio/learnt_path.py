"""The way from speaker to microphone as it was learnt while the program listens, and whether that is enough."""

from __future__ import annotations

from collections import deque
from math import ceil

import numpy as np

from app.audio.echo_canceller import BLOCKS_A_SECOND
from app.audio.echo_drift import found_drift
from app.audio.echo_meter import AUDIBLE, narrowed
from app.audio.echo_path import EchoPath, PathFilter, echo
from app.audio.joined_streams import JoinedStreams
from app.audio.ring import Ring

TRUSTED, DOUBTED = 25.0, 20.0  # dB by which the path lowers the echo: from where on, and until where, it is enough
JUDGED_BLOCKS = 20  # in which something was heard, by which it is judged
GOOD, BAD = 2, 3  # so often in a row it must do well until it is enough, and badly until it is not: somebody may speak meanwhile
LEARN_LOOKS = 3  # between two times that it is learnt
KEPT_SECONDS = 4.0  # of both streams
NEWEST_BLOCKS = 6  # in which what is left is compared with what was taken out
SHIFTS = 4  # samples of the meter's rate by which the one may come sooner or later
OWN = 0.6  # of the power of what is left, from which on it is the echo's: two voices have 0.1 to 0.3 in common
_AUDIBLE = 10 ** (AUDIBLE / 10)


class LearntPath:
    """For two streams of one rate; all of it belongs to one thread."""

    def __init__(self, rate: int, streams: JoinedStreams) -> None:
        self._streams = streams
        self._path = EchoPath(rate)
        self._block = rate // BLOCKS_A_SECOND
        self._filter = PathFilter(self._block, self._path.taps)
        self._least = self._block * ceil(self._path.seconds * BLOCKS_A_SECOND)  # samples to learn from
        self._played, self._heard = (Ring(round(KEPT_SECONDS * rate)) for _ in range(2))
        self._stamps: deque[tuple[float, float]] = deque(maxlen=round(KEPT_SECONDS * BLOCKS_A_SECOND))  # of their blocks
        self.known: np.ndarray | None = None
        """As `EchoPath.snapshot`, once something was learnt."""
        self.is_enough = False
        """Whether it alone takes the echo out, and no voice with it."""
        self._even = 0  # samples with one delay: what can be learnt from
        self._looks_to_learn = 0
        self._left = 1.0  # of an echo's power, at the drift that is made up for
        self._learnt, self._next_search = 0, 1  # how often, and when the drift is looked for again
        self._energies = np.zeros(2)  # of what was heard, and of what is left of it, since that was judged
        self._newest: deque[tuple[np.ndarray, np.ndarray]] = deque(maxlen=NEWEST_BLOCKS)  # what was taken out, and left
        self._sounding = self._in_a_row = 0  # blocks that are in them; judgements against what it is

    def feed(self, heard: np.ndarray, played: np.ndarray) -> np.ndarray:
        """One block of both -> what was heard without what the path makes of what was played: float32 [block]."""
        self._even += len(heard)
        self._heard.write(heard)
        self._played.write(played)
        self._stamps.append(self._streams.stamp)
        expected = self._filter.feed(played)
        left: np.ndarray = heard - expected
        self._newest.append((expected, left))
        power = float(heard @ heard)
        if power > _AUDIBLE * len(heard):
            self._energies += power, float(left @ left)
            self._sounding += 1
        return left

    def look(self, is_echo: bool) -> None:
        """Judges the path by the newest sounds and learns from them; `is_echo`: whether they are nothing but an echo.

        While they are not, nothing is learnt, and somebody's words say nothing against the path.
        """
        self._looks_to_learn -= 1
        if not is_echo:
            self._energies[:] = self._sounding = 0
            self._looks_to_learn = max(self._looks_to_learn, LEARN_LOOKS)
            return
        if self._sounding >= JUDGED_BLOCKS:
            self._judge()
        if self._looks_to_learn <= 0 and self._even >= self._least:
            self._learn()

    def leaves_echo(self) -> bool:
        """Whether what is left at this moment is much like what was played or taken out: then no voice is.

        So it is after another volume, and where the path was never heard at such a pitch.
        """
        if self.known is None:
            return False
        expected, left = (np.concatenate(sound) for sound in zip(*self._newest, strict=True))
        played = _last(self._played, len(left) + int(np.argmax(np.abs(self.known))))[: len(left)]
        expected, left, played = (_narrowed(sound, self._block) for sound in (expected, left, played))
        left = left[SHIFTS:-SHIFTS]
        ways = np.concatenate([np.lib.stride_tricks.sliding_window_view(sound, len(left)) for sound in (expected, played)])
        found = np.linalg.lstsq(ways.T, left, rcond=1e-3)[0]
        rest = left - found @ ways
        return bool(rest @ rest < (1 - OWN) * (left @ left))

    def doubt(self) -> None:
        """It is not enough, whatever was seen."""
        self.is_enough, self._in_a_row = False, 0

    def forget(self) -> None:
        """The delay is another one, or may be: nothing that was learnt holds."""
        self.doubt()
        self.known = None
        self._even = self._looks_to_learn = 0
        self._path.forget()

    def without_echo(self, count: int, path: np.ndarray) -> np.ndarray:
        """The last samples that were heard, without what such a path makes of what was played: float32 [count]."""
        return _last(self._heard, count) - echo(_last(self._played, count + len(path)), path)

    def _judge(self) -> None:
        before, after = self._energies
        lowered = 10 * np.log10(before / max(after, 1e-12))
        is_against = lowered < DOUBTED if self.is_enough else lowered > TRUSTED and self.known is not None
        self._in_a_row = self._in_a_row + 1 if is_against else 0
        if self._in_a_row >= (BAD if self.is_enough else GOOD):
            self.is_enough, self._in_a_row = not self.is_enough, 0
        self._energies[:] = self._sounding = 0

    def _learn(self) -> None:
        played, heard = _last(self._played, self._least), _last(self._heard, self._least)
        self._learnt += 1
        if self._learnt >= self._next_search:
            self._next_search = 2 * self._learnt
            self._look_for_drift(played, heard)
        self._path.learn(self._streams.at_pace(self._streams.drift or 0.0, played, self._stamps), heard)
        self.known = self._path.snapshot()
        self._filter.use(self.known)
        self._looks_to_learn = LEARN_LOOKS

    def _look_for_drift(self, played: np.ndarray, heard: np.ndarray) -> None:
        """What is found counts more than what was, where less of the echo is left with it, or what was is no good."""
        found = found_drift(lambda drift: self._streams.at_pace(drift, played, self._stamps), heard, self._path.rate)
        if found is not None and (found[1] < self._left or not self.is_enough):
            drift, self._left = found
            self._streams.know(drift)


def _narrowed(sound: np.ndarray, block: int) -> np.ndarray:
    return np.concatenate([narrowed(part) for part in sound.reshape(-1, block)])


def _last(ring: Ring, count: int) -> np.ndarray:
    """The newest samples; silence before the first."""
    samples = np.zeros(count, np.float32)
    there = min(count, ring.written)
    ring.read_into(ring.written - there, samples[count - there :])
    return samples
