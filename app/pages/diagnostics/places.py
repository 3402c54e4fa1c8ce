"""Paths without the user's name, for reports that are shown to others."""

from __future__ import annotations

import os
from pathlib import Path


def short(text: object) -> str:
    """A path, or a text with paths in it, with the home folder as ~."""
    home = str(Path.home())
    return str(text) if len(home) < 3 else str(text).replace(home + os.sep, "~" + os.sep)
