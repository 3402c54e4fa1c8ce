"""Which files a source has: from the catalogue, or as a hub lists them."""

from __future__ import annotations

import fnmatch
import json
import urllib.parse
from dataclasses import replace

from engine.models.store.catalogue import RemoteFile, Source, checked_path
from engine.models.store.connection import Client

UNWANTED = ("*.py", ".*", "*/.*", "assets/*", "*.gif", "*.jpg", "*.png", "*.mp4")
"""Code is never fetched, for it is never run; pictures are not needed."""


def list_files(client: Client, source: Source) -> list[RemoteFile]:
    """The files of a source, with paths below its folder. Raises `OSError` and `ValueError`."""
    if not source.repo:
        files = list(source.files)
    else:
        files = _of_hub(client, source)
    if not files:
        raise ValueError(f"{source.base_url} lists no files for {source.folder}.")
    return [replace(file, path=f"{source.folder}/{file.path}") for file in files]


def _of_hub(client: Client, source: Source) -> list[RemoteFile]:
    """All at one commit, so that a release that changes while it is fetched is not mixed up."""
    api = f"{source.base_url}/api/models/{source.repo}"
    commit = _read(client, f"{api}/revision/main")["sha"]
    address = f"{source.base_url}/{source.repo}/resolve/{commit}"
    files = []
    for entry in _read(client, f"{api}/tree/{commit}?recursive=true"):
        path = entry["path"]
        if entry["type"] != "file" or any(fnmatch.fnmatch(path, pattern) for pattern in UNWANTED):
            continue
        large = entry.get("lfs") or {}
        url = f"{address}/{urllib.parse.quote(checked_path(path))}"
        git_sha1 = None if large else entry.get("oid")
        files.append(RemoteFile(path, url, large.get("size", entry["size"]), large.get("oid"), git_sha1))
    return files


def _read(client: Client, url: str):
    with client.open(url) as response:
        content = response.read()
    try:
        return json.loads(content)
    except ValueError:
        raise ValueError(f"{urllib.parse.urlsplit(url).hostname} answered with something else than a list of files.") from None
