"""The log: what happened, and with tracebacks what went wrong, in a file and its newest part in memory. No torch, no Qt."""

from __future__ import annotations

import faulthandler
import logging
import os
import sys
import textwrap
import traceback
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import count
from logging.handlers import RotatingFileHandler
from pathlib import Path

from engine import folders, private
from engine.failures import NO_MEMORY, ran_out_of_memory

VARIABLE = "REFRAIN_LOG"
_FORMAT = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"
_ROOMS = ("engine", "app")
_KEPT = 1000
_crash_file = None
_wordless = False


@dataclass(frozen=True)
class LogEntry:
    """One message as it is in the file, perhaps of several lines; numbers only grow, `level` is one of `logging`."""

    number: int
    level: int
    text: str


class _File(RotatingFileHandler):
    """What was asked and answered may be read in a log: it is the user's alone."""

    def _open(self) -> TextIOWrapper:
        return open(self.baseFilename, "a", encoding=self.encoding, errors=self.errors, opener=private.opener)

    def handleError(self, record: logging.LogRecord) -> None:
        """A full disk costs lines of the log, and no page of tracebacks on the terminal for each of them."""
        if not isinstance(sys.exception(), OSError):
            super().handleError(record)


class _Memory(logging.Handler):
    """Keeps the newest messages."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: deque[LogEntry] = deque(maxlen=_KEPT)
        self._numbers = count(1)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self.entries.append(LogEntry(next(self._numbers), record.levelno, self.format(record)))
        except Exception:  # a message that cannot be formatted must not stop what wrote it
            self.handleError(record)


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        if not (_wordless and record.exc_info and record.exc_info[0]):
            return super().format(record)
        kind, _, stack = record.exc_info
        record = copy(record)
        record.msg, record.args, record.exc_info = "An error, without its words.", (), None
        record.exc_text = "".join(traceback.format_tb(stack)) + kind.__name__
        return super().format(record)


_memory = _Memory()


def recent(after: int = 0) -> list[LogEntry]:
    """The newest messages of this process since `start`, oldest first, with numbers above `after`. From any thread."""
    with _silent(_memory):
        return [entry for entry in _memory.entries if entry.number > after]


def log_file() -> Path:
    """Where the log is written."""
    return folders.logs() / "refrain.log"


def crash_file() -> Path:
    """Where a crash inside a native library leaves its stacks; apart from the log, because it cannot be rotated while open."""
    return log_file().with_name("crash.log")


def wants_detail(verbose: bool = False) -> bool:
    """Whether the user asked, by `--verbose` or the environment variable REFRAIN_LOG, to see everything."""
    return verbose or os.environ.get(VARIABLE, "").lower() not in ("", "0", "no", "off")


def start(verbose: bool = False) -> None:
    """Logs what happens to `log_file`, and the details too if `wants_detail(verbose)`.

    A crash inside a native library leaves its stacks in `crash_file`. A folder that cannot be written costs only the
    files. Calling it again changes nothing but the level.
    """
    level = logging.DEBUG if wants_detail(verbose) else logging.INFO
    loggers = [logging.getLogger(room) for room in _ROOMS]
    for logger in loggers:
        logger.setLevel(level)
    if loggers[0].handlers:
        return
    try:
        private.make_folder(log_file().parent)
        private.tighten(log_file().parent)
        handler: logging.Handler = _File(
            log_file(), maxBytes=1 << 20, backupCount=2, encoding="utf-8", errors="backslashreplace", delay=True
        )
        _catch_crashes(crash_file())
    except OSError:
        handler = logging.NullHandler()
    for one in (handler, _memory):
        one.setFormatter(_Formatter(_FORMAT))
        for logger in loggers:
            logger.addHandler(one)


def _catch_crashes(path: Path) -> None:
    global _crash_file
    if not faulthandler.is_enabled():
        _crash_file = open(path, "a", encoding="utf-8", opener=private.opener)  # stays open: a crash leaves no time to open it
        faulthandler.enable(_crash_file)


def keep_words_out(wanted: bool) -> None:
    """Whether errors are logged without what they say, which may be what somebody said: their kind and place remain."""
    global _wordless
    _wordless = wanted


def kept_bytes() -> int:
    """How much the log's files hold."""
    return sum(path.stat().st_size for path in _files() if path.is_file())


def erase() -> None:
    """Nothing of what was logged remains; what happens from now on is logged again. Raises `OSError`."""
    handlers = [one for one in logging.getLogger(_ROOMS[0]).handlers if isinstance(one, logging.FileHandler)]
    for handler in handlers:
        with _silent(handler):
            if handler.stream is not None:
                handler.stream.close()
                handler.stream = None  # it is opened again with the next message
    for path in _files():
        if path == crash_file() and _crash_file is not None:
            os.truncate(path, 0)  # it must stay open
        else:
            path.unlink(missing_ok=True)
    with _silent(_memory):
        _memory.entries.clear()


@contextmanager
def _silent(handler: logging.Handler) -> Iterator[None]:
    """What other threads log waits."""
    handler.acquire()
    try:
        yield
    finally:
        handler.release()


def _files() -> list[Path]:
    """The log, its older parts, and what a crash left."""
    return [*log_file().parent.glob(log_file().name + "*"), *log_file().parent.glob(crash_file().name)]


def explain(error: BaseException) -> str:
    """An error as one line for the user; it is logged with its traceback."""
    logging.getLogger(__name__).error("%s", error, exc_info=error)
    return textwrap.shorten(_sentence(error), 500, placeholder="…")


def _sentence(error: BaseException) -> str:
    if isinstance(error, KeyError) and error.args:
        return str(error.args[0])  # its str has quotes around it
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror}."
    if ran_out_of_memory(error):
        return NO_MEMORY
    own = type(error).__module__.split(".")[0] in _ROOMS
    if str(error) and (own or isinstance(error, ValueError | OSError)):
        return str(error)
    return f"Something unexpected went wrong ({type(error).__name__}: {error}); the log has more: {log_file()}"
