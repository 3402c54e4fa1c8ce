"""Panels around a page's middle that can be moved, stacked, closed, drawn out, and are found again where they were left.

What there is no room for is hidden, what was asked for last stays longest, and comes back as soon as there is room.
"""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QColor, QGuiApplication, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QMainWindow, QMenu, QToolButton, QVBoxLayout, QWidget

from app.settings import shortcuts
from app.widgets import icons, theme

LAYOUT = 1  # changes when a saved arrangement would no longer fit
SEPARATOR = 8  # pixels between panels and the middle, as in the style sheet
WIDE = 372  # pixels of the panels on the right, at the usual text size
LEAST = 310  # pixels of a panel's width, at the usual text size, with less it is shown only to who asks for it
COMFORT = 480  # pixels of the middle's width, at the usual text size, that panels take only from who asks for them


class Grip(QWidget):
    """What a panel is dragged by; it takes no clicks, so the dock gets them."""

    def sizeHint(self) -> QSize:
        return QSize(60, 10)

    minimumSizeHint = sizeHint

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.now().border))
        for step in (-1, 0, 1):
            painter.drawEllipse(self.rect().center().x() + 7 * step - 1, 4, 3, 3)


class Title(QWidget):
    """Above a panel that is drawn out: its name, by which it is dragged, and the ways back and away."""

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        back, self.close_button = QToolButton(), QToolButton()
        back.setIcon(icons.icon("retry"))
        self.close_button.setIcon(icons.icon("close"))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 6, 2)
        row.setSpacing(2)
        row.addWidget(theme.label(dock.windowTitle(), "muted", 0.92), 1)
        for button, name, act in (
            (back, "Put back into the window", lambda: dock.setFloating(False)),
            (self.close_button, "Close", dock.close),
        ):
            button.setAccessibleName(f"{name}: {dock.windowTitle()}")
            button.setToolTip(name)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(act)
            row.addWidget(button)


class TitleBar(QWidget):
    """A grip in the page, a title outside of it.

    The same widget stays: where a dock that is a window is given another title bar, Qt takes the window from the screen
    and puts it back at once, and a window manager that comes too late to see the first may leave it away.
    """

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self._grip, self._title = Grip(self), Title(dock)
        self.close_button = self._title.close_button
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._grip)
        layout.addWidget(self._title)
        self.set_floating(False)

    def set_floating(self, floating: bool) -> None:
        self._grip.setVisible(not floating)
        self._title.setVisible(floating)


class _Frame(QWidget):
    """Around a panel: as high as its width makes it, which docks do not ask for."""

    def __init__(self, panel: QWidget) -> None:
        super().__init__()
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(panel)

    def minimumSizeHint(self) -> QSize:
        layout = self._layout
        least = layout.totalMinimumSize()
        if layout.hasHeightForWidth():
            least.setHeight(layout.totalMinimumHeightForWidth(max(self.width(), least.width())))
        return least

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()


class Dock(QDockWidget):
    """A panel's frame: a grip in the page, a title with its buttons outside of it."""

    closed = Signal()
    """By the user."""

    def __init__(self, name: str, panel: QWidget, parent: QMainWindow) -> None:
        super().__init__(name, parent)
        self.setObjectName(name)
        self.setAccessibleName(f"{name} dock")
        self._title_bar = TitleBar(self)
        self.setTitleBarWidget(self._title_bar)
        self.setWidget(_Frame(panel))
        self.topLevelChanged.connect(self._dress)

    @property
    def is_seen(self) -> bool:
        """Not hidden, and not behind another tab."""
        return self.isVisible() and (self.isFloating() or not self.visibleRegion().isEmpty())

    def stay_before(self, window: QWidget) -> None:
        """Drawn out, it lies over `window`, which may have been made after it, and on a screen that is there."""
        if not self.isFloating() or not self.isVisible():
            return
        self.windowHandle().setTransientParent(window.windowHandle())
        screen = QGuiApplication.screenAt(self.frameGeometry().center()) or window.screen()
        room, place = screen.availableGeometry(), self.geometry()
        place.setSize(place.size().boundedTo(room.size()))
        place.moveLeft(max(room.left(), min(place.left(), room.right() - place.width())))
        place.moveTop(max(room.top(), min(place.top(), room.bottom() - place.height())))
        self.setGeometry(place)
        self.raise_()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.isFloating():
            painter, colours = QPainter(self), theme.now()
            painter.setPen(QColor(colours.muted))
            painter.setBrush(QColor(colours.window))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _dress(self, floating: bool) -> None:
        self._title_bar.set_floating(floating)
        self.setContentsMargins(*(4 * floating,) * 4)


