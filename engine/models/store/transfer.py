"""One file of a release on its way to the disk: goes on where it was left, and gets its name only when it is checked."""

from __future__ import annotations

import os
import urllib.error
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from pathlib import Path

from engine.models.store import trouble
from engine.models.store.catalogue import RemoteFile
from engine.models.store.checksum import Checksum
from engine.models.store.connection import Client
from engine.models.store.trouble import Failed
from engine.models.store.unfinished import LISTING

BLOCK = 1 << 18  # bytes
NETWORK = (OSError, HTTPException)
"""What a connection raises, and another try may help against."""


class Transfer:
    """`file` below `folder`. What has arrived stands beside its place, with `.part` after its name."""

    def __init__(
        self,
        file: RemoteFile,
        folder: Path,
        client: Client,
        checking: Callable[[], None] = lambda: None,
        arrived: Callable[[int, int], None] = lambda position, new: None,
    ) -> None:
        """`checking` is called before an earlier part is read again, `arrived` with the bytes there are and the new ones."""
        self.file, self._folder, self._client = file, folder, client
        self._checking, self._arrived = checking, arrived
        self.target = folder / file.path
        self.part = self.target.with_name(self.target.name + ".part")

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
        """Raises `Failed` with a sentence, what the network raises, or `Cancelled`; what has arrived is kept."""
        file, part, checksum = self.file, self.part, Checksum(self.file)
        with disk(self._folder):
            part.parent.mkdir(parents=True, exist_ok=True)
            start = part.stat().st_size if part.is_file() else 0
            if file.size is not None and start > file.size:
                part.unlink()
                start = 0
            self._read_again(checksum)
        if start == 0 or start != file.size:
            self._receive(start, checksum)
        if not checksum.agrees():
            with disk(self._folder):
                part.unlink()
            raise Failed(trouble.damaged(self.target.name))
        with disk(self._folder):
            os.replace(part, self.target)

    def _read_again(self, checksum: Checksum) -> None:
        """The checksum of what arrived in an earlier run."""
        if not self.part.is_file():
            return
        with self.part.open("rb") as stream:
            self._checking()
            while block := stream.read(BLOCK):
                self._client.check()
                checksum.add(block)

    def _receive(self, start: int, checksum: Checksum) -> None:
        """The rest of a file, or all of it from a server that cannot begin in the middle. Raises what the network raises."""
        file, part = self.file, self.part
        try:
            response = self._client.open(file.url, start)
        except urllib.error.HTTPError as error:
            if error.code != 416:
                raise
            error.close()
            with disk(self._folder):  # the part is longer than the file: it is of another one
                part.unlink(missing_ok=True)
            raise ConnectionError("the part did not fit") from error
        with response:
            whole = _whole_size(response)
            if start and not (response.status == 206 and _range_start(response) == start):
                start = 0
                checksum.begin()
            if file.size is not None and whole is not None and whole != file.size:
                (self._folder / LISTING).unlink(missing_ok=True)
                raise Failed(trouble.changed(self.target.name))
            checksum.expect(self._client.sha256(response))
            size = file.size if file.size is not None else whole
            with disk(self._folder), part.open("r+b" if start else "wb") as stream:
                stream.seek(start)
                stream.truncate()
                for block in self._blocks(response, start, size):
                    stream.write(block)
                    checksum.add(block)
                    start += len(block)
                    self._arrived(start, len(block))
                stream.flush()
                os.fsync(stream.fileno())
        if size is not None and start < size:
            raise ConnectionError("the connection was lost")

    def _blocks(self, response: HTTPResponse, start: int, size: int | None) -> Iterator[bytes]:
        """As they arrive. What the network raises passes through as it is, though a file is being written."""
        while size is None or start < size:
            try:
                block = response.read1(BLOCK if size is None else min(BLOCK, size - start))
            except (*NETWORK, ValueError) as error:  # the latter from a socket that was cut off
                self._client.check()
                raise _Lost(error) from error
            self._client.check()
            if not block:
                return
            start += len(block)
            yield block


class _Lost(ConnectionError):
    """The network failed while a file was open for writing."""


@contextmanager
def disk(folder: Path) -> Iterator[None]:
    """What goes wrong with files becomes `Failed`, told apart from what goes wrong with the network, which is tried again."""
    try:
        yield
    except _Lost:
        raise
    except OSError as error:
        raise Failed(trouble.on_disk(error, folder)) from error


def _whole_size(response: HTTPResponse) -> int | None:
    """Of the file, as this response tells."""
    if response.status == 206:
        total = (response.headers.get("Content-Range") or "").rpartition("/")[2]
        return int(total) if total.isdigit() else None
    length = response.headers.get("Content-Length") or ""
    return int(length) if length.isdigit() else None


def _range_start(response: HTTPResponse) -> int | None:
    first = (response.headers.get("Content-Range") or "").removeprefix("bytes").strip().partition("-")[0]
    return int(first) if first.isdigit() else None
