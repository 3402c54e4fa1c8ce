"""Where the window and its panels stood, from one start to the next."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

_CHECK = "-check"


class WindowMemory(QSettings):
    """Beside every state there is its digest: Qt trusts what it saved, and a damaged one would end the program."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), QSettings.Format.IniFormat)

    def setValue(self, key: str, value: object) -> None:
        super().setValue(key, value)
        if isinstance(value, QByteArray):
            super().setValue(key + _CHECK, _digest(value))

    def value(self, key: str, default: object = None) -> object:  # type: ignore[override]  # nobody asks for a type
        """As it was set; `default` for a state that is not what was set."""
        found = super().value(key, default)
        if isinstance(found, QByteArray) and super().value(key + _CHECK) != _digest(found):
            return default
        return found


def _digest(state: QByteArray) -> str:
    return hashlib.sha256(state.data()).hexdigest()
