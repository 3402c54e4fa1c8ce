"""Where the files are that ship with Refrain. No torch, no Qt."""

from __future__ import annotations

from pathlib import Path


def resources_folder() -> Path:
    """The folder `resources`: beside `engine` in a source tree, in site-packages and in an installer's tree alike.

    Raises `FileNotFoundError` with a sentence where an installation lacks it.
    """
    folder = Path(__file__).resolve().parents[1] / "resources"
    if not folder.is_dir():
        raise FileNotFoundError(f"Refrain's own files are missing: {folder} is not there. Please reinstall Refrain.")
    return folder
