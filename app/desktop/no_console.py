"""A program without a console, as Windows' Start menu starts it: what it would have said there is shown in a box if it fails."""

from __future__ import annotations

import sys
from collections.abc import Callable
from io import StringIO

_MOST = 2000  # characters in a box
_OURS = "refrain: "


class _Kept(StringIO):
    """Keeps the end of what is written."""

    def write(self, text: str) -> int:
        count = super().write(text)
        if self.tell() > 10 * _MOST:
            rest = self.getvalue()[-_MOST:]
            self.seek(0)
            self.truncate()
            super().write(rest)
        return count


def run(work: Callable[[], int], show: Callable[[str], None] | None = None) -> int:
    """Does the work of the program and returns its exit code. `show` is given what went wrong where nobody could read it."""
    if sys.stderr is not None:
        return work()
    kept = sys.stderr = _Kept()
    try:
        code = work()
    except Exception:
        (show or _box)("Something unexpected went wrong, and Refrain has ended. Its log has more.")
        raise
    finally:
        sys.stderr = None
    if code:
        (show or _box)(_complaint(kept.getvalue()) or f"Refrain has ended with the code {code}. Its log has more.")
    return code


def _complaint(text: str) -> str:
    """Our own sentences; without one, all that was said."""
    lines = text.strip().splitlines()
    own = [line.removeprefix(_OURS) for line in lines if line.startswith(_OURS)]
    return "\n".join(own or lines)[-_MOST:]


def _box(text: str) -> None:
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, text, "Refrain", 0x10010)  # an error; in front
