"""The key on Wayland: what a desktop's portal is asked on a real bus, and what comes of its answers."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication

from app.desktop import desktop_entry
from app.desktop.global_key import GlobalKey
from app.desktop.portal_key import ENDED, NO_PORTAL, NOT_GIVEN, REFUSED, is_said_in, trigger

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="portals are of Linux desktops")
ROOT = Path(__file__).parents[3]


class Desktop:
    """A session bus of its own, and whoever has the portal's name there."""

    def __init__(self, bus: str) -> None:
        self.env = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": bus, "PYTHONPATH": str(ROOT)}
        self.portal: subprocess.Popen | None = None

    def begin(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "tests.app.desktop.fake_portal", *arguments]
        self.portal = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=self.env, cwd=ROOT, bufsize=0
        )
        assert self.heard() == {"ready": True}

    def heard(self) -> dict:
        """What the portal was asked next."""
        assert select.select([self.portal.stdout], [], [], 10)[0], "nobody asked the portal for anything"
        return json.loads(self.portal.stdout.readline())

    def do(self, action: str) -> None:
        self.portal.stdin.write(f"{action}\n".encode())

    def end(self) -> None:
        if self.portal is not None:
            self.portal.communicate(timeout=10)
            self.portal = None


@pytest.fixture
def desktop(tmp_path, monkeypatch):
    command = ["dbus-daemon", "--session", "--nofork", "--print-address=1", f"--address=unix:dir={tmp_path}"]
    bus = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    made = Desktop(bus.stdout.readline().strip())
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", made.env["DBUS_SESSION_BUS_ADDRESS"])
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data home"))
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path))
    monkeypatch.setenv("XDG_SESSION_TYPE", "wayland")
    monkeypatch.setattr(QGuiApplication, "platformName", staticmethod(lambda: "wayland"))
    yield made
    made.end()
    bus.terminate()
    bus.wait(timeout=10)


@pytest.fixture
def key(qtbot):
    made = GlobalKey()
    made.seen = []
    made.pressed.connect(lambda: made.seen.append("pressed"))
    made.released.connect(lambda: made.seen.append("released"))
    made.told.connect(made.seen.append)
    yield made
    made.close()


@pytest.mark.whole
def test_the_desktop_is_asked_for_the_key_and_it_is_held_and_given_back(desktop, key, qtbot):
    desktop.begin()
    key.choose("Ctrl+Alt+Space")
    assert desktop.heard() == {"registered": desktop_entry.APP_ID}
    assert desktop.heard() == {"session": True, "wanted": "CTRL+ALT+space", "window": ""}
    desktop.do("press")
    qtbot.waitUntil(lambda: key.seen == ["pressed"])
    desktop.do("repeat")
    desktop.do("release")
    qtbot.waitUntil(lambda: key.seen == ["pressed", "released"])
    desktop.do("press")
    qtbot.waitUntil(lambda: len(key.seen) == 3)
    key.close()
    assert desktop.heard() == {"closed": True}
    qtbot.waitUntil(lambda: key.seen == ["pressed", "released"] * 2)  # what was held is let go


@pytest.mark.whole
def test_a_desktop_that_starts_anew_is_asked_anew(desktop, key, qtbot):
    desktop.begin("--key", "F9")
    key.choose("F9")
    desktop.heard(), desktop.heard()
    desktop.do("press")
    qtbot.waitUntil(lambda: key.seen == ["pressed"])
    desktop.end()
    qtbot.waitUntil(lambda: key.seen == ["pressed", "released"])
    desktop.begin("--key", "F9")
    assert desktop.heard() == {"registered": desktop_entry.APP_ID} and desktop.heard()["wanted"] == "F9"
    desktop.do("press")
    qtbot.waitUntil(lambda: len(key.seen) == 3)


@pytest.mark.whole
@pytest.mark.parametrize(
    ("arguments", "action", "sentence"),
    [
        (["--refuses"], "", REFUSED),
        (["--knows", "another program"], "", NO_PORTAL),
        (["--key", ""], "", NOT_GIVEN),
        (["--key", "Press <Super>F12"], "", "Press <Super>F12"),
        ([], "close", ENDED),
        ([], "change Meta+B", "Meta+B"),
    ],
)
def test_what_the_desktop_does_not_give_is_told(desktop, key, qtbot, arguments, action, sentence):
    desktop.begin(*arguments)
    key.choose("Ctrl+Alt+Space")
    if action:
        desktop.heard(), desktop.heard()
        desktop.do(action)
    qtbot.waitUntil(lambda: bool(key.seen))
    assert sentence in key.seen[0] and key.problem == key.seen[0]


@pytest.mark.whole
def test_without_a_portal_or_a_bus_it_is_said(desktop, key, qtbot, monkeypatch):
    key.choose("F9")
    qtbot.waitUntil(lambda: key.seen == [NO_PORTAL])
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    key.choose("F9")
    assert key.problem == NO_PORTAL
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    key.choose("F9")
    assert key.problem == NO_PORTAL


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("Ctrl+Alt+Space", "CTRL+ALT+space"),
        ("Meta+V", "LOGO+v"),
        ("F9", "F9"),
        ("Ctrl++", "CTRL+plus"),
        ("Shift+PgUp", "SHIFT+Page_Up"),
    ],
)
def test_keys_as_the_specification_writes_them(key, written):
    assert trigger(key) == written


def test_a_desktops_words_for_a_key_are_understood():
    assert is_said_in("Ctrl+Alt+Space", "Press <Control><Alt>space") and is_said_in("Meta+V", "Super+V")
    assert not is_said_in("Ctrl+Alt+Space", "Press <Alt>space") and not is_said_in("F9", "F10")
