"""The list of a GPU pack's wheels, which may be somebody's own."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from engine.gpu import pack
from engine.resources import resources_folder
from tests.fuzz.inputs import changed, json_bytes, json_values, spoilt
from tests.fuzz.target import Target

NAME = "torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl"
WHEEL = {"name": "torch", "file": NAME, "url": f"https://example.org/{NAME}", "size": 1000, "sha256": "0" * 64,
         "licence": "BSD-3-Clause", "unpacked": 2000}  # fmt: skip
VALID = {
    "name": "linux-x86_64-cp311-cuda13", "title": "GPU pack", "device": "cuda", "platform": "linux-x86_64", "python": "cp311",
    "torch": "2.13.0", "runtime": "13.0", "driver": "580.65.06", "capability": "7.5", "licence": "NVIDIA's", "licence_note": "",
    "page": "https://example.org/", "wheels": [WHEEL],
}  # fmt: skip


def read(content: bytes, place: Path) -> None:
    (place / "list.json").write_bytes(content)
    found = pack.read(place / "list.json")
    for wheel in found.wheels:
        assert "/" not in wheel.file and wheel.fits(found.python, found.platform) and pack.is_address(wheel.url)
    assert found.download_bytes > 0 and found.host and Path(found.id).name == found.id


SHIPPED = [path.read_bytes() for path in sorted((resources_folder() / "gpu").glob("*.json"))]
TARGET = Target(
    spoilt(json_bytes(VALID)) | changed(VALID).map(json_bytes) | json_values.map(json_bytes) | st.binary(),
    read,
    examples=[b"", b"[" * 100_000, b"9" * 5000, b"\xff", *SHIPPED],
)
