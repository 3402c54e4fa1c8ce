"""Windows takes its NUL for a terminal; no line that moves is drawn there."""

from __future__ import annotations

import ctypes
import io
import sys
from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from engine.cli import output


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return 2


@pytest.mark.parametrize("is_console", [True, False])
def test_only_a_console_is_a_terminal(monkeypatch, is_console):
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(get_osfhandle=lambda number: 7))
    kernel = SimpleNamespace(GetConsoleMode=lambda handle, mode: int(is_console))
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(kernel32=kernel), raising=False)
    line = output.status("Loading")
    assert isinstance(line, nullcontext) != is_console
