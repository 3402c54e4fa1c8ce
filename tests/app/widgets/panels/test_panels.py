"""The panels draw what a turn's events say, and nothing while they are hidden."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGraphicsItem, QWidget

from app.engine_client.commands import Memory
from app.widgets import theme
from app.widgets.docks import Docks
from app.widgets.panels.bars import paint_kind
from app.widgets.panels.depth import HOP, SHOWN, DepthPanel
from app.widgets.panels.memory import MemoryPanel, in_words
from app.widgets.panels.speed import SpeedPanel
from app.widgets.panels.timeline import BEFORE, Played, TimelinePanel
from engine.events import Listened, Prefilled
from tests.app.widgets.panels.turns import LAYERS, Turn, stats


@pytest.fixture
def show(qtbot):
    def _show(panel):
        qtbot.addWidget(panel)
        panel.resize(520, 320)
        panel.show()
        qtbot.waitExposed(panel)
        return panel

    return _show


@pytest.fixture
def depth(show):
    panel = show(DepthPanel())
    panel.set_layers(LAYERS)
    return panel


def place_of(panel: DepthPanel, index: int, layer: float) -> QPoint:
    """Where a layer of a token is in the plot's widget."""
    scene = panel.plots[0].getViewBox().mapViewToScene(QPointF(index, layer))
    return panel.plots[0].mapFromScene(scene)


def colour_at(panel: DepthPanel, index: int, layer: float) -> QColor:
    return panel.plots[0].grab().toImage().pixelColor(place_of(panel, index, layer))


