"""What the cards on the page of models share: a name and its state, buttons, and values beside their captions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.widgets import theme
from app.widgets.flow import Flow
from app.widgets.words import Words

PILL = "schedule"
"""The role of a state that stands out."""


class StateCard(QFrame):
    """`subject` is what screen readers call it; each of `captions` has a value, which is shown where it is not empty."""

    def __init__(self, name: QLabel, subject: str, captions: Sequence[str]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._name = name
        # Two labels, because a label does not take on the padding of another role.
        self._pill, self._plain = theme.label("", PILL), theme.label("", "muted")
        for badge in (self._pill, self._plain):
            badge.setAccessibleName(f"State of {subject}")
        self._captions = {caption: theme.label(caption, "caption") for caption in captions}
        self._values = {caption: wrapped() for caption in captions}
        for caption, value in self._values.items():
            value.setAccessibleName(caption)

    @property
    def state(self) -> str:
        """As the badge says it."""
        return self._plain.text() or self._pill.text()

    def text(self, caption: str) -> str:
        """What stands beside a caption."""
        return self._values[caption].text()

    def _show_state(self, state: str, role: str) -> None:
        if role != PILL:
            theme.set_role(self._plain, role)
        for badge, is_it in ((self._pill, role == PILL), (self._plain, role != PILL)):
            badge.setText(state if is_it else "")
            badge.setVisible(is_it and bool(state))

    def _show_values(self, texts: Mapping[str, str]) -> None:
        for caption, text in texts.items():
            self._values[caption].setText(text)
            for widget in (self._values[caption], self._captions[caption]):
                widget.setVisible(bool(text))

    def _lay_out(self, buttons: Sequence[QPushButton], sentences: Sequence[QWidget]) -> None:
        top = Flow(self._name, self._pill, self._plain)
        top.add_stretch()
        top.add(Flow(*buttons))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        for row, caption in enumerate(self._values):
            grid.addWidget(self._captions[caption], row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(self._values[caption], row, 1)
        self._parts = layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(9)
        layout.addLayout(top)
        for sentence in sentences:
            layout.addWidget(sentence)
        layout.addLayout(grid)


def wrapped(role: str = "") -> Words:
    """Text over several lines, which can be copied."""
    label = Words(role=role)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
