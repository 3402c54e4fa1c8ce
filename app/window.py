"""The window: a rail of pages, and the tick that moves everything."""

from __future__ import annotations

import logging
import os
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.audio.sound import Sound
from app.core.conversation import Conversation
from app.core.demo import Demo
from app.core.model_choice import ModelChoice
from app.desktop.global_key import GlobalKey
from app.desktop.instance import Message, another_version
from app.desktop.last_run import LastRun
from app.desktop.tray import Tray
from app.desktop.window_memory import WindowMemory
from app.engine_client.channel import EngineThread
from app.engine_client.commands import Loading, Memory, Ready, Report
from app.pages.diagnostics.page import DiagnosticsPage
from app.pages.diagnostics.report import InUse
from app.pages.listening_pages import ListeningPages, results_folder
from app.pages.models.page import ModelsPage
from app.pages.settings import apply
from app.pages.settings.erase_everything import EraseEverything, Rooms
from app.pages.settings.key_sheet import KeySheet
from app.pages.settings.page import SettingsPage
from app.pages.talk.chat_view import ChatView
from app.pages.talk.export_dialog import export_turn, show_written
from app.pages.talk.keys import TalkKeys
from app.pages.talk.page import TalkPage
from app.pages.talk.small_window import SmallWindow
from app.pages.talk.volume_button import STEP
from app.pages.welcome.welcome import Welcome
from app.settings import shortcuts
from app.settings.settings import Settings
from app.settings.table import BY_KEY, SettingError
from app.storage.erasing import Traces
from app.storage.journal import Journal
from app.storage.library import Library
from app.widgets import icons, theme
from app.widgets.fitted import Fitted
from app.widgets.header import Header
from app.widgets.rail import Rail
from app.widgets.schedules.picker import SchedulePicker
from engine import folders, private
from engine.gpu import activation

if TYPE_CHECKING:
    from app.pages.about.about import About

_log = logging.getLogger(__name__)
TICK = 16  # milliseconds
SHOW_EVERY = 2  # ticks: sound and reports are moved at every one, but what they change is shown thirty times a second
PANELS_EVERY = 4  # ticks
REST_EVERY = 16  # ticks
MOST_CARDS = 24  # of turns that are in the library too
BEGIN_AT_LATEST = 1000  # milliseconds, should the window not be painted
SMALLEST, USUAL = (640, 440), (1280, 800)  # pixels of the window
FRAME = 40  # pixels that the system's frame and title take, about: they are known only when the window is shown
NARROW = 1100  # pixels, at the usual text size, below which the rail shows icons only
PAGES: tuple[icons.Name, ...] = ("talk", "compare", "blind-test", "models", "settings", "diagnostics")
TALK, COMPARE, BLIND, MODELS, SETTINGS, DIAGNOSTICS = range(len(PAGES))
VISIBLE, READY = "The window is visible.", "The model is ready."