class Docks(QMainWindow):
    """A page whose middle stays while panels dock around it."""

    def __init__(self, centre: QWidget) -> None:
        super().__init__()
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setDockOptions(QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        self.setTabPosition(Qt.DockWidgetArea.RightDockWidgetArea, self.tabPosition(Qt.DockWidgetArea.TopDockWidgetArea))
        self.setCentralWidget(centre)
        self._centre = centre
        self.docks: list[Dock] = []
        self._wanted: list[Dock] = []  # what was asked for last comes first
        self._needs: dict[Dock, QSize] = {}  # of those that are hidden: how large the page must be
        self._insisted: Dock | None = None  # asked for where there was little room
        self._actions: dict[Dock, QAction] = {}
        self._is_fitting = False
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.refit)
        self._wide = 0  # pixels that the user gave to the panels on the right; 0 is as they come
        self._pressed = 0  # pixels that they had when a button of the mouse went down

    def add(self, name: str, panel: QWidget, area: Qt.DockWidgetArea, below: Dock | None = None, key: str = "") -> Dock:
        """Docks `panel`; with `below` under that one. What is added first stays longest where there is little room.

        `key`: the name of the action whose key shows it, and hides it where it is seen; "" is none.
        """
        dock = Dock(name, panel, self)
        self.addDockWidget(area, dock)
        if below is not None:
            self.splitDockWidget(below, dock, Qt.Orientation.Vertical)
        dock.closed.connect(lambda: self._forget(dock))
        dock.topLevelChanged.connect(lambda _: self._later.start())
        dock.visibilityChanged.connect(lambda seen: self._actions[dock].setChecked(seen))
        action = self._actions[dock] = QAction(f"&{name}", self, checkable=True, checked=True)
        action.triggered.connect(lambda: self.toggle(dock))
        if key:
            shortcuts.now().dress(key, action)
        self.addAction(action)
        self.docks.append(dock)
        self._wanted.append(dock)
        return dock

    def menu(self, parent: QWidget) -> QMenu:
        """Which panels are shown, and the arrangement that the program came with."""
        menu = QMenu(parent)
        menu.setAccessibleName("Panels")
        for action in self._actions.values():
            menu.addAction(action)
        menu.addSeparator()
        menu.addAction("&Arrange as at first", self.arrange)
        return menu

    # --- what the user asks for ---------------------------------------------------------------------------------------

    def toggle(self, dock: Dock) -> None:
        """Closes a panel that is seen and shows any other one, from behind its tab, too."""
        if dock.is_seen:
            dock.close()
        else:
            self.ask_for(dock)
        self._actions[dock].setChecked(dock.is_seen)

    def ask_for(self, dock: Dock) -> None:
        """Shows a panel; where there is little room, others go."""
        if dock in self._wanted:
            self._wanted.remove(dock)
        self._wanted.insert(0, dock)
        self._insisted = dock
        self.refit()
        dock.raise_()

    def _forget(self, dock: Dock) -> None:
        if dock in self._wanted:
            self._wanted.remove(dock)
        if dock is self._insisted:
            self._insisted = None
        self._later.start()  # not while it is being closed

    # --- room ---------------------------------------------------------------------------------------------------------

    def fit(self) -> None:
        """Hides the panels that there is no room for, and shows those again that there is room for."""
        if self._is_fitting:
            return
        self._is_fitting = True
        try:
            self._choose_shown()
            self.fit_middle()
            if self._share_width():
                self._choose_shown()  # narrower ones are higher
        finally:
            self._is_fitting = False

    def refit(self) -> None:
        """As `fit`, when panels may need less room than before."""
        self._needs.clear()
        self.fit()
        for dock in self.docks:
            dock.stay_before(self.window())

    def _choose_shown(self) -> None:
        for dock in self.docks:
            if dock not in self._wanted:
                dock.hide()
        for dock in [dock for dock in self._wanted if dock.isHidden()]:
            if self.isVisible() if dock.isFloating() else self._has_room(self._needs.pop(dock, QSize(0, 0))):
                dock.show()
        for dock in reversed([dock for dock in self._wanted if dock in self._docked()]):
            needs = self._room_needed()
            if self._has_room(needs):
                break
            self._needs[dock] = needs
            dock.hide()

    def fit_middle(self) -> None:
        """Subclasses show here what else there is room for in the middle."""

    def beside_core(self) -> int:
        """Pixels of the middle's width that its core does not have."""
        return 0

    def _share_width(self) -> bool:
        """The panels on the right are as wide as wanted, as far as the middle keeps its comfort; returns whether that moved."""
        right = self._on_the_right()
        if not right:
            return False
        least = max(dock.minimumSizeHint().width() for dock in right)
        room = self.width() - self._comfort() - self.beside_core() - SEPARATOR
        wanted = max(least, min(room, self._wide or theme.scaled(WIDE)))
        if wanted == right[0].width():
            return False
        self.resizeDocks(right[:1], [wanted], Qt.Orientation.Horizontal)
        return True

    def _on_the_right(self) -> list[Dock]:
        return [dock for dock in self._docked() if self.dockWidgetArea(dock) == Qt.DockWidgetArea.RightDockWidgetArea]

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease) and (right := self._on_the_right()):
            width = right[0].width()
            if event.type() == QEvent.Type.MouseButtonPress:
                self._pressed = width
            elif width != self._pressed:  # the border was dragged
                self._wide = width
        return done

    def _docked(self) -> list[Dock]:
        """The panels that are shown in the page."""
        return [dock for dock in self.docks if not dock.isHidden() and not dock.isFloating()]

    def _comfort(self) -> int:
        """Pixels of the middle that panels leave to it."""
        core = self.core().width()
        return core if self._docked() == [self._insisted] else max(core, theme.scaled(COMFORT))

    def _has_room(self, needs: QSize) -> bool:
        return needs.width() <= self.width() and needs.height() <= self.height()

    def _room_needed(self) -> QSize:
        """By the core of the middle and the panels that are docked and shown."""
        layout, core = self.layout(), self.core()
        assert layout is not None  # every main window brings its own
        layout.invalidate()
        needs = layout.minimumSize() - self._centre.minimumSizeHint() + QSize(self._comfort(), core.height())
        if self._docked() and self._docked() != [self._insisted]:
            needs = needs.expandedTo(QSize(self._comfort() + SEPARATOR + theme.scaled(LEAST), 0))
        return needs.expandedTo(core)

    def core(self) -> QSize:
        """How small the middle can be where it must."""
        return self._centre.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """The middle's: panels give way."""
        return self.core()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._later.start()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._later.start()

    # --- memory -------------------------------------------------------------------------------------------------------

    def remember_first(self) -> None:
        """The present arrangement is the one to come back to."""
        self._first = self.saveState(LAYOUT)

    def arrange(self) -> None:
        self._wanted, self._insisted, self._wide = list(self.docks), None, 0
        self.restoreState(self._first, LAYOUT)
        self.refit()

    def restore(self, memory: QSettings) -> None:
        state, wanted = memory.value("docks"), memory.value("panels")
        shown = self._restore_unseen(state) if isinstance(state, QByteArray) else None
        if shown is not None:
            wide = str(memory.value("panels_width") or "")
            self._wide = int(wide) if wide.isdecimal() and len(wide) < 5 else 0
            order = wanted.split(",") if isinstance(wanted, str) else shown
            self._wanted = [dock for name in order for dock in self.docks if dock.objectName() == name]

    def _restore_unseen(self, state: QByteArray) -> list[str] | None:
        """Gives the names of the panels that `state` shows, or None where it does not fit.

        What is drawn out waits until the window is there: systems keep before it only what comes after it. Qt would show
        it at once, and a window manager that is told of a window that comes, goes and comes again may leave it away.
        """
        for dock in self.docks:
            dock.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        fits = self.restoreState(state, LAYOUT)
        shown = [dock.objectName() for dock in self.docks if not dock.isHidden()]
        for dock in self.docks:
            if dock.isFloating():
                dock.hide()
            dock.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen, False)
        return shown if fits else None

    def save(self, memory: QSettings) -> None:
        memory.setValue("docks", self.saveState(LAYOUT))
        memory.setValue("panels_width", str(self._wide))
        memory.setValue("panels", ",".join(dock.objectName() for dock in self._wanted))
