"""The sound of a test, ready to be played: one rate, and for each item one length, so that no length tells A from B."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import soxr

from app.listening.degrade import degrade
from app.listening.mushra_plan import MushraPlan, MushraTrial, stimuli
from app.listening.plan import ListeningItem, TestPlan, Trial
from app.listening.ranking_plan import RankingPlan
from app.listening.results import AnyPlan

BROKEN = ""  # no condition is called so


class Playback(Protocol):
    """Plays one of several clips; `underruns` (gaps heard so far) is read where a playback has it."""

    def load(self, clips: list[np.ndarray], rate: int, keeps_place: bool = False) -> None:
        """Takes mono float32 clips at `rate` Hz and stops what was playing; nothing of them counts as heard yet.

        `keeps_place`: another clip goes on where the one before was.
        """

    def play(self, index: int) -> None:
        """Plays a clip: on from a pause, else from the start or, where clips are aligned, from the same place."""

    def pause(self) -> None: ...

    def stop(self) -> None:
        """Stops, and goes back to the start."""

    def seek(self, seconds: float) -> None: ...

    def set_loop(self, loop: tuple[float, float] | None) -> None:
        """Repeats what lies between, in seconds; None: nothing."""

    @property
    def loop(self) -> tuple[float, float] | None: ...

    def close(self) -> None:
        """Silence, and the speaker is free; the next `load` opens it again."""

    @property
    def position(self) -> float:
        """Seconds from the start of the clip that plays."""

    def heard(self, index: int) -> float:
        """Seconds of a clip that were played since it was loaded, each place counted once."""


@dataclass(frozen=True, eq=False)
class TrialSounds:
    """What one trial plays: clips for A, B and X, all as long as the longest, and how many seconds of each are sound."""

    clips: list[np.ndarray]
    rate: int
    seconds: list[float]

    @property
    def length(self) -> float:
        """Seconds of every clip."""
        return len(self.clips[0]) / self.rate


class MushraSounds:
    """The sound of a MUSHRA test: the reference, and what is rated in its order."""

    def __init__(self, plan: MushraPlan, items: Sequence[ListeningItem]) -> None:
        self._plan, self._items = plan, items
        self._ready: tuple[MushraTrial, TrialSounds] | None = None

    def prepare(self, trial: MushraTrial) -> None:
        """Takes a while, the first time a second: not for the screen's thread. Afterwards `of` has it at once."""
        self._ready = (trial, self._made(trial))

    def of(self, trial: MushraTrial) -> TrialSounds:
        ready = self._ready
        return ready[1] if ready is not None and ready[0] == trial else self._made(trial)

    def _made(self, trial: MushraTrial) -> TrialSounds:
        found, rate = stimuli(self._items[trial.item], self._plan.conditions)
        clips = [found[name] for name in (self._plan.conditions[0], *trial.order)]
        return TrialSounds(clips, rate, [len(clip) / rate for clip in clips])


def sounds_of(plan: AnyPlan, items: Sequence[ListeningItem]) -> Sounds | MushraSounds:
    """For any method. Takes a while."""
    return MushraSounds(plan, items) if isinstance(plan, MushraPlan) else Sounds(plan, items)


class Sounds:
    """All clips of a test. Making it takes a while (resampling, degraded copies); asking it does not."""

    def __init__(self, plan: TestPlan | RankingPlan, items: Sequence[ListeningItem]) -> None:
        self.rate = max(clip.rate for item in items for clip in item.clips)
        self._clips: list[dict[str, np.ndarray]] = []
        self._seconds: list[dict[str, float]] = []
        broken = plan.broken_items
        for number, item in enumerate(items):
            names = zip(plan.conditions, item.of(plan.conditions), strict=True)
            sounds = {name: self._at_rate(clip.samples, clip.rate) for name, clip in names}
            if number in broken:
                sounds[BROKEN] = degrade(sounds[plan.conditions[0]], self.rate, seed=number)
            length = max(map(len, sounds.values()))
            self._seconds.append({source: len(samples) / self.rate for source, samples in sounds.items()})
            self._clips.append({source: np.pad(samples, (0, length - len(samples))) for source, samples in sounds.items()})

    def of(self, trial: Trial) -> TrialSounds:
        clips, seconds = self._clips[trial.item], self._seconds[trial.item]
        names = {"first": trial.pair[0], "second": trial.pair[1], "broken": BROKEN}
        played = [names[source] for source in trial.sources]
        return TrialSounds([clips[one] for one in played], self.rate, [seconds[one] for one in played])

    def _at_rate(self, samples: np.ndarray, rate: int) -> np.ndarray:
        samples = np.asarray(samples, np.float32)
        return samples if rate == self.rate else soxr.resample(samples, rate, self.rate)
