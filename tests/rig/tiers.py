"""The two tiers of the tests: `fast` ones compute and read files, `whole` ones run scenarios."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import pytest

SCENES = frozenset("benchmarks evaluation faults fuzz golden gpu heads packaging rig self_test training".split())
"""Folders, wherever they are: whole runs, training, released models' figures, killed programs, graphics cards, installers."""
STAGES = frozenset({"qapp", "qtbot", "display", "sound_card", "desktop_env"})
"""Fixtures that open a window or a sound card."""
MARKED = ("whole", "desktop", "slow", "look", "cuda")
STARTED = frozenset({"subprocess.Popen", "os.exec", "os.posix_spawn", "os.fork"})

_watched = ""  # the fast test that runs
_is_hooked = False


def tier(item: pytest.Item) -> Literal["fast", "whole"]:
    """Whole: what stands in a folder of scenarios, opens a window or a sound card, or is marked so. Fast is the rest."""
    folders = set(item.nodeid.partition("::")[0].split("/"))
    is_marked = any(item.get_closest_marker(name) for name in MARKED)
    return "whole" if folders & SCENES or STAGES & set(item.fixturenames) or is_marked else "fast"


@contextmanager
def kept_fast(item: pytest.Item) -> Iterator[None]:
    """Meanwhile a fast test that starts a program fails; threads that others may have left are let be."""
    global _watched, _is_hooked
    before = _watched
    if not _is_hooked:
        sys.addaudithook(_refuse)
        _is_hooked = True
    _watched = item.nodeid if item.get_closest_marker("fast") else ""
    try:
        yield
    finally:
        _watched = before


def _refuse(event: str, arguments: tuple) -> None:
    if event in STARTED and _watched and threading.current_thread() is threading.main_thread():
        pytest.fail(f"A fast test starts a program: mark {_watched} as whole.")
