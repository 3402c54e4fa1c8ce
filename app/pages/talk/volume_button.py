"""How loud replies are: a button that opens a slider."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from app.settings import shortcuts
from app.widgets import theme
from app.widgets.icon_button import IconButton

STEP = 5  # percent of a key or a notch of the wheel


class VolumeButton(IconButton):
    """Shows what is and emits what is wanted. The wheel over it works, too."""

    volume_chosen = Signal(int)  # percent
    mute_chosen = Signal(bool)

    def __init__(self) -> None:
        super().__init__("Volume", "how loud replies are", "speaker", "speaker-off", danger=True)
        self.popup = VolumePopup(self)
        self.popup.slider.valueChanged.connect(self._slide)
        self.popup.mute.clicked.connect(self.mute_chosen)
        self.clicked.connect(self._open)
        self._shown = (100, False)

    def show_volume(self, percent: int, muted: bool) -> None:
        """What is in force; the button is filled while nothing can be heard."""
        self.setChecked(muted or percent == 0)
        if (percent, muted) == self._shown:
            return
        self._shown = percent, muted
        self.popup.show_volume(percent, muted)
        words = "muted" if muted else f"{percent} %"
        self.setToolTip(f"Volume: {words}")
        self.setAccessibleDescription(words)

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        if notches:
            self.volume_chosen.emit(max(0, min(100, round(self._shown[0] + notches * STEP))))

    def _slide(self, percent: int) -> None:
        if percent != self._shown[0]:
            self.volume_chosen.emit(percent)

    def _open(self) -> None:
        self.setChecked(self._shown[1] or self._shown[0] == 0)  # a click is no choice yet
        self.popup.open_over(self)


class VolumePopup(QFrame):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("role", "card")
        self.setAccessibleName("Volume")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Volume in percent")
        self.slider.setRange(0, 100)
        self.slider.setValue(100)
        self.slider.setSingleStep(STEP)
        self.slider.setPageStep(2 * STEP)
        self.slider.setMinimumWidth(160)
        self._percent = theme.label("100 %", "muted")
        self._percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._percent.setMinimumWidth(self._percent.fontMetrics().horizontalAdvance("100 %") + 4)
        self.mute = QCheckBox("Mute the speaker")
        self.mute.setAccessibleName("Mute the speaker")
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.slider, 1)
        row.addWidget(self._percent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(12)
        layout.addLayout(row)
        layout.addWidget(self.mute)

    def show_volume(self, percent: int, muted: bool) -> None:
        self.slider.setValue(percent)
        self._percent.setText(f"{percent} %")
        self.mute.setChecked(muted)

    def open_over(self, button: QWidget) -> None:
        """Above the button, and on the screen."""
        self.adjustSize()
        corner = button.mapToGlobal(QPoint(button.width(), -6))
        area = button.screen().availableGeometry()
        left = max(area.left(), min(corner.x() - self.width(), area.right() - self.width()))
        self.move(left, max(area.top(), corner.y() - self.height()))
        self.show()
        self.slider.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if shortcuts.closes(event):
            self.hide()
        else:
            super().keyPressEvent(event)
