"""The graphics card on the page of models: a pack of a test from a real server, on a machine that is told to have a card."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton

from app.pages.models.gpu_card import GpuCard
from engine.gpu.getting import PackCheck, PackDownload
from engine.gpu.packs import Packs
from engine.gpu.standing import judge
from engine.gpu.state import State
from tests.app.measure import misfits
from tests.engine.gpu.conftest import wheel  # noqa: F401
from tests.engine.gpu.test_getting import WORKS, fails
from tests.engine.gpu.test_standing import GOOD, OLD
from tests.engine.gpu.wheels import pack_of

PATIENCE = 60_000  # milliseconds


class Desk:
    """A card on the screen, and what it is told."""

    def __init__(self, qtbot, pack, folder) -> None:
        self.qtbot, self.pack, self.packs = qtbot, pack, Packs(folder)
        self.machine, self.works = GOOD, lambda *_: WORKS
        self.card = GpuCard(self.packs, lambda packs: judge(self.machine, self.pack, packs, ""), self.get, self.check)
        qtbot.addWidget(self.card)
        self.card.resize(900, 400)
        self.card.show()
        self.look()

    def get(self, *arguments, **settings):
        return PackDownload(*arguments, **settings, pauses=(), try_out=lambda *given: self.works(*given))

    def check(self, *arguments, **settings):
        return PackCheck(*arguments, **settings, try_out=lambda *given: self.works(*given))

    def look(self) -> None:
        self.card.refresh()
        self.settle()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.card.is_busy, timeout=PATIENCE)

    def click(self, button: QPushButton) -> None:
        assert button.isVisible() and button.isEnabled()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    @property
    def buttons(self) -> list[str]:
        """Those that are there to click."""
        return [button.text() for button in self.card.findChildren(QPushButton) if button.isVisible()]


@pytest.fixture
def desk(qtbot, tmp_path, server, wheel):  # noqa: F811
    server.files = {wheel.name: wheel.read_bytes()}
    pack = pack_of(wheel, url=server.url, device="cuda", runtime="13.0", driver="580.65.06", capability="7.5")
    desk = Desk(qtbot, pack, tmp_path / "gpu-pack")
    yield desk
    desk.card.close_packs()


def test_a_card_that_cannot_be_used_has_a_reason_and_no_buttons(desk):
    desk.machine = OLD
    desk.look()
    assert "is too old" in desk.card.sentence and desk.card.state == "Not used" and desk.buttons == []


def test_the_pack_is_fetched_after_size_and_licence_were_seen_and_left_again(desk, server):
    card = desk.card
    assert desk.buttons == ["From a folder…", "Use my graphics card…"] and "to download" in card.text("Size")
    assert "BSD-3-Clause" in card.text("Licence")
    desk.click(card.get)
    assert "127.0.0.1" in card.row.sentence.text() and "Unpacked it takes" in card.row.sentence.text() and not server.requests
    assert card.row.start.hasFocus() or not card.isActiveWindow()
    desk.click(card.row.start)
    assert card.state == "Getting ready" and desk.buttons == ["Cancel"]
    desk.settle()
    assert card.state == "From the next start on" and "same numbers" in card.row.sentence.text()
    assert desk.packs.state.use == "stand-in"
    assert desk.buttons == ["Delete it", "Stop using it"]
    desk.click(card.stop)
    desk.settle()
    assert desk.packs.state == State() and card.state == "Not used" and "not used any more" in card.sentence
    desk.click(card.use)
    desk.settle()
    assert desk.packs.state.use == "stand-in"
    desk.click(card.delete)
    desk.settle()
    assert not desk.packs.all() and card.get.isVisible() and "deleted" in card.sentence


def test_a_download_is_broken_off_and_goes_on(desk, server):
    card = desk.card
    server.delay = 0.05
    desk.click(card.get)
    desk.click(card.row.start)
    desk.qtbot.waitUntil(lambda: card._job.progress.done > 200_000, timeout=PATIENCE)
    desk.click(card.row.cancel)
    desk.settle()
    assert "kept" in card.row.sentence.text() and card.get.text() == "Continue download…" and card.row.discard.isVisible()
    server.delay = 0.0
    desk.click(card.get)
    assert "are here" in card.row.sentence.text()
    desk.click(card.row.start)
    desk.settle()
    assert desk.packs.state.use == "stand-in"


def test_what_has_arrived_can_be_thrown_away(desk, server):
    server.drops = [100_000]
    desk.click(desk.card.get)
    desk.click(desk.card.row.start)
    desk.settle()
    desk.click(desk.card.row.discard)
    desk.settle()
    assert not desk.packs.downloads(desk.pack).exists() and desk.card.get.text() == "Use my graphics card…"
    assert not desk.card.row.isVisible()


def test_a_pack_from_a_stick(desk, server, wheel, monkeypatch):  # noqa: F811
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(wheel.parent))
    desk.click(desk.card.folder)
    desk.settle()
    assert desk.packs.state.use == "stand-in" and not server.requests


def test_a_wheel_that_was_changed_is_refused_in_a_sentence(desk, wheel):  # noqa: F811
    wheel.write_bytes(b"evil" + wheel.read_bytes()[4:])
    desk.card.take_from(wheel.parent)
    desk.settle()
    assert "damaged or was changed" in desk.card.row.sentence.text() and not desk.packs.all()
    assert desk.card.get.isVisible() and not desk.card.row.discard.isVisible()


def test_a_pack_that_fails_its_trial_says_why_and_can_be_tried_again(desk, wheel):  # noqa: F811
    desk.works = fails
    desk.card.take_from(wheel.parent)
    desk.settle()
    assert "computes something else" in desk.card.sentence and desk.buttons == ["Delete it", "Use it"]
    desk.works = lambda *_: WORKS
    desk.click(desk.card.use)
    desk.settle()
    assert desk.packs.state.use == "stand-in"


def test_a_pack_that_was_left_aside_is_said(desk, wheel):  # noqa: F811
    desk.card.take_from(wheel.parent)
    desk.settle()
    desk.packs.set_state(State("", "The last start with the GPU pack did not come up."))
    desk.look()
    assert "did not come up" in desk.card.sentence and "Use it" in desk.buttons


def test_everything_is_named_and_reached_with_keys(desk):
    desk.click(desk.card.get)
    shown = [button for button in desk.card.findChildren(QPushButton) if button.isVisible()]
    assert all(button.accessibleName() and button.focusPolicy() & Qt.FocusPolicy.TabFocus for button in shown)
    desk.card.resize(560, 500)
    for _ in range(5):
        QApplication.processEvents()
    assert not misfits(desk.card)
