"""Which files a source has, from the catalogue or as a hub lists them; and the list that a download keeps beside them."""

from __future__ import annotations

import fnmatch
import json
import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from engine import whole_file
from engine.models.store.catalogue import Offer, RemoteFile, Source, checked_path
from engine.models.store.connection import Client
from engine.models.store.http_response import HttpResponse
from engine.quoting import reason, shown

LISTING = "download.json"
"""Beside the files while they are not all there."""
UNWANTED = ("*.py", ".*", "*/.*", "assets/*", "*.gif", "*.jpg", "*.png", "*.mp4")
"""Code is never fetched, for it is never run; pictures are not needed."""
_LONGEST = 20_000_000  # bytes of a list
_COMMIT = re.compile(r"[0-9A-Za-z._-]{1,64}")


@dataclass(frozen=True)
class Listed:
    """What belongs into `folder`; a hub has it at `commit`. Raises `ValueError` for what is no list of a model's files."""

    folder: str
    commit: str
    files: tuple[RemoteFile, ...]

    def __post_init__(self) -> None:
        checked_path(self.folder)
        if not isinstance(self.commit, str) or not (self.commit == "" or _COMMIT.fullmatch(self.commit)):
            raise ValueError(f"The commit is odd ({shown(self.commit)}).")
        names = {file.path.lower() for file in self.files}
        if len(names | {f"{name}.part" for name in names}) < 2 * len(self.files):
            raise ValueError(f"Two files of {self.folder} would have one name.")
        if any(is_unwanted(file.path) for file in self.files):
            raise ValueError(f"The list of {self.folder} has files that are no part of a model.")


def is_unwanted(path: str) -> bool:
    return any(fnmatch.fnmatch(path.lower(), pattern) for pattern in UNWANTED)


def parse(text: str | bytes) -> tuple[Listed, ...]:
    """What `kept` wrote. Raises `ValueError` for anything else: the file may come from elsewhere, too."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("It is no list of files, but something that cannot be read.") from None
    try:
        return tuple(_listed(one) for one in read["sources"])
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"It is no list of files ({reason(error)}).") from None


def kept(folder: Path) -> tuple[Listed, ...]:
    """The list beside an unfinished download's files. Raises `OSError`, and `ValueError` if it is not one."""
    with (folder / LISTING).open("rb") as stream:
        text = stream.read(_LONGEST + 1)
    if len(text) > _LONGEST:
        raise ValueError("It is too long for a list of files.")
    return parse(text)


def keep(folder: Path, lists: tuple[Listed, ...]) -> None:
    """Raises `OSError`."""
    whole_file.write(folder / LISTING, json.dumps({"sources": [asdict(one) for one in lists]}, indent=1).encode())


def fits(lists: tuple[Listed, ...], released: Offer) -> bool:
    """Whether these can be the lists of a release's sources."""
    return [one.folder for one in lists] == [source.folder for source in released.sources]


def ask(client: Client, source: Source) -> Listed:
    """The files of a source. Raises `OSError` and `ValueError`."""
    commit, files = _of_hub(client, source) if source.repo else ("", [_with_size(client, source, one) for one in source.files])
    if not files:
        raise ValueError(f"{source.server} lists no files for {source.folder}.")
    return Listed(source.folder, commit, tuple(files))


def _of_hub(client: Client, source: Source) -> tuple[str, list[RemoteFile]]:
    """All at one commit, so that a release that changes while it is fetched is not mixed up."""
    api = f"{source.server}/api/models/{source.repo}"
    commit = _read(client, f"{api}/revision/main")["sha"]
    if not isinstance(commit, str) or not _COMMIT.fullmatch(commit):
        raise ValueError(f"The commit is odd ({shown(commit)}).")
    files = []
    for entry in _read(client, f"{api}/tree/{commit}?recursive=true"):
        if entry["type"] != "file" or is_unwanted(str(entry["path"])):
            continue
        large = entry.get("lfs") or {}
        git_sha1 = None if large else entry.get("oid")
        files.append(RemoteFile(entry["path"], large.get("size", entry["size"]), large.get("oid"), git_sha1))
    return commit, files


def _with_size(client: Client, source: Source, file: RemoteFile) -> RemoteFile:
    """As the catalogue knows it, and what it does not know from the server."""
    if file.size is not None:
        return file
    with client.open(source.url(file.path, "")) as answer:
        if answer.is_page:
            raise NotTheServer
        return replace(file, size=answer.whole, sha256=file.sha256 or answer.sha256)


def _read(client: Client, url: str) -> Any:
    with client.open(url) as answer:
        if answer.is_page:
            raise NotTheServer
        content = _content(answer)
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise ValueError("What arrived instead of a list of files cannot be read.") from None


def _content(answer: HttpResponse) -> bytes:
    content = bytearray()
    while block := answer.read():
        content += block
        if len(content) > _LONGEST:
            raise ValueError("What arrived instead of a list of files does not end.")
    return bytes(content)


def _listed(read: dict[str, Any]) -> Listed:
    return Listed(read["folder"], read["commit"], tuple(RemoteFile(**file) for file in read["files"]))


class NotTheServer(Exception):
    """A web page came, which something between here and the server sent."""
