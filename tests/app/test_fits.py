"""The window at every size and text size: nothing that the program says is cut, and everything can be reached."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from app import theme
from app.audio.sound import Sound
from app.program import program
from app.window import TALK
from tests.app.measure import SIZES, TEXT_SIZES, misfits, settle
from tests.app.random_voice import RandomVoice

PAGES = (TALK,)
NOISE = (0.1 * np.random.default_rng(0).standard_normal(24000)).astype(np.float32)


@pytest.fixture(scope="module")
def window(qapp, tmp_path_factory):
    """With a past session, and in the present one a typed turn and a spoken one under the longest schedule."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(home))
        patch.setenv("XDG_CONFIG_HOME", str(home))
        patch.setattr(Sound, "open", lambda self: None)
        theme.install(qapp)
        with program(load=lambda name: RandomVoice(chunks=2)) as window:
            window.show()
            wait(lambda: window.conversation.model is not None)
            window.conversation.ask("What is the capital of the country that lies north of Italy?")
            wait(lambda: not window.conversation.is_busy and window.conversation.last.is_over)
            window.begin_session()
            window.picker.form.setText("spark:k=12,first@6+review(top-p=0.9)+slice")
            window.conversation.choose_schedule("spark:k=12,first@6+review(top-p=0.9)+slice")
            window.conversation.choose_pooling("dual:0.85,4@0.7")
            window.conversation.ask_aloud(NOISE, 24000)
            wait(lambda: not window.conversation.is_busy and window.conversation.last.is_over)
            window.conversation.ask("What is two plus two?")
            wait(lambda: not window.conversation.is_busy and window.conversation.last.is_over)
            yield window
    theme.choose_text_size(qapp, 100)


def wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition() and time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.01)
    assert condition()


@pytest.mark.parametrize("percent", TEXT_SIZES)
def test_nothing_is_cut_on_any_page(window, qapp, percent):
    theme.choose_text_size(qapp, percent)
    found = []
    for size in SIZES:
        window.resize(*size)
        for number in PAGES:
            window.show_page(number)
            settle()
            found += [f"{number} {size} {percent}: {fault}" for fault in misfits(window)]
        assert (window.width(), window.height()) == size
    print("\n".join(found))
    assert not found
