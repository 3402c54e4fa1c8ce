"""The released models that can be downloaded: what `resources/models/catalogue.json` says of them."""

from __future__ import annotations

import json
import os
import re
import urllib.parse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.quoting import reason, shown
from engine.resources import resources_folder

HUB = "https://huggingface.co"
MIRROR = "HF_ENDPOINT"
"""The environment variable that names another server with the hub's files, as the hub's own programs know it."""
_MOST = 10**14  # bytes of a file
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # names that are devices on Windows


@dataclass(frozen=True)
class RemoteFile:
    """`path` is relative to its source's folder, with slashes. None: only the server knows it."""

    path: str
    size: int | None = None
    sha256: str | None = None
    git_sha1: str | None = None  # of a small file on a hub: the name of its blob

    def __post_init__(self) -> None:
        """Raises `ValueError` for what cannot be, wherever it comes from."""
        checked_path(self.path)
        if self.size is not None and (type(self.size) is not int or not 0 <= self.size <= _MOST):
            raise ValueError(f"The size of {self.path} is odd ({shown(self.size)}).")
        for value, digits in ((self.sha256, 64), (self.git_sha1, 40)):
            if value is not None and not (isinstance(value, str) and re.fullmatch(rf"[0-9a-fA-F]{{{digits}}}", value)):
                raise ValueError(f"The checksum of {self.path} is odd ({shown(value)}).")


@dataclass(frozen=True)
class Source:
    """Files that belong into `folder`. With a `repo` the server is a hub that lists them; else `files` names them."""

    base_url: str
    folder: str
    repo: str = ""
    files: tuple[RemoteFile, ...] = ()

    @property
    def server(self) -> str:
        """The address; a hub's files are fetched from a mirror of it if the environment names one."""
        mirror = os.environ.get(MIRROR, "").strip().rstrip("/")
        return mirror if mirror and self.base_url == HUB else self.base_url

    def url(self, path: str, commit: str) -> str:
        """Where a file is that stands at `path` in `folder`; a hub has it at a commit."""
        place = f"{self.server}/{self.repo}/resolve/{commit}" if self.repo else self.server
        return f"{place}/{urllib.parse.quote(path)}"


@dataclass(frozen=True)
class Offer:
    """Something that its makers publish and that can be fetched: from where, how large, and under which licence."""

    id: str
    name: str
    licence: str
    licence_note: str
    page: str
    download_bytes: int  # about
    sources: tuple[Source, ...]
    by_hand = "choose Add folder"
    """What else can be done where the network does not give it."""

    @property
    def host(self) -> str:
        return ", ".join(sorted({source.server.split("://")[-1].split("/")[0] for source in self.sources}))


@dataclass(frozen=True)
class Released(Offer):
    """A model as its makers publish it."""

    family: str
    description: str
    parameters: int
    weights_bytes: int  # of the language model at the released precision, as the planner counts them
    ear_and_voice_bytes: int
    kv_bytes_per_position: int
    context: int


def read(path: Path | None = None) -> tuple[Released, ...]:
    """Raises `ValueError` with a sentence for a file that is missing or damaged."""
    path = path or resources_folder() / "models" / "catalogue.json"
    try:
        return tuple(_released(entry) for entry in json.loads(path.read_text(encoding="utf-8-sig")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"The catalogue of models {path} cannot be read ({reason(error)}). Please reinstall Refrain.") from error


def checked_path(path: str) -> str:
    """A relative path that stays inside its folder, and is a file's on every system. Raises `ValueError`."""
    parts = path.split("/") if isinstance(path, str) and len(path) < 1000 else [""]
    if any(not part or part[-1] in ". " or _RESERVED.fullmatch(part) or not part.isprintable() for part in parts) or any(
        odd in path for odd in '\\:*?"<>|'
    ):
        raise ValueError(f"The server names a file that Refrain does not write: {str(path)[:200]!r}.")
    return path


def _released(entry: dict[str, Any]) -> Released:
    return Released(**{**entry, "sources": tuple(_source(source) for source in entry["sources"])})


def _source(entry: dict[str, Any]) -> Source:
    files = tuple(RemoteFile(file["path"], file.get("size"), file.get("sha256")) for file in entry.get("files") or ())
    return Source(entry["base_url"].rstrip("/"), checked_path(entry["folder"]), entry.get("repo", ""), files)
