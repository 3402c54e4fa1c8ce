"""The page of models: which are here, which could be, and which one answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QPushButton, QVBoxLayout, QWidget

from app.core.background import Background
from app.engine_client.commands import ModelFacts
from app.pages.models.gpu_card import GpuCard
from app.pages.models.model_card import ModelCard
from app.widgets import theme
from app.widgets.page_body import PageBody
from app.widgets.words import Words
from engine.models.store.download import Download
from engine.models.store.hardware import Hardware
from engine.models.store.needs import in_words
from engine.models.store.registry import Inventory, ModelRegistry
from engine.updates import feed as updates

if TYPE_CHECKING:  # it brings torch along
    from engine.models.store.entries import ModelEntry

POLL = 150  # milliseconds, while a download is under way
Made = TypeVar("Made")
NETWORK = "Refrain uses the network for nothing but a download that you start here."
ALSO = "Refrain uses the network for nothing but what you start: a download here, a check for a new version under About."


class ModelsPage(QWidget):
    """`use_requested` carries a model's name or folder for `EngineThread.load`; `set_model` or `show_error` answers it."""

    use_requested = Signal(str)

    def __init__(
        self, shelf: ModelRegistry | None = None, make_download: Callable[..., Download] = Download, gpu: GpuCard | None = None
    ) -> None:
        """`shelf` and `gpu` are by default of the user's data. Nothing is read before `entered`."""
        super().__init__()
        self._shelf = shelf or ModelRegistry()
        self._make_download = make_download
        self._background = Background("models", self)
        self._downloads: dict[str, Download] = {}
        self._fetched: set[str] = set()  # downloads whose end was noticed
        self._machine = Hardware(0, 0, 0)
        self._model: ModelFacts | None = None
        self._loading = ""
        self.cards: dict[str, ModelCard] = {}
        self.gpu = gpu or GpuCard()
        self.add_button = QPushButton("Add folder…")
        self.add_button.setAccessibleName("Add a folder with a model")
        self.add_button.clicked.connect(self._ask_folder)
        self._machine_line = Words("Looking at this computer…", "muted")
        self._in_use_line = Words(role="muted")
        self._notice = Words()
        self._notice.setAccessibleName("Message about models")
        self._lay_out()
        self._say("")
        self._timer = QTimer(self, interval=POLL)
        self._timer.timeout.connect(self._poll)

    # --- the window's side --------------------------------------------------------------------------------------------

    def entered(self) -> None:
        """The page is shown: folders may have changed meanwhile."""
        self.refresh()
        self.gpu.refresh()

    def refresh(self) -> None:
        """Looks through all folders again, in the background."""
        self._do(self._shelf.look, self._show_stock)

    def set_model(self, model: ModelFacts | None) -> None:
        """The model that answers from now on; None if there is none."""
        self._model, self._loading = model, ""
        if model is not None:
            self._say("")
        self._show_model()

    def set_loading(self, name_or_folder: str) -> None:
        """The engine loads this; until it is done no other can be asked for."""
        self._model, self._loading = None, name_or_folder
        self._show_model()

    def show_error(self, sentence: str) -> None:
        """The model that was asked for could not be loaded."""
        self._loading = ""
        self._show_model()
        self._say(sentence, is_bad=True)

    def close_models(self) -> None:
        """The program ends: downloads stop, what has arrived is kept."""
        self._timer.stop()
        for download in self._downloads.values():
            download.cancel()
        for download in self._downloads.values():
            download.join(1.0)
        self.gpu.close_packs()
        self._background.close()

    @property
    def is_busy(self) -> bool:
        """Whether something is under way, or still to be shown."""
        return self._background.is_busy or self._timer.isActive()

    @property
    def notice(self) -> str:
        return self._notice.text()

    # --- intents ------------------------------------------------------------------------------------------------------

    def add_folder(self, folder: Path) -> None:
        """Checks the folder in the background and puts it on the list."""
        self._say("Looking through the folder…")

        def added(sentence: str) -> None:
            self._say(sentence)
            self.refresh()

        self._do(lambda: self._shelf.add(folder), added)

    def _ask_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Add the folder of a model", str(Path.home()))
        if name:
            self.add_folder(Path(name))

    def _use(self, entry: ModelEntry) -> None:
        self._say("")
        wanted = self.cards[entry.key].use_as
        self.set_loading(wanted)
        self.use_requested.emit(wanted)

    def _show_folder(self, entry: ModelEntry) -> None:
        folder = entry.folder or self._shelf.downloads / entry.key
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self._say(f"No file manager could be opened. The folder is {folder}.", is_bad=True)

    def _remove(self, entry: ModelEntry) -> None:
        def removed(sentence: str) -> None:
            self._say(sentence)
            self.refresh()

        self._do(lambda: self._shelf.remove(Path(entry.key)), removed)

    def _start_download(self, entry: ModelEntry) -> None:
        before = self._downloads.get(entry.key)
        download = self._make_download(entry.released, self._shelf.downloads / entry.key, before)
        self._downloads[entry.key] = download
        self._fetched.discard(entry.key)
        download.start()
        self.cards[entry.key].show_progress(download.progress)
        self._timer.start()

    def _cancel_download(self, entry: ModelEntry) -> None:
        self._downloads[entry.key].cancel()
        self._poll()
        self.cards[entry.key].download.setFocus()

    def _discard(self, entry: ModelEntry) -> None:
        download = self._downloads.pop(entry.key, None)

        def work() -> str:
            if download is not None:
                download.join(30.0)
            return self._shelf.discard(entry.key)

        def discarded(sentence: str) -> None:
            self._say(sentence)
            self.refresh()

        self.cards[entry.key].show_progress(None)
        self._do(work, discarded)

    # --- showing ------------------------------------------------------------------------------------------------------

    def _do(self, work: Callable[[], Made], then: Callable[[Made], None]) -> None:
        self._background.do(work, then, lambda sentence: self._say(sentence, is_bad=True))

    def _poll(self) -> None:
        running = False
        for key, download in self._downloads.items():
            progress = download.progress
            running |= progress.is_running  # as it is shown: how it ends meanwhile is shown at the next look
            if key in self.cards:
                self.cards[key].show_progress(progress)
            if not progress.is_running and key not in self._fetched:
                self._fetched.add(key)
                self.refresh()  # what has come is checked as every folder is
        if not running:
            self._timer.stop()

    def _show_stock(self, stock: Inventory) -> None:
        self._machine = stock.machine
        self._machine_line.setText(in_words(stock.machine))
        if stock.problem:
            self._say(stock.problem, is_bad=True)
        wanted = [entry.key for entry in stock.entries]
        for key in set(self.cards) - set(wanted):
            self.cards.pop(key).deleteLater()
        for place, entry in enumerate(stock.entries):
            card = self.cards.get(entry.key) or self._make_card(entry)
            card.show_entry(entry, stock.machine, str(self._shelf.downloads / entry.key))
            self._list.insertWidget(place, card)
        self._show_model()

    def _make_card(self, entry: ModelEntry) -> ModelCard:
        card = self.cards[entry.key] = ModelCard(entry)
        card.use_requested.connect(self._use)
        card.folder_requested.connect(self._show_folder)
        card.remove_requested.connect(self._remove)
        card.download_requested.connect(self._start_download)
        card.cancel_requested.connect(self._cancel_download)
        card.discard_requested.connect(self._discard)
        return card

    def _show_model(self) -> None:
        """Marks the card of the model in use, by its folder: a name may stand for several."""
        here = Path(self._model.folder).absolute() if self._model is not None else None
        found = False
        for card in self.cards.values():
            folder = card.entry.folder
            is_it = here is not None and folder is not None and folder.absolute() == here and not found
            found = found or is_it
            card.show_model(self._model if is_it else None, self._loading)
        elsewhere = self._model.name if self._model is not None and self.cards and not found else ""
        self._in_use_line.setText(f"In use: {elsewhere} in {here}, which is not on this list." if elsewhere else "")
        self._in_use_line.setVisible(bool(elsewhere))

    def _say(self, sentence: str, is_bad: bool = False) -> None:
        theme.set_role(self._notice, "danger" if is_bad else "muted")
        self._notice.setText(sentence)
        self._notice.setVisible(bool(sentence))

    def _lay_out(self) -> None:
        body = PageBody("Models")
        body.buttons.add(self.add_button)
        for line in (self._machine_line, self._in_use_line, self._notice):
            line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            body.parts.addWidget(line)
        body.parts.addWidget(self.gpu)
        self._list = QVBoxLayout()
        self._list.setSpacing(14)
        body.parts.addLayout(self._list)
        body.parts.addWidget(Words(ALSO if updates.is_there() else NETWORK, "muted", 0.92))
        body.parts.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(body)
