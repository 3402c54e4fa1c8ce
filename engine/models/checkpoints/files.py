"""Whether a file of a release is really there, and what is in it, as far as there is not too much of it. No torch."""

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


def read_text(path: Path, most: int) -> str:
    """A file of text, with or without a mark of byte order. Raises as `need`, and `ValueError` for more than `most` bytes."""
    need(path)
    with path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise ValueError(f"{path} is far too long for what it should be, more than {most:,} bytes: {AGAIN}.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is damaged, for it is no text: {AGAIN}.") from None
