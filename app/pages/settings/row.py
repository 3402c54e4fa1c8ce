"""One setting on the page: what it is, its editor, and the way back to its default."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.pages.settings.editors import EDITORS
from app.settings.settings import Settings
from app.settings.table import Setting, SettingError
from app.widgets import theme
from app.widgets.flow import Flow
from app.widgets.words import Words

WORDS_WIDTH, EDITOR_WIDTH, RESET_WIDTH = 240, 300, 72  # pixels at the usual text size
RESTART = "This takes effect the next time Refrain starts."


class SettingRow(QWidget):
    """`assign(value)` sets the value and returns why it cannot be, as a sentence; without one, the settings decide."""

    def __init__(self, settings: Settings, setting: Setting, assign: Callable[[Any], str] | None = None) -> None:
        super().__init__()
        self.setting, self._settings = setting, settings
        self._assign = assign or self._set
        self._at_start = settings.get(setting.key)
        self._refused = ""
        self.editor = EDITORS[setting.kind](setting)
        self.editor.wanted.connect(self._want)
        self.reset = theme.button("Reset", f"Reset: {setting.title}")
        self.reset.setAutoDefault(False)
        self.reset.clicked.connect(lambda: self._want(setting.default))
        self._remark = Words(role="caption", scale=0.9)
        self._lay_out()
        settings.on_change(setting.key, lambda _: self.refresh())
        self.refresh()

    @property
    def remark(self) -> str:
        """What is to be said about the value; empty if nothing is."""
        return self._remark.text()

    def holds(self, words: list[str]) -> bool:
        """Whether all of a search's words, in lower case, are in what the row says."""
        setting = self.setting
        labels = " ".join(label for _, label in setting.choices)
        text = f"{setting.title} {setting.description} {setting.section} {setting.key} {labels}".casefold()
        return all(word in text for word in words)

    def refresh(self) -> None:
        """Shows the value in force."""
        value = self._settings.get(self.setting.key)
        self.editor.show_value(value)
        has_focus = self.reset.hasFocus()
        self.reset.setVisible(not self._settings.is_default(self.setting.key))
        if has_focus and self.reset.isHidden():
            self.editor.setFocus()
        waits = RESTART if self.setting.needs_restart and value != self._at_start else ""
        fault = self._refused or self._settings.remarks.get(self.setting.key, "")
        remark = fault or waits
        self._remark.setText(remark)
        self._remark.setVisible(bool(remark))
        is_wrong = fault and not self._settings.is_overridden(self.setting.key)
        theme.set_role(self._remark, "danger" if is_wrong else "caption")

    def forget_refusal(self) -> None:
        """What was refused is past."""
        if self._refused:
            self._refused = ""
            self.refresh()

    def _want(self, value: Any) -> None:
        self._refused = self._assign(value)
        self.refresh()

    def _set(self, value: Any) -> str:
        try:
            self._settings.set(self.setting.key, value)
        except SettingError as error:
            return str(error)
        return ""

    def _lay_out(self) -> None:
        words = QWidget()
        policy = QSizePolicy(QSizePolicy.Policy.MinimumExpanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        words.setSizePolicy(policy)
        column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(Words(self.setting.title, least=WORDS_WIDTH))
        column.addWidget(Words(self.setting.description, "muted", 0.92))
        column.addWidget(self._remark)
        theme.fix(self.editor, width=EDITOR_WIDTH)
        theme.fix(self.reset, width=RESET_WIDTH)
        keeps_place = self.reset.sizePolicy()
        keeps_place.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(keeps_place)
        self.setLayout(Flow(words, Flow(self.editor, self.reset, spacing=16), spacing=16))
