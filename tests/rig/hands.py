"""Real keys and clicks: what these send comes to a program from the X server, as from a keyboard and a mouse."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from tests.rig.processes import need


class Hands:
    """Keys are named as xdotool names them: "space", "ctrl+p", "F2", "Return"; places are pixels of the whole screen."""

    def __init__(self, env: dict[str, str] | None = None) -> None:
        """`env`: the environment with the display; None is this process's own."""
        need("xdotool")
        self._env = env

    def hold(self, key: str) -> None:
        """Puts a key down. Held longer, it repeats."""
        self._do("keydown", key)

    def let_go(self, key: str) -> None:
        self._do("keyup", key)

    def press(self, *keys: str) -> None:
        """Each is put down and let go, one after another."""
        self._do("key", "--delay", "20", *keys)

    def type(self, text: str) -> None:
        self._do("type", "--delay", "20", text)

    def click(self, place: Sequence[int]) -> None:
        self._do("mousemove", *map(str, place), "click", "1")

    def hold_mouse(self, place: Sequence[int]) -> None:
        """Puts the left button down at a place."""
        self._do("mousemove", *map(str, place), "mousedown", "1")

    def move_mouse(self, place: Sequence[int]) -> None:
        self._do("mousemove", *map(str, place))

    def let_go_mouse(self) -> None:
        self._do("mouseup", "1")

    def minimise(self) -> None:
        """The window that is in front."""
        self._do("getactivewindow", "windowminimize")

    def _do(self, *command: str) -> None:
        subprocess.run(["xdotool", *command], env=self._env, check=True, timeout=30)
