"""`python -m tests.rig python -m tests.app.pictures FOLDER`: the pictures that the README shows, from a session with Wren."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):  # nobody's own sessions are in the pictures
    os.environ[name] = tempfile.mkdtemp(prefix="refrain-pictures-")

import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402
from PySide6.QtCore import QEventLoop, Qt, QTimer  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402

from app.program import program  # noqa: E402
from app.settings.settings import Settings  # noqa: E402
from app.widgets import theme  # noqa: E402
from app.window import DIAGNOSTICS, MODELS, SETTINGS, TALK, Window  # noqa: E402
from engine import audio_files  # noqa: E402

PATIENCE = 120.0
QUESTION = Path(__file__).parent / "two_plus_two.flac"
COMMONEST, COLOURS = 8, 24
NAMES = ("talk", "talk-dark", "compare", "blind-test", "models", "settings", "diagnostics", "welcome")


def until(condition: Callable[[], bool]) -> None:
    """Waits in an event loop as a user's program does; `QTest.qWait` keeps Python's lock, and the engine would crawl."""
    loop, timer, end = QEventLoop(), QTimer(interval=20), time.monotonic() + PATIENCE

    def look() -> None:
        if condition() or time.monotonic() > end:
            loop.quit()

    timer.timeout.connect(look)
    timer.start()
    loop.exec()
    if not condition():
        raise SystemExit("The window did not do what the picture needs.")


def rest(seconds: float) -> None:
    end = time.monotonic() + seconds
    until(lambda: time.monotonic() >= end)


def main(folder: Path) -> None:
    app = QApplication(["refrain"])
    theme.install(app, "light")
    with program(Settings()) as window:
        window.show()
        window.resize(1280, 800)  # all of the display, which has no frames
        take(window, folder)


def save(widget: QWidget, path: Path) -> None:
    """A picture of few colours, a quarter of the size: the repository keeps every version of it."""
    widget.grab().save(str(path))
    in_few_colours(Image.open(path)).save(path, optimize=True)


def in_few_colours(picture: Image.Image) -> Image.Image:
    """The commonest colours, then again and again the one that is far from all of them and common: a line's stays what it is."""
    pixels = np.asarray(picture.convert("RGB")).reshape(-1, 3)
    found, which, counts = np.unique(pixels, axis=0, return_inverse=True, return_counts=True)
    kept = np.argsort(-counts)[:COMMONEST].tolist()

    def away() -> np.ndarray:
        return np.square(found[:, None].astype(int) - found[kept].astype(int)).sum(-1)

    while len(kept) < min(COLOURS, len(found)):
        kept.append(int(np.argmax(np.sqrt(counts) * away().min(1))))
    few = Image.fromarray(away().argmin(1).astype(np.uint8)[which].reshape(picture.height, picture.width))
    few.putpalette(found[kept].tobytes())
    return few


def take(window: Window, folder: Path) -> None:
    app, conversation = QApplication.instance(), window.conversation

    def grab(name: str) -> None:
        rest(0.4)
        save(window, folder / f"{name}.png")

    def answered() -> None:
        until(lambda: conversation.last is not None and not conversation.is_busy)

    until(lambda: conversation.model is not None and window.sound.is_settled)
    for typed in ("tell me a joke about a cat", "what is early exit"):
        conversation.ask(typed)
        answered()
        window.begin_session()
    conversation.ask_aloud(*audio_files.read(QUESTION))
    answered()
    conversation.ask("what is the capital of italy")
    answered()
    window.picker.choose("spark:k=4,last@5")
    conversation.choose_schedule("spark:k=4,last@5")
    conversation.ask("what is a refresh")
    answered()
    grab("talk")
    theme.choose(app, "dark")
    grab("talk-dark")
    theme.choose(app, "light")

    window.listening.ask(conversation.last)
    compare = window.compare
    compare.set_schedules(["full", "spark:k=4,last@8", "spark:k=4,last@5+review"])
    until(compare.bar.render_button.isEnabled)
    QTest.mouseClick(compare.bar.render_button, Qt.MouseButton.LeftButton)
    until(lambda: compare.results.shown is not None)
    grab("compare")
    QTest.mouseClick(compare.results.blind, Qt.MouseButton.LeftButton)
    grab("blind-test")
    for number, name in ((MODELS, "models"), (SETTINGS, "settings"), (DIAGNOSTICS, "diagnostics")):
        window.show_page(number)
        rest(1.5)  # what they show is found out in the background
        grab(name)
    window.show_page(TALK)
    window.show_welcome()
    rest(0.4)
    save(window.welcome, folder / "welcome.png")
    window.welcome.reject()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
