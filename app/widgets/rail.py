"""The narrow rail at the left edge: one button a page, its name below its icon where there is room."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton, QVBoxLayout

from app.widgets import theme

ICON = 24  # pixels
AROUND = 8  # pixels on either side


class Rail(QFrame):
    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "rail")
        self.setAccessibleName("Pages")
        self.buttons: list[QToolButton] = []
        self._is_compact = False
        self._group = QButtonGroup(self, exclusive=True)
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._fit)
        self._layout = QVBoxLayout(self)
        self._layout.addStretch()

    def add(self, name: str, icon: QIcon, at_foot: bool = False) -> None:
        """Another page, the next number; `at_foot` sets it apart at the lower end."""
        number = len(self.buttons)
        button = QToolButton(autoRaise=True)
        button.setText(name)
        button.setIcon(icon)
        button.setCheckable(True)
        button.setProperty("role", "rail")
        button.setIconSize(QSize(ICON, ICON))
        theme.set_font(button, 0.88)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setAccessibleName(f"{name} page")
        button.clicked.connect(lambda: self.chosen.emit(number))
        self._group.addButton(button)
        self.buttons.append(button)
        self._layout.insertWidget(self._layout.count() if at_foot else number, button)
        self._fit()

    def name_keys(self, keys: list[str]) -> None:
        """Shows which key shows which page; "" is none."""
        for button, key in zip(self.buttons, keys, strict=True):
            button.setToolTip(f"{button.text()}  ({key})" if key else button.text())

    def show_chosen(self, number: int) -> None:
        self.buttons[number].setChecked(True)

    def set_compact(self, compact: bool) -> None:
        """Whether there are only icons."""
        if compact != self._is_compact:
            self._is_compact = compact
            self._fit()

    def height_with_names(self) -> int:
        """Pixels."""
        return len(self.buttons) * (self._side(False).height() + 6) + 28

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._later.start()  # when the buttons have followed, too

    def _side(self, compact: bool) -> QSize:
        """Of a button."""
        if compact:
            return QSize(40, 40)
        metrics = [button.fontMetrics() for button in self.buttons]
        wide = max(one.horizontalAdvance(button.text()) for one, button in zip(metrics, self.buttons, strict=True))
        return QSize(max(76, wide + 22), ICON + metrics[0].height() + 20)

    def _fit(self) -> None:
        if not self.buttons:
            return
        side, compact = self._side(self._is_compact), self._is_compact
        self._layout.setContentsMargins(AROUND, 14 - 4 * compact, AROUND, 14 - 4 * compact)
        self._layout.setSpacing(6 - 2 * compact)
        style = Qt.ToolButtonStyle.ToolButtonIconOnly if compact else Qt.ToolButtonStyle.ToolButtonTextUnderIcon
        for button in self.buttons:
            button.setToolButtonStyle(style)
            button.setFixedSize(side)
        self.setFixedWidth(side.width() + 2 * AROUND)