def hover(panel: DepthPanel, index: int) -> None:
    plot, place = panel.plots[0].viewport(), QPointF(place_of(panel, index, 1))
    nothing = Qt.MouseButton.NoButton
    moved = QMouseEvent(QEvent.Type.MouseMove, place, plot.mapToGlobal(place), nothing, nothing, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(plot, moved)


def test_bars_are_as_high_as_their_layers_and_pending_ones_are_hollow_until_they_are_caught_up(depth):
    turn = Turn().say("speech", LAYERS).say("speech", 2, 2)
    depth.refresh(turn.record)
    speech, surface = QColor(theme.KINDS["speech"]), QColor(theme.now().surface)
    assert colour_at(depth, 0, 7) == speech  # full depth
    assert colour_at(depth, 1, 1) == speech and colour_at(depth, 1, 5) == surface  # exited: hollow above
    turn.say("speech", LAYERS, refresh=True, caught_up=2)
    depth.refresh(turn.record)
    assert colour_at(depth, 1, 5) not in (speech, surface)  # pale now
    assert "2 of 4 speech tokens exited early" in depth.sentence and "pending" not in depth.sentence
    assert depth.value.text() == "5.0"


def test_refreshes_and_rejected_drafts_are_marked_above_full_depth(depth):
    turn = Turn().say("speech", LAYERS).group()
    depth.refresh(turn.record)
    plain = depth.plots[0].grab().toImage()
    mark = place_of(depth, 4, LAYERS) - QPoint(0, 6)
    assert plain.pixelColor(mark) == QColor(theme.now().text)
    turn.record.rejected.append((4, 3))
    depth.refresh(turn.record)
    cross = depth.plots[0].grab().toImage().pixelColor(place_of(depth, 4, LAYERS) - QPoint(0, 14))
    assert cross.red() > 150 and cross.blue() < 120
    assert "3 drafts rejected" in depth.sentence


def test_kinds_differ_without_colour_too():
    drawn = set()
    for kind, colour in theme.KINDS.items():
        image = QImage(4, 12, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        paint_kind(painter, [QRect(0, 0, 4, 12)], kind)
        painter.end()
        drawn.add(tuple(image.pixelColor(2, y) == QColor(colour) for y in range(12)))
    assert len(drawn) == len(theme.KINDS)


def test_the_last_tokens_while_it_grows_the_whole_turn_after(depth):
    turn = Turn().say("text", LAYERS).say("speech", *[2] * 400)
    depth.refresh(turn.record)
    assert SHOWN <= depth.bars < SHOWN + HOP and depth.bars + depth.first == 401
    assert depth.plots[0].viewRange()[0] == [depth.first - 0.5, depth.first + SHOWN + HOP - 0.5]
    turn.finish()
    depth.refresh(turn.record)
    assert depth.bars == 401 and depth.plots[0].viewRange()[0] == [-0.5, 400.5]
    depth.refresh(None)
    assert depth.bars == 0


def test_pointing_and_clicking_tell_about_a_token(depth, qtbot):
    turn = Turn().say("text", LAYERS, word="Four").group()
    depth.refresh(turn.record)
    hover(depth, 0)
    assert "“Four”" in depth.sentence and "text: always full depth" in depth.sentence
    hover(depth, 2)
    assert "exit at layer 2, caught up later" in depth.sentence
    hover(depth, 30)
    assert depth.cursor_index is None and "exited early" in depth.sentence
    with qtbot.waitSignal(depth.token_clicked) as clicked:
        QTest.mouseClick(depth.plots[0].viewport(), Qt.MouseButton.LeftButton, pos=place_of(depth, 4, 1))
    assert clicked.args == [4]


def test_the_keys_do_what_the_mouse_does(depth, qtbot):
    depth.refresh(Turn().say("text", LAYERS).group().record)
    plot = depth.plots[0]
    assert plot.focusPolicy() & Qt.FocusPolicy.TabFocus and plot.accessibleName()
    QTest.keyClick(plot, Qt.Key.Key_Left)
    assert depth.cursor_index == 4 and "refresh, caught up 3" in depth.sentence
    assert depth.accessibleDescription() == depth.sentence
    QTest.keyClick(plot, Qt.Key.Key_Home)
    QTest.keyClick(plot, Qt.Key.Key_Right)
    with qtbot.waitSignal(depth.token_clicked) as clicked:
        QTest.keyClick(plot, Qt.Key.Key_Return)
    assert clicked.args == [1]


def test_layers_above_an_exit_are_drawn_as_the_schedule_leaves_them(depth):
    surface, seen = QColor(theme.now().surface), {}
    for kv in ("catch-up", "propagate", "hole"):
        turn = Turn(schedule="fixed:2" + ("" if kv == "catch-up" else f"+{kv}")).say("speech", *[2] * 4).finish()
        depth.refresh(turn.record)
        picture = depth.plots[0].grab().toImage()
        low, high = place_of(depth, 1, 3), place_of(depth, 1, 7)
        seen[kv] = {picture.pixelColor(low.x(), y).rgb() for y in range(high.y(), low.y())}
    assert surface.rgb() not in seen["catch-up"] and seen["hole"] == {surface.rgb()}
    assert seen["propagate"] == seen["catch-up"] | seen["hole"], "striped"
    assert "hole" in depth.legend.names and "pending" not in depth.legend.names
    depth.refresh(Turn().say("speech", 2).record)
    assert "pending" in depth.legend.names and "1 of 1 speech tokens exited early; 1 pending." == depth.sentence
    depth.refresh(Turn(schedule="fixed:2+text+hole").say("text", 2, LAYERS).say("speech", 2).record)
    assert depth.sentence == "1 of 1 speech tokens exited early, 1 of 2 of text."


def test_panels_behind_a_tab_do_nothing(qtbot):
    docks = Docks(QWidget())
    qtbot.addWidget(docks)
    line, speed = TimelinePanel(), SpeedPanel()
    behind, before = (
        docks.add(name, panel, Qt.DockWidgetArea.RightDockWidgetArea) for name, panel in (("a", line), ("b", speed))
    )
    docks.tabifyDockWidget(behind, before)
    docks.resize(900, 600)
    before.raise_()
    docks.show()
    qtbot.waitExposed(docks)
    turn = Turn().group()
    qtbot.waitUntil(lambda: speed.is_seen and not line.is_seen, timeout=10_000)
    line.refresh(turn.record)
    assert line.isVisible() and line.spans == []
    behind.raise_()
    qtbot.waitUntil(lambda: line.is_seen and not speed.is_seen, timeout=10_000)
    line.refresh(turn.record)
    assert line.spans


def test_hidden_panels_do_nothing(qtbot):
    depth, speed, line, memory = DepthPanel(), SpeedPanel(), TimelinePanel(), MemoryPanel()
    turn = Turn().group()
    for panel in (depth, speed, line, memory):
        qtbot.addWidget(panel)
    depth.refresh(turn.record)
    speed.refresh(turn.record)
    line.refresh(turn.record)
    memory.refresh(Memory(1, 1, 1, 1, 1, 1))
    assert depth.bars == 0 and line.spans == [] and speed.value.text() == memory.value.text() == "–"


def test_speed_says_how_much_faster_than_the_voice(show):
    panel = show(SpeedPanel())
    panel.set_speech_rate(25.0)
    turn = Turn().say("text", *[LAYERS] * 10).say("speech", *[2] * 20)  # 0.3 s for 0.8 s of sound
    panel.refresh(turn.record)
    assert panel.value.text() == "100" and panel.real_time_factor == pytest.approx(0.375)
    assert panel.sentence.startswith("Real-time factor 0.38") and "makes 67" in panel.sentence
    turn.finish(stats(tokens_per_second=60.0))
    panel.refresh(turn.record)
    assert panel.value.text() == "60"
    waiting = [(0.1, 0.5), (0.2, 7.0), (0.3, 0.0)]
    panel.refresh(turn.record, waiting)
    assert panel.buffered == waiting and panel.plots[1].viewRange()[1][1] > 7
    panel.set_speech_rate(250.0)
    assert "Slower than speech" in panel.sentence
    panel.refresh(None)
    assert panel.value.text() == "–" and panel.real_time_factor is None


def test_a_panel_that_grows_shows_nothing_of_what_it_was(show, qapp):
    panel = show(SpeedPanel())
    panel.set_speech_rate(25.0)
    panel.refresh(Turn().say("speech", *[2] * 60).record)
    for height in (220, 229, 260):
        panel.resize(372, height)
        qapp.processEvents()
        seen = panel.grab().toImage()
    for plot in panel.plots:
        for name in ("left", "bottom"):
            plot.getAxis(name).setCacheMode(QGraphicsItem.CacheMode.NoCache)
    assert panel.grab().toImage() == seen


@pytest.mark.parametrize("height", [190, 226, 260, 400])
def test_what_the_curves_are_called_does_not_lie_on_them(show, qapp, height):
    panel = show(SpeedPanel())
    panel.resize(372, height)
    qapp.processEvents()
    turn = Turn().say("speech", *[2] * 60)
    panel.refresh(turn.record, [(0.1 * step, 0.15 * step) for step in range(41)])
    rates = panel._rates
    for plot, (note, _), highest in zip(panel.plots, panel._notes, (max(rates), 6.0), strict=True):
        box = plot.getViewBox()
        words = note.item.mapRectToItem(box, note.item.boundingRect()).bottom() - 4  # a margin belongs to it
        curve = box.height() * (1 - highest / box.viewRange()[1][1])
        assert note.isVisible() == (box.height() > 28) and (words <= curve or not note.isVisible())


def test_the_time_line_has_a_span_for_every_part(show):
    panel = show(TimelinePanel())
    turn = Turn()
    turn.record.apply(Listened(4.0, 20, 0.05))
    turn.record.apply(Prefilled(30, 0, 0.1))
    turn.say("heard", LAYERS, LAYERS).say("speech", LAYERS, 2).sound(np.ones(1280), np.ones(1280))
    panel.refresh(turn.record, Played(0.35, 0.1))
    lanes = [(span.lane, span.kind, round(span.start, 3), round(span.end, 3)) for span in panel.spans]
    assert lanes == [
        ("listen", "", -4.0, 0.05),
        ("prefill", "", 0.05, 0.1),
        ("decode", "heard", 0.1, 0.12),
        ("decode", "speech", 0.12, 0.14),
        ("speak", "", 0.3, 0.3),
        ("speak", "", 0.4, 0.4),
        ("play", "", 0.35, 0.45),
    ]
    assert panel.plots[0].viewRange()[0] == [-BEFORE, 1.0]  # the end of a long question is enough
    assert panel.value.text() == "300 ms" and "4 tokens and 0.2 s of sound" in panel.sentence
    turn.finish(stats())
    panel.refresh(turn.record, Played(0.35, 0.2))
    assert panel.spans[-1].end == pytest.approx(0.55) and "decode 1.20" in panel.sentence
    assert not panel.grab().isNull()
    panel.refresh(None)
    assert panel.spans == []


def test_memory_is_told_in_words_and_parts(show):
    panel = show(MemoryPanel())
    panel.refresh(Memory(10, 40, 38_000_000, 3_000_000, 12_000_000, 690_000_000))
    assert panel.value.text() == "690 MB" and "3.0 MB of 12 MB" in panel.sentence and "25 %" in panel.sentence
    assert panel.process.parts == [("weights", 38_000_000), ("KV cache", 12_000_000), ("the rest", 640_000_000)]
    assert panel.cache.accessibleDescription() == "used 3.0 MB, free 9.0 MB"
    assert not panel.grab().isNull()
    panel.refresh(None)
    assert panel.sentence == "No model is loaded."
    assert [in_words(size) for size in (12, 4_200, 1_500_000_000)] == ["12 B", "4.2 kB", "1.5 GB"]


def test_panels_follow_light_and_dark(depth, monkeypatch):
    depth.refresh(Turn().group().record)
    for colours in (theme.DARK, theme.LIGHT):
        monkeypatch.setattr(theme, "now", lambda colours=colours: colours)
        depth.recolour()
        corner = depth.plots[0].grab().toImage().pixelColor(place_of(depth, 50, 4))
        assert corner == QColor(colours.surface)
