"""Where a user's settings, sessions and logs are kept: in the places of the system, or all in one folder. No torch."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_config_path, user_data_path, user_log_path

VARIABLE = "REFRAIN_DATA"
"""The environment variable with a folder for all of it. Models and what is computed from them stay where they are."""


def own() -> Path | None:
    """The folder that was asked for; None leaves it to the system."""
    folder = os.environ.get(VARIABLE)
    return Path(folder).expanduser().absolute() if folder else None


def config() -> Path:
    """For what the user has set."""
    return own() or user_config_path("refrain", appauthor=False)


def data() -> Path:
    """For what the user has made: sessions, answers to blind tests."""
    return own() or user_data_path("refrain", appauthor=False)


def logs() -> Path:
    folder = own()
    return folder / "logs" if folder else user_log_path("refrain", appauthor=False)
