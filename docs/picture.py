"""Draws docs/house.svg: the floors, the rooms on them, and the three walks that a turn takes through them.

    python3 docs/picture.py

Needs nothing but Python. A room is named by its path; what is drawn is compared with what is there by the tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

TARGET = Path(__file__).with_name("house.svg")

FLOORS = (
    ("Qt", {
        "app/window.py": "pages, 60 Hz",
        "app/pages": "talk, compare, blind, models, settings",
        "app/widgets": "panels, what pages share",
    }),
    ("Qt", {
        "app/core": "conversation, state",
        "app/audio": "devices, rings",
        "app/engine_client": "the door",
        "app/storage": "journal, index",
    }),
    ("floor 5", {
        "engine/cli": "terminal",
        "engine/evaluation": "answers scored",
        "engine/benchmarks": "time measured",
        "engine/heads": "exit heads made",
        "engine/training": "Wren made",
    }),
    ("floor 4", {"engine/dialogue.py": "a turn in, events out", "engine/updates": "a newer version?"}),
    ("floor 3", {"engine/models": "Wren, GLM-4-Voice, Step-Audio 2", "engine/gpu": "GPU packs"}),
    ("floor 2", {"engine/prefill": "history, pooling", "engine/decoding": "the loops"}),
    ("floor 1", {"engine/lm": "decoder, cache, heads", "engine/speech": "ears, vocoders"}),
    ("floor 0", {
        "engine/schedules": "how deep each token goes",
        "engine/events.py": "what the engine says",
        "engine/turn_record.py": "the one fold of it",
    }),
)  # fmt: skip
"""From the roof down: the floor's name, and what lives in each of its rooms."""

WALKS = (
    ("a question: microphone to KV cache", "#2274a5",
     ("app/audio", "app/engine_client", "engine/dialogue.py", "engine/models", "engine/prefill", "engine/lm")),
    ("a token: decoder to pixel", "#d1760a",
     ("engine/lm", "engine/decoding", "engine/turn_record.py", "app/widgets")),
    ("a reply: samples to speaker and disk", "#3a8f4d",
     ("engine/decoding", "engine/speech", "app/engine_client", "app/audio")),
    ("", "#3a8f4d", ("engine/turn_record.py", "app/storage")),
)  # fmt: skip
"""What it is, its colour, the rooms that it goes through; one without words belongs to the walk before it."""

WIDTH, LEFT, ROW, GAP, TOP = 920, 64, 64, 12, 14
LANE = 15  # pixels between the marks of two walks in a room


def places() -> dict[str, tuple[float, float, float]]:
    """Left edge, top and width of every room, in pixels."""
    found = {}
    for row, (_, rooms) in enumerate(FLOORS):
        width = (WIDTH - LEFT - GAP * len(rooms)) / len(rooms)
        for column, room in enumerate(rooms):
            found[room] = (LEFT + column * (width + GAP), TOP + row * ROW, width)
    return found


def draw() -> str:
    """The picture as SVG."""
    height = TOP + len(FLOORS) * ROW + 34
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        ' font-family="DejaVu Sans, Verdana, sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        *_rooms(), *_walks(), *_words(), *_legend(height - 16), "</svg>", "",
    ])  # fmt: skip


def _fill(floor: str) -> str:
    return "#eef3f8" if floor == "Qt" else "#f6f4ee"


def _rooms() -> Iterator[str]:
    where = places()
    for floor, rooms in FLOORS:
        for room in rooms:
            left, top, width = where[room]
            box = f'x="{left:.1f}" y="{top}" width="{width:.1f}" height="{ROW - GAP}"'
            yield f'<rect {box} rx="7" fill="{_fill(floor)}" stroke="#c9ced4"/>'


def _words() -> Iterator[str]:
    """Above the walks, each with a rim of its room's colour."""
    where = places()
    for row, (floor, rooms) in enumerate(FLOORS):
        yield f'<text x="8" y="{TOP + row * ROW + (ROW - GAP) / 2 + 4:.0f}" fill="#60656c">{floor}</text>'
        rim = f'fill="none" stroke="{_fill(floor)}" stroke-width="4"'
        for room, what in rooms.items():
            left, top, _ = where[room]
            for colour in (rim, 'fill="#1b1e22"'):
                yield f'<text x="{left + 9:.1f}" y="{top + 18}" font-weight="bold" {colour}>{room}</text>'
            for colour in (rim, 'fill="#60656c"'):
                yield f'<text x="{left + 9:.1f}" y="{top + 34}" {colour}>{escape(what)}</text>'


def _walks() -> Iterator[str]:
    where = places()
    for lane, (_, colour, rooms) in enumerate(WALKS, 1):
        boxes = [where[room] for room in rooms]
        points = [(left + width - LANE * lane, top + ROW - GAP - 10) for left, top, width in boxes]
        path = f"M{points[0][0]:.1f} {points[0][1]}"
        for (x, y), (to_x, to_y) in zip(points, points[1:]):
            middle = (y + to_y) / 2 if y != to_y else y + 2 * GAP  # beside each other: below the words
            path += f" C{x:.1f} {middle:.1f} {to_x:.1f} {middle:.1f} {to_x:.1f} {to_y}"
        yield f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2.2" opacity="0.85"/>'
        for place, (x, y) in enumerate(points):
            size, fill = (5 if place == len(points) - 1 else 3.5), (colour if place else "#ffffff")
            yield f'<circle cx="{x:.1f}" cy="{y}" r="{size}" fill="{fill}" stroke="{colour}" stroke-width="2"/>'


def _legend(y: int) -> Iterator[str]:
    named = [(what, colour) for what, colour, _ in WALKS if what]
    for x, (what, colour) in zip(range(LEFT, WIDTH, (WIDTH - LEFT) // len(named)), named):
        yield f'<line x1="{x}" y1="{y - 4}" x2="{x + 22}" y2="{y - 4}" stroke="{colour}" stroke-width="3"/>'
        yield f'<text x="{x + 28}" y="{y}" fill="#1b1e22">{escape(what)}</text>'


if __name__ == "__main__":
    TARGET.write_text(draw(), encoding="utf-8")
