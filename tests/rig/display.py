"""A virtual X display with a window manager, as a desktop has."""

from __future__ import annotations

import os
import select
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.rig.processes import need, start_server, stop

QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


@contextmanager
def virtual_display(size: str = "1280x800x24") -> Iterator[dict[str, str]]:
    """Runs Xvfb and openbox; gives the environment variables that make a Qt program in a child appear there.

    A key that is held repeats as on any X server: after 660 ms, 25 times a second, each time as a release and a press
    of the same time.
    """
    need("Xvfb", "openbox")
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", size, "-nolisten", "tcp"]
    server = start_server(command, pass_fds=[writer], **QUIET)
    os.close(writer)
    try:
        with os.fdopen(reader) as answer:  # Xvfb finds a free number and writes it when it is ready
            ready, _, _ = select.select([answer], [], [], 30)
            number = answer.readline().strip() if ready else ""
        if not number:
            raise RuntimeError("Xvfb did not start within 30 seconds.")
        display = {"DISPLAY": f":{number}"}
        manager = start_server(["openbox", "--sm-disable"], env={**os.environ, **display}, **QUIET)
        try:
            yield {**display, "QT_QPA_PLATFORM": "xcb"}
        finally:
            stop(manager)
    finally:
        stop(server)
