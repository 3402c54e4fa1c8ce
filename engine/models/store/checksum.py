"""Whether a file that arrives in pieces is the one that was published."""

from __future__ import annotations

import hashlib

from engine.models.store.catalogue import RemoteFile


class Checksum:
    """SHA-256, or for a small file on a hub the name of its git blob; without either anything agrees."""

    def __init__(self, file: RemoteFile) -> None:
        self._file, self._sha256 = file, file.sha256
        self.count = 0
        """Bytes that were added."""
        self._read = hashlib.sha256()
        # A blob's name is no protection against an attacker, but the address is https; it is against a damaged line.
        self._blob = hashlib.sha1(f"blob {self._file.size}\0".encode(), usedforsecurity=False)

    def expect(self, sha256: str | None) -> None:
        """What the server says, which counts where the catalogue does not know."""
        self._sha256 = self._sha256 or sha256

    def add(self, block: bytes) -> None:
        self.count += len(block)
        self._read.update(block)
        if self._file.git_sha1:
            self._blob.update(block)

    def agrees(self) -> bool:
        if self._sha256:
            return self._read.hexdigest() == self._sha256.lower()
        if self._file.git_sha1:
            return self._blob.hexdigest() == self._file.git_sha1
        return True
