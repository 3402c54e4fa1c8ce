"""A newer version is asked for, fetched and said how to install, each by a click, from a real server on this machine."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from app.pages.about.update_row import UpdateRow
from app.widgets import theme
from engine.updates.check import Copy
from tests.app.measure import misfits, settle
from tests.engine.updates.releases import INSTALLER, NAME, OTHER_KEY, publish

HERE = Copy("0.1.0", "deb", "x86_64")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def row(qtbot, qapp, server, tmp_path):
    theme.install(qapp)
    row = UpdateRow(publish(server), HERE, tmp_path / "updates")
    qtbot.addWidget(row)
    row.resize(420, 200)
    row.show()
    yield row
    row.close_updates()


def shown(row) -> list[str]:
    return [button.text() for button in (row.check, row.fetch, row.news, row.cancel, row.show_file) if button.isVisible()]


def says(qtbot, row, words: str) -> None:
    qtbot.waitUntil(lambda: words in row.sentence.text(), timeout=30_000)
    settle()
    assert not misfits(row), misfits(row)


def test_nothing_is_asked_before_the_button_is_pressed(row, server, qtbot):
    qtbot.wait(300)
    assert server.requests == [] and shown(row) == ["Check for a new version"]


def test_a_newer_version_is_fetched_and_it_is_said_how_to_install_it(row, server, qtbot, tmp_path):
    qtbot.mouseClick(row.check, LEFT)
    says(qtbot, row, "Refrain 0.2.0 of 2026-12-31 is there; this is 0.1.0. Its installer has 3.1 MB.")
    assert shown(row) == ["Download", "What is new"] and len(server.requests) == 1
    qtbot.mouseClick(row.fetch, LEFT)
    says(qtbot, row, "sudo apt install")
    assert (tmp_path / "updates" / "0.2.0" / NAME).read_bytes() == INSTALLER
    assert shown(row) == ["What is new", "Open folder"] and not row.bar.isVisible()


def test_a_download_can_be_cancelled_and_goes_on_later(row, server, qtbot):
    server.delay = 0.05
    qtbot.mouseClick(row.check, LEFT)
    says(qtbot, row, "is there")
    qtbot.mouseClick(row.fetch, LEFT)
    says(qtbot, row, "MB of 3.1 MB")
    assert row.bar.isVisible() and shown(row) == ["Cancel"]
    qtbot.mouseClick(row.cancel, LEFT)
    says(qtbot, row, "What has arrived is kept")
    server.delay = 0.0
    qtbot.mouseClick(row.fetch, LEFT)
    says(qtbot, row, "sudo apt install")
    assert server.fetched(NAME)[-1].startswith("bytes=")


def test_what_cannot_be_trusted_is_said_and_can_be_asked_again(row, server, qtbot):
    publish(server, key=OTHER_KEY)
    qtbot.mouseClick(row.check, LEFT)
    says(qtbot, row, "does not bear the signature")
    assert shown(row) == ["Check for a new version"] and row.sentence.property("role") == "danger"
    publish(server, version="0.0.9")
    qtbot.mouseClick(row.check, LEFT)
    says(qtbot, row, "is older than this version (0.1.0)")
    publish(server, version="0.1.0")
    qtbot.mouseClick(row.check, LEFT)
    says(qtbot, row, "This is the newest version")


def test_a_tampered_installer_is_said_and_can_be_fetched_anew(row, server, qtbot, tmp_path):
    qtbot.mouseClick(row.check, LEFT)
    says(qtbot, row, "is there")
    server.corrupt = True
    qtbot.mouseClick(row.fetch, LEFT)
    says(qtbot, row, "arrived damaged")
    assert shown(row) == ["Download", "What is new"] and not list((tmp_path / "updates").rglob("*.deb*"))
    server.corrupt = False
    qtbot.mouseClick(row.fetch, LEFT)
    says(qtbot, row, "sudo apt install")


def test_asking_can_be_cancelled(row, server, qtbot):
    server.stalls.set()
    qtbot.mouseClick(row.check, LEFT)
    says(qtbot, row, "Asking 127.0.0.1")
    qtbot.mouseClick(row.cancel, LEFT)
    says(qtbot, row, "never looks for newer versions by itself")
    server.stalls.clear()
    qtbot.wait(300)
    assert shown(row) == ["Check for a new version"]
