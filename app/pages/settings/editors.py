"""One widget a kind of setting: each shows a value and says when the user wants another one."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from app.audio.devices import Direction
from app.pages.settings.key_button import KeyButton
from app.settings.table import Setting
from app.widgets import theme
from app.widgets.schedules.chooser import Chooser
from app.widgets.spin import Decimal, Whole
from app.widgets.switch import Switch

HEIGHT = 36  # pixels


class Editor(QWidget):
    """Emits `wanted` with a new value, which `show_value` then confirms or takes back."""

    wanted = Signal(object)

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self.setting = setting
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(8)

    def show_value(self, value: Any) -> None:
        """Shows it, emits nothing."""

    def _put(self, widget: QWidget, stretch: int = 1) -> None:
        widget.setAccessibleName(self.setting.title)
        widget.setAccessibleDescription(self.setting.description)
        self.setFocusProxy(widget)
        self.row.addWidget(widget, stretch)
        if isinstance(widget, QComboBox | QAbstractSpinBox):
            widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The wheel scrolls the page past fields that were not clicked."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


class SwitchEditor(Editor):
    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.switch = Switch()
        self._put(self.switch, 0)
        self.row.insertStretch(0)
        self.switch.clicked.connect(lambda on: self.wanted.emit(on))

    def show_value(self, value: bool) -> None:
        self.switch.setChecked(value)


class ChoiceEditor(Editor):
    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.box = Chooser()
        theme.fix(self.box, height=HEIGHT)
        self._put(self.box)
        for value, label in setting.choices:
            self.box.addItem(label, value)
        self.box.activated.connect(lambda: self.wanted.emit(self.box.currentData()))

    def show_value(self, value: str) -> None:
        self.box.setCurrentIndex(self.box.findData(value))


class DeviceEditor(ChoiceEditor):
    """Offers what `offer` was last told of, and always what is set: it may be plugged in again."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self._names: tuple[str, ...] = ()
        self._default, self._value = "", ""
        self.box.setMinimumContentsLength(12)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._fill()

    @property
    def direction(self) -> Direction:
        return "input" if self.setting.kind == "input" else "output"

    def offer(self, names: tuple[str, ...], default: str) -> None:
        """What is connected, and the name of the system's default."""
        if (names, default) != (self._names, self._default) and not self.box.view().isVisible():
            self._names, self._default = names, default
            self._fill()

    def show_value(self, value: str) -> None:
        self._value = value
        self._fill()

    def _fill(self) -> None:
        self.box.clear()
        self.box.addItem(f"Default: {self._default}" if self._default else self.setting.empty_means, "")
        for name in self._names:
            self.box.addItem(name, name)
        if self.box.findData(self._value) < 0:
            missing = f"{self._value} (not connected)"
            self.box.addItem(missing if self._names and not self._is_part() else self._value, self._value)
        super().show_value(self._value)
        self.box.setToolTip(self.box.currentText())

    def _is_part(self) -> bool:
        return any(self._value.casefold() in name.casefold() for name in self._names)


class NumberEditor(Editor):
    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        span = setting.range
        assert span is not None  # every setting that is a number has one
        self.box: Whole | Decimal
        if setting.kind == "int":
            self.box = Whole(minimum=int(span.least), maximum=int(span.most), singleStep=int(span.step))
        else:
            self.box = Decimal(minimum=span.least, maximum=span.most, singleStep=span.step)
        self.box.dress()
        self.box.setSpecialValueText(span.least_means)
        self.box.setSuffix(f" {span.unit}" if span.unit else "")
        theme.fix(self.box, height=HEIGHT)
        self._put(self.box)
        self.box.valueChanged.connect(lambda value: self.wanted.emit(round(value, 2)))

    def show_value(self, value: float) -> None:
        self.box.blockSignals(True)
        if isinstance(self.box, Whole):
            self.box.setValue(int(value))
        else:
            self.box.setValue(value)
        self.box.blockSignals(False)


class TextEditor(Editor):
    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.line = QLineEdit(placeholderText=setting.empty_means)
        theme.fix(self.line, height=HEIGHT)
        self._put(self.line)
        self._shown = ""
        self.line.editingFinished.connect(self._finish)

    def show_value(self, value: str) -> None:
        self._shown = value
        self.line.setText(value)
        self.line.setToolTip(value)

    def _finish(self) -> None:
        text = self.line.text().strip()
        if text != self._shown:
            self._shown = text
            self.wanted.emit(text)


class FolderEditor(TextEditor):
    """A folder, typed or chosen; where a name is allowed too, that."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.choose = theme.button("Choose…", f"Choose a folder: {setting.title}")
        self.choose.setAutoDefault(False)
        self.choose.clicked.connect(self._choose)
        self.row.addWidget(self.choose)

    def _choose(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.setting.title, self.line.text())
        if folder:
            self.wanted.emit(folder)


class KeyEditor(Editor):
    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.key, self.none = KeyButton(setting.empty_means), QPushButton("✕")
        self._put(self.key)
        theme.fix(self.key, height=HEIGHT)
        self.key.recorded.connect(lambda key: self.wanted.emit(key))
        self.none.setProperty("role", "small")
        self.none.setStyleSheet("padding: 0;")
        theme.fix(self.none, HEIGHT, HEIGHT)
        self.none.setAccessibleName(f"Take the key away: {setting.title}")
        self.none.setToolTip("No key")
        self.none.setAutoDefault(False)
        self.none.clicked.connect(lambda: self.wanted.emit(""))
        self.row.addWidget(self.none)

    def show_value(self, value: str) -> None:
        self.key.show_key(value)
        self.key.setAccessibleName(f"{self.setting.title}: {self.key.text()}")
        self.none.setEnabled(bool(value))


EDITORS: dict[str, type[Editor]] = {
    "bool": SwitchEditor,
    "int": NumberEditor,
    "float": NumberEditor,
    "choice": ChoiceEditor,
    "text": TextEditor,
    "folder": FolderEditor,
    "model": FolderEditor,
    "input": DeviceEditor,
    "output": DeviceEditor,
    "keys": KeyEditor,
}
