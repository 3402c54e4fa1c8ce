"""Whether a file of a release is really there. No torch."""

from __future__ import annotations

from pathlib import Path

AGAIN = "copy or download the model again"
"""What to do about most of what can be wrong with a release, for the end of a sentence."""
_POINTER = b"version https://git-lfs"


def need(path: Path) -> None:
    """Raises `FileNotFoundError` or `ValueError` with a sentence for a file that is missing, empty or only a pointer to one."""
    if not path.is_file():
        raise FileNotFoundError(f"{path.name} is missing in {path.parent}: {AGAIN}.")
    with path.open("rb") as file:
        start = file.read(len(_POINTER))
    if not start:
        raise ValueError(f"{path.name} in {path.parent} is empty: {AGAIN}.")
    if start == _POINTER:
        raise ValueError(f"{path.name} in {path.parent} only points to the file: run `git lfs pull` there.")
