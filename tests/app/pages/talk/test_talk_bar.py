"""The bar shows what is and emits what is wanted; everything on it has a name and is reached by Tab."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QVBoxLayout, QWidget

from app.core.status import Snapshot, status_of
from app.pages.talk.talk_bar import TalkBar
from app.widgets import theme


def shown(qtbot, **seen) -> TalkBar:
    theme.install(QApplication.instance(), "light")
    bar = TalkBar()
    qtbot.addWidget(bar)
    bar.resize(760, 120)
    bar.show_status(status_of(Snapshot(**seen)))
    bar.show_choices(False, False, False)
    bar.show_activity(None, True)
    bar.show()
    qtbot.waitExposed(bar)
    return bar


def test_a_button_appears_where_the_bar_has_none_for_it(qtbot):
    bar = shown(qtbot)
    assert not bar.action.isVisible() and bar.meter.isVisible()
    bar.show_status(status_of(Snapshot(lost="The microphone is gone.")))
    assert bar.action.isVisible() and bar.action.text() == "Choose device" and not bar.meter.isVisible()
    assert bar.status == "Device lost The microphone is gone."
    with qtbot.waitSignal(bar.acted) as acted:
        QTest.mouseClick(bar.action, Qt.MouseButton.LeftButton)
    assert acted.args == ["choose_device"]


@pytest.mark.parametrize("width", [340, 420, 600, 760, 900])
def test_no_switch_moves_under_the_pointer_whatever_is_said(width, qtbot):
    bar = shown(qtbot)
    page = QWidget()
    qtbot.addWidget(page)
    layout = QVBoxLayout(page)
    layout.addStretch()
    layout.addWidget(bar)
    page.resize(width, 400)
    page.show()
    qtbot.waitExposed(page)
    switches = (bar.hands_free, bar.mute, bar.headphones, bar.volume)
    places: set[tuple] = set()

    def note() -> None:
        places.add(tuple(switch.mapTo(page, QPoint()).toTuple() for switch in switches))

    def settle() -> None:
        for _ in range(5):
            QApplication.processEvents()
            note()

    for _ in range(5):
        QApplication.processEvents()
    silent = Snapshot(hands_free=True, zeros_seconds=100.0, microphone_name="Remapped Monitor of Null Output")
    lost = Snapshot(lost="The microphone is gone.")
    said = [Snapshot(), Snapshot(hands_free=True), silent, Snapshot(muted=True), lost, Snapshot()]
    for seen in said:
        bar.show_status(status_of(seen))
        note()  # a click may come before Qt has laid out anew
        settle()
    assert len(places) == 1, places


def test_the_volume_is_chosen_with_the_slider_its_keys_the_wheel_and_muted(qtbot):
    bar = shown(qtbot)
    bar.volume.show_volume(80, False)
    QTest.mouseClick(bar.volume, Qt.MouseButton.LeftButton)
    popup = bar.volume.popup
    assert popup.isVisible() and popup.slider.value() == 80 and not bar.volume.isChecked()
    with qtbot.waitSignal(bar.volume.volume_chosen) as chosen:
        QTest.keyClick(popup.slider, Qt.Key.Key_Left)
    assert chosen.args == [75]
    with qtbot.waitSignal(bar.volume.mute_chosen) as muted:
        popup.mute.click()
    bar.volume.show_volume(75, True)
    assert muted.args == [True] and bar.volume.isChecked() and "muted" in bar.volume.toolTip()
    QTest.keyClick(popup, Qt.Key.Key_Escape)
    assert not popup.isVisible()
    at = QPointF(bar.volume.rect().center())
    turn = QWheelEvent(at, bar.volume.mapToGlobal(at), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
                       Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    with qtbot.waitSignal(bar.volume.volume_chosen) as chosen:
        QApplication.sendEvent(bar.volume, turn)
    assert chosen.args == [85]


def test_the_switches_tell_what_is_wanted_and_show_what_is(qtbot):
    bar = shown(qtbot)
    switches = ((bar.hands_free, bar.hands_free_chosen), (bar.mute, bar.mute_chosen), (bar.headphones, bar.headphones_chosen))
    for button, signal in switches:
        with qtbot.waitSignal(signal) as chosen:
            button.setFocus()
            QTest.keyClick(button, Qt.Key.Key_Space)
        assert chosen.args == [True]
    with qtbot.assertNotEmitted(bar.mute_chosen):
        bar.show_choices(False, False, False)
    assert not bar.mute.isChecked()


def test_typing_talking_and_stopping(qtbot):
    bar = shown(qtbot)
    QTest.keyClicks(bar.entry, "What is two plus two?")
    with qtbot.waitSignal(bar.asked) as asked:
        QTest.keyClick(bar.entry, Qt.Key.Key_Return)
    assert asked.args == ["What is two plus two?"] and bar.entry.text() == ""
    with qtbot.waitSignals([bar.pressed, bar.lifted], order="strict"):
        QTest.mouseClick(bar.talk, Qt.MouseButton.LeftButton)
    bar.show_activity("tap", True)
    assert bar.talk.text() == "Tap to finish"
    with qtbot.waitSignal(bar.stopped):
        QTest.mouseClick(bar.stop, Qt.MouseButton.LeftButton)
    bar.show_activity(None, False)
    assert not bar.stop.isEnabled() and bar.talk.text() == "Hold to talk"


def test_too_loud_lights_a_warning(qtbot):
    bar = shown(qtbot)
    bar.show_level(0.5, True)
    assert not bar.meter.is_clipped
    bar.show_level(1.0, True)
    assert bar.meter.is_clipped and bar.meter.accessibleDescription() == "Too loud"
    bar.show_level(None, False)
    assert not bar.meter.isVisible()


def test_everything_has_a_name_and_is_reached_by_tab(qtbot):
    bar = shown(qtbot, muted=True)
    for widget in bar.findChildren(QAbstractButton) + bar.findChildren(QLineEdit):
        assert widget.accessibleName(), widget
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus, widget.accessibleName()
