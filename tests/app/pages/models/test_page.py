"""The page with the real Wren, with broken folders, and with a download from a real server."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QFileDialog

from app.engine_client.commands import ModelFacts
from app.pages.models.page import ModelsPage
from engine import models
from engine.models.store import catalogue
from engine.models.store.catalogue import Source
from engine.models.store.download import Download
from engine.models.store.registry import ModelRegistry
from engine.models.store.unfinished import LISTING
from engine.models.tiny import make
from tests.engine.models.store.file_server import file_server
from tests.engine.models.store.test_folders import WREN, copied, cut
from tests.golden import golden_folder

PATIENCE = 60_000  # milliseconds
GOLDEN = golden_folder(".").resolve()
FACTS = ModelFacts("wren", str(WREN), 12, (3, 9), 16, 25.0, 480, 83_000_000, 24_576)


@pytest.fixture
def pages(qtbot, tmp_path):
    """Makes pages on the same data, as a program that is started again."""
    made = []

    def make(**settings):
        page = ModelsPage(ModelRegistry(tmp_path / "data"), **settings)
        qtbot.addWidget(page)
        page.resize(1180, 1800)  # nothing is out of sight, where it could not be clicked
        page.show()
        page.entered()
        made.append(page)
        settle(qtbot, page)
        return page

    yield make
    for page in made:
        page.close_models()


@pytest.fixture
def page(pages):
    return pages()


def settle(qtbot, page):
    shown = lambda: bool(page.cards) and all(card.isVisible() for card in page.cards.values())  # noqa: E731
    qtbot.waitUntil(lambda: not page.is_busy and shown(), timeout=PATIENCE)


def click(button):
    assert button.isVisible() and button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_wren_is_there_from_the_start(page):
    assert list(page.cards) == [*models.SHIPPED, "lfm2.5-audio-1.5b", "glm-4-voice-9b", "step-audio-2-mini"]
    card = page.cards["wren"]
    assert card.state == "Installed" and not card.problem
    assert "25.0 M parameters" in card.text("Size") and "MB on disk" in card.text("Size")
    assert "480 positions" in card.text("Needs") and "runs on this computer" in card.text("Here")
    assert card.text("Licence") and not card.remove.isVisible() and not card.download.isVisible()


def test_use_is_an_intent_and_the_answer_is_shown(page, qtbot):
    card, asked = page.cards["wren"], []
    page.use_requested.connect(asked.append)
    click(card.use)
    assert asked == ["wren"] and card.state == "Loading…" and not card.use.isEnabled()
    page.set_model(FACTS)
    assert card.state == "In use" and not card.use.isVisible()
    assert "In memory now: 83.0 MB of weights" in card.text("Needs") and "for the libraries" in card.text("Needs")
    page.refresh()
    settle(qtbot, page)
    assert card.state == "In use"
    page.set_model(None)
    click(card.use)
    page.show_error("The weights are incomplete.")
    assert card.state == "Installed" and card.use.isEnabled() and page.notice == "The weights are incomplete."


def test_a_model_in_use_that_is_not_listed_is_said(page):
    page.set_model(replace(FACTS, name="mine", folder="/somewhere/mine"))
    assert "In use: mine" in page._in_use_line.text() and page._in_use_line.isVisible()
    assert page.cards["wren"].state == "Installed"


def test_an_added_folder_survives_a_restart_and_is_used_by_its_place(page, pages, qtbot, tmp_path, monkeypatch):
    folder = copied(WREN, tmp_path / "mine")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    click(page.add_button)
    settle(qtbot, page)
    assert "was added" in page.notice and page.cards[str(folder)].state == "Installed"
    page.close_models()

    again, asked = pages(), []
    again.use_requested.connect(asked.append)
    card = again.cards[str(folder)]
    assert card.text("Folder") == str(folder)
    click(card.use)
    again.set_model(replace(FACTS, folder=str(folder)))
    assert asked == [str(folder)] and card.state == "In use" and again.cards["wren"].state == "Installed"
    assert not card.remove.isEnabled()  # not while it answers
    again.set_model(FACTS)
    click(card.remove)
    settle(qtbot, again)
    assert str(folder) not in again.cards and "untouched" in again.notice
    assert {path.name for path in folder.iterdir()} == {path.name for path in WREN.iterdir()}
    assert str(folder) not in pages().cards


def test_a_model_of_several_modes_is_used_in_the_one_that_is_chosen(page, qtbot, tmp_path):
    folder, asked = tmp_path / "tiny", []
    make("lfm2audio", folder)
    page.add_folder(folder)
    settle(qtbot, page)
    page.use_requested.connect(asked.append)
    card = page.cards[str(folder)]
    assert not page.cards["wren"].modes.isVisible() and card.modes.isVisible() and card.modes.currentText() == "Conversation"
    click(card.use)
    assert asked == [str(folder)] and card.state == "Loading…" and not card.modes.isEnabled()
    page.set_model(replace(FACTS, folder=str(folder), mode="chat"))
    assert card.state == "In use"
    QTest.keyClick(card.modes, Qt.Key.Key_Down)  # in use, it takes effect at once
    assert asked == [str(folder), f"{folder}#asr"] and card.state == "Loading…"
    page.set_model(replace(FACTS, folder=str(folder), mode="asr"))
    assert card.modes.currentText() == "Writes down what it hears"
    page.set_model(FACTS)
    QTest.keyClick(card.modes, Qt.Key.Key_Down)  # else with the button
    assert len(asked) == 2
    click(card.use)
    assert asked[-1] == f"{folder}#tts-us-male"


def test_broken_folders_say_what_is_wrong(page, qtbot, tmp_path):
    folder = copied(WREN, tmp_path / "broken")
    cut(folder / "lm.safetensors", 5_000_000)
    page.add_folder(folder)
    settle(qtbot, page)
    card = page.cards[str(folder)]
    assert card.state == "Broken" and "cut short" in card.problem and not card.use.isVisible()
    assert "cannot be used" in page.notice
    (folder / "lm.safetensors").write_bytes((WREN / "lm.safetensors").read_bytes())
    page.entered()
    settle(qtbot, page)
    assert card.state == "Installed" and not card.problem
    shutil.rmtree(folder)
    page.entered()
    settle(qtbot, page)
    assert card.state == "Broken" and "not there any more" in card.problem and card.remove.isEnabled()


def test_a_folder_without_a_model_is_refused(page, qtbot, tmp_path):
    page.add_folder(tmp_path)
    settle(qtbot, page)
    assert "not the folder of a model" in page.notice and len(page.cards) == len(models.SHIPPED) + 3


def test_an_added_model_can_be_used(page, qtbot):
    page.add_folder(GOLDEN / "glm4voice")
    settle(qtbot, page)
    card, asked = page.cards[str(GOLDEN / "glm4voice" / "glm-4-voice-9b")], []
    page.use_requested.connect(asked.append)
    click(card.use)
    assert asked == [str(GOLDEN / "glm4voice" / "glm-4-voice-9b")]


@pytest.mark.parametrize("content", ["{", '{"folders": "x"}', "[1]", "\udcff"])
def test_a_damaged_list_is_set_aside_and_said(pages, tmp_path, content):
    path = tmp_path / "data" / "models.json"
    path.parent.mkdir()
    path.write_bytes(content.encode(errors="surrogateescape"))
    page = pages()
    assert "damaged" in page.notice and "wren" in page.cards and not path.exists()
    assert [aside.read_bytes() for aside in path.parent.glob("models damaged*.json")] == [
        content.encode(errors="surrogateescape")
    ]


@pytest.fixture
def tiny(monkeypatch):
    """The catalogue's Step-Audio is served by this machine, as tiny as a golden checkpoint."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with file_server() as server:
        source = GOLDEN / "stepaudio2" / "Step-Audio-2-mini"
        server.files = {
            f"maker/step/{path.relative_to(source).as_posix()}": path.read_bytes() for path in source.rglob("*") if path.is_file()
        }
        sources = (Source(server.url, "Step-Audio-2-mini", "maker/step"),)
        listed = tuple(
            replace(one, sources=sources) if one.id == "step-audio-2-mini" else one for one in catalogue.read()
        )  # fmt: skip
        monkeypatch.setattr(catalogue, "read", lambda: listed)
        yield server


