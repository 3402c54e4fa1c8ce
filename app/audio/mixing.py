"""The core of switching between clips: what sounds next, sample by sample. No device, no Qt.

One position counts for all clips. A switch, a jump, the loop's end, play and pause are all the same thing: what sounds
now fades out where it is while what shall sound fades in where it shall be.
"""

from __future__ import annotations

import numpy as np

from app.audio.clips import Clips

FADE_SECONDS = 0.005  # a hard cut clicks, a longer fade blurs what is compared
BIN_SECONDS = 0.01  # how finely it is remembered what was played
SILENT = -1


class Mixer:
    """Fills blocks from clips of one rate and one length.

    `fill` belongs to the sound's thread; everything else to the screen's. They share plain values that one side writes,
    so that nobody waits; `fill` allocates nothing.
    """

    def __init__(self, clips: Clips) -> None:
        self.clips = clips
        self.keeps_place = True
        """Whether a switch goes on at the same time in the other clip (same words) or begins it anew (others)."""
        self._samples, self._ends = clips.samples, clips.ends
        self._length = clips.samples.shape[1]
        self._fade = max(1, round(FADE_SECONDS * clips.rate))
        self._rising = ((np.arange(self._fade, dtype=np.float32) + 1) / self._fade).astype(np.float32)
        self._scratch = np.zeros(self._fade, np.float32)
        # Written by the screen:
        self._wish = (0, 0, 0)  # the clip, how many jumps there were, where the last one goes: changed together
        self._plays = False
        self._loop: tuple[int, int] | None = None
        # Written by the sound's thread:
        self._clip, self._position = SILENT, 0  # what sounds (or fades in)
        self._old_clip, self._old_position, self._fading = SILENT, 0, 0  # what fades out, for so many samples more
        self._jumps = 0
        self._ended = 0  # how often a clip was played to its end
        self._seen_end = 0
        self._bin = max(1, round(BIN_SECONDS * clips.rate))
        self._sounded = np.zeros((len(clips), self._length // self._bin + 1), bool)

    # --- the screen's side --------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> int:
        """The clip that is heard, or will be."""
        return self._wish[0]

    @property
    def position(self) -> float:
        """Seconds."""
        _, jumps, sample = self._wish
        return (sample if jumps != self._jumps else self._position) / self.clips.rate

    @property
    def is_playing(self) -> bool:
        return self._plays and self._seen_end == self._ended

    @property
    def loop(self) -> tuple[float, float] | None:
        """Seconds."""
        return self._loop and (self._loop[0] / self.clips.rate, self._loop[1] / self.clips.rate)

    def heard(self, clip: int) -> float:
        """Seconds of a clip that were played so far, each place counted once."""
        return min(int(self._sounded[clip].sum()) * self._bin, self._length) / self.clips.rate

    def choose(self, clip: int) -> None:
        """Switches; where the place is not kept, the clip begins anew."""
        chosen, jumps, sample = self._wish
        if clip == chosen:
            return
        anew = not self.keeps_place
        self._wish = (clip, jumps + anew, self._first if anew else sample)

    def play(self) -> None:
        """Goes on, or begins anew after the end."""
        if self._seen_end != self._ended or self.position * self.clips.rate >= self._end(self.chosen):
            self._jump(self._first)
        self._seen_end, self._plays = self._ended, True

    def pause(self) -> None:
        self._seen_end, self._plays = self._ended, False

    def seek(self, seconds: float) -> None:
        """Goes on at this time."""
        self._jump(min(max(0, round(seconds * self.clips.rate)), self._length))

    def _jump(self, sample: int) -> None:
        clip, jumps, _ = self._wish
        self._wish = (clip, jumps + 1, sample)

    @property
    def _first(self) -> int:
        return self._loop[0] if self._loop else 0

    def set_loop(self, start: float, end: float) -> None:
        """Repeats what lies between, in seconds; nothing shorter than two fades."""
        first = min(max(0, round(start * self.clips.rate)), self._length)
        last = min(max(first + 2 * self._fade, round(end * self.clips.rate)), self._length)
        self._loop = (first, last) if last - first >= 2 * self._fade else None

    def clear_loop(self) -> None:
        self._loop = None

    # --- the sound's side ---------------------------------------------------------------------------------------------

    def fill(self, out: np.ndarray) -> None:
        """The next samples, float32 [n], for all of `out`."""
        done = 0
        while done < len(out):
            if not self._fading:
                self._obey()
            count = min(len(out) - done, self._span())
            self._mix(out[done : done + count], count)
            done += count

    def _obey(self) -> None:
        """Begins to do what the screen wants, if that is something else than what is done."""
        wanted, jumps, sample = self._wish
        jumped, sounds = jumps != self._jumps, self._clip != SILENT
        self._jumps = jumps
        position = sample if jumped else self._position
        if sounds and not jumped and position >= self._edge():
            loop = self._loop
            if loop is not None and loop[0] < self._end(self._clip):
                position = loop[0]
            else:
                self._ended += 1
        clip = wanted if self.is_playing else SILENT
        if clip != self._clip or (sounds and position != self._position):
            self._old_clip, self._old_position, self._fading = self._clip, self._position, self._fade
        self._clip, self._position = clip, position

    def _span(self) -> int:
        """How many samples there are until something has to be looked at."""
        if self._fading:
            return self._fading
        return self._length + self._fade if self._clip == SILENT else max(1, self._edge() - self._position)

    def _edge(self) -> int:
        """Where what sounds ends or repeats."""
        end, loop = self._end(self._clip), self._loop
        return end if loop is None else min(end, loop[1])

    def _mix(self, out: np.ndarray, count: int) -> None:
        self._read(self._clip, self._position, out)
        if self._fading:
            rising = self._rising[self._fade - self._fading :][:count]
            old = self._scratch[:count]
            self._read(self._old_clip, self._old_position, old)
            # old + rising * (new - old): exact where both are the same
            np.subtract(out, old, out=out)
            np.multiply(out, rising, out=out)
            np.add(out, old, out=out)
            self._fading -= count
            self._old_position += count
        if self._clip != SILENT:
            self._sounded[self._clip, self._position // self._bin : (self._position + count - 1) // self._bin + 1] = True
            self._position += count

    def _read(self, clip: int, position: int, out: np.ndarray) -> None:
        there = 0 if clip == SILENT else min(len(out), max(0, self._length - position))
        if there:
            out[:there] = self._samples[clip, position : position + there]
        out[there:] = 0

    def _end(self, clip: int) -> int:
        """Clips that keep the place end together."""
        return self._length if self.keeps_place else self._ends[clip]
