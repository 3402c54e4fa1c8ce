"""The settings file."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from app.settings.settings import Settings
from app.settings.table import BY_KEY, SETTINGS
from tests.fuzz.inputs import spoilt
from tests.fuzz.target import Target

NAMES = [f"[{setting.group}]\n{setting.name}" for setting in SETTINGS]
ODD = (
    "1", "-1", "1" * 400, "1" * 5000, "0x" + "f" * 4000, "1e400", "nan", "-inf", "1.5", "true", '""', '"\\u0000"', '"..."', "[]",
    "[" * 500, "{}", "1979-05-27", "'''", '"' + "a" * 9000 + '"', "a", "", "[[1]]", '"\\ud800"',
)  # fmt: skip
VALID = (
    b'[audio]\nlatency = "safe"\n[engine]\nschedule = "spark:even@8"\nthreads = 2\n[generation]\ntemperature = 0.5\nseed = 3\n'
)


def read(content: bytes, place: Path) -> None:
    path = place / "settings.toml"
    path.write_bytes(content)
    settings = Settings(path)
    try:
        for key, setting in BY_KEY.items():
            assert setting.accept(settings.get(key)) == settings.get(key)
        settings.set("generation.seed", 7)
        settings.flush()
    finally:
        settings.close()
    kept = [file for file in place.iterdir() if file.name.startswith("settings.toml.damaged")]
    assert not kept or kept[0].read_bytes() == content  # nothing is lost
    assert Settings(path).get("generation.seed") == 7


lines = st.lists(st.builds("{} = {}\n".format, st.sampled_from(NAMES) | st.text(max_size=5), st.sampled_from(ODD)), max_size=4)

TARGET = Target(
    lines.map("".join).map(lambda text: text.encode("utf-8", "replace")) | spoilt(VALID) | st.binary(),
    read,
    refuses=(),
    examples=[
        b"[generation]\nseed = " + b"1" * 400,
        b"[generation]\ntemperature = " + b"1" * 400,
        b"[generation]\nseed = 0x" + b"f" * 100_000,
        b"a = " + b"[" * 100_000,
        b"a." * 100_000 + b"b = 1",
        b"x" * 20_000_000,
    ],
)
