"""Faults of downloads, from a real server on this machine, by the program's own command."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.models.store.catalogue import MIRROR
from engine.models.store.listing import LISTING
from engine.models.tiny import make
from tests.engine.models.store.file_server import FileServer, file_server
from tests.faults.fault import Outcome, command, fault, fill, lost, refrain, sentence, small_disk, started

NAME = "step-audio-2-mini"
REPO = "stepfun-ai/Step-Audio-2-mini"
SLOW = 0.05  # seconds for 64 KiB


@contextmanager
def hub(place: Path) -> Iterator[FileServer]:
    """A mirror of the hub with a tiny model in place of the released one; the environment leads the program there."""
    make("stepaudio2", place / "origin")
    with file_server() as server:
        files = (path for path in (place / "origin").rglob("*") if path.is_file())
        server.files = {f"{REPO}/{path.relative_to(place / 'origin').as_posix()}": path.read_bytes() for path in files}
        os.environ[MIRROR] = server.url
        yield server


def download(place: Path) -> list[object]:
    return ["models", "download", NAME, "--yes", "--folder", place]


def arrived(place: Path) -> dict[str, int]:
    """Bytes of every file that is here, whole or in part."""
    found = [path for path in (place / NAME).rglob("*") if path.is_file() and path.name not in (LISTING, "download.lock")]
    return {path.name.removesuffix(".part"): path.stat().st_size for path in found}


def half(server: FileServer, place: Path) -> Callable[[], bool]:
    total = sum(map(len, server.files.values()))
    return lambda: sum(arrived(place).values()) > total / 2


def gone_on(server: FileServer, place: Path, before: dict[str, int], said: str) -> Outcome:
    """Lets the download go on to its end, and counts what of the earlier bytes was there."""
    here = arrived(place)
    less = sum(max(0, size - here.get(name, 0)) for name, size in before.items())
    server.delay = 0.0
    server.requests.clear()
    again = refrain(*download(place))
    asked = {path.rpartition("/")[2]: int(span.removeprefix("bytes=").rstrip("-") or 0) for path, span in server.requests
             if "/storage/" in path}  # fmt: skip
    twice = sum(max(0, before[name] - start) for name, start in asked.items() if name in before)
    works = refrain("ask", "--model", place / NAME / "Step-Audio-2-mini", "--text", "hi", "--json", "--max-tokens", 20)
    is_whole = again.returncode == 0 and works.returncode == 0
    kept = f"{sum(before.values()):,} bytes were there; {twice:,} of them were fetched again; the model answers: {is_whole}"
    return Outcome(kept, "nothing" if is_whole and not less and not twice else f"{max(less, twice):,} bytes", said)


@fault("download-killed", "kill -9 in the middle of a download, then the same command again")
def killed(place: Path) -> Outcome:
    with hub(place) as server:
        server.delay = SLOW
        with started(command(*download(place)), half(server, place)):
            pass
        return gone_on(server, place, arrived(place), "")


@fault("download-interrupted", "Ctrl-C in the middle of a download")
def interrupted(place: Path) -> Outcome:
    with hub(place) as server:
        server.delay = SLOW
        with started(command(*download(place)), half(server, place)) as child:
            child.send_signal(2)
            said = child.communicate(timeout=60)[1].strip().splitlines()[-1]
        before = arrived(place)
        return gone_on(server, place, before, f"exit code {child.returncode}: {said.replace(str(place), 'FOLDER')}")


@fault("download-cut", "the connection breaks off in the middle of a file, again and again")
def cut(place: Path) -> Outcome:
    with hub(place) as server:
        server.drops = [400_000, 400_000, 400_000] + [0] * 50
        run = refrain(*download(place))
        server.drops = []
        return gone_on(server, place, arrived(place), sentence(run, place))


@fault("download-gateway", "a gateway's page in place of the rest of a file")
def gateway(place: Path) -> Outcome:
    with hub(place) as server:
        server.delay = SLOW
        with started(command(*download(place)), half(server, place)):
            pass
        before = arrived(place)
        server.gateway = ({"Content-Type": "text/html"}, b"<html>Please sign in")
        run = refrain(*download(place))
        server.gateway = None
        return gone_on(server, place, before, sentence(run, place))


@fault("download-full-disk", "another program fills the disk in the middle of a download (a disk of 260 MB)")
def full_disk(place: Path) -> Outcome:
    with hub(place) as server, small_disk(place / "disk", 260) as disk:
        server.delay = SLOW
        with started(command(*download(disk)), half(server, disk)) as child:
            filler = fill(disk)
            before = arrived(disk)
            said = child.communicate(timeout=120)[1].strip().splitlines()[-1]
        filler.unlink()
        return gone_on(server, disk, before, said.replace(str(disk), "FOLDER").removeprefix("refrain: "))


@fault("download-tampered", "download.json of an unfinished download names files elsewhere and file: addresses")
def tampered(place: Path) -> Outcome:
    mine = place / "mine.txt"
    mine.write_text("mine")
    with hub(place) as server:
        server.delay = SLOW
        with started(command(*download(place)), half(server, place)):
            pass
        before = arrived(place)
        evil = '[{"path": "../../mine.txt", "url": "file:///etc/hostname", "size": 9, "sha256": null, "git_sha1": null}]'
        (place / NAME / LISTING).write_text(evil)
        outcome = gone_on(server, place, before, "the list was asked for anew")
        return outcome if mine.read_text() == "mine" else Outcome(outcome.kept, "a file of the user", outcome.said)


@fault("download-twice", "the same download is started a second time beside the first")
def twice(place: Path) -> Outcome:
    with hub(place) as server:
        server.delay = SLOW
        with started(command(*download(place)), half(server, place)) as child:
            server.stalls.set()  # so that the first is not over before the second has begun
            before = arrived(place)
            second = refrain(*download(place))
            server.stalls.clear()
            server.delay = 0.0
            first = child.wait(timeout=120)
        here = arrived(place)
        gone = lost(list(before), [name for name in before if here.get(name, 0) >= before[name]], "files")
        return Outcome(f"the first went on to its end with exit code {first}", gone, sentence(second, place))


@fault("download-damaged", "the server sends one wrong bit")
def damaged(place: Path) -> Outcome:
    with hub(place) as server:
        server.corrupt = True
        run = refrain(*download(place))
        server.corrupt = False
        bad = sorted(arrived(place))
        again = refrain(*download(place))
        kept = f"files under their own name after it: {len(bad)}; after another try the download ends with {again.returncode}"
        return Outcome(kept, "nothing" if again.returncode == 0 else "the download", sentence(run, place))


@fault("download-silent", "the server stops answering in the middle, for good")
def silent(place: Path) -> Outcome:
    with hub(place) as server:
        server.delay = SLOW
        with started(command(*download(place)), half(server, place)) as child:
            server.stalls.set()
            time.sleep(1)
            before = arrived(place)
            child.send_signal(2)  # nobody waits the minutes that it tries again
            began = time.monotonic()
            said = child.communicate(timeout=60)[1].strip().splitlines()[-1].replace(str(place), "FOLDER")
            seconds = time.monotonic() - began
        server.stalls.clear()
        return gone_on(server, place, before, f"after Ctrl-C, within {seconds:.1f} s: {said}")
