"""What all tests share: an own home, no network, no window on the developer's screen, and the rig."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import offline
from tests.engine.models.store.file_server import FileServer, file_server
from tests.rig.display import virtual_display
from tests.rig.network import forbid_network
from tests.rig.sound_card import SoundCard, virtual_sound_card
from tests.rig.tiers import kept_fast, tier

HOME = Path(tempfile.mkdtemp(prefix="refrain-home-"))
FOLDERS = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "LOCALAPPDATA", "APPDATA")

os.environ.update({name: str(HOME / name.lower()) for name in FOLDERS})
if "PYTEST_XDIST_WORKER" in os.environ:  # each worker has a core: more threads would only wait for each other
    os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["QT_QPA_PLATFORM"] = "offscreen"
offline.switch_off()
forbid_network(loopback=True)


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test gets its tier, and what must not come late a place before the others.

    What changes the look is first: every widget alive is then styled anew, and later tests leave thousands behind. Then what
    takes its time with a virtual display or sound card: one worker does it, one after another, while others compute.
    """

    def place(item: pytest.Item) -> int:
        if item.get_closest_marker("look"):
            return 0
        return 1 if item.get_closest_marker("desktop") or {"display", "sound_card"} & set(item.fixturenames) else 2

    for item in items:
        item.add_marker(tier(item))
    items.sort(key=place)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    with kept_fast(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:  # not the teardown: what others began may end with it
    with kept_fast(item):
        return (yield)


@pytest.fixture
def any_sound_is_speech(monkeypatch: pytest.MonkeyPatch) -> None:
    """For models that are made of random numbers and asked with noise or tones."""
    from engine.speech.sound_check import SoundCheck

    monkeypatch.setattr(SoundCheck, "said", True)


def pytest_unconfigure() -> None:
    shutil.rmtree(HOME, ignore_errors=True)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    """A server of files on this machine, which no proxy stands before."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with file_server() as server:
        yield server


@pytest.fixture(scope="session")
def sound_card() -> Iterator[SoundCard]:
    """The virtual sound card; programs see it when they are started with its `env`."""
    with virtual_sound_card() as card:
        yield card


@pytest.fixture(scope="session")
def display() -> Iterator[dict[str, str]]:
    """The environment variables of a virtual display."""
    with virtual_display() as env:
        yield env


@pytest.fixture
def desktop_env(sound_card: SoundCard, display: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The whole environment to start the program with: screen, sound card, and settings and sessions of its own."""
    own = {name: str(tmp_path / name.lower()) for name in FOLDERS}
    return {**os.environ, **sound_card.env, **display, **own}
