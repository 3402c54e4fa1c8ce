"""Everything that the program has kept of what was said and done, and its removal for good."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from app.storage.library import Amount, Library
from app.widgets.panels.memory import in_words
from engine import log


@dataclass(frozen=True)
class Kept:
    """How much there is: of the library, of listening tests, and of all files together in bytes."""

    library: Amount
    tests: int
    bytes: int

    @property
    def words(self) -> str:
        """All of it in a sentence."""
        parts = [_count(self.library.sessions, "session")]
        if self.library.deleted:
            parts.append(f"{self.library.deleted} in the trash")
        if self.tests:
            parts.append(_count(self.tests, "listening test"))
        return f"{', '.join(parts)}, with all recordings, the log and where the window stood: {in_words(self.bytes)}."


class Traces:
    """Where it is. Nothing here belongs to the screen's thread."""

    def __init__(self, library: Library | None, tests: Path) -> None:
        self._library, self._tests = library, tests

    def measure(self) -> Kept:
        library = self._library.amount() if self._library is not None else Amount()
        tests = [path for path in self._tests.glob("*") if path.is_dir()]
        held = sum(path.lstat().st_size for path in self._tests.rglob("*") if path.is_file())
        return Kept(library, len(tests), library.bytes + held + log.kept_bytes())

    def erase(self) -> str:
        """Returns a sentence about what had to stay, or "". Raises `OSError`."""
        left = self._library.erase() if self._library is not None else 0
        if self._tests.is_dir():
            shutil.rmtree(self._tests)
        log.erase()
        return f"{_count(left, 'session')} stayed, because another program is writing in it." if left else ""


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
