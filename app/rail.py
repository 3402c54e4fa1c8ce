"""The narrow rail at the left edge: one button a page."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton, QVBoxLayout

from app import theme

WIDTH = 92


class Rail(QFrame):
    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "rail")
        self.setFixedWidth(WIDTH)
        self.setAccessibleName("Pages")
        self.buttons: list[QToolButton] = []
        self._group = QButtonGroup(self, exclusive=True)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(8, 14, 8, 14)
        self._layout.setSpacing(6)
        self._layout.addStretch()

    def add(self, name: str, icon: QIcon, at_foot: bool = False) -> None:
        """Another page, the next number; `at_foot` sets it apart at the lower end."""
        number = len(self.buttons)
        button = QToolButton(text=name, icon=icon, checkable=True, autoRaise=True)
        button.setProperty("role", "rail")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setIconSize(QSize(24, 24))
        button.setFixedSize(WIDTH - 16, 60)
        theme.set_font(button, 0.88)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setAccessibleName(f"{name} page")
        button.clicked.connect(lambda: self.chosen.emit(number))
        self._group.addButton(button)
        self.buttons.append(button)
        self._layout.insertWidget(self._layout.count() if at_foot else number, button)

    def name_keys(self, keys: list[str]) -> None:
        """Shows which key shows which page; "" is none."""
        for button, key in zip(self.buttons, keys, strict=True):
            button.setToolTip(f"{button.text()}  ({key})" if key else button.text())

    def show_chosen(self, number: int) -> None:
        self.buttons[number].setChecked(True)
