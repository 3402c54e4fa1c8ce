"""What the window is shown on."""

from __future__ import annotations

import os

import PySide6
from PySide6.QtCore import QLibraryInfo, Qt
from PySide6.QtGui import QGuiApplication, QScreen

from app.pages.diagnostics.machine import UNKNOWN, Rows
from app.widgets import theme

_SCHEMES = {Qt.ColorScheme.Dark: "dark", Qt.ColorScheme.Light: "light"}


def rows() -> Rows:
    """For the screen's thread."""
    session = os.environ.get("XDG_SESSION_TYPE", "")
    platform = QGuiApplication.platformName() + (f" (session: {session})" if session else "")
    shown = "dark" if theme.now() is theme.DARK else "light"
    system = _SCHEMES.get(QGuiApplication.styleHints().colorScheme(), UNKNOWN)
    return [
        ("Qt", f"{QLibraryInfo.version().toString()} (PySide6 {PySide6.__version__})"),
        ("Display platform", platform),
        *((f"Screen {number}", _screen(screen)) for number, screen in enumerate(QGuiApplication.screens(), 1)),
        ("Colours", f"{shown} (the system's: {system})"),
    ]


def _screen(screen: QScreen) -> str:
    size, scale = screen.size(), screen.devicePixelRatio()
    return (
        f"{size.width()} × {size.height()}, scale {scale:g}, {screen.logicalDotsPerInch():.0f} dpi, {screen.refreshRate():.0f} Hz"
    )
