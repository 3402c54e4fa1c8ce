"""How the run before this one ended: a file that every run leaves while it lives, and takes away when it ends well."""

from __future__ import annotations

import logging
import os
import time
from dataclasses import dataclass
from pathlib import Path

from app.pages.diagnostics.places import short
from app.storage.files import Lock
from engine import log, private

_log = logging.getLogger(__name__)
_NAME = "running-{}.lock"
_FAULTS = ("Fatal Python error", "Windows fatal exception")


@dataclass(frozen=True)
class LastRun:
    """A run that did not end well: when it `began` (seconds since the epoch), where its `log` is, and the stacks of its
    `crash` if it was one."""

    began: float
    log: Path
    crash: str = ""

    @property
    def sentence(self) -> str:
        """For the user."""
        fault = f" with “{self.crash.splitlines()[0]}”" if self.crash else ""
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(self.began))
        return f"The last run, begun {when}, ended unexpectedly{fault}; its log is {short(self.log)}."


class Running:
    """The mark of this run. Other programs that run at the same time have marks of their own and are left alone."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder`: by default the one of the log."""
        self._folder = folder or log.log_file().parent
        self._lock: Lock | None = None

    def begin(self) -> LastRun | None:
        """Leaves the mark; returns the last run if it ended unexpectedly. Without a folder there is neither."""
        try:
            private.make_folder(self._folder)
            cut_off = self._sweep()
            self._lock = Lock(self._folder / _NAME.format(os.getpid()))
        except OSError as error:
            _log.warning("How this run ends will not be known: %s", error)
            return None
        if not cut_off:
            return None
        last = LastRun(max(cut_off), log.log_file(), self._crash_since(max(cut_off)))
        _log.warning("%s", last.sentence)
        return last

    def end(self) -> None:
        """The program ends as it should."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _sweep(self) -> list[float]:
        """When the runs began that left their marks and live no more; the marks are removed."""
        found = []
        for path in self._folder.glob(_NAME.format("*")):
            try:
                began = path.stat().st_mtime
                Lock(path).release()
            except (BlockingIOError, FileNotFoundError):
                continue  # it lives, or has just ended
            found.append(began)
        return found

    def _crash_since(self, began: float) -> str:
        """The last stacks in the crash file, if it was written after `began`."""
        path = self._folder / log.crash_file().name
        try:
            if path.stat().st_mtime < began:
                return ""
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
        at = max(text.rfind(fault) for fault in _FAULTS)
        return text[at:].strip() if at >= 0 else ""
