"""What the tests of downloads fetch, and how."""

from __future__ import annotations

import random
import time
from dataclasses import replace

from engine.models.store import catalogue
from engine.models.store.catalogue import RemoteFile, Source
from engine.models.store.download import Download

BIG = random.Random(1).randbytes(3_000_000)
FILES = {"config.json": b'{"model_type": "chatglm"}', "deep/er/flow.pt": BIG[:40_000], "model.safetensors": BIG}
PAGE = {"Content-Type": "text/html; charset=utf-8"}
PATIENCE = 60


def released(server):
    """As the catalogue describes a model that a hub lists."""
    first = catalogue.read()[0]
    return replace(first, sources=(Source(server.url, "tiny", "maker/tiny"),), download_bytes=0)


def listed(server, **known):
    """As a plain server has it, where the catalogue names the files."""
    file = RemoteFile("model.safetensors", **known)
    return replace(released(server), sources=(Source(f"{server.url}/maker/tiny", "tiny", files=(file,)),))


def finish(download):
    assert download.join(PATIENCE)
    return download.progress


def fetch(what, folder, after=None, **settings):
    download = Download(what, folder, after, **{"pauses": (0.01, 0.01), "timeout": 10.0, **settings})
    download.start()
    return download


def wait_until(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def part(folder, count=1_000_000, content=BIG):
    path = folder / "tiny" / "model.safetensors.part"
    path.parent.mkdir(parents=True)
    path.write_bytes(content[:count])
    return path


def part_of(folder):
    return folder / "tiny" / "model.safetensors.part"


def whole(folder):
    return {name: (folder / "tiny" / name).read_bytes() for name in FILES} == FILES
