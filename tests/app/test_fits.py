"""The window at every size and text size: nothing that the program says is cut, and everything can be reached."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from app.audio.sound import Sound
from app.program import program
from app.widgets import theme
from app.widgets.words import Words
from app.window import COMPARE, DIAGNOSTICS, TALK, _first_size
from tests.app.measure import SIZES, TEXT_SIZES, misfits, settle
from tests.app.random_voice import RandomVoice
from tests.app.sentences import sentences
from tests.app.states import check_itself, dialogs, open_past, other_pages, render

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


WALKED = {80: SIZES[:1], 150: (SIZES[0], SIZES[3]), 100: SIZES}
"""At which text size which sizes are looked at; another text size takes its time, and the next test begins at 100 %."""


@pytest.mark.parametrize("percent", WALKED)
def test_nothing_is_cut_on_any_page(window, qapp, percent):
    theme.choose_text_size(qapp, percent)
    found = []
    for size in WALKED[percent]:
        window.resize(*size)
        for number in range(window.pages.count()):
            window.show_page(number)
            settle()
            found += [f"{number} {size} {percent}: {fault}" for fault in misfits(window)]
        window.show_page(TALK)
        assert (window.width(), window.height()) == size
    assert not found, "\n".join(found)


@pytest.fixture(scope="module")
def pages(window, tmp_path_factory):
    """The window's pages and others, in the states that they reach in use."""
    render(window, wait)
    open_past(window, wait)
    check_itself(window)
    with other_pages(tmp_path_factory.mktemp("pages"), wait) as pages:
        yield pages
    window.talk.show_conversation()


@pytest.mark.parametrize("percent", (100, 150))
def test_nothing_is_cut_in_any_state_of_a_page_or_dialog(window, pages, qapp, percent):
    theme.choose_text_size(qapp, percent)
    found, seen = [], 0

    def look(name: str, widget: QWidget, size: tuple[int, int], holds: bool = True) -> None:
        nonlocal seen
        seen += 1
        widget.resize(*size)
        settle()
        found.extend(f"{name} {size} {percent}: {fault}" for fault in misfits(widget))
        assert not holds or (widget.width(), widget.height()) == size, name

    for size in (SIZES[0], SIZES[3]):
        for number, name in ((COMPARE, "results of a comparison"), (DIAGNOSTICS, "a self-test"), (TALK, "a past session")):
            window.show_page(number)
            look(name, window, size)
        for name, page in pages.items():
            look(name, page, (window.pages.width(), window.pages.height()))
        for name, dialog in dialogs(window, wait):
            room = (size[0] - 64, size[1] - 64)
            look(name, dialog, room, holds=not isinstance(dialog, QMessageBox))
            assert dialog.width() <= size[0] and dialog.height() <= size[1], name
    assert not found, "\n".join(found)
    assert seen == 2 * 15


@pytest.fixture
def smallest(window, qapp):
    """The window where there is least room for words; its clock stands still, or the panels would say something else."""
    window.show_page(TALK)
    window.talk.show_conversation()
    window._timer.stop()
    theme.choose_text_size(qapp, TEXT_SIZES[-1])
    window.resize(*SIZES[0])
    settle()
    yield window
    say(window, "")
    window._timer.start()


def say(window, *said: str) -> list[Words]:
    """Each place of the Talk page where sentences come up says another one of them in turn; returns the labels."""
    bar, card, talk = window.chat.bar, window.chat.cards[-1], window.talk
    panels = (talk.depths, talk.speed, talk.timeline, talk.memory)
    labels = [bar._sentence, window.header._problem, card._note, talk.sessions.note, talk.past._problem]
    labels += [panel._sentence for panel in panels]
    for label, sentence in zip(labels, itertools.cycle(said), strict=False):
        label.setText(sentence)
        label.setVisible(bool(sentence) or label is bar._sentence)
    bar.show_status(replace(bar._status, state="Device lost", sentence=bar._sentence.text(), button="Choose device",
                            intent="choose_device"))  # fmt: skip
    return labels


def comes_to_rest(is_right: Callable[[], bool]) -> bool:
    """What is high makes something else narrow: a few rounds are fine."""
    for _ in range(6):
        settle(2)
        if is_right():
            return True
    return False


def whole(labels: list[Words]) -> bool:
    return comes_to_rest(
        lambda: all(label.height() >= label.heightForWidth(label.width()) for label in labels if label.isVisible())
    )


def fits(window: QWidget) -> bool:
    return comes_to_rest(lambda: not misfits(window))


def test_the_talk_page_says_every_sentence_whole_and_one_can_talk_on(smallest):
    bar, all_of_them = smallest.chat.bar, sentences()
    rounds = [all_of_them[:1], *(all_of_them[start : start + 9] for start in range(0, len(all_of_them), 9))]
    for said in rounds:
        assert whole(say(smallest, *said)), said
        foot = bar.mapTo(smallest, bar.rect().bottomRight())
        assert foot.y() < smallest.height() and foot.x() < smallest.width(), said


LONGISH = "The microphone “a name that is not short” is gone, and there is no other one."
"""Said in every place at once; beside a panel there is no room for the longest sentence nine times."""


@pytest.mark.parametrize("place", range(5))
def test_each_panel_can_be_asked_for_where_there_is_least_room(smallest, place):
    talk = smallest.talk
    dock = talk.docks[place]
    talk.ask_for(dock)
    settle()
    talk.tick_panels()
    assert dock.is_seen
    for sentence in ("Speak, or type a question.", LONGISH):
        assert whole(say(smallest, sentence))
        assert fits(smallest), misfits(smallest)
    talk.toggle(dock)
    talk._wanted.append(dock)


def test_the_sessions_are_drawn_over_the_talk_where_there_is_no_room_beside_it(smallest, qtbot):
    drawer, sessions = smallest.talk.drawer, smallest.talk.sessions
    smallest.activateWindow()
    assert not sessions.isVisible()
    qtbot.mouseClick(smallest.header.sessions, Qt.MouseButton.LeftButton)
    settle()
    assert sessions.isVisible() and smallest.header.sessions.isChecked() and not misfits(sessions)
    smallest.chat.entry.setFocus()
    settle()
    assert not sessions.isVisible() and not drawer.isVisible() and not smallest.header.sessions.isChecked()
    smallest.resize(*SIZES[-1])
    settle()
    assert sessions.isVisible() and smallest.header.sessions.isChecked()


def test_the_window_is_never_larger_than_its_screen(window):
    room = window.screen().availableSize()
    assert _first_size(window).width() <= room.width() and _first_size(window).height() < room.height()
    assert window.minimumWidth() <= SIZES[0][0] and window.minimumHeight() <= SIZES[0][1]
