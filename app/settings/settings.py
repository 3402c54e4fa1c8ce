"""What the user has set: kept in a file, told to whoever asked to hear of it. No Qt."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from app.settings import toml
from app.settings.table import BY_KEY, SettingError, Value
from engine import folders
from engine.quoting import clean, reason

_log = logging.getLogger(__name__)
_NAMED = 3  # unknown settings


def default_file() -> Path:
    """Where the settings of this user are kept."""
    return folders.config() / "settings.toml"


class Settings:
    """All methods belong to one thread. The file is written on another one, because a disk may be slow."""

    def __init__(self, path: Path | None = None) -> None:
        """Reads the file at `path`, which need not be there; None keeps everything in memory only."""
        self.path = path
        self.problem = ""
        """Why the file is not as the settings are, as a sentence."""
        self.remarks: dict[str, str] = {}
        """Sentences about single settings: what was wrong in the file, or that the command line has the say."""
        self._values: dict[str, Value] = {}  # what differs from the defaults
        self._foreign: dict[str, Any] = {}  # what the file holds besides: kept for whoever understands it
        self._overrides: dict[str, Value] = {}
        self._observers: dict[str, list[Callable[[Value], object]]] = {}
        self._written_to = path  # None where nothing may be written
        self._writer: ThreadPoolExecutor | None = None
        self._waiting: str | None = None
        if path is not None:
            self._read(path)

    @property
    def unknown(self) -> str:
        """A sentence about what the file holds that this version does not know; empty if it knows all. It is kept."""
        names = sorted(key for key in self._foreign if key not in BY_KEY)
        if not names:
            return ""
        shown = ", ".join(clean(name) for name in names[:_NAMED])
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        return (
            f"The settings file holds what this version of Refrain does not know ({shown}{more}): another version's, or a name "
            "that was mistyped. It has no effect and is kept."
        )

    def get(self, key: str) -> Any:
        """The value in force."""
        return self._overrides.get(key, self._values.get(key, BY_KEY[key].default))

    def set(self, key: str, value: object) -> None:
        """Raises `SettingError` with a sentence for a value that cannot be used; then nothing changes."""
        setting, before = BY_KEY[key], self.get(key)
        accepted = setting.accept(value)
        self._overrides.pop(key, None)
        self.remarks.pop(key, None)
        is_new = accepted != self._values.get(key, setting.default) or key in self._foreign
        self._foreign.pop(key, None)
        self._values[key] = accepted
        if accepted == setting.default:
            del self._values[key]
        if is_new:
            self._save()
        if accepted != before:
            for callback in list(self._observers.get(key, ())):
                callback(accepted)

    def reset(self, key: str) -> None:
        """Back to the default."""
        self.set(key, BY_KEY[key].default)

    def is_default(self, key: str) -> bool:
        return self.get(key) == BY_KEY[key].default and key not in self._foreign

    def is_overridden(self, key: str) -> bool:
        """Whether the command line has the say."""
        return key in self._overrides

    def override(self, key: str, value: object) -> None:
        """For this run only, until it is set again: what the command line said. Raises `SettingError`."""
        accepted, before = BY_KEY[key].accept(value), self.get(key)
        self._overrides[key] = accepted
        self.remarks[key] = "Given on the command line, for this time only."
        if accepted != before:
            for callback in list(self._observers.get(key, ())):
                callback(accepted)

    def on_change(self, key: str, callback: Callable[[Any], object]) -> None:
        """Calls back with every new value, on the thread that sets it."""
        self._observers.setdefault(BY_KEY[key].key, []).append(callback)

    def reset_all(self) -> None:
        """Every default, and no file: as if the program had never been used."""
        for key in BY_KEY:
            self.reset(key)
        self._foreign.clear()
        self.flush()
        if (file := self._written_to) is not None:
            for path in (file, *file.parent.glob(f"{file.name}.damaged*")):
                path.unlink(missing_ok=True)

    def write_now(self) -> None:
        """Writes the file even if nothing was changed, and waits for it: somebody wants to look into it."""
        self._save()
        self.flush()

    def flush(self) -> None:
        """Waits until the file is written."""
        if self._writer is not None:
            self._writer.submit(lambda: None).result()

    def close(self) -> None:
        """As `flush`; the writing thread ends."""
        if self._writer is not None:
            self._writer.shutdown()
            self._writer = None

    # --- the file -----------------------------------------------------------------------------------------------------

    def _read(self, path: Path) -> None:
        try:
            found = toml.read(path)
        except OSError as error:
            self._written_to = None  # what cannot be read must not be replaced
            return self._complain(f"The settings in {path} cannot be read ({_why(error)}), so the defaults are used.")
        except (ValueError, RecursionError) as error:
            return self._put_aside(path, error)
        for key, value in found.items():
            setting = BY_KEY.get(key)
            if setting is None:
                self._foreign[key] = value
                continue
            try:
                accepted = setting.accept(value)
            except SettingError as error:
                self._foreign[key] = value  # stays in the file until it is set anew
                default = toml.literal(setting.default)
                self.remarks[key] = f"In the settings file: {error} Until then it is {default}."
                _log.warning("%s: %s: %s", path, key, self.remarks[key])
                continue
            if accepted != setting.default:
                self._values[key] = accepted
        self.problem = self._left_out()
        if self.unknown:
            _log.warning("%s: %s", path, self.unknown)

    def _left_out(self) -> str:
        """Which settings of the file cannot be used, as a sentence; empty once each of them was set anew."""
        refused = [self.remarks[key] for key in list(self._foreign) if key in BY_KEY and key in self.remarks]
        if len(refused) < 2:
            return "".join(refused)
        return f"{refused[0]} It is one of {len(refused)} that cannot be used: see Settings."

    def _put_aside(self, path: Path, error: Exception) -> None:
        aside = path.with_name(path.name + ".damaged")
        number = 1
        while aside.exists():
            number += 1
            aside = path.with_name(f"{path.name}.damaged-{number}")
        try:
            path.rename(aside)
        except OSError as refusal:
            self._written_to = None
            return self._complain(
                f"The settings in {path} are damaged ({reason(error)}) and cannot be put aside ({_why(refusal)}), "
                "so the defaults are used and changes last until you close Refrain."
            )
        self._complain(f"The settings file was damaged ({reason(error)}). It is kept as {aside}, and the defaults are used.")

    def _save(self) -> None:
        if self._written_to is None:
            return
        self._waiting = toml.document({**self._foreign, **self._values})
        if self._writer is None:
            self._writer = ThreadPoolExecutor(1, "settings")
        try:
            self._writer.submit(self._write)
        except RuntimeError:  # no memory for a thread: then the screen waits for the disk
            self._write()

    def _write(self) -> None:
        """On the writing thread: the newest text, once."""
        text, self._waiting = self._waiting, None
        if text is None or self._written_to is None:
            return
        try:
            toml.write(self._written_to, text)
            self.problem = self._left_out()
        except (OSError, UnicodeError) as error:
            self._complain(f"The settings cannot be kept in {self.path} ({_why(error)}): they last until you close Refrain.")

    def _complain(self, sentence: str) -> None:
        self.problem = sentence
        _log.warning("%s", sentence)


def _why(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
