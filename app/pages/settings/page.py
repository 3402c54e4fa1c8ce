"""The Settings page, built from the table: sections, a search, and what happens at once when something changes."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QVBoxLayout,
    QWidget,
)

from app.audio.sound import Sound
from app.pages.settings.editors import DeviceEditor
from app.pages.settings.row import SettingRow
from app.settings.settings import Settings
from app.settings.shortcuts import Shortcuts
from app.settings.table import KEPT, KEYS_GROUP, SECTIONS, SETTINGS, Setting
from app.widgets import theme
from app.widgets.fitted import Fitted
from app.widgets.flow import Flow
from app.widgets.scroll import Body, Scroll, in_the_middle
from app.widgets.words import Words

_LIST_SHEET = """
QListWidget::item { padding: 8px 10px; border-radius: 8px; border: 1px solid transparent; }
QListWidget::item:selected { background: palette(alternate-base); color: palette(highlight); }
QListWidget::item:selected:focus { border: 1px solid palette(highlight); }
"""
LIST_WIDTH, NARROWEST, WIDEST, HEIGHT = 168, 640, 1160, 36  # pixels at the usual text size
LOOK = 300  # milliseconds between two looks at the devices and at the file's problem


class SettingsSection(QFrame):
    """A card with the rows of one section."""

    def __init__(self, name: str, rows: list[SettingRow]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.name, self.rows = name, rows
        self._lines: list[QFrame] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 18)
        layout.setSpacing(14)
        self.head = Flow(theme.label(name, scale=1.15, bold=True))
        self.head.add_stretch()
        layout.addLayout(self.head)
        for row in rows:
            layout.addWidget(row)

    def filter(self, words: list[str]) -> bool:
        """Shows only the rows that hold all the words; returns whether any does."""
        for row in self.rows:
            row.setVisible(row.holds(words))
        found = any(row.isVisibleTo(self) for row in self.rows)
        self.setVisible(found)
        return found


class SettingsPage(Fitted, QWidget):
    """`sound` lists the devices. The rows are made when the page is first shown: the window opens sooner for it."""

    welcome_requested = Signal()
    """The steps of the first start shall be shown again."""
    erase_requested = Signal()
    """Everything that is kept shall be deleted."""
    about_requested = Signal()
    """The user asks what this program is, and of which version."""

    def __init__(self, settings: Settings, shortcuts: Shortcuts, sound: Sound) -> None:
        super().__init__()
        self._settings, self._shortcuts, self._sound = settings, shortcuts, sound
        self.search = QLineEdit(placeholderText="Search settings")
        self.search.setAccessibleName("Search settings")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.open_file = theme.button("Open settings file")
        self.open_file.setEnabled(settings.path is not None)
        self.open_file.setToolTip(str(settings.path or ""))
        self.open_file.clicked.connect(self._open_file)
        self.welcome = theme.button("First steps")
        self.welcome.setToolTip("Test the microphone and the speaker, as at the first start")
        self.welcome.clicked.connect(self.welcome_requested)
        self.about = theme.button("About", "About Refrain")
        self.about.setToolTip("Version, licences and parts of the program")
        self.about.clicked.connect(self.about_requested)
        self.reset_keys = theme.button("Reset all shortcuts")
        self.reset_keys.clicked.connect(shortcuts.reset_all)
        self.problem = Words(role="danger")
        self._no_program = ""  # a sentence about the file that could not be opened
        self.nothing = theme.label("No setting holds these words.", "muted")
        self.sections: list[SettingsSection] = []
        self.rows: dict[str, SettingRow] = {}
        self.erase = theme.button("Delete everything…")
        self.erase.setToolTip("Removes every session, recording and listening test, and the log; asks first")
        self.erase.clicked.connect(self.erase_requested)
        self.list = QListWidget()
        self.list.setAccessibleName("Sections")
        self.list.setStyleSheet(_LIST_SHEET)
        self.list.addItems(SECTIONS)
        self.list.setCurrentRow(0)
        self.list.currentRowChanged.connect(self._go_to)
        self._scroll = Scroll()
        self._look = QTimer(self, interval=LOOK)
        self._look.timeout.connect(self._refresh)
        shortcuts.on_change(self._forget_refusals)
        self._lay_out()
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        if not self.sections:
            self._make_sections()
        self._sound.show_list(True)
        self._look.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._look.stop()
        self._sound.show_list(False)
        super().hideEvent(event)

    def show_section(self, name: str) -> None:
        """Scrolls to the section of that name, and shows all of it."""
        self.search.clear()
        QTimer.singleShot(0, lambda: self.list.setCurrentRow(SECTIONS.index(name)))  # where it is, is known when it was laid out

    def entered(self) -> None:
        self.search.setFocus()

    # --- inside -------------------------------------------------------------------------------------------------------

    def _make_sections(self) -> None:
        for name in SECTIONS:
            section = SettingsSection(name, [self._row(setting) for setting in SETTINGS if setting.section == name])
            self.sections.append(section)
            self._column.insertWidget(self._column.count() - 1, section)
            self.rows |= {row.setting.key: row for row in section.rows}
        self.sections[-1].head.add(self.reset_keys)
        next(section for section in self.sections if section.name == KEPT).head.add(self.erase)
        self._filter(self.search.text())
        self._refresh()

    def _row(self, setting: Setting) -> SettingRow:
        if setting.group == KEYS_GROUP:
            return SettingRow(self._settings, setting, partial(self._shortcuts.assign, setting.name))
        return SettingRow(self._settings, setting)

    def _forget_refusals(self) -> None:
        for row in self.sections[-1].rows if self.sections else ():
            row.forget_refusal()

    def _refresh(self) -> None:
        if self.isVisible():
            self._sound.show_list(True)  # again: a menu of devices that closes ends it
        found = self._sound.device_list
        if found is not None:
            for row in self.rows.values():
                if isinstance(row.editor, DeviceEditor):
                    direction = row.editor.direction
                    row.editor.offer(found.names(direction), found.default(direction))
        problem = self._settings.problem or self._no_program or self._settings.unknown
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        any_found = False
        for place, section in enumerate(self.sections):
            found = section.filter(words)
            any_found = any_found or found
            self.list.item(place).setHidden(not found)
        self.nothing.setVisible(not any_found)

    def _go_to(self, place: int) -> None:
        if 0 <= place < len(self.sections):
            self._scroll.verticalScrollBar().setValue(self.sections[place].y())

    def _follow(self, top: int) -> None:
        """The list marks the section that stands at the top."""
        bar = self._scroll.verticalScrollBar()
        shown = [place for place, section in enumerate(self.sections) if section.isVisibleTo(self)]
        if not shown:
            return
        above = [place for place in shown if self.sections[place].y() <= top + 40]
        place = above[-1] if above else shown[0]
        current = self.list.currentRow()
        if top == bar.maximum() and current in shown and self.sections[current].y() > top:
            return  # it is on the screen, and can come no higher
        self.list.blockSignals(True)
        self.list.setCurrentRow(place)
        self.list.blockSignals(False)

    def _open_file(self) -> None:
        self._settings.write_now()
        self._no_program = ""
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._settings.path))):
            self._no_program = f"No program for this file was found. It is {self._settings.path}."
        self._refresh()

    def _fit(self) -> None:
        """The list is shown only where the settings themselves have room beside it."""
        self.list.setVisible(self.width() >= theme.scaled(LIST_WIDTH + NARROWEST))

    def _lay_out(self) -> None:
        theme.fix(self.search, 260, HEIGHT)
        for button in (self.welcome, self.open_file, self.about):
            theme.fix(button, height=HEIGHT)
        theme.fix(self.list, width=LIST_WIDTH)
        head = Flow(theme.label("Settings", scale=1.4, bold=True), spacing=12)
        head.add_stretch()
        head.add(Flow(self.search, self.welcome, self.open_file, self.about, spacing=12))
        self._column = column = QVBoxLayout()
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(16)
        column.addWidget(self.nothing)
        column.addStretch()
        sections = Body()
        sections.setLayout(column)
        self._scroll.setWidget(sections)
        self._scroll.verticalScrollBar().valueChanged.connect(self._follow)
        body = QHBoxLayout()
        body.setSpacing(16)
        body.addWidget(self.list)
        body.addWidget(self._scroll, 1)
        holder = QWidget()
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(20, 20, 20, 0)
        layout.setSpacing(14)
        layout.addLayout(head)
        layout.addWidget(self.problem)
        layout.addLayout(body, 1)
        self.setLayout(in_the_middle(holder, WIDEST))
