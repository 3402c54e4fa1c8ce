"""The released models that can be downloaded: what `resources/models/catalogue.json` says of them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engine.resources import resources_folder


@dataclass(frozen=True)
class RemoteFile:
    """`path` is relative to its source's folder, with slashes. None: only the server knows it."""

    path: str
    url: str
    size: int | None = None
    sha256: str | None = None
    git_sha1: str | None = None  # of a small file on a hub: the name of its blob


@dataclass(frozen=True)
class Source:
    """Files that belong into `folder`. With a `repo` the server is a hub that lists them; else `files` names them."""

    base_url: str
    folder: str
    repo: str = ""
    files: tuple[RemoteFile, ...] = ()


@dataclass(frozen=True)
class Released:
    """A model as its makers publish it."""

    id: str
    family: str
    name: str
    description: str
    licence: str
    licence_note: str
    page: str
    parameters: int
    download_bytes: int  # about
    memory_bytes: int  # weights and work space at the released precision
    kv_bytes_per_position: int
    context: int
    sources: tuple[Source, ...]

    @property
    def host(self) -> str:
        return ", ".join(sorted({source.base_url.split("://")[-1].split("/")[0] for source in self.sources}))


def read(path: Path | None = None) -> tuple[Released, ...]:
    """Raises `ValueError` with a sentence for a file that is missing or damaged."""
    path = path or resources_folder() / "models" / "catalogue.json"
    try:
        return tuple(_released(entry) for entry in json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"The catalogue of models {path} cannot be read ({error}). Please reinstall Refrain.") from error


def files_to_json(files: list[RemoteFile]) -> list[dict[str, Any]]:
    return [asdict(file) for file in files]


def files_from_json(read: list[dict[str, Any]]) -> list[RemoteFile]:
    """Raises `ValueError`, `KeyError` or `TypeError` for what was not written by `files_to_json`."""
    files = [RemoteFile(**entry) for entry in read]
    for file in files:
        checked_path(file.path)
    return files


def checked_path(path: str) -> str:
    """A relative path that stays inside its folder. Raises `ValueError`."""
    parts = path.split("/")
    if not path or "\\" in path or ":" in path or any(part in ("", ".", "..") for part in parts):
        raise ValueError(f"The server names a file that Refrain does not write: {path!r}.")
    return path


def _released(entry: dict[str, Any]) -> Released:
    return Released(**{**entry, "sources": tuple(_source(source) for source in entry["sources"])})


def _source(entry: dict[str, Any]) -> Source:
    base = entry["base_url"].rstrip("/")
    files = tuple(
        RemoteFile(checked_path(file["path"]), f"{base}/{file['path']}", file.get("size"), file.get("sha256"))
        for file in entry.get("files") or ()
    )
    return Source(base, entry["folder"], entry.get("repo", ""), files)
