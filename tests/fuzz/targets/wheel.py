"""A wheel of a GPU pack: its bytes, and the names in it."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

from hypothesis import strategies as st

from engine.gpu.pack import Pack, Wheel
from engine.gpu.unpack import BrokenWheel, unpack
from tests.fuzz.inputs import spoilt
from tests.fuzz.target import Target

NAME = "torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl"
Entry = tuple[str, bytes, int, int]


def packed(entries: list[Entry]) -> bytes:
    """(name, content, compression, flags)."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name, data, way, flags in [("torch/__init__.py", b"", 0, 0), *entries]:
            entry = zipfile.ZipInfo("x")
            entry.filename, entry.compress_type, entry.external_attr = name.encode("utf-8", "replace").decode(), way, flags << 16
            made.writestr(entry, data)
    return stream.getvalue()


def read(content: bytes, place: Path) -> None:
    (place / "wheels").mkdir()
    (place / "wheels" / NAME).write_bytes(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError):
        unpacked = 1
    wheel = Wheel("torch", NAME, f"https://example.org/{NAME}", max(1, len(content)), "0" * 64, "BSD", min(unpacked, 10**9))
    about = "p", "A pack", "BSD", "", "https://example.org/", 1, (wheel.source,)
    pack = Pack(*about, "cpu", "linux-x86_64", "cp311", "2.13.0", "", "", "", (wheel,))
    try:
        written = unpack(pack, place / "wheels", place / "site")
        assert all((place / "site" / path).stat().st_size == file.size for path, file in written.items())
    finally:
        assert {path.name for path in place.iterdir()} <= {"wheels", "site"}
        assert not [path for path in place.rglob("*") if path.is_symlink()]
        assert sum(path.stat().st_size for path in (place / "site").rglob("*") if path.is_file()) <= max(unpacked, 0)


names = st.sampled_from(
    ["torch/a.py", "torch/lib/libtorch.so", "../x", "/x", "C:/x", "torch\\x", "torch/../../x", "torch/", "t.data/purelib/x.py",
     "t.data/purelib/../x.py", "a/" * 300 + "x", "x.pth", "\ud800/x", "torch/__init__.py", "TORCH/A.py", "nul"]
) | st.text(max_size=20)  # fmt: skip
ways = st.sampled_from([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
entries = st.lists(st.tuples(names, st.binary(max_size=100), ways, st.sampled_from([0o100644, 0o120777, 0o755, 0])), max_size=6)
WHOLE = packed([("torch/a.py", b"a" * 1000, zipfile.ZIP_DEFLATED, 0o100644)])
BEFORE_ITS_BEGINNING = (  # where its directory says that an entry is
    b"PK\x01\x02" + bytes(24) + b"\x11" + bytes(17) + b"\x01/" + bytes(15) + b"PK\x01\x02" + bytes(25)
    + b"\x01" + bytes(16) + b"         !PK\x05\x06" + bytes(8) + b"w" + bytes(6) + b"\x01\x00\x00"
)

TARGET = Target(
    entries.map(packed) | spoilt(WHOLE) | st.binary(),
    read,
    refuses=(BrokenWheel,),
    examples=[WHOLE, WHOLE[:-30], BEFORE_ITS_BEGINNING, packed([("torch/zeros", bytes(110_000_000), zipfile.ZIP_DEFLATED, 0)])],
)
