"""One file of a release on its way to the disk: goes on where it was left, and gets its name only when it is checked."""

from __future__ import annotations

import os
import urllib.error
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import BinaryIO

from engine.models.store import errors
from engine.models.store.catalogue import RemoteFile
from engine.models.store.checksum import Checksum
from engine.models.store.connection import Client
from engine.models.store.errors import DownloadError
from engine.models.store.http_response import BLOCK, HttpResponse
from engine.models.store.unfinished import PART, inside

NETWORK = (OSError, HTTPException)
"""What a connection raises, and another try may help against."""
_SIMPLE = os.O_RDWR | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


class Transfer:
    """`file`, at `url`, into `folder`/`path`. What has arrived stands beside its place, with `.part` after its name.

    Whatever a server answers, bytes that have arrived stay until a checksum shows that they are wrong.
    """

    def __init__(
        self,
        file: RemoteFile,
        url: str,
        folder: Path,
        path: str,
        client: Client,
        doing: Callable[[str], None] = lambda what: None,
        arrived: Callable[[int, int], None] = lambda position, new: None,
    ) -> None:
        """`doing` is called before what is here is read again ("checking") or comes once more ("passing"), `arrived` with the
        bytes there are and the new ones. Raises `DownloadError` where links stand in the way."""
        self.file, self._url, self._folder, self._client = file, url, folder, client
        self._doing, self._arrived, self._checksum = doing, arrived, Checksum(file)
        with disk(folder):
            self.target, self.part = inside(folder, path), inside(folder, path + PART)

    @property
    def is_complete(self) -> bool:
        """Only a checked file ever gets its own name."""
        return self.target.is_file() and self.file.size in (None, self.target.stat().st_size)

    @property
    def there(self) -> int:
        """Bytes that need not be fetched any more."""
        path = self.target if self.is_complete else self.part
        return min(path.stat().st_size, self.file.size or path.stat().st_size) if path.is_file() else 0

    def fetch(self) -> None:
        """Raises `DownloadError` with a sentence, what the network raises, or `Cancelled`; what has arrived is kept."""
        file = self.file
        with disk(self._folder):
            self.part.parent.mkdir(parents=True, exist_ok=True)
            with self._opened() as part:
                start = part.seek(0, os.SEEK_END)
                if file.size is not None and start > file.size:  # of another file
                    start = part.truncate(0)
                if self._checksum.count != start:  # else it is known from the try before
                    self._read_again(part)
                if start == 0 or start != file.size:
                    self._receive(part, start)
                    part.flush()
                    os.fsync(part.fileno())
            if not self._checksum.agrees():
                self.part.unlink()
                raise DownloadError(errors.damaged(self.target.name))
            os.replace(self.part, self.target)

    def _opened(self) -> BinaryIO:
        """The part; a link that was put there meanwhile is not followed."""
        return os.fdopen(os.open(self.part, _SIMPLE | os.O_CREAT, 0o666), "r+b")

    def _read_again(self, part: BinaryIO) -> None:
        """The checksum of what arrived in an earlier run."""
        self._checksum = Checksum(self.file)
        part.seek(0)
        while block := part.read(BLOCK):
            self._doing("checking")
            self._client.check()
            self._checksum.add(block)

    def _receive(self, part: BinaryIO, start: int) -> None:
        """The rest of a file. Raises what the network raises, inside `_Lost`."""
        with self._answer(start) as answer:
            self._judge(answer)
            self._checksum.expect(answer.sha256)
            size = self.file.size if self.file.size is not None else answer.whole
            if (answer.start or 0) < start:
                self._pass_over(answer, part, start)
            part.seek(start)
            for block in self._blocks(answer, start, size):
                part.write(block)
                self._checksum.add(block)
                start += len(block)
                self._arrived(start, len(block))
        if size is not None and start < size:
            raise _Lost(ConnectionError("the connection was lost"))

    def _answer(self, start: int) -> HttpResponse:
        """From `start` on, or from the beginning if the server cannot begin there."""
        with _network(self._client):
            if start:
                try:
                    answer = self._client.open(self._url, start)
                    if answer.start in (0, start):
                        return answer
                    answer.close()
                except urllib.error.HTTPError as error:
                    if error.code != 416:
                        raise
            return self._client.open(self._url)

    def _judge(self, answer: HttpResponse) -> None:
        """Raises `DownloadError` if this is not the file."""
        file, name = self.file, self.target.name
        if answer.is_page and not name.lower().endswith((".html", ".htm")):
            raise DownloadError(errors.page(name))
        if answer.coding:
            raise DownloadError(errors.packed(name, answer.coding))
        if file.size is not None and answer.whole not in (None, file.size):
            raise DownloadError(errors.other(name, file.size, answer.whole))
        if answer.start is None:
            raise DownloadError(errors.other(name, file.size, None))

    def _pass_over(self, answer: HttpResponse, part: BinaryIO, count: int) -> None:
        """What is here already comes again, and must be the same. Raises `DownloadError` if it is not."""
        self._doing("passing")
        part.seek(0)
        for block in self._blocks(answer, 0, count):
            if block != part.read(len(block)):
                raise DownloadError(errors.unlike(self.target.name))
        if part.tell() < count:
            raise _Lost(ConnectionError("the connection was lost"))

    def _blocks(self, answer: HttpResponse, start: int, size: int | None) -> Iterator[bytes]:
        """As they arrive. What the network raises passes through `disk`, though a file is being written."""
        while size is None or start < size:
            with _network(self._client):
                block = answer.read(BLOCK if size is None else min(BLOCK, size - start))
            self._client.check()
            if not block:
                return
            start += len(block)
            yield block


class _Lost(ConnectionError):
    """The network failed while a file was open for writing; the reason is its cause."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.__cause__ = error


@contextmanager
def _network(client: Client) -> Iterator[None]:
    try:
        yield
    except (*NETWORK, ValueError) as error:  # the latter from a socket that was cut off
        client.check()
        raise _Lost(error) from error


@contextmanager
def disk(folder: Path) -> Iterator[None]:
    """What goes wrong with files becomes `DownloadError`; what goes wrong with the network is tried again."""
    try:
        yield
    except _Lost:
        raise
    except OSError as error:
        raise DownloadError(errors.on_disk(error, folder)) from error
