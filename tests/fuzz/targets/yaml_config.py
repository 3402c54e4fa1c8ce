"""The YAML configs of vocoders."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from engine.models.checkpoints.yaml_safe import read_yaml
from engine.models.tiny import glm4voice, stepaudio2
from tests.fuzz.inputs import grammar, spoilt
from tests.fuzz.target import Target

RELEASED = [stepaudio2._FLOW.encode(), glm4voice._VOICE.encode()]
WORDS = (
    "a", "b", ": ", "\n", "- ", "  ", "[", "]", "{", "}", ", ", "!ref <a>", "!ref <b>", "!new:x.Y", "!name:z", "!apply:q",
    "!!int ", "!!float ", "!!timestamp ", "!!binary ", "!!set ", "!!omap ", "!!python/name:os.system", "!include:x", "&x ", "*x",
    "<<: ", "? ", "1:30", "1_000", "0x1F", "0b11", "017", "1e999", "-.inf", ".nan", "2001-01-01", "~", "'", '"', "|\n", ">\n",
    "#", "---\n", "%YAML", "\t", "=", "\ufeff", "\x85",
)  # fmt: skip
BOMB = "\n".join(f"a{i}: [!ref <a{i + 1}>, !ref <a{i + 1}>]" for i in range(100)) + "\na100: 1"


def read(content: bytes, place: Path) -> None:
    path = place / "flow.yaml"
    path.write_bytes(content)
    read_yaml(path)


TARGET = Target(
    spoilt(RELEASED) | grammar(WORDS, 30).map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(),
    read,
    refuses=(ValueError, FileNotFoundError),
    examples=[
        BOMB.encode(),
        b"a: " + b"1:" * 40_000 + b"1",
        b"a: " + b"9" * 90_000,
        b"a: 1e999999999\nb: !!float ''\n",
        b"a: " + b"[" * 90_000,
        b"a: " + b"{a: " * 20_000,
        b"- " * 20_000,
        b"a:\n" * 8_000,
        b"? " * 10_000,
        b"a: '" + b"''" * 40_000,
        b"a: \xff",
        b"x" * 20_000_000,
    ],
)
