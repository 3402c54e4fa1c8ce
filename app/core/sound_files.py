"""Sound files as questions: read on a thread of their own, asked one after another."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from engine import audio_files
from engine.audio_files import Recording
from engine.log import explain

MOST = 100  # at a time: more were dropped by mistake
ENDINGS = "wav flac ogg oga opus mp3 aif aiff aifc au snd caf w64 rf64 voc m4a"
KINDS = f"Sound files ({' '.join(f'*.{ending}' for ending in ENDINGS.split())});;All files (*)"
Ask = Callable[[Recording, str], object]


class SoundFiles:
    """The files that wait. All methods belong to the screen's thread, and none of them waits for a disk."""

    def __init__(self, ask: Ask) -> None:
        """`ask` is given a recording and the file's name."""
        self._ask = ask
        self._waiting: deque[Path] = deque()
        self._reading: tuple[Path, Future] | None = None
        self._readers: ThreadPoolExecutor | None = None
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
        return f"Reading {self._reading[0].name}.{wait}"

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
        if self._reading is None and self._waiting:
            path = self._waiting.popleft()
            self._readers = self._readers or ThreadPoolExecutor(1, "sound files")
            self._reading = path, self._readers.submit(read, path)
        elif self._reading is not None and self._reading[1].done():
            (path, future), self._reading = self._reading, None
            error = future.exception()
            if error is None:
                rest, problems = self._waiting, self._problems
                self._ask(future.result(), path.name)
                self._waiting, self._problems = rest, problems  # asking anything drops what waits, but for this
                return ""
            self._problems.append(str(error) if isinstance(error, audio_files.AudioFileError) else explain(error))
        if len(self) or not self._problems:
            return ""
        said, self._problems = " ".join(self._problems), []
        return said

    def close(self) -> None:
        """Does not wait for what is being read."""
        self.drop()
        if self._readers is not None:
            self._readers.shutdown(wait=False, cancel_futures=True)


def read(path: Path) -> Recording:
    """A question's sound. Raises `AudioFileError` for what no model could understand."""
    found = audio_files.recording(path, audio_files.LONGEST_QUESTION)
    audio_files.check_question(*found.sound)
    return found