class Window(Fitted, QMainWindow):
    """Emits `closing` as soon as it is about to close, which may take a while.

    `library` None keeps nothing.
    """

    closing = Signal()

    def __init__(
        self,
        engine: EngineThread,
        sound: Sound,
        settings: Settings,
        library: Library | None = None,
        journal: Journal | None = None,
        last_run: LastRun | None = None,
    ) -> None:
        super().__init__()
        self.setWindowTitle("Refrain")
        self.setMinimumSize(*SMALLEST)
        self.resize(_first_size(self))
        self._engine, self._sound, self._library, self._journal = engine, sound, library, journal
        self._settings = settings
        schedule = settings.get("engine.schedule")
        self.conversation = Conversation(engine, sound, schedule)
        self.shortcuts = shortcuts.Shortcuts(settings)
        shortcuts.install(self.shortcuts)
        self.talk = TalkPage(self.conversation, sound, library, schedule, lambda: journal.session if journal else "")
        self.listening = ListeningPages(engine, sound, library)
        self.compare, self.blind = self.listening.compare, self.listening.blind
        self.models = ModelsPage()
        self.settings = SettingsPage(settings, self.shortcuts, sound)
        self.diagnostics = DiagnosticsPage(sound, self._in_use, TICK, last_run)
        self.header = Header(sound, self.talk.menu(self), lambda **choice: apply.choose_sound(settings, **choice))
        self.rail, self.pages = Rail(), QStackedWidget()
        self.welcome: Welcome | None = None
        self._sheet: KeySheet | None = None
        self.about: About | None = None
        self._demo: Demo | None = None
        self._ticks, self._kept = 0, (0, "")  # turns and session that the list of sessions shows
        self._was_visible = self._has_begun = self._is_alone = False
        self.small = SmallWindow(self.conversation)
        self.global_key = GlobalKey()
        self.tray = Tray(self.conversation, self.come_back, self._show_small, self.close)
        self._memory = WindowMemory(_memory_file())
        self.erasing = EraseEverything(self, Traces(library, results_folder()), self._rooms())
        self.choice = ModelChoice(engine, settings, self.conversation, self.models, self._begin_as_before)
        self._lay_out()
        self._add_pages()
        self._join()
        self._restore()
        self._timer = QTimer(self, interval=TICK, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        self.talk.chat.take_focus()
        QTimer.singleShot(BEGIN_AT_LATEST, self._begin)

    def demonstrate(self) -> None:
        """From now on the bundled questions are asked whenever nobody else does."""
        try:
            self._demo = Demo(self.conversation)
        except ValueError as error:
            self.conversation.notice = str(error)

    def open_files(self, files: list[Path]) -> None:
        """Files of sessions are imported, and the first of the last one is shown."""
        self.show_page(TALK)
        for file in files:
            self.talk.open_file(file)

    def open_again(self, message: Message) -> str:
        """Another start: comes to the front, and takes the start's options for this time, as its own. Returns what it did.

        `message`: `chosen` (setting -> value), `demo`, `files` of sessions, the `token` by which the desktop knows who was
        clicked, and the `version` that was started.
        """
        said = "Refrain is open already; its window is in front now."
        if other := another_version(message):
            self.conversation.notice = other
            said += f" {other}"
        chosen = message.get("chosen")
        try:
            for key, value in (chosen if isinstance(chosen, dict) else {}).items():
                if key in BY_KEY:
                    self._settings.override(key, value)
                    said += f" {BY_KEY[key].title} is {value or 'the default'} until it is closed."
        except SettingError as error:
            said += f" {error}"
        if message.get("demo"):
            self.demonstrate()
        files = message.get("files")
        self.open_files([Path(file) for file in files if isinstance(file, str)] if isinstance(files, list) else [])
        token = message.get("token")
        if isinstance(token, str) and token:
            os.environ["XDG_ACTIVATION_TOKEN"] = token
        self.come_back()
        return said

    def appear(self) -> None:
        """For the first time: out of the way, if that is wanted."""
        if not self._settings.get("look.start_minimised"):
            self.show()
        elif not self.tray.is_there:
            self.showMinimized()

    def come_back(self) -> None:
        """In front of all others, wherever it was."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def show_welcome(self) -> None:
        """The steps of the first start, over the window."""
        keys = {action: self.shortcuts.text(action) for action in ("talk", "stop")}
        self.welcome = Welcome(self.conversation, self._sound, keys, self)
        self.welcome.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.welcome.completed.connect(self._welcomed)
        self.welcome.skipped.connect(self._keep_devices)
        self.welcome.open()

    def show_keys(self) -> None:
        """What every key does, beside the window."""
        if self._sheet is None:
            self._sheet = KeySheet(self.shortcuts, self)
            self._sheet.change_wanted.connect(self._change_keys)
        self._sheet.show()
        self._sheet.raise_()
        self._sheet.activateWindow()

    def show_about(self) -> None:
        """What this program is and what it is made of, beside the window."""
        if self.about is None:
            from app.pages.about.about import About  # few look at it: the window opens sooner for that

            self.about = About(self)
        self.about.show()
        self.about.raise_()
        self.about.activateWindow()

    # --- pages --------------------------------------------------------------------------------------------------------

    @property
    def sound(self) -> Sound:
        return self._sound

    @property
    def chat(self) -> ChatView:
        return self.talk.chat

    @property
    def picker(self) -> SchedulePicker:
        return self.talk.picker

    def show_page(self, number: int) -> None:
        """As the rail's buttons and the pages' keys do; not while a blind test has the window for itself."""
        before, page = self.pages.currentWidget(), self.pages.widget(number)
        if before is page or self._is_alone:
            return
        for widget, name in ((before, "left"), (page, "entered")):
            if hasattr(widget, name):
                getattr(widget, name)()
        self.pages.setCurrentIndex(number)
        self.rail.show_chosen(number)
        for button in (self.header.sessions, self.header.panels):
            button.setEnabled(number == TALK)

    def begin_session(self, private: bool = False) -> None:
        """A fresh conversation: nothing of the one before is remembered. Of a `private` one nothing is written down."""
        self.conversation.begin_again(private)
        self.talk.chat.clear()
        self.talk.show_conversation()

    def _add_pages(self) -> None:
        titles = ("Talk", "Compare", "Blind test", "Models", "Settings", "Diagnostics")
        widgets = (self.talk, self.compare, self.blind, self.models, self.settings, self.diagnostics)
        actions = ("page_talk", "page_compare", "page_blind", "page_models", "page_settings", "page_diagnostics")
        for number, (name, title, page, action) in enumerate(zip(PAGES, titles, widgets, actions, strict=True)):
            self.rail.add(title, icons.icon(name), at_foot=number >= SETTINGS)
            self.pages.addWidget(page)
            self.shortcuts.bind(action, self, partial(self.show_page, number))
        self.rail.show_chosen(TALK)
        self._page_keys = actions
        self._name_keys()
        self.shortcuts.on_change(self._name_keys)

    def _join(self) -> None:
        """What a page asks for that is not its own to do."""
        self.rail.chosen.connect(self.show_page)
        self.talk.new_session.connect(self.begin_session)
        self.talk.private_session.connect(lambda: self.begin_session(private=True))
        self.talk.chat.acted.connect(self._act)
        self.talk.export_requested.connect(lambda turn: export_turn(self, self.conversation, turn))
        self.talk.compare_requested.connect(self.listening.ask)
        self.listening.compare_wanted.connect(lambda: self.show_page(COMPARE))
        self.listening.blind_wanted.connect(lambda: self.show_page(BLIND))
        self.listening.last_turn_wanted.connect(self._compare_last)
        self.listening.alone.connect(self._hide_everything_else)
        self.settings.welcome_requested.connect(self.show_welcome)
        self.settings.erase_requested.connect(self.erasing.begin)
        self.settings.about_requested.connect(self.show_about)
        self.header.sessions.setVisible(self.talk.drawer is not None)
        if self.talk.drawer is not None:
            self.header.sessions.clicked.connect(self.talk.drawer.toggle)
            self.shortcuts.bind("sessions", self.talk, self.talk.drawer.toggle)
            self.talk.drawer.placed.connect(self.header.sessions.setChecked)
        self._keys = TalkKeys(self, self.shortcuts, self.conversation, self.chat, self._is_talking, self.talk.show_live)
        self.shortcuts.bind("new_session", self, self._begin_and_show)
        self.shortcuts.bind("private_session", self, lambda: self._begin_and_show(private=True))
        self.shortcuts.bind("type", self, self._type)
        self.shortcuts.bind("keys", self, self.show_keys)
        for action, step in (("louder", STEP), ("quieter", -STEP)):
            bound = self.shortcuts.bind(action, self, partial(self._change_volume, step))
            bound.setAutoRepeat(True)
        self.shortcuts.bind("copy_conversation", self.talk, self.talk.copy_conversation)
        self.shortcuts.bind("ask_file", self.talk, self.talk.choose_files)
        self.shortcuts.bind("regenerate", self.talk, self.talk.regenerate)
        self.shortcuts.bind("mute_speaker", self, self._mute_speaker)
        self.shortcuts.bind("small_window", self, self._show_small)
        self.global_key.pressed.connect(self._talk_from_elsewhere)
        self.global_key.released.connect(self.chat.talk.release)
        rooms = (self._sound, self.conversation, self.talk, self.choice.follow, self.global_key, self.tray)
        apply.connect(self._settings, *rooms)

    def _name_keys(self) -> None:
        """Buttons show the keys that do the same."""
        text = self.shortcuts.text
        self.rail.name_keys([text(action) for action in self._page_keys])
        self.chat.bar.name_keys(text("talk"), text("stop"))

    def _show_small(self) -> None:
        if not self._is_alone:
            self.small.toggle()

    def _talk_from_elsewhere(self) -> None:
        """The key that works from every program, whatever is shown here."""
        if not self._is_alone and self._welcome_is_over:
            self.talk.show_live()
            self.chat.talk.press()

    @property
    def _welcome_is_over(self) -> bool:
        return self.welcome is None or not isValid(self.welcome) or not self.welcome.isVisible()

    def _change_keys(self) -> None:
        self.show_page(SETTINGS)
        self.settings.show_section("Shortcuts")
        self.activateWindow()

    def _is_talking(self) -> bool:
        return self.pages.currentWidget() is self.talk

    def _begin_and_show(self, private: bool = False) -> None:
        self.show_page(TALK)
        if self.pages.currentWidget() is self.talk:
            self.begin_session(private)

    def _begin_as_before(self) -> None:
        """For another model: what is private stays so until the user ends it."""
        self.begin_session(self.conversation.is_private)

    def _type(self) -> None:
        self.show_page(TALK)
        self.talk.show_conversation()
        self.chat.entry.setFocus()

    def _change_volume(self, step: int) -> None:
        self._settings.set("audio.volume", max(0, min(100, self.conversation.volume + step)))
        self.conversation.set_volume(self._settings.get("audio.volume"))  # also where only the mute goes

    def _mute_speaker(self) -> None:
        self.conversation.set_speaker_muted(not self.conversation.speaker_muted)

    def _act(self, intent: str) -> None:
        """What the button beside the state asks of the window."""
        if intent == "choose_device":
            self.header.devices.showMenu()
        elif intent == "choose_model":
            self.show_page(MODELS)
        elif intent == "open_folder":
            show_written(self.conversation)

    def _rooms(self) -> Rooms:
        return Rooms(self._leave_all, self._forget_places, self._settings.reset_all, self._say_erased)

    def _leave_all(self) -> None:
        self.compare.sets.forget()
        self.begin_session()

    def _forget_places(self) -> None:
        """Where the window and its panels stood; it is noted again when the window closes."""
        self._memory.clear()
        self._memory.sync()
        Path(self._memory.fileName()).unlink(missing_ok=True)

    def _say_erased(self, sentence: str, is_wrong: bool) -> None:
        self.show_page(TALK)
        if is_wrong:
            self.conversation.notice = sentence
        else:
            self.conversation.hint = sentence
        if self.talk.sessions is not None:
            self.talk.sessions.reload()

    def _compare_last(self) -> None:
        if self.conversation.last is not None:
            self.listening.ask(self.conversation.last)

    def _hide_everything_else(self, alone: bool) -> None:
        """A blind test must give nothing away."""
        self._is_alone = alone
        if alone:
            self.small.hide()
        self.rail.setVisible(not alone)
        self.header.setVisible(not alone)

    def _welcomed(self, headphones: bool) -> None:
        self._settings.set("audio.echo", "headphones" if headphones else "automatic")
        self._keep_devices()

    def _keep_devices(self) -> None:
        """The devices that were chosen in the first steps are those of the next start too."""
        sound = self._sound
        self._settings.set("audio.input_device", sound.input.chosen or "")
        self._settings.set("audio.output_device", sound.output.chosen or "")
        self._settings.set("first_run.done", True)

    def _in_use(self) -> InUse:
        places = {"Window": _memory_file()}
        if self._settings.path is not None:
            places["Settings"] = self._settings.path
        if self._library is not None:
            places["Library"] = self._library.folder
        return InUse(self.conversation.model, self.conversation.schedule, places)

    # --- life ---------------------------------------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        if not self._timer.isActive():
            return  # it was closed before
        self.closing.emit()
        self._memory.setValue("window", self.saveGeometry())
        self.talk.save(self._memory)
        self._memory.sync()
        private.tighten_file(_memory_file())
        self.hide()  # at once: the engine may have to finish loading
        self.small.close()
        self.tray.close()
        self.global_key.close()
        self._timer.stop()
        self._keys.close()
        self.conversation.stop()  # first: the engine may be waiting for room in the player
        self.diagnostics.end()
        self.models.close_models()
        if self.about is not None:
            self.about.close_about()
        self.erasing.close()
        self.listening.close()
        self.conversation.files.close()
        self._engine.close()
        self._sound.close()
        if self.talk.sessions is not None:
            self.talk.sessions.close_library()
        if not self._was_visible:  # Qt ends a program with its last window only if that was ever seen
            QTimer.singleShot(0, theme.application().quit)

    def _restore(self) -> None:
        geometry = self._memory.value("window")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        self.talk.restore(self._memory)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_visible:
            self._was_visible = True
            _log.info(VISIBLE)
            QTimer.singleShot(0, self._begin)

    def _begin(self) -> None:
        """Model and devices come after the first picture: loading torch would hold it up."""
        if not self._has_begun and self._timer.isActive():
            self._has_begun = True
            self._engine.start()
            self._sound.open()

    # --- display rate -------------------------------------------------------------------------------------------------

    def _tick(self) -> None:
        self.diagnostics.tick(time.perf_counter())
        self.conversation.records_elsewhere = self.compare.prompt.is_recording
        self.conversation.tick()
        for report in self._engine.reports():
            self._take(report)
        self._ticks += 1
        if self._ticks % SHOW_EVERY == 0:
            self.talk.tick()
            self.compare.tick()
            if self.small.isVisible():
                self.small.refresh()
            if self._demo is not None:
                self._demo.tick()
        elif self._ticks % PANELS_EVERY == 1 and self.pages.currentWidget() is self.talk:
            self.talk.tick_panels()  # never together with the page: many short waits are felt less than a long one
        elif self._ticks % REST_EVERY == 3:
            self.header.refresh()
            self.tray.refresh()
            self._follow_journal()

    def _take(self, report: Report) -> None:
        if isinstance(report, Memory):
            return self.talk.show_memory(report)
        if self.compare.take(report):  # it knows the renders that it asked for
            return
        self.conversation.take(report)
        self.choice.take(report)
        if isinstance(report, Ready):
            self.talk.set_model(report.model)
            _log.info(READY)
        if isinstance(report, Loading):
            self.talk.show_memory(None)
        if isinstance(report, Ready | Loading):
            self.header.show_model(self.conversation.model)

    def _follow_journal(self) -> None:
        """The list of sessions follows what was kept, and what could not be kept is said."""
        journal, library, sessions = self._journal, self._library, self.talk.sessions
        problem = self._settings.problem
        if journal is not None and library is not None and sessions is not None:
            for turn in self.conversation.turns:
                turn.folder = turn.folder or journal.kept.get(turn.number)
            self.chat.most_cards = MOST_CARDS if not (journal.problem or journal.is_private) else None
            kept = self.conversation.transcript.let_go + sum(turn.is_over for turn in self.conversation.turns)
            if (kept, journal.session) != self._kept:
                self._kept = kept, journal.session
                sessions.reload()
            problem = journal.problem or library.problem or problem
        self.talk.bound_sounds()
        problem = problem or activation.said
        self.header.show_problem(problem)

    def _lay_out(self) -> None:
        self._body = QVBoxLayout()
        self._body.addWidget(self.header)
        self._body.addWidget(self.pages, 1)
        self.pages.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)  # no page makes the window larger
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(self._body, 1)
        centre = QWidget()
        centre.setLayout(row)
        self.setCentralWidget(centre)

    def _fit(self) -> None:
        """Where there is little room, frames and names give way first."""
        narrow = self.width() < theme.scaled(NARROW)
        self.rail.set_compact(narrow or self.height() < self.rail.height_with_names())
        self._body.setContentsMargins(*((12, 8, 10, 10) if narrow else (20, 14, 16, 16)))
        self._body.setSpacing(8 if narrow else 12)


def _first_size(window: QWidget) -> QSize:
    """The usual one, as far as the screen has room for it."""
    room = window.screen().availableSize() - QSize(2, FRAME)
    return QSize(*USUAL).boundedTo(room).expandedTo(QSize(*SMALLEST))


def _memory_file() -> Path:
    """Where the window's size and the panels' places are kept."""
    return folders.config() / "window.ini"
