"""Draws refrain.ico from resources/icons/refrain.svg. Only after the drawing was changed, with the program's own Python:

.venv/bin/python packaging/windows/make_icon.py
"""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
DRAWING = HERE.parents[1] / "resources" / "icons" / "refrain.svg"
SIZES = (16, 20, 24, 32, 40, 48, 64, 256)
"""Pixels: what the taskbar, the Start menu and the Explorer show at scales of 100, 125, 150 and 200 percent."""
_AS_PNG = 256


def icon(drawing: Path = DRAWING) -> bytes:
    """The file: bitmaps with transparency, and a PNG where the system takes one."""
    pictures = [_png(drawing, size) if size >= _AS_PNG else _bitmap(drawing, size) for size in SIZES]
    place = 6 + 16 * len(pictures)
    entries = b""
    for size, picture in zip(SIZES, pictures):
        entries += struct.pack("<4B2H2I", size % 256, size % 256, 0, 0, 1, 32, len(picture), place)
        place += len(picture)
    return struct.pack("<3H", 0, 1, len(pictures)) + entries + b"".join(pictures)


def _bitmap(drawing: Path, size: int) -> bytes:
    """Header, rows from the bottom up, and a mask of nothing: the colours have their own transparency."""
    image = _drawn(drawing, size)
    rows = [bytes(image.constScanLine(row)[: 4 * size]) for row in reversed(range(size))]
    mask = bytes((size + 31) // 32 * 4 * size)
    return struct.pack("<I2i2H6I", 40, size, 2 * size, 1, 32, 0, 0, 0, 0, 0, 0) + b"".join(rows) + mask


def _png(drawing: Path, size: int) -> bytes:
    from PySide6.QtCore import QBuffer, QIODevice

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    _drawn(drawing, size).save(buffer, "PNG")
    return bytes(buffer.data().data())


def _drawn(drawing: Path, size: int):
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(str(drawing)).render(painter)
    painter.end()
    return image


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QGuiApplication

    application = QGuiApplication(sys.argv[:1])
    (HERE / "refrain.ico").write_bytes(icon())
