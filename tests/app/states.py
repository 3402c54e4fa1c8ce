"""What else the window can show than the pages as they are at its start: each state of a page, and each dialog."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QWidget
from shiboken6 import delete

from app.pages.blind.page import BlindPage
from app.pages.models.gpu_card import GpuCard
from app.pages.models.page import ModelsPage
from app.pages.settings.erase_everything import question
from app.self_test import Finding
from app.storage.erasing import Kept
from app.storage.library import Amount
from app.window import COMPARE, TALK, Window
from engine import models as engine_models
from engine.gpu.pack import shipped
from engine.gpu.packs import Packs
from engine.gpu.probe import Cuda, Device
from engine.gpu.standing import GpuSystem, judge
from engine.models.store.download import Progress
from engine.models.store.registry import ModelRegistry
from tests.app.pages.blind.listener import Loudspeaker, chooses_second, go_through, items, number

SCHEDULES = ["full", "spark:k=12,first@6+review(top-p=0.9)+slice", "spark:k=4,last@4+review(top-p=0.85)", "spark:triple@4"]
LONG_NAME = "What the capitals of all the countries are that lie to the north of Italy, and of those to its south"
Wait = Callable[[Callable[[], bool]], None]


@contextmanager
def other_pages(folder: Path, wait: Wait) -> Iterator[dict[str, QWidget]]:
    """Pages beside the window's own, each in a state that takes its time to reach."""
    blind = {name: BlindPage(Loudspeaker(), folder / name) for name in ("set-up", "trial", "results")}
    different = items(3)
    same = [replace(one, clips=(one.clips[0], replace(one.clips[1], samples=one.clips[0].samples.copy()))) for one in items(2)]
    models = ModelsPage(ModelRegistry(folder / "models"), gpu=wants_pack(folder / "gpu-pack"))
    pages = {**{f"the {name} of a blind test": page for name, page in blind.items()}, "models": models}
    for page in pages.values():
        page.resize(1100, 700)
        page.show()
    blind["set-up"].set_items([*different, *same])
    for name in ("trial", "results"):
        page = blind[name]
        page.set_items(different)
        page.activateWindow()  # it is answered with keys
        wait(page.isActiveWindow)
        page.setup.methods["preference"].click()
        page.setup.count.setCurrentIndex(page.setup.count.findData(8))
        page.setup.start.click()
        wait(lambda page=page: page.is_running and number(page) > 0)
    done = blind["results"]
    go_through(done, done._playback, "preference", chooses_second, wait)
    wait(lambda: done.summary is not None and done.summary.isVisible())
    broken = folder / "a folder of a model that somebody has copied in a hurry"
    shutil.copytree(engine_models.find("wren"), broken, copy_function=shutil.copyfile)
    (broken / "lm.safetensors").write_bytes((broken / "lm.safetensors").read_bytes()[:5_000_000])
    models.entered()
    models.add_folder(broken)
    wait(lambda: str(broken) in models.cards and bool(models.cards[str(broken)].problem) and not models.is_busy)
    wait(lambda: not models.gpu.is_busy)
    models.gpu.get.click()
    cards = [card for card in models.cards.values() if card.row is not None]
    under_way = Progress("downloading", "", "model-00002-of-00004.safetensors", 8_200_000_000, 21_100_000_000, 35_000_000.0)
    cards[0].show_progress(under_way)
    cards[1].download.click()  # it says what will come from where
    yield pages
    for page in blind.values():
        page.close()
    models.close_models()
    models.close()


def wants_pack(folder: Path) -> GpuCard:
    """A computer with a graphics card of a long name that could be used."""
    device = Device("NVIDIA GeForce RTX 4070 Laptop GPU with Max-Q Design", 8_000_000_000, (8, 9))
    machine = GpuSystem((), "580.95.05", Cuda((13, 0), (device,)))
    return GpuCard(Packs(folder), lambda packs: judge(machine, shipped()[-1], packs, ""))


def render(window: Window, wait: Wait) -> None:
    """The page that compares has replies of four schedules to a spoken question."""
    compare = window.compare
    window.show_page(COMPARE)
    wait(lambda: compare.prompt.bundled.count() > 0)
    compare.prompt.kind.setCurrentIndex(1)
    compare.set_schedules(SCHEDULES)
    wait(compare.bar.render_button.isEnabled)
    compare.start()
    wait(lambda: compare.results.shown is not None)


def open_past(window: Window, wait: Wait) -> None:
    """A past session has a name of the user's, is chosen in the list, and is shown."""
    talk = window.talk
    past = next(info.id for info in talk._library.sessions() if info.id != talk.sessions.current)
    talk._library.rename(past, LONG_NAME)
    talk.sessions.reload()
    wait(lambda: talk.sessions.model.rowCount() > 0)
    talk.sessions.select(past)
    window.show_page(TALK)
    talk.show_session(past)
    wait(lambda: not talk.past.isHidden() and bool(talk.past.cards))


def check_itself(window: Window) -> None:
    """The self-test of the diagnostics has found something, and broke off."""
    view = window.diagnostics.self_test
    view.show()
    for state, words in (("ok", "All are there."), ("failed", f"In {'/home/somebody/folder' * 9} lm.safetensors is missing.")):
        view.run.found.emit(Finding("Own files", state, words, 1.25))
    view.run.ended.emit(f"The self-test broke off: {'the graphics driver has failed ' * 6}. The log may have more.")


def dialogs(window: Window, wait: Wait) -> Iterator[tuple[str, QWidget]]:
    """One at a time."""
    window.show_page(TALK)
    window.show_welcome()
    for step in range(len(window.welcome.steps)):
        window.welcome._go(step)
        yield f"step {step + 1} of the welcome", window.welcome
    window.welcome.reject()
    window.picker.open_editor()
    yield "the schedule editor", window.picker.editor
    window.picker.editor.close()
    window.show_keys()
    yield "the sheet of keys", window._sheet
    window._sheet.close()
    window.show_about()
    wait(lambda: window.about.view.table.rowCount() > 0)
    yield "about the program", window.about
    window.about.close()
    box, _keep = question(window, Kept(Amount(1_204, 17, 0), 12, 12_345_678_901))
    box.show()
    yield "the question before everything is deleted", box
    delete(box)  # before its check box, which Qt goes on drawing
