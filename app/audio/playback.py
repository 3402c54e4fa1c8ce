"""Plays one of several clips on a speaker that is opened when it is needed, for pages that are not about switching."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import soxr

from app.audio.clips import Clips
from app.audio.devices import AudioError, SoundDevice
from app.audio.loudness import ClipLevel
from app.audio.mixing import Mixer
from app.audio.switcher import Switcher
from app.core.background import Background

AS_IT_IS = ClipLevel(None, 0.0, 0.0)


class ClipPlayback:
    """Clips as they are, without any gain. All methods belong to the screen's thread, and none but `end` waits.

    What could not be played is told by the next `play`.
    """

    def __init__(self, output_device: Callable[[], SoundDevice | None], loudness: Callable[[], float] = lambda: 1.0) -> None:
        """`loudness`: as for `Switcher`."""
        self._output_device = output_device
        self._switcher, self._background = Switcher(loudness), Background("playback")
        self._mixer: Mixer | None = None
        self._wanted: int | None = None  # to be played as soon as it is ready
        self._loads = 0
        self._keeps_place = False
        self._problem = ""

    def load(self, clips: Sequence[np.ndarray], rate: int, keeps_place: bool = False) -> None:
        """Takes mono float32 clips at `rate` Hz, stops what was playing, and gets ready in the background.

        `keeps_place`: a switch goes on at the same time in the other clip, instead of beginning it anew.
        """
        self.stop()
        self._keeps_place = keeps_place
        self._loads += 1
        number, device = self._loads, self._output_device()
        self._mixer = self._switcher.mixer = self._wanted = None
        self._problem = "" if device is not None else "There is no speaker to play on. Connect one."
        if device is None:
            return

        def work() -> tuple[int, Mixer]:
            mixer = Mixer(_ready(clips, rate, device.rate))
            self._switcher.open(device)
            return number, mixer

        self._background.do(work, self._begin, self._fail)

    def play(self, index: int) -> None:
        """Plays a clip: on from a pause, else from the start. Raises `AudioError`."""
        if self._problem:
            raise AudioError(self._problem)
        if self._mixer is None:
            self._wanted = index
            return
        self._mixer.choose(index)
        self._mixer.play()

    def pause(self) -> None:
        self._wanted = None
        if self._mixer is not None:
            self._mixer.pause()

    def stop(self) -> None:
        """Stops, and goes back to the start."""
        self.pause()
        if self._mixer is not None:
            self._mixer.seek(0.0)

    def seek(self, seconds: float) -> None:
        """Goes on at this time."""
        if self._mixer is not None:
            self._mixer.seek(seconds)

    def set_loop(self, loop: tuple[float, float] | None) -> None:
        """Repeats what lies between, in seconds, without a click; None: nothing."""
        if self._mixer is not None and loop is not None:
            self._mixer.set_loop(*loop)
        elif self._mixer is not None:
            self._mixer.clear_loop()

    @property
    def loop(self) -> tuple[float, float] | None:
        """What is repeated, in seconds."""
        return None if self._mixer is None else self._mixer.loop

    def close(self) -> None:
        """Silence, and the speaker is free; the next `load` opens it again."""
        self.pause()
        self._background.do(self._switcher.close, lambda _: None, self._fail)

    def end(self) -> None:
        """The program ends: as `close`, but waits a moment for the speaker. PortAudio hangs if it is shut down meanwhile."""
        self.close()
        self._background.close()

    @property
    def position(self) -> float:
        """Seconds from the start of the clip that plays."""
        return self._switcher.heard

    def heard(self, index: int) -> float:
        """Seconds of a clip that were played since it was loaded, each place counted once."""
        return 0.0 if self._mixer is None else self._mixer.heard(index)

    @property
    def underruns(self) -> int:
        """How often there was a gap because the program was late."""
        return self._switcher.underflows

    def _begin(self, made: tuple[int, Mixer]) -> None:
        number, mixer = made
        if number != self._loads:
            return  # others were loaded meanwhile
        mixer.keeps_place = self._keeps_place
        self._mixer = self._switcher.mixer = mixer
        if self._wanted is not None:
            self.play(self._wanted)

    def _fail(self, sentence: str) -> None:
        self._problem = sentence


def _ready(clips: Sequence[np.ndarray], rate: int, wanted: int) -> Clips:
    """At the speaker's rate, and padded to one length."""
    own = [clip if rate == wanted else soxr.resample(clip, rate, wanted, quality="HQ") for clip in clips]
    length = max(map(len, own), default=0)
    padded = np.stack([np.pad(np.asarray(clip, np.float32), (0, length - len(clip))) for clip in own])
    return Clips(padded, wanted, (length,) * len(own), (AS_IT_IS,) * len(own))
