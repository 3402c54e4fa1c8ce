"""What a download does not trust: damaged bytes and lists, a folder with links in it, a disk without room."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from dataclasses import replace

import pytest

from engine.models.store import catalogue, listing
from engine.models.store.catalogue import Source
from engine.models.store.listing import LISTING
from engine.models.store.transfer import Transfer
from engine.models.store.unfinished import discard
from tests.engine.models.store.downloads import (
    BIG,
    fetch,
    finish,
    listed,
    part,
    part_of,
    released,
    whole,
)


def test_a_part_of_another_file_is_thrown_away(server, tmp_path):
    path = part(tmp_path, content=bytes(1_000_000))
    progress = finish(fetch(released(server), tmp_path))
    assert progress.state == "failed" and "damaged" in progress.sentence and not path.exists()
    assert finish(fetch(released(server), tmp_path)).state == "done"
    assert whole(tmp_path)


def test_damaged_bytes_are_thrown_away_and_said(server, tmp_path):
    server.corrupt = True
    progress = finish(fetch(released(server), tmp_path))
    assert progress.state == "failed"
    assert "damaged" in progress.sentence and "thrown away" in progress.sentence
    assert not list(tmp_path.rglob("*.part")) and not list(tmp_path.rglob("*.safetensors"))


def test_the_checksum_of_the_catalogue_counts_on_a_plain_server(server, tmp_path):
    progress = finish(fetch(listed(server, sha256="0" * 64), tmp_path))
    assert progress.state == "failed" and "checksum" in progress.sentence


def test_a_release_that_changed_meanwhile_is_not_mixed(server, tmp_path):
    server.drops = [500_000] + [0] * 20
    finish(fetch(released(server), tmp_path))
    server.drops, server.files["maker/tiny/model.safetensors"] = [], BIG[:2_000_000]
    progress = finish(fetch(released(server), tmp_path))
    assert progress.state == "failed" and "2,000,000 bytes instead of 3,000,000" in progress.sentence
    assert part_of(tmp_path).stat().st_size >= 500_000
    discard(tmp_path)  # as the sentence says
    assert finish(fetch(released(server), tmp_path)).state == "done"


def test_an_answer_that_is_no_list(server, tmp_path):
    what = replace(released(server), sources=(Source(f"{server.url}/maker/tiny/config.json?", "tiny", "x"),))
    progress = finish(fetch(what, tmp_path))
    assert progress.state == "failed" and progress.sentence.endswith(".")


def test_a_list_cannot_write_outside_its_folder(server, tmp_path):
    server.files = {"maker/tiny/../../evil.bin": b"x"}
    progress = finish(fetch(released(server), tmp_path / "models"))
    assert progress.state == "failed" and not (tmp_path / "evil.bin").exists()


def entry(**changed):
    """A list as a download keeps it, of one file, with something else in it."""
    file = {"path": "model.safetensors", "size": len(BIG), "sha256": None, "git_sha1": None}
    one = {"folder": "tiny", "commit": "c0ffee", "files": [{**file, **changed.pop("file", {})}], **changed}
    return json.dumps({"sources": [one]})


@pytest.mark.parametrize(
    "text",
    [
        "{", "[]", "null", '"x"', "[" * 100_000, '{"sources": 5}', '{"sources": [5]}', '{"sources": []}', "\x00", "9" * 5000,
        json.dumps([{"path": "tiny/x", "url": "file:///etc/passwd", "size": 9, "sha256": None, "git_sha1": None}]),
        entry(folder="elsewhere"), entry(folder="../tiny"), entry(folder="/tmp"), entry(folder=7),
        entry(commit="../../x"), entry(commit="c?x=#"), entry(commit=None), entry(files=[]), entry(files=[None]), entry(files={}),
        *(entry(file={"path": path}) for path in ("../../x", "/etc/x", "a//b", "C:/x", "a\\b", "nul", "x ", "a\nb", "x.py")),
        *(entry(file={"path": path}) for path in (5, "", "x" * 5000, [], None)),
        *(entry(file={"size": size}) for size in (-1, 1e9, True, "9", 10**400)),
        entry(file={"sha256": "zz"}), entry(file={"git_sha1": 7}), entry(file={"url": "file:///etc/passwd"}),
        json.dumps({"sources": [json.loads(entry())["sources"][0]] * 2}),
        entry(files=[{"path": name} for name in ("a", "A")]), entry(files=[{"path": name} for name in ("a", "a.part")]),
    ],
)  # fmt: skip
def test_a_list_that_was_tampered_with_is_not_trusted(server, tmp_path, text):
    (tmp_path / LISTING).write_text(text)
    lists = ()
    with suppress(ValueError):
        lists = listing.kept(tmp_path)
    assert not any(one.files for one in lists) or not listing.fits(lists, released(server))


def test_where_a_list_was_tampered_with_it_is_asked_for_anew(server, tmp_path):
    (tmp_path / LISTING).write_text(entry(file={"path": "../evil"}))
    part(tmp_path)
    assert finish(fetch(released(server), tmp_path)).state == "done" and whole(tmp_path)
    assert set(server.fetched("model.safetensors")) == {"bytes=1000000-"}


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
@pytest.mark.parametrize("name", [LISTING, "tiny", "tiny/model.safetensors", "tiny/model.safetensors.part", "tiny/deep"])
def test_links_that_were_put_in_the_way_are_not_followed(server, tmp_path, name):
    mine, folder = tmp_path / "mine", tmp_path / "models"
    (mine if "." not in name else mine.parent).mkdir(exist_ok=True)
    kept = mine / "kept" if "." not in name else mine
    kept.write_text("mine")
    (folder / name).parent.mkdir(parents=True)
    (folder / name).symlink_to(mine)
    progress = finish(fetch(released(server), folder))
    assert progress.state == "failed" and "by a link" in progress.sentence
    with suppress(OSError):
        discard(folder)
    assert kept.read_text() == "mine" and [path for path in mine.glob("*") if path != kept] == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a pipe with a name")
def test_a_pipe_in_the_place_of_a_file_is_said(server, tmp_path):
    (tmp_path / "tiny").mkdir()
    os.mkfifo(tmp_path / "tiny" / "model.safetensors.part")
    assert "is no file" in finish(fetch(released(server), tmp_path)).sentence


def test_too_little_room_is_said_before_anything_is_fetched(server, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=100_000_000))
    progress = finish(fetch(released(server), tmp_path))
    assert progress.state == "failed"
    assert "100 MB free" in progress.sentence and "203 MB are needed" in progress.sentence
    assert not server.fetched("model.safetensors")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_full_disk_is_said(server, tmp_path, monkeypatch):
    part(tmp_path)
    monkeypatch.setattr(Transfer, "_opened", lambda self: open("/dev/full", "r+b", buffering=0))
    monkeypatch.setattr(Transfer, "_read_again", lambda *_: None)  # what it reads never ends
    progress = finish(fetch(listed(server), tmp_path))
    assert progress.state == "failed" and "is full: free some space. What has arrived is kept" in progress.sentence
    assert part_of(tmp_path).stat().st_size == 1_000_000


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limit")
def test_a_disk_without_big_files_is_said(server, tmp_path):
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, before[1]))
    try:
        progress = finish(fetch(released(server), tmp_path))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert progress.state == "failed" and "takes no files of this size" in progress.sentence
    assert part_of(tmp_path).stat().st_size == 2_000_000


def test_a_folder_that_cannot_be_made(server, tmp_path):
    (tmp_path / "file").write_text("")
    progress = finish(fetch(released(server), tmp_path / "file" / "models"))
    assert progress.state == "failed" and "cannot be written" in progress.sentence


def test_a_damaged_catalogue_is_said(tmp_path):
    path = tmp_path / "catalogue.json"
    path.write_text('[{"id": 1}]')
    with pytest.raises(ValueError, match="catalogue"):
        catalogue.read(path)
