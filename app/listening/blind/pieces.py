"""What the pages of a blind test are put together from."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QPushButton, QVBoxLayout, QWidget

from app import theme

# `palette()` follows the theme from light to dark by itself.
_ACCENT = """
QPushButton { background: palette(highlight); color: palette(highlighted-text); border: none; padding: 12px 28px; }
QPushButton:disabled { background: palette(alternate-base); color: palette(placeholder-text); }
QPushButton:focus { border: 2px solid palette(text); padding: 10px 26px; }
"""


def accent_button(words: str, name: str) -> QPushButton:
    """The one button of a page that goes on."""
    button = QPushButton(words)
    button.setAccessibleName(name)
    button.setStyleSheet(_ACCENT)
    return button


def card(*parts: QWidget | QLayout) -> QFrame:
    """A card with its parts below each other."""
    made = QFrame()
    made.setProperty("role", "card")
    layout = QVBoxLayout(made)
    layout.setContentsMargins(28, 24, 28, 24)
    layout.setSpacing(12)
    for part in parts:
        layout.addWidget(part) if isinstance(part, QWidget) else layout.addLayout(part)
    return made


def row(*widgets: QWidget) -> QHBoxLayout:
    """Widgets beside each other, from the left."""
    made = QHBoxLayout()
    made.setSpacing(12)
    for widget in widgets:
        made.addWidget(widget)
    made.addStretch()
    return made


def wrapped(text: str, role: str = "muted") -> QLabel:
    """A sentence that may need more than one line."""
    label = theme.label(text, role)
    label.setWordWrap(True)
    return label


def centred(column: QLayout, width: int) -> QWidget:
    """A column in the middle of the page, at most `width` pixels wide."""
    middle = QWidget()
    middle.setMaximumWidth(width)
    middle.setLayout(column)
    around = QWidget()
    around.setProperty("role", "turns")
    layout = QHBoxLayout(around)
    layout.setContentsMargins(24, 0, 24, 0)
    layout.addStretch(1)
    layout.addWidget(middle, 100)
    layout.addStretch(1)
    return around
