"""One model: what it is, what it needs, whether it is here and whole, and what can be done with it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from app.engine_client.commands import ModelFacts
from app.pages.models.card import PILL, StateCard, wrapped
from app.pages.models.download_row import DownloadRow
from app.widgets import theme
from app.widgets.name_label import NameLabel
from app.widgets.schedules.chooser import Chooser
from engine.models import MODE, parted
from engine.models.abilities import abilities
from engine.models.store.download import Progress
from engine.models.store.hardware import Hardware
from engine.models.store.needs import judge
from engine.models.store.words import number, size

if TYPE_CHECKING:  # it brings torch along
    from engine.models.store.entries import ModelEntry


HEIGHT = 36  # pixels of the chooser of a mode


class ModelCard(StateCard):
    """Emits what the user wants done with its entry."""

    use_requested = Signal(object)
    folder_requested = Signal(object)
    remove_requested = Signal(object)
    download_requested = Signal(object)
    cancel_requested = Signal(object)
    discard_requested = Signal(object)

    def __init__(self, entry: ModelEntry) -> None:
        super().__init__(NameLabel(entry.name, scale=1.2, bold=True), entry.name, ("Size", "Licence", "Needs", "Here", "Folder"))
        self.entry = entry
        self._machine = Hardware(0, 0, 0)
        self._model: ModelFacts | None = None
        self._loading = ""
        self._progress: Progress | None = None
        self._place = ""
        self._description = wrapped("muted")
        self._problem = wrapped("danger")
        self.use = theme.button("Use", f"Use {entry.name}", "primary")
        self.show_folder = theme.button("Show folder", f"Show the folder of {entry.name}")
        self.remove = theme.button("Remove from list", f"Remove {entry.name} from the list")
        self.remove.setToolTip("The files stay where they are.")
        self.download = theme.button("Download…", f"Download {entry.name}")
        self.modes = Chooser()
        self.modes.setAccessibleName(f"What {entry.name} is asked for")
        theme.fix(self.modes, height=HEIGHT)
        self.row = DownloadRow(entry.released) if entry.released is not None else None
        self._lay_out((self.remove, self.show_folder, self.download, self.use), (self._description, self._problem, self.modes))
        if self.row is not None:
            self._parts.addWidget(self.row)
        self._connect()
        self.show_entry(entry, self._machine, "")

    @property
    def use_as(self) -> str:
        """The entry's name or folder for `EngineThread.load`, with the mode that is chosen."""
        mode = self.modes.currentData() if self.modes.currentIndex() > 0 else ""
        return f"{self.entry.use}{MODE}{mode}" if mode else self.entry.use

    @property
    def problem(self) -> str:
        return self._problem.text()

    def show_entry(self, entry: ModelEntry, machine: Hardware, place: str) -> None:
        """`place` is where it would be downloaded to."""
        self.entry, self._machine, self._place = entry, machine, place
        if not self.modes.count():
            for mode, words in abilities(entry.family).modes.items():
                self.modes.addItem(words, mode)
        self._show()

    def show_model(self, model: ModelFacts | None, loading: str) -> None:
        """The model of the conversation if it is this one, else None; `loading` is what the engine loads just now."""
        if (model, loading) != (self._model, self._loading):
            self._model, self._loading = model, loading
            if model is not None and (place := self.modes.findData(model.mode)) >= 0:
                self.modes.setCurrentIndex(place)
            self._show()

    def show_progress(self, progress: Progress | None) -> None:
        """Of its download; None: there was none since the program began."""
        if progress == self._progress:
            return
        before = self._progress
        self._progress = progress
        if self.row is not None and progress is not None:
            self.row.show_progress(progress)
        if before is None or progress is None or before.state != progress.state:
            self._show()

    def _show(self) -> None:
        entry, running = self.entry, self._progress is not None and self._progress.is_running
        self._show_state(*self._state(running))
        for label, sentence in ((self._description, entry.description), (self._problem, entry.problem)):
            label.setText(sentence)
            label.setVisible(bool(sentence))
        self._show_values(self._texts())
        is_here = entry.facts is not None
        self.modes.setVisible(entry.can_be_used and self.modes.count() > 1)
        self.modes.setEnabled(not self._loading)
        # A primary button that can do nothing would only be in the way.
        self.use.setVisible(entry.can_be_used and self._model is None)
        self.use.setEnabled(not self._loading)
        self.show_folder.setVisible(is_here or bool(entry.unfinished))
        self.remove.setVisible(entry.is_added)
        self.remove.setEnabled(self._model is None)
        self.download.setVisible(entry.released is not None and not running and (not is_here or bool(entry.problem)))
        self.download.setText("Continue download…" if self._has_part else "Download…")
        if self.row is not None and self._progress is None and not self.row.start.isVisible():
            if entry.unfinished:
                self.row.show_unfinished(entry.unfinished)
            else:
                self.row.hide()
        elif self.row is not None and self._progress is not None and self._progress.state == "done":
            self.row.hide()

    @property
    def _has_part(self) -> bool:
        return bool(self.entry.unfinished) or (self._progress is not None and self._progress.state in ("failed", "cancelled"))

    def _state(self, running: bool) -> tuple[str, str]:
        """The badge's words and role."""
        entry = self.entry
        if self._loading and parted(self._loading)[0] == entry.use:
            return "Loading…", PILL
        if self._model is not None:
            return "In use", PILL
        if running:
            return "Downloading", PILL
        if entry.facts is None:
            return ("Partly downloaded" if self._has_part else "Not installed"), "muted"
        return ("Broken", "danger") if entry.problem else ("Installed", "muted")

    def _texts(self) -> dict[str, str]:
        """What stands beside the captions."""
        entry, needs = self.entry, self.entry.needs
        if self._model is not None and self._model.weights_bytes:
            each = self._model.kv_bytes_per_position
            loaded = f"{size(self._model.weights_bytes)} of weights, and {size(each)} for every position it remembers"
            need = f"{needs}. In memory now: {loaded}" if needs is not None else f"In memory now: {loaded}"
        else:
            need = str(needs) if needs is not None else ""
        if entry.facts is not None and entry.facts.disk_bytes:
            disk = f"{size(entry.facts.disk_bytes)} on disk"
        else:
            disk = f"about {size(entry.released.download_bytes)} to download" if entry.released is not None else ""
        parameters = f"{number(entry.parameters)} parameters" if entry.parameters else ""
        judgement = judge(needs, self._machine).sentence if needs is not None and self._machine.cores else ""
        return {
            "Size": "  ·  ".join(filter(None, (parameters, disk))),
            "Licence": entry.licence.rstrip(". "),
            "Needs": need,
            "Here": judgement,
            "Folder": str(entry.folder) if entry.is_added else "",
        }

    def _ask(self, row: DownloadRow) -> None:
        self._progress = None
        row.ask(self._place, self._machine.disk_free, self.entry.unfinished)
        self._show()

    def _choose_mode(self) -> None:
        """One of the model in use takes effect at once; of another it waits for its button."""
        if self._model is not None and self._model.mode != self.modes.currentData():
            self.use_requested.emit(self.entry)

    def _connect(self) -> None:
        self.modes.activated.connect(self._choose_mode)
        self.use.clicked.connect(lambda: self.use_requested.emit(self.entry))
        self.show_folder.clicked.connect(lambda: self.folder_requested.emit(self.entry))
        self.remove.clicked.connect(lambda: self.remove_requested.emit(self.entry))
        if self.row is not None:
            self.download.clicked.connect(partial(self._ask, self.row))
            self.row.started.connect(lambda: self.download_requested.emit(self.entry))
            self.row.cancelled.connect(lambda: self.cancel_requested.emit(self.entry))
            self.row.discarded.connect(lambda: self.discard_requested.emit(self.entry))
