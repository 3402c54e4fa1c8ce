"""Sound files as questions: read on a thread of their own, asked one after another."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.core.background import Background
from engine import audio_files
from engine.audio_files import Recording

MOST = 100  # at a time: more were dropped by mistake
ENDINGS = "wav flac ogg oga opus mp3 aif aiff aifc au snd caf w64 rf64 voc m4a"
KINDS = f"Sound files ({' '.join(f'*.{ending}' for ending in ENDINGS.split())});;All files (*)"
Ask = Callable[[Recording, str], object]


@dataclass
class _Reading:
    """One of the two comes of it."""

    path: Path
    found: Recording | None = None
    problem: str = ""


class SoundFiles:
    """The files that wait. All methods belong to the screen's thread, and none of them waits for a disk."""

    def __init__(self, ask: Ask) -> None:
        """`ask` is given a recording and the file's name."""
        self._ask = ask
        self._waiting: deque[Path] = deque()
        self._reading: _Reading | None = None
        self._background = Background("sound files")
        self._problems: list[str] = []

    def __len__(self) -> int:
        """How many have not been asked yet."""
        return len(self._waiting) + (self._reading is not None)

    @property
    def sentence(self) -> str:
        """What is being read, and what waits; "" if nothing is."""
        if self._reading is None:
            return ""
        more = len(self._waiting)
        wait = f" {more} more file{'' if more == 1 else 's'} will follow." if more else ""
        return f"Reading {self._reading.path.name}.{wait}"

    def add(self, paths: Sequence[Path]) -> None:
        """They shall be asked in this order."""
        if len(paths) > MOST:
            self._problems.append(f"Of {len(paths)} files the first {MOST} are asked: so many go at a time.")
        self._waiting.extend(paths[:MOST])

    def drop(self) -> int:
        """None of them shall be asked; returns how many that were."""
        count = len(self)
        self._waiting, self._reading, self._problems = deque(), None, []
        return count

    def tick(self, is_busy: bool) -> str:
        """Goes on: asks what was read unless a reply `is_busy`. Returns sentences about what could not be asked, at the end."""
        if is_busy:
            return ""
        reading = self._reading
        if reading is None and self._waiting:
            self._read(self._waiting.popleft())
        elif reading is not None and reading.found is not None:
            self._reading = None
            rest, problems = self._waiting, self._problems
            self._ask(reading.found, reading.path.name)
            self._waiting, self._problems = rest, problems  # asking anything drops what waits, but for this
            return ""
        elif reading is not None and reading.problem:
            self._reading = None
            self._problems.append(reading.problem)
        if len(self) or not self._problems:
            return ""
        said, self._problems = " ".join(self._problems), []
        return said

    def close(self) -> None:
        """Does not wait for what is being read."""
        self.drop()
        self._background.close(0)

    def _read(self, path: Path) -> None:
        reading = self._reading = _Reading(path)

        def found(recording: Recording) -> None:
            reading.found = recording

        def failed(sentence: str) -> None:
            reading.problem = sentence

        self._background.do(lambda: read(path), found, failed)


def read(path: Path) -> Recording:
    """A question's sound. Raises `AudioFileError` for what no model could understand."""
    found = audio_files.recording(path, audio_files.LONGEST_QUESTION)
    audio_files.check_question(*found.sound)
    return found
