"""The graphics card on the page of models: whether it is used and why not, and the way to the pack that it needs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog

from app.core.background import Background
from app.pages.models.card import PILL, StateCard, wrapped
from app.pages.models.download_row import DownloadRow
from app.widgets import theme
from engine.gpu import standing
from engine.gpu.getting import PackCheck, PackDownload, PackJob, arrived_bytes, forget_download
from engine.gpu.pack import Pack
from engine.gpu.packs import Installed, Packs
from engine.gpu.standing import Standing
from engine.gpu.state import State
from engine.gpu.trial import in_words
from engine.models.store.catalogue import Offer
from engine.models.store.hardware import disk_free
from engine.models.store.words import size

POLL = 150  # milliseconds, while a pack is worked on
TITLE = "Graphics card"
CAPTIONS = ("Size", "Licence", "Tried")


class GpuCard(StateCard):
    """Looks at the machine in the background whenever the page is entered, and works on packs when it is asked to."""

    def __init__(
        self, packs: Packs | None = None, look: Callable[[Packs], Standing] = standing.look,
        make_getting: Callable[..., PackJob] = PackDownload, make_trying: Callable[..., PackJob] = PackCheck,
    ) -> None:  # fmt: skip
        super().__init__(theme.label(TITLE, scale=1.2, bold=True), f"the {TITLE.lower()}", CAPTIONS)
        self.packs = packs or Packs()
        self._look, self._make_getting, self._make_trying = look, make_getting, make_trying
        self._background = Background("graphics card", self)
        self._standing: Standing | None = None
        self._job: PackJob | None = None
        self._is_noticed = True  # the job's end
        self.row: DownloadRow | None = None
        self._sentence = wrapped()
        self._sentence.setAccessibleName(f"What is said of the {TITLE.lower()}")
        self.get = theme.button("Use my graphics card…", "Get the GPU pack, which the graphics card needs", "primary")
        self.folder = theme.button("From a folder…", "Take the GPU pack from a folder or stick that holds its wheels")
        self.use = theme.button("Use it", "Check the GPU pack that is here, and use it again")
        self.stop = theme.button("Stop using it", "Stop using the GPU pack")
        self.delete = theme.button("Delete it", "Delete the GPU pack")
        self._timer = QTimer(self, interval=POLL)
        self._timer.timeout.connect(self._poll)
        self._lay_out((self.delete, self.stop, self.folder, self.use, self.get), (self._sentence,))
        self._connect()
        self._say("Looking for a graphics card…")
        self._show()

    @property
    def is_busy(self) -> bool:
        """Whether something is under way, or still to be shown."""
        return self._background.is_busy or self._timer.isActive()

    @property
    def sentence(self) -> str:
        return self._sentence.text()

    def refresh(self) -> None:
        """Looks at the machine and at what is here, in the background."""
        self._do(lambda: self._look(self.packs), self._take)

    def close_packs(self) -> None:
        """The program ends: what is under way stops, and what has arrived is kept."""
        self._timer.stop()
        if self._job is not None:
            self._job.cancel()
            self._job.join(1.0)
        self._background.close()

    # --- intents ------------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        found, row = self._standing, self.row
        if found is None or found.pack is None or row is None:
            return
        self._job = None
        row.ask(str(self.packs.folder), disk_free(self.packs.folder), found.arrived, found.pack.unpacked_bytes)
        self._show()

    def _get(self) -> None:
        self._begin(lambda before: self._make_getting(self._pack, self.packs, after=before))

    def _ask_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "The folder that holds the wheels of the GPU pack", str(Path.home()))
        if name:
            self.take_from(Path(name))

    def take_from(self, folder: Path) -> None:
        """The pack's wheels are there."""
        self._begin(lambda before: self._make_getting(self._pack, self.packs, folder, after=before))

    def _use(self) -> None:
        if self._here is not None:
            name = self._here.id
            self._begin(lambda before: self._make_trying(name, self.packs, after=before))

    def _begin(self, make: Callable[[PackJob | None], PackJob]) -> None:
        if self.row is None:
            return  # nothing is known that could be got or used
        before, self._job = self._job, None
        self._job, self._is_noticed = make(before), False
        self._job.start()
        self.row.show_progress(self._job.progress)
        self.row.cancel.setFocus()
        self._show()
        self._timer.start()

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._poll()

    def _stop(self) -> None:
        self._change(lambda: self.packs.set_state(State()), "The GPU pack is not used any more, from the next start on.")

    def _delete(self) -> None:
        if self._here is not None:
            name = self._here.id
            self._change(lambda: self.packs.delete(name), "The GPU pack was deleted.")

    def _discard(self) -> None:
        job, pack = self._job, self._pack

        def work() -> None:
            if job is not None:
                job.join(30.0)
            if pack is not None:
                forget_download(self.packs, pack)

        self._change(work, "The unfinished download was deleted.")

    def _change(self, work: Callable[[], object], sentence: str) -> None:
        """Something quick, after which the machine is looked at again."""
        self._job = None
        if self.row is not None:
            self.row.hide()

        def done() -> Standing:
            work()
            return self._look(self.packs)

        self._do(done, lambda found: self._take(found, sentence))

    # --- showing ------------------------------------------------------------------------------------------------------

    @property
    def _pack(self) -> Pack | None:
        return self._standing.pack if self._standing is not None else None

    @property
    def _here(self) -> Installed | None:
        return self._standing.here if self._standing is not None else None

    def _do(self, work: Callable[[], Standing], then: Callable[[Standing], None]) -> None:
        self._background.do(work, then, lambda sentence: self._say(sentence, "danger"))

    def _poll(self) -> None:
        running = False
        if self._job is not None and self.row is not None:
            progress = self._job.progress
            running = progress.is_running
            self.row.show_progress(progress, has_part=self._has_part())
            if not running and not self._is_noticed:
                self._is_noticed = True
                self.refresh()
                self._show()
        if not running:
            self._timer.stop()

    def _has_part(self) -> bool:
        pack = self._pack
        return pack is not None and bool(arrived_bytes(self.packs, pack))

    def _take(self, found: Standing, sentence: str = "") -> None:
        self._standing = found
        if self.row is None:
            self._make_row(found)
        self._say(f"{sentence} {found.sentence}".strip())
        job = self._job
        if self.row is not None and (job is None or (job.progress.state == "done" and not job.progress.is_running)):
            if found.arrived and found.can_get:
                self.row.show_unfinished(found.arrived)
            elif not self.row.start.isVisible():
                self.row.hide()
        self._show()

    def _make_row(self, found: Standing) -> None:
        here = found.here
        offer = found.pack or (Offer(here.id, here.title, "", "", "", 0, ()) if here is not None else None)
        if offer is None:
            return  # nothing could be got, and nothing tried
        self.row = DownloadRow(offer)
        self.row.started.connect(self._get)
        self.row.cancelled.connect(self._cancel)
        self.row.discarded.connect(self._discard)
        self._parts.addWidget(self.row)

    def _show(self) -> None:
        found, running = self._standing, self._job is not None and self._job.progress.is_running
        self._show_state(*self._state(running))
        able = None if running else found
        shown = {
            self.get: able is not None and able.can_get,
            self.folder: able is not None and able.can_get,
            self.use: able is not None and able.can_use,
            self.stop: able is not None and able.can_stop,
            self.delete: able is not None and able.here is not None,
        }
        for one, is_shown in shown.items():
            one.setVisible(is_shown)
        self.get.setText("Continue download…" if found is not None and found.arrived else "Use my graphics card…")
        self._show_values(self._texts(found))

    def _state(self, running: bool) -> tuple[str, str]:
        """The badge's words and role."""
        found = self._standing
        if found is None:
            return "", "muted"
        if running:
            return "Getting ready", PILL
        if found.is_used:
            return "In use", PILL
        return ("From the next start on", PILL) if found.is_next else ("Not used", "muted")

    def _texts(self, found: Standing | None) -> dict[str, str]:
        """What stands beside the captions."""
        if found is None:
            return dict.fromkeys(CAPTIONS, "")
        pack, here = found.pack if found.can_get else None, found.here
        sizes = f"{size(here.bytes)} on disk" if here is not None else ""
        if pack is not None:
            sizes = f"{size(pack.download_bytes)} to download, {size(pack.unpacked_bytes)} on disk"
        return {
            "Size": sizes,
            "Licence": f"{pack.licence}. {pack.licence_note}" if pack is not None else "",
            "Tried": in_words(here.trial).removeprefix("Tried on ").capitalize() if here is not None else "",
        }

    def _say(self, sentence: str, role: str = "") -> None:
        theme.set_role(self._sentence, role)
        self._sentence.setText(sentence)

    def _connect(self) -> None:
        self.get.clicked.connect(self._ask)
        self.folder.clicked.connect(self._ask_folder)
        self.use.clicked.connect(self._use)
        self.stop.clicked.connect(self._stop)
        self.delete.clicked.connect(self._delete)
