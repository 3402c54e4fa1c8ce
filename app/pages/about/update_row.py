"""Asks once whether there is a newer version, and fetches its installer, each only when the user says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.core.background import Background
from app.widgets import theme
from app.widgets.flow import Flow
from app.widgets.progress_bar import ProgressBar
from app.widgets.words import Words
from engine.models.store.connection import Cancelled, Client
from engine.models.store.download import Download
from engine.models.store.words import size
from engine.updates import check, fetch
from engine.updates.check import Copy, UpdateCheck
from engine.updates.feed import ReleaseFeed
from engine.updates.release import Installer, Release

POLL = 150  # milliseconds, while a download is under way
QUIET = "Refrain never looks for newer versions by itself. This asks {} once."


class UpdateRow(QWidget):
    """`close_updates` belongs to the program's end: what has arrived is kept."""

    def __init__(self, place: ReleaseFeed, copy: Copy, folder: Path | None = None) -> None:
        """`folder`: where installers are kept, by default the user's own."""
        super().__init__()
        self._place, self._copy, self._folder = place, copy, folder
        self._background = Background("updates", self)
        self._client: Client | None = None
        self._news_page = ""
        self._newer: tuple[Release, Installer] | None = None
        self._download: Download | None = None
        self.check = _button("Check for a new version", "Check once for a new version of Refrain", self._ask)
        self.fetch = _button("Download", "Download the installer of the new version", self._fetch, "primary")
        self.news = _button("What is new", "Open the web page of the new version", self._open_news)
        self.cancel = _button("Cancel", "Cancel what is under way", self._cancel)
        self.show_file = _button("Open folder", "Open the folder of the installer", self._open_folder)
        self._buttons = (self.check, self.fetch, self.news, self.cancel, self.show_file)
        self.sentence, self.bar = Words(role="muted"), ProgressBar("Progress of downloading the new version")
        self.sentence.setAccessibleName("State of the check for a new version")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.sentence)
        layout.addWidget(self.bar)
        layout.addLayout(Flow(*self._buttons))
        self._timer = QTimer(self, interval=POLL)
        self._timer.timeout.connect(self._poll)
        self._show(QUIET.format(place.host), self.check)

    def close_updates(self) -> None:
        """The program ends."""
        self._timer.stop()
        if self._client is not None:
            self._client.cancel()
        if self._download is not None:
            self._download.cancel()
            self._download.join(1.0)
        self._background.close()

    # --- asking -------------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        client = self._client = Client()
        self._show(f"Asking {self._place.host}…", self.cancel)

        def ask() -> UpdateCheck | None:
            try:
                return check.ask(self._place, self._copy, client)
            except Cancelled:
                return None

        self._background.do(ask, lambda answer: self._answered(client, answer), self._fail)

    def _answered(self, client: Client, answer: UpdateCheck | None) -> None:
        if client.is_cancelled or answer is None:
            return
        release, installer = answer.release, answer.installer
        self._news_page = release.page if release is not None else ""
        if release is None or installer is None:
            self._show(answer.sentence, self.check, *([self.news] if release is not None else []))
            return
        self._newer = release, installer
        much = f" Its installer has {size(installer.file.size)}." if installer.file.size else ""
        self._show(f"{answer.sentence}{much}", self.fetch, self.news)
        self.fetch.setFocus()

    def _cancel(self) -> None:
        for one in (self._client, self._download):
            if one is not None:
                one.cancel()
        self._show_start("" if self._download is None else self._download.progress.sentence)
        (self.check if self._download is None else self.fetch).setFocus()

    def _show_start(self, sentence: str, is_bad: bool = False) -> None:
        """The step that can be tried again."""
        again = (self.check,) if self._download is None else (self.fetch, self.news)
        self._show(sentence or QUIET.format(self._place.host), *again, is_bad=is_bad)

    def _fail(self, sentence: str) -> None:
        if self._download is not None or self._client is None or not self._client.is_cancelled:
            self._show_start(sentence, is_bad=True)

    # --- fetching -----------------------------------------------------------------------------------------------------

    def _fetch(self) -> None:
        if self._newer is None:
            return
        (release, installer), before = self._newer, self._download
        self._show("Preparing…", self.cancel)

        def begin(download: Download) -> None:
            self._download = download
            download.start()
            self._timer.start()

        make = fetch.download
        self._background.do(lambda: make(release, installer, self._folder, after=before), begin, self._fail)

    def _poll(self) -> None:
        download = self._download
        if download is None or self._background.is_busy:
            return
        progress = download.progress
        if progress.is_running:
            self._show(str(progress), self.cancel)
            self.bar.set_share(progress.done / progress.total if progress.total else 0.0)
            self.bar.show()
            return
        self._timer.stop()
        if progress.state == "done":
            self._settle()
        else:
            self._show_start(progress.sentence, is_bad=progress.state == "failed")

    def _settle(self) -> None:
        if self._newer is None:
            return
        (release, installer), self._download = self._newer, None
        self._show("Checking the installer…")

        def settled(sentence: str) -> None:
            self._show(sentence, self.show_file, self.news)
            self.show_file.setFocus()

        self._background.do(lambda: fetch.settle(release, installer, self._folder), settled, self._fail)

    # --- showing ------------------------------------------------------------------------------------------------------

    def _open_news(self) -> None:
        if not QDesktopServices.openUrl(QUrl(self._news_page)):
            self.sentence.setText(f"No browser could be opened. The page is {self._news_page}.")

    def _open_folder(self) -> None:
        if self._newer is None:
            return
        folder = fetch.path(*self._newer, self._folder).parent
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.sentence.setText(f"No file manager could be opened. The folder is {folder}.")


    def _show(self, sentence: str, *buttons: QPushButton, is_bad: bool = False) -> None:
        theme.set_role(self.sentence, "danger" if is_bad else "muted")
        if sentence != self.sentence.text():
            self.sentence.setText(sentence)
        for button in self._buttons:
            button.setVisible(button in buttons)
        self.bar.hide()


def _button(text: str, name: str, react: Callable[[], None], role: str = "small") -> QPushButton:
    button = QPushButton(text)
    button.setProperty("role", role)
    button.setAccessibleName(name)
    button.clicked.connect(react)
    return button
