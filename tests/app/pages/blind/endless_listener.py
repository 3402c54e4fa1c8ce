"""A program that takes a preference test, says so after some answers, and goes on until it is killed."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.pages.blind.page import BlindPage
from app.widgets import theme
from tests.app.pages.blind.listener import Loudspeaker, chooses_second, go_through, items, until


def main(folder: str, answers: str) -> None:
    app = QApplication(["refrain"])
    theme.install(app, "light")
    playback = Loudspeaker()
    page = BlindPage(playback, Path(folder))
    page.set_items(items())
    page.show()
    page.activateWindow()
    until(page.isActiveWindow)
    page.setup.count.setCurrentIndex(page.setup.count.findData(40))
    page.setup.start.click()
    until(lambda: page.is_running)
    go_through(page, playback, "preference", chooses_second, until, trials=int(answers))
    print("answered", flush=True)
    go_through(page, playback, "preference", chooses_second, slowly)


def slowly(condition) -> None:
    """So that the kill comes in the middle."""
    from PySide6.QtTest import QTest

    until(condition)
    QTest.qWait(500)


if __name__ == "__main__":
    main(*sys.argv[1:])
