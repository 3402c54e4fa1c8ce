"""Where the system lets people allow the microphone."""

from __future__ import annotations

import sys

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

PAGES = {
    "darwin": "x-apple.systempreferences:com.apple.preference.security?Privacy_Microphone",
    "win32": "ms-settings:privacy-microphone",
}


def has_page() -> bool:
    """Whether this system has such a page that a program can open."""
    return sys.platform in PAGES


def open_page() -> None:
    """Opens the system's own settings."""
    QDesktopServices.openUrl(QUrl(PAGES[sys.platform]))