def quick(released, folder, after):
    return Download(released, folder, after, timeout=10.0, pauses=(0.01, 0.01))


def test_a_download_from_the_first_click_to_the_installed_model(pages, tiny, qtbot, tmp_path):
    page = pages(make_download=quick)
    card = page.cards["step-audio-2-mini"]
    assert card.state == "Not installed"
    click(card.download)
    assert "17.9 GB from 127.0.0.1" in card.row.sentence.text() and "Apache-2.0" in card.row.sentence.text()
    assert not tiny.requests  # nothing before it is agreed to
    click(card.row.later)
    assert not card.row.isVisible()
    click(card.download)
    click(card.row.start)
    qtbot.waitUntil(lambda: card.state == "Installed", timeout=PATIENCE)
    folder = tmp_path / "data" / "models" / "step-audio-2-mini" / "Step-Audio-2-mini"
    assert (folder / "config.json").is_file() and not card.download.isVisible() and not card.row.isVisible()
    assert pages().cards["step-audio-2-mini"].state == "Installed"


def test_a_download_is_cancelled_kept_and_deleted(pages, tiny, qtbot, tmp_path):
    tiny.delay = 0.05
    page = pages(make_download=quick)
    card = page.cards["step-audio-2-mini"]
    click(card.download)
    click(card.row.start)
    qtbot.waitUntil(lambda: card.row.bar.isVisible() and card.row.bar.value() > 100, timeout=PATIENCE)
    assert card.state == "Downloading"
    click(card.row.cancel)
    assert card.state == "Partly downloaded" and "is kept" in card.row.sentence.text()
    settle(qtbot, page)
    page.close_models()

    again = pages(make_download=quick)
    card = again.cards["step-audio-2-mini"]
    place = tmp_path / "data" / "models" / "step-audio-2-mini"
    assert card.state == "Partly downloaded" and card.download.text().startswith("Continue") and (place / LISTING).exists()
    click(card.row.discard)
    qtbot.waitUntil(lambda: card.state == "Not installed", timeout=PATIENCE)
    assert not place.exists() and not card.row.isVisible()


