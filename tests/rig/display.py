"""A virtual X display with a window manager, as a desktop has."""

from __future__ import annotations

import os
import select
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.rig.processes import need, start_server, stop

QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
PATIENCE = 30  # seconds that a server may take to start on a busy machine


@contextmanager
def virtual_display(size: str = "1280x800x24") -> Iterator[dict[str, str]]:
    """Runs Xvfb and openbox; gives the environment variables that make a Qt program in a child appear there.

    A key that is held repeats as on any X server: after 660 ms, 25 times a second, each time as a release and a press
    of the same time.
    """
    need("Xvfb", "openbox", "xprop")
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", size, "-nolisten", "tcp"]
    server = start_server(command, pass_fds=[writer], **QUIET)
    os.close(writer)
    try:
        with os.fdopen(reader) as answer:  # Xvfb finds a free number and writes it when it is ready
            ready, _, _ = select.select([answer], [], [], PATIENCE)
            number = answer.readline().strip() if ready else ""
        if not number:
            raise RuntimeError(f"Xvfb did not start within {PATIENCE} seconds.")
        display = {"DISPLAY": f":{number}"}
        manager = start_server(["openbox", "--sm-disable"], env={**os.environ, **display}, **QUIET)
        try:
            _wait_for_manager(display)
            yield {**display, "QT_QPA_PLATFORM": "xcb"}
        finally:
            stop(manager)
    finally:
        stop(server)


def _wait_for_manager(display: dict[str, str]) -> None:
    """A window that is mapped before the window manager has begun may never be told that it is active."""
    end = time.monotonic() + PATIENCE
    while "window id" not in root_property("_NET_SUPPORTING_WM_CHECK", display):
        if time.monotonic() > end:
            raise RuntimeError(f"openbox did not start within {PATIENCE} seconds.")
        time.sleep(0.02)


def root_property(name: str, display: dict[str, str] | None = None) -> str:
    """What the window manager says of the desktop, as xprop writes it."""
    env = {**os.environ, **(display or {})}
    return subprocess.run(["xprop", "-root", name], capture_output=True, text=True, env=env).stdout
