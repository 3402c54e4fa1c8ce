"""The parts of the program, made in their order and let go in the opposite one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from app.audio.sound import Sound
from app.desktop.last_run import LastRun
from app.engine_client.channel import EngineThread
from app.pages.listening_pages import results_folder
from app.settings.settings import Settings
from app.storage.journal import Journal
from app.storage.library import Library, LibraryError
from app.window import Window
from engine import folders, private
from engine.lm import backend_choice
from engine.models.checkpoints import precision_choice

if TYPE_CHECKING:  # it brings torch along
    from engine.models.spoken_lm import SpokenLM


@contextmanager
def program(
    settings: Settings | None = None, load: Callable[[str], SpokenLM] | None = None, last_run: LastRun | None = None
) -> Iterator[Window]:
    """A window with a library, a sound and an engine of its own, as the settings (by default none but the defaults) say.

    `load`: as for `EngineThread`. `last_run`: one that ended unexpectedly. The QApplication is there already.
    """
    settings = settings or Settings()
    for folder in (folders.config(), results_folder()):
        private.tighten(folder)
    library = _open_library(settings.get("library.folder"))
    journal = Journal(library)
    sound = Sound(settings.get("audio.input_device"), settings.get("audio.output_device"), settings.get("audio.latency"))
    backend_choice.choose(settings.get("engine.backend"))
    precision_choice.choose(settings.get("engine.precision"))
    engine = EngineThread(sound, load, journal, settings.get("engine.threads"))
    window = Window(engine, sound, settings, library, journal, last_run)
    try:
        yield window
    finally:
        window.close()
        journal.close()
        library.close()
        settings.close()


def _open_library(folder: str) -> Library:
    """The library of past sessions; one that cannot be opened says so, and keeps turns as soon as it can."""
    library = Library(Path(folder).expanduser() if folder else None)
    with suppress(LibraryError):
        library.open()
    library.empty_trash()
    return library