def test_a_download_that_fails_says_why(pages, tiny, qtbot):
    tiny.corrupt = True
    page = pages(make_download=quick)
    card = page.cards["step-audio-2-mini"]
    click(card.download)
    click(card.row.start)
    qtbot.waitUntil(lambda: "damaged" in card.row.sentence.text(), timeout=PATIENCE)
    assert card.row.sentence.property("role") == "danger"
    settle(qtbot, page)
    tiny.corrupt = False
    click(card.download)
    click(card.row.start)
    qtbot.waitUntil(lambda: card.state == "Installed", timeout=PATIENCE)


def test_closing_stops_a_download(pages, tiny):
    tiny.delay = 1.0
    page = pages(make_download=quick)
    card = page.cards["step-audio-2-mini"]
    click(card.download)
    click(card.row.start)
    page.close_models()
    assert page._downloads["step-audio-2-mini"].progress.state == "cancelled"


def test_everything_is_named_and_reachable_by_tab(page, qtbot):
    click(page.cards["glm-4-voice-9b"].download)
    buttons = [button for button in page.findChildren(QAbstractButton) if button.isVisible() and button.isEnabled()]
    assert len(buttons) >= 7
    assert all(button.accessibleName() for button in buttons)
    reached, widget = set(), page.add_button
    for _ in range(300):
        reached.add(widget)
        widget = widget.nextInFocusChain()
    assert set(buttons) <= reached and all(button.focusPolicy() & Qt.FocusPolicy.TabFocus for button in buttons)


def test_a_folder_that_cannot_be_shown_is_named(page, monkeypatch):
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _: False)
    click(page.cards["wren"].show_folder)
    assert str(WREN) in page.notice


@pytest.mark.whole
def test_the_page_brings_no_torch_along():
    from tests.rig.processes import python

    loaded = python("import json, sys, app.pages.models.page; print(json.dumps('torch' in sys.modules))")
    assert json.loads(loaded) is False
