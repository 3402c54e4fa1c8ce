"""What the pages of a blind test are put together from."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QLayout, QPushButton, QVBoxLayout, QWidget

from app.widgets.flow import Flow
from app.widgets.scroll import Body, in_the_middle
from app.widgets.words import Words

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


def row(*parts: QWidget | QLayout) -> Flow:
    """Beside each other as far as there is room, from the left."""
    return Flow(*parts, spacing=12)


def wrapped(text: str, role: str = "muted") -> Words:
    """A sentence that may need more than one line."""
    return Words(text, role)


def centred(column: QLayout, width: int) -> Body:
    """A column in the middle of the page, at most `width` pixels wide at the usual text size."""
    middle, body = QWidget(), Body()
    middle.setLayout(column)
    row = in_the_middle(middle, width)
    row.setContentsMargins(24, 0, 24, 0)
    body.setLayout(row)
    return body
