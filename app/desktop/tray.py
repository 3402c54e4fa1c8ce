"""The icon in the desktop's tray: what the program does, the window, and the microphone's mute."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from app.core.conversation import Conversation
from app.core.status import ACTIVE, WARNING
from app.widgets import icons, theme

NO_TRAY = "This desktop has no tray, so the icon cannot be shown there."
SIZE = 64  # pixels


class Tray(QObject):
    """Nothing is shown until it is chosen. `refresh` is called now and then."""

    def __init__(
        self, conversation: Conversation, show: Callable[[], object], small: Callable[[], object], quit_: Callable[[], object]
    ) -> None:
        """`show` brings the window up, `small` the small one, `quit_` ends the program."""
        super().__init__()
        self._conversation, self._show = conversation, show
        self.problem = ""
        """Why it is not there although it was chosen, as a sentence."""
        self.icon: QSystemTrayIcon | None = None
        self.menu = QMenu()
        self._state: tuple[str, bool] | None = None
        self.menu.addAction("Show Refrain", show)
        self.menu.addAction("Small window", small)
        self.menu.addSeparator()
        self.mute = self.menu.addAction("Mute the microphone")
        self.mute.setCheckable(True)
        self.mute.triggered.connect(conversation.set_muted)
        self.menu.addSeparator()
        self.menu.addAction("Quit", quit_)

    @property
    def is_there(self) -> bool:
        return self.icon is not None and self.icon.isVisible()

    def choose(self, wanted: bool) -> None:
        self.close()
        if not wanted:
            return
        if not QSystemTrayIcon.isSystemTrayAvailable():
            self.problem = NO_TRAY
            return
        self.icon = QSystemTrayIcon(icons.mark())
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._activate)
        self.refresh()
        self.icon.show()

    def close(self) -> None:
        icon, self.icon, self.problem, self._state = self.icon, None, "", None
        if icon is not None:
            icon.hide()
            icon.deleteLater()

    def refresh(self) -> None:
        if self.icon is None:
            return
        state, muted = self._conversation.status().state, self._conversation.muted
        if (state, muted) == self._state:
            return
        self._state = (state, muted)
        self.mute.setChecked(muted)
        self.icon.setToolTip(f"Refrain: {state.lower()}{', muted' if muted else ''}")
        colours = theme.now()
        is_wrong = muted or state in WARNING
        self.icon.setIcon(_marked(colours.danger if is_wrong else colours.accent if state in ACTIVE else ""))

    def _activate(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self._show()


def _marked(colour: str) -> QIcon:
    """The program's mark with a dot of this colour in its corner; "" is none."""
    picture = icons.mark().pixmap(SIZE, SIZE)
    if colour:
        picture = QPixmap(picture)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        side = 0.42 * picture.width() / picture.devicePixelRatio()
        whole = picture.width() / picture.devicePixelRatio()
        painter.drawEllipse(QRectF(whole - side, whole - side, side, side))
        painter.end()
    return QIcon(picture)
