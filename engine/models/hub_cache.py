"""Folders as the hub's programs keep them: `models--ORG--NAME/snapshots/COMMIT`, whose files are links to `blobs`. No torch."""

from __future__ import annotations

from pathlib import Path

_REPO = "models--"
_MOST = 2000  # folders inside one that are looked at


def snapshot(folder: Path) -> Path:
    """The newest commit's files, if `folder` is a repository of the cache or its `snapshots`; else the folder itself."""
    place = folder if folder.name == "snapshots" else folder / "snapshots"
    if not place.parent.name.startswith(_REPO) or not place.is_dir():
        return folder
    commits = [one for one in folders_in(place) if (one / "config.json").is_file() or (one / "hift.pt").is_file()]
    try:
        main = place / (place.parent / "refs" / "main").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        main = None
    if main in commits:
        return main
    return max(commits, key=lambda one: one.stat().st_mtime, default=folder)


def label(folder: Path) -> str:
    """What people call a model's folder: in a cache the repository's name, else its own."""
    if folder.parent.name == "snapshots":
        folder = folder.parent.parent
    return folder.name.rpartition("--")[2] if folder.name.startswith(_REPO) else folder.name


def folders_in(folder: Path) -> list[Path]:
    """Those right inside, in order; none where it cannot be read."""
    try:
        inside = sorted(folder.iterdir())[:_MOST]
        return [one for one in inside if one.is_dir()]
    except OSError:
        return []
