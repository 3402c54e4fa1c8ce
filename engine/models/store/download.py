"""Fetching a released model: goes on where it was left, checks what arrived, and says in a sentence what went wrong."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.models.store import errors, listing
from engine.models.store.catalogue import Offer, RemoteFile, Source
from engine.models.store.connection import TIMEOUT, Client
from engine.models.store.errors import DownloadError
from engine.models.store.listing import LISTING, Listed, NotTheServer
from engine.models.store.transfer import NETWORK, Transfer, disk
from engine.models.store.transfer_rate import TransferRate
from engine.models.store.unfinished import alone, inside
from engine.models.store.words import duration, size
from engine.worker_thread import Thread

_log = logging.getLogger(__name__)
PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0)  # seconds before another try, while nothing arrives
SPARE = 200_000_000  # bytes of the disk that are left free
RUNNING = ("listing", "checking", "passing", "downloading", "waiting")


@dataclass(frozen=True)
class Progress:
    """`state` is one of `RUNNING`, "done", "failed" or "cancelled"; bytes, and bytes per second."""

    state: str = "listing"
    sentence: str = ""
    file: str = ""
    done: int = 0
    total: int = 0
    speed: float = 0.0

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING

    @property
    def seconds_left(self) -> float | None:
        """None while it cannot be told."""
        return (self.total - self.done) / self.speed if self.speed > 0 and self.total else None

    def __str__(self) -> str:
        """8.2 GB of 21.1 GB  ·  35.0 MB/s  ·  6 min left  ·  model-00002-of-00004.safetensors"""
        if self.state == "listing":
            return "Asking what there is to fetch…"
        if self.state == "checking":
            return f"Checking what has arrived of {self.file}…"
        if self.state == "passing":
            return f"The server sends {self.file} from its beginning: passing over what is here already…"
        if self.state == "waiting":
            return f"{self.sentence} Trying again…"
        left = self.seconds_left
        parts = (
            f"{size(self.done)} of {size(self.total)}",
            f"{size(self.speed)}/s" if self.speed else "",
            f"{duration(left)} left" if left is not None else "",
            self.file.rpartition("/")[2],
        )
        return "  ·  ".join(filter(None, parts))


class Download:
    """One model, or whatever else is offered, on its way into `folder`, on a thread of its own.

    `progress` may be read and `cancel` called at any time.
    """

    def __init__(
        self,
        released: Offer,
        folder: Path,
        after: Download | None = None,
        timeout: float = TIMEOUT,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        """`after` is an earlier one of the same, whose end is waited for."""
        self.released, self.folder = released, folder
        self.progress = Progress(total=released.download_bytes)
        self._after, self._pauses, self._client, self._speed = after, pauses, Client(timeout), TransferRate()
        self._settled = 0  # bytes of the files that are complete
        self._lock = threading.Lock()
        self._thread = Thread(self._run, f"download {released.id}")

    def start(self) -> None:
        self._thread.start()

    def cancel(self) -> None:
        """Returns at once; what has arrived is kept."""
        self._client.cancel()
        with self._lock:
            if self.progress.is_running:
                self.progress = replace(self.progress, state="cancelled", sentence=errors.KEPT, speed=0.0)

    def join(self, seconds: float) -> bool:
        """Waits for the thread's end; whether it has ended."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    # --- the download's own thread ------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            if self._after is not None:
                self._after._thread.join()
            self._client.check()
            self._fetch_all()
            self._show(state="done", sentence="", file="", speed=0.0)
        except Exception as error:
            if self._client.is_cancelled:  # whatever came of being cut off
                return
            known = isinstance(error, DownloadError)
            (_log.info if known else _log.error)("The download of %s failed.", self.released.id, exc_info=error)
            sentence = str(error) if known else f"The download failed ({error or type(error).__name__}). {errors.KEPT}"
            self._show(state="failed", sentence=sentence, speed=0.0)

    def _show(self, **changes: Any) -> None:
        with self._lock:
            if not self._client.is_cancelled:
                self.progress = replace(self.progress, **changes)

    def _fetch_all(self) -> None:
        with disk(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            with alone(self.folder):
                self._fetch_files()

    def _fetch_files(self) -> None:
        transfers = self._transfers()
        total, there = sum(one.file.size or 0 for one in transfers), sum(one.there for one in transfers)
        self._show(total=total, done=there)
        self._look_for_room(total - there)
        for transfer in transfers:
            self._client.check()
            if not transfer.is_complete:
                self._persist(transfer.fetch, transfer.file.path)
            self._settled += transfer.target.stat().st_size
        (self.folder / LISTING).unlink(missing_ok=True)

    def _transfers(self) -> list[Transfer]:
        places = zip(self.released.sources, self._lists(), strict=True)
        return [self._transfer(source, listed, file) for source, listed in places for file in listed.files]

    def _transfer(self, source: Source, listed: Listed, file: RemoteFile) -> Transfer:
        def doing(what: str) -> None:
            self._show(state=what, file=Path(file.path).name, sentence="", speed=0.0)

        def arrived(position: int, new: int) -> None:
            speed = self._speed.add(new)
            self._show(state="downloading", sentence="", file=file.path, done=self._settled + position, speed=speed)

        url, path = source.url(file.path, listed.commit), f"{source.folder}/{file.path}"
        return Transfer(file, url, self.folder, path, self._client, doing, arrived)

    def _lists(self) -> tuple[Listed, ...]:
        """As listed when the download began, so that going on later cannot mix two releases. Addresses come from the
        catalogue, never from that list."""
        inside(self.folder, LISTING)
        with suppress(FileNotFoundError, ValueError):
            lists = listing.kept(self.folder)
            if listing.fits(lists, self.released):
                return lists
        lists = ()

        def ask() -> None:
            nonlocal lists
            lists = tuple(listing.ask(self._client, source) for source in self.released.sources)

        self._persist(ask, "the list of files")
        listing.keep(self.folder, lists)
        return lists

    def _look_for_room(self, needed: int) -> None:
        free = shutil.disk_usage(self.folder).free
        if needed and free < needed + SPARE:
            raise DownloadError(errors.no_room(self.folder, needed + SPARE, free))

    def _persist(self, work: Callable[[], None], what: str) -> None:
        """Tries again and again while something arrives in between, and a few times while nothing does."""
        failures, before = 0, -1
        while True:
            try:
                return work()
            except DownloadError:
                raise
            except NotTheServer as error:
                raise DownloadError(errors.page(what)) from error
            except (*NETWORK, ValueError, KeyError, TypeError) as error:
                self._client.check()
                if not isinstance(error, NETWORK):
                    raise DownloadError(errors.odd_answer(error, self.released)) from error
                if errors.is_final(error):
                    raise DownloadError(errors.sentence(error, what, self.released)) from error
                failures = 0 if self.progress.done > before else failures + 1
                before = max(before, self.progress.done)
                if failures >= len(self._pauses):
                    raise DownloadError(f"{errors.sentence(error, what, self.released)} {errors.KEPT}") from error
                _log.info("Downloading %s: %s; trying again.", what, error)
                self._show(state="waiting", sentence=errors.sentence(error, what, self.released), speed=0.0)
                self._client.wait(self._pauses[failures])
