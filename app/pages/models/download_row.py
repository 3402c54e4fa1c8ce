"""A download on its card: asked for, under way, or broken off."""

from __future__ import annotations

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.widgets import theme
from app.widgets.flow import Flow
from app.widgets.progress_bar import ProgressBar
from app.widgets.words import Words
from engine.models.store.catalogue import Offer
from engine.models.store.download import Progress
from engine.models.store.words import size


class DownloadRow(QWidget):
    """Emits `started` after the user has seen what will come from where, `cancelled` and `discarded`."""

    started = Signal()
    cancelled = Signal()
    discarded = Signal()

    def __init__(self, released: Offer) -> None:
        super().__init__()
        self._released = released
        name = released.name
        self.bar = ProgressBar(f"Progress of downloading {name}")
        self.sentence = Words(role="muted")
        self.sentence.setAccessibleName(f"State of downloading {name}")
        self.start = theme.button("Start download", f"Start downloading {name}", "primary")
        self.page = theme.button("Licence and web page", f"Open the web page of {name}")
        self.later = theme.button("Not now", f"Do not download {name}")
        self.cancel = theme.button("Cancel", f"Cancel downloading {name}")
        self.discard = theme.button("Delete what has arrived", f"Delete the unfinished download of {name}")
        self._buttons = (self.start, self.page, self.later, self.cancel, self.discard)
        self.start.clicked.connect(self._begin)
        self.page.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(released.page)))
        self.later.clicked.connect(self.hide)
        self.cancel.clicked.connect(self.cancelled)
        self.discard.clicked.connect(self.discarded)
        buttons = Flow(*self._buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.bar)
        layout.addWidget(self.sentence)
        layout.addLayout(buttons)
        self.hide()

    def ask(self, folder: str, free: int, unfinished: int, unpacked: int = 0) -> None:
        """Says what will be fetched before anything is; `free` bytes on the disk, 0 if unknown."""
        released = self._released
        rest = f", of which {size(unfinished)} are here" if unfinished else ""
        room = f" ({size(free)} free)" if free else ""
        parts = (
            f"About {size(released.download_bytes)} from {released.host}{rest}, into {folder}{room}.",
            *([f"Unpacked it takes {size(unpacked)}."] if unpacked else []),
            f"Licence: {released.licence}. {released.licence_note}",
        )
        self._show("muted", " ".join(parts), (self.start, self.page, self.later))
        self.bar.hide()
        self.start.setFocus()

    def show_progress(self, progress: Progress, has_part: bool = True) -> None:
        """At a few times a second. `has_part`: something unfinished is left if it has ended."""
        role = "danger" if progress.state == "failed" else "muted"
        if progress.is_running:
            self._show(role, str(progress), (self.cancel,))
        else:
            self._show(role, progress.sentence, (self.discard,) if has_part else ())
        self.bar.setVisible(progress.is_running)
        self.bar.set_share(progress.done / progress.total if progress.total else 0.0)

    def show_unfinished(self, arrived: int) -> None:
        """Of an earlier run of the program."""
        self._show("muted", f"{size(arrived)} of an unfinished download are here.", (self.discard,))
        self.bar.hide()

    def _begin(self) -> None:
        self.started.emit()
        self.cancel.setFocus()

    def _show(self, role: str, sentence: str, buttons: tuple[QPushButton, ...]) -> None:
        theme.set_role(self.sentence, role)
        if sentence != self.sentence.text():
            self.sentence.setText(sentence)
        for button in self._buttons:
            button.setVisible(button in buttons)
        self.show()
