"""The README's pictures can be made again, and show something."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtGui import QImage

from tests.app.pictures import NAMES
from tests.rig.processes import ROOT

pytestmark = [pytest.mark.desktop, pytest.mark.slow]


def test_pictures(desktop_env, tmp_path):
    command = [sys.executable, "-m", "tests.app.pictures", str(tmp_path)]
    child = subprocess.run(command, cwd=ROOT, env=desktop_env, capture_output=True, text=True, timeout=280)
    assert child.returncode == 0, child.stderr[-2000:]
    for name in NAMES:
        picture = QImage(str(tmp_path / f"{name}.png"))
        width, height = picture.width(), picture.height()
        assert (width, height) == (1280, 800) or name == "welcome"
        colours = {picture.pixel(x, y) for x in range(0, width, 7) for y in range(0, height, 7)}
        assert len(colours) > 20, f"{name} shows nothing"
        assert (ROOT / "resources" / "screenshots" / f"{name}.png").exists()
