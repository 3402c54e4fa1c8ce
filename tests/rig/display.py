"""A virtual X display."""

from __future__ import annotations

import os
import select
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.rig.processes import need, start_server, stop


@contextmanager
def virtual_display(size: str = "1280x800x24") -> Iterator[dict[str, str]]:
    """Runs Xvfb; gives the environment variables that make a Qt program in a child appear on it."""
    need("Xvfb")
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", size, "-nolisten", "tcp"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = start_server(command, pass_fds=[writer], **quiet)
    os.close(writer)
    try:
        with os.fdopen(reader) as answer:  # Xvfb finds a free number and writes it when it is ready
            ready, _, _ = select.select([answer], [], [], 30)
            number = answer.readline().strip() if ready else ""
        if not number:
            raise RuntimeError("Xvfb did not start within 30 seconds.")
        yield {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
    finally:
        stop(server)
