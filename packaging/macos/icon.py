"""Draws refrain.icns from the program's own icon: python packaging/macos/icon.py (needs PySide6; the result is kept).

The format: b"icns", the length of all, then for each size its name, the length with both, and a PNG.
"""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
MARK = HERE.parents[1] / "resources" / "icons" / "refrain.svg"
ICON = HERE / "refrain.icns"
SIZES = {b"ic11": 32, b"ic12": 64, b"ic07": 128, b"ic13": 256, b"ic08": 256, b"ic14": 512, b"ic09": 512, b"ic10": 1024}
"""Name -> pixels: some stand for a size at a high-resolution screen, such as 16 points with 32 pixels."""
MARGIN = 0.1
"""Of the width, left free on each side: icons of this system do not fill their square."""


def pack(pictures: dict[bytes, bytes]) -> bytes:
    """PNGs by their names -> the file."""
    body = b"".join(name + struct.pack(">I", len(png) + 8) + png for name, png in pictures.items())
    return b"icns" + struct.pack(">I", len(body) + 8) + body


def unpack(content: bytes) -> dict[bytes, bytes]:
    """The other way round. Raises `ValueError` for what is no such file."""
    if content[:4] != b"icns" or struct.unpack(">I", content[4:8])[0] != len(content):
        raise ValueError("This is no icon.")
    found, place = {}, 8
    while place < len(content):
        name, length = content[place : place + 4], struct.unpack(">I", content[place + 4 : place + 8])[0]
        found[name] = content[place + 8 : place + length]
        place += length
    return found


def draw(pixels: int) -> bytes:
    """The icon as a PNG."""
    from PySide6.QtCore import QBuffer, QRectF
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(pixels, pixels, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    edge = pixels * MARGIN
    QSvgRenderer(str(MARK)).render(painter, QRectF(edge, edge, pixels - 2 * edge, pixels - 2 * edge))
    painter.end()
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data())


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QGuiApplication

    application = QGuiApplication(sys.argv)
    ICON.write_bytes(pack({name: draw(pixels) for name, pixels in SIZES.items()}))
    print(ICON, ICON.stat().st_size)
