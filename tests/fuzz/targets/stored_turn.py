"""A stored turn on the screen: its card and every panel, drawn."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from types import SimpleNamespace

from hypothesis import strategies as st

from app.storage.past import as_earlier, load, to_remember
from app.storage.records import StoredTurn
from tests.app.storage.test_library import WREN
from tests.fuzz.inputs import changed, json_bytes
from tests.fuzz.stored import document, files
from tests.fuzz.target import Target

TURN, TRACE = "turns/0001/turn.json", "turns/0001/tokens.jsonl"
LINES = files()[TRACE].splitlines()
STATS = document(TURN)["stats"]


@cache
def screen() -> SimpleNamespace:
    """The panels, in an application of their own."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtWidgets import QApplication

    from app.widgets import theme
    from app.widgets.panels.depth import DepthPanel
    from app.widgets.panels.speed import SpeedPanel
    from app.widgets.panels.timeline import TimelinePanel

    app = QApplication.instance() or QApplication([])
    theme.install(app, "light")
    depth, speed, timeline = DepthPanel(), SpeedPanel(), TimelinePanel()
    for panel in (depth, speed, timeline):
        panel.resize(372, 240)
        panel.show()
    return SimpleNamespace(app=app, depth=depth, speed=speed, timeline=timeline)


def read(odd: tuple[bytes, list[bytes]], place: Path) -> None:
    from app.pages.talk.turn_card import TurnCard

    for name, data in files().items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (place / TURN).write_bytes(odd[0])
    (place / TRACE).write_bytes(b"\n".join(odd[1]))
    turn = load(StoredTurn.read(place / "turns" / "0001"))
    as_earlier(turn, WREN)
    to_remember([turn])
    shown = screen()
    card = TurnCard(turn, turn.model)
    card.resize(700, card.sizeHint().height())
    card.grab()
    card.set_position("reply", 0.1)
    for index in range(len(turn.record.tokens)):
        card.strip.point_at(index)
        card.seek_token(index)
    card.grab()
    if turn.model is not None:
        shown.depth.set_layers(turn.model.layers)
        shown.speed.set_speech_rate(turn.model.speech_rate)
    shown.depth.refresh(turn.record)
    shown.speed.refresh(turn.record)
    shown.timeline.refresh(turn.record, None)
    for index in range(len(turn.record.tokens)):
        shown.depth.point_at(index)
    for panel in (shown.depth, shown.speed, shown.timeline):
        panel.grab()
    card.deleteLater()
    shown.app.processEvents()


lines = st.lists(st.sampled_from(LINES) | changed(json.loads(LINES[3])).map(json_bytes) | st.binary(), max_size=12)

TARGET = Target(
    st.tuples(changed(document(TURN), most=4).map(json_bytes), st.just(LINES) | lines),
    read,
    examples=[
        (json_bytes({**document(TURN), "rejected": "word"}), LINES),
        (json_bytes({**document(TURN), "rejected": [[3, 2], "word"]}), LINES),
        (json_bytes({**document(TURN), "pooling": "input:0.8", "stats": {**STATS, "prefill": {"flops": 1}}}), LINES),
        (json_bytes({**document(TURN), "model": {**document(TURN)["model"], "layers": 3, "exit_layers": [4, 8]}}), LINES),
        (json_bytes(document(TURN)), [b"\xff\xfe"]),
    ],
    seconds=5,
)  # fmt: skip
