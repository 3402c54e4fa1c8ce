"""Downloads from a real server on this machine: resumed, broken off, damaged, refused."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import threading
import time
from contextlib import suppress
from dataclasses import replace

import pytest

from engine.models.store import catalogue, listing
from engine.models.store.catalogue import RemoteFile, Source
from engine.models.store.download import Download
from engine.models.store.listing import LISTING
from engine.models.store.speed import Speed
from engine.models.store.transfer import Transfer
from engine.models.store.unfinished import LOCK, discard, unfinished_bytes
from engine.models.store.words import duration, size
from tests.engine.models.store.file_server import file_server
from tests.engine.models.store.socks_proxy import socks_proxy

BIG = random.Random(1).randbytes(3_000_000)
FILES = {"config.json": b'{"model_type": "chatglm"}', "deep/er/flow.pt": BIG[:40_000], "model.safetensors": BIG}
PAGE = {"Content-Type": "text/html; charset=utf-8"}
PATIENCE = 60


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", catalogue.MIRROR):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with file_server() as server:
        server.files = {f"maker/tiny/{name}": content for name, content in FILES.items()}
        server.files["maker/tiny/modeling.py"] = b"import os"
        yield server


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


def test_everything_but_code_is_fetched_and_checked(server, tmp_path):
    progress = finish(fetch(released(server), tmp_path))
    assert (progress.state, progress.sentence) == ("done", "")
    assert progress.done == progress.total == sum(map(len, FILES.values()))
    assert whole(tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["config.json", "flow.pt", "model.safetensors"]
    assert any("/resolve/c0ffee/" in path for path, _ in server.requests)  # pinned to one commit


def test_what_is_there_is_not_fetched_again(server, tmp_path):
    finish(fetch(released(server), tmp_path))
    server.requests.clear()
    assert finish(fetch(released(server), tmp_path)).state == "done"
    assert not server.fetched("model.safetensors")


def test_a_part_is_resumed(server, tmp_path):
    part(tmp_path)
    assert finish(fetch(released(server), tmp_path)).state == "done"
    assert set(server.fetched("model.safetensors")) == {"bytes=1000000-"}
    assert whole(tmp_path)


def test_a_server_that_ignores_ranges_is_passed_over_what_is_here(server, tmp_path):
    server.ignores_range, server.drops = True, [500_000, 2_000_000]  # the first breaks off before there is anything new
    path = part(tmp_path)
    download = Download(released(server), tmp_path, pauses=(0.2,) * 3)
    kept = []
    download._client.wait = lambda seconds: kept.append(path.stat().st_size)
    download.start()
    assert finish(download).state == "done" and whole(tmp_path)
    assert kept == [1_000_000, 2_000_000]


def test_a_part_of_another_file_is_thrown_away(server, tmp_path):
    path = part(tmp_path, content=bytes(1_000_000))
    progress = finish(fetch(released(server), tmp_path))
    assert progress.state == "failed" and "damaged" in progress.sentence and not path.exists()
    assert finish(fetch(released(server), tmp_path)).state == "done"
    assert whole(tmp_path)


@pytest.mark.parametrize(
    ("gateway", "words"),
    [
        ((PAGE, b"<html>Please sign in"), ["web page", "sign in"]),
        ((PAGE, b"<html>".ljust(len(BIG))), ["web page"]),
        (({}, b"no"), ["2 bytes instead of 3,000,000", "delete what has arrived"]),
        (({}, bytes(len(BIG))), ["another model.safetensors than the one"]),
        (({"Content-Encoding": "br"}, bytes(len(BIG))), ["packs model.safetensors by 'br'"]),
        (({"Content-Encoding": "gzip"}, bytes(len(BIG))), ["was lost"]),
    ],
)  # fmt: skip
def test_what_a_gateway_sends_instead_takes_nothing_away(server, tmp_path, gateway, words):
    server.drops = [1_000_000] + [0] * 20
    finish(fetch(released(server), tmp_path))
    before = part_of(tmp_path).read_bytes()
    server.drops, server.gateway = [], gateway
    progress = finish(fetch(released(server), tmp_path))
    assert progress.state == "failed" and "is kept" in progress.sentence
    assert all(word in progress.sentence for word in words), progress.sentence
    assert part_of(tmp_path).read_bytes() == before and len(before) > 900_000
    server.gateway = None
    assert finish(fetch(released(server), tmp_path)).state == "done" and whole(tmp_path)


def test_a_gateway_in_the_place_of_the_list_is_said(server, tmp_path):
    server.gateway = (PAGE, b"<html>Please sign in")
    progress = finish(fetch(released(server), tmp_path))
    assert progress.state == "failed" and "A web page came instead of the list of files" in progress.sentence
    assert not (tmp_path / LISTING).exists()


@pytest.mark.parametrize("begun", [False, True])
def test_what_a_proxy_packs_is_unpacked(server, tmp_path, begun):
    if begun:
        part(tmp_path)
    server.packs = True
    assert finish(fetch(released(server), tmp_path)).state == "done" and whole(tmp_path)


@pytest.mark.parametrize("count", [3_000_000, 4_000_000])
def test_a_part_that_is_as_long_as_the_server_offers_or_longer(server, tmp_path, monkeypatch, count):
    monkeypatch.setattr(listing, "_with_size", lambda client, source, file: file)  # a server that does not tell sizes beforehand
    path = part(tmp_path, content=BIG + BIG, count=count)
    progress = finish(fetch(listed(server), tmp_path))
    if count == len(BIG):
        assert progress.state == "done" and (tmp_path / "tiny" / "model.safetensors").read_bytes() == BIG
    else:
        assert progress.state == "failed" and "is kept" in progress.sentence and path.stat().st_size == count


def test_broken_connections_are_taken_up_again(server, tmp_path):
    server.drops = [500_000, 500_000, 500_000, 500_000]
    assert finish(fetch(released(server), tmp_path, pauses=(0.01,))).state == "done"
    assert whole(tmp_path)
    assert len(server.fetched("storage/maker/tiny/model.safetensors")) >= 3
    assert server.fetched("storage/maker/tiny/model.safetensors")[-1].startswith("bytes=")


def test_a_server_that_stops_answering_is_given_up_and_the_part_kept(server, tmp_path):
    server.drops = [500_000] + [0] * 20
    progress = finish(fetch(released(server), tmp_path))
    assert progress.state == "failed" and "was lost" in progress.sentence and "is kept" in progress.sentence
    kept = unfinished_bytes(tmp_path)
    assert kept > 500_000 - 1
    server.drops = []
    assert finish(fetch(released(server), tmp_path)).state == "done"
    assert whole(tmp_path) and unfinished_bytes(tmp_path) == 0


def test_a_silent_server_is_noticed(server, tmp_path):
    server.stalls.set()
    progress = finish(fetch(released(server), tmp_path, timeout=0.3, pauses=(0.01,)))
    assert progress.state == "failed" and "stopped answering" in progress.sentence


def test_damaged_bytes_are_thrown_away_and_said(server, tmp_path):
    server.corrupt = True
    progress = finish(fetch(released(server), tmp_path))
    assert progress.state == "failed"
    assert "damaged" in progress.sentence and "thrown away" in progress.sentence
    assert not list(tmp_path.rglob("*.part")) and not list(tmp_path.rglob("*.safetensors"))


@pytest.mark.parametrize("known", [{"sha256": hashlib.sha256(BIG).hexdigest(), "size": len(BIG)}, {"size": len(BIG)}, {}])
def test_a_plain_server(server, tmp_path, known):
    assert finish(fetch(listed(server, **known), tmp_path)).state == "done"
    assert (tmp_path / "tiny" / "model.safetensors").read_bytes() == BIG


def test_the_checksum_of_the_catalogue_counts_on_a_plain_server(server, tmp_path):
    progress = finish(fetch(listed(server, sha256="0" * 64), tmp_path))
    assert progress.state == "failed" and "checksum" in progress.sentence


def test_the_checksum_of_the_redirect_counts(server, tmp_path):
    at = f"{server.url}/maker/tiny/resolve/main"
    what = replace(released(server), sources=(Source(at, "tiny", files=(RemoteFile("model.safetensors"),)),))
    server.corrupt = True
    assert "checksum" in finish(fetch(what, tmp_path)).sentence
    (tmp_path / LISTING).unlink()  # it remembers what the server said
    server.hides_checksums = True
    assert finish(fetch(what, tmp_path)).state == "done"  # nobody can know


def test_a_release_that_changed_meanwhile_is_not_mixed(server, tmp_path):
    server.drops = [500_000] + [0] * 20
    finish(fetch(released(server), tmp_path))
    server.drops, server.files["maker/tiny/model.safetensors"] = [], BIG[:2_000_000]
    progress = finish(fetch(released(server), tmp_path))
    assert progress.state == "failed" and "2,000,000 bytes instead of 3,000,000" in progress.sentence
    assert part_of(tmp_path).stat().st_size >= 500_000
    discard(tmp_path)  # as the sentence says
    assert finish(fetch(released(server), tmp_path)).state == "done"


@pytest.mark.parametrize(
    ("code", "words"),
    [(404, "does not offer"), (401, "agreement"), (403, "Add folder"), (451, "refused")],
)
def test_a_refusal_is_final_and_said(server, tmp_path, code, words):
    server.errors = [code]
    progress = finish(fetch(released(server), tmp_path))
    assert progress.state == "failed" and words in progress.sentence and "127.0.0.1" in progress.sentence
    assert len(server.requests) == 1


def test_a_busy_server_is_asked_again(server, tmp_path):
    server.errors = [503, 429]
    assert finish(fetch(released(server), tmp_path, pauses=(0.01, 0.01, 0.01))).state == "done"


def test_no_server_at_all(server, tmp_path):
    what = released(server)
    server.shutdown()
    server.server_close()
    progress = finish(fetch(what, tmp_path))
    assert progress.state == "failed" and "refused the connection" in progress.sentence


def test_no_network(server, tmp_path):
    what = replace(released(server), sources=(Source("http://nowhere.invalid", "tiny", "maker/tiny"),))
    progress = finish(fetch(what, tmp_path))
    assert progress.state == "failed" and "nowhere.invalid" in progress.sentence


def test_an_answer_that_is_no_list(server, tmp_path):
    what = replace(released(server), sources=(Source(f"{server.url}/maker/tiny/config.json?", "tiny", "x"),))
    progress = finish(fetch(what, tmp_path))
    assert progress.state == "failed" and progress.sentence.endswith(".")


def test_a_list_cannot_write_outside_its_folder(server, tmp_path):
    server.files = {"maker/tiny/../../evil.bin": b"x"}
    progress = finish(fetch(released(server), tmp_path / "models"))
    assert progress.state == "failed" and not (tmp_path / "evil.bin").exists()


@pytest.mark.parametrize("when", ["downloading", "stalled"])
def test_cancel_within_a_second_and_go_on_later(server, tmp_path, when):
    server.delay = 0.01
    download = fetch(released(server), tmp_path)
    wait_until(lambda: download.progress.done > 500_000)
    if when == "stalled":
        server.stalls.set()
        time.sleep(0.1)
    began = time.monotonic()
    download.cancel()
    assert download.progress.state == "cancelled"
    assert download.join(10)
    assert time.monotonic() - began < 5  # a second on a quiet machine; without the cut it would be the timeout
    kept = unfinished_bytes(tmp_path)
    assert 0 < kept < len(BIG)
    server.stalls.clear()
    server.delay = 0.0
    again = fetch(released(server), tmp_path, download)
    assert finish(again).state == "done" and whole(tmp_path)
    assert download.progress.state == "cancelled"


def test_cancel_while_waiting_for_another_try(server, tmp_path):
    server.errors = [503] * 100
    download = fetch(released(server), tmp_path, pauses=(100.0,) * 5)
    wait_until(lambda: download.progress.state == "waiting")
    assert "busy" in download.progress.sentence
    download.cancel()
    assert download.join(10) and download.progress.state == "cancelled"


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


def test_two_downloads_into_one_folder(server, tmp_path):
    server.delay = 0.02
    first = fetch(released(server), tmp_path)
    wait_until(lambda: first.progress.done > 100_000)
    second = finish(fetch(released(server), tmp_path))
    assert second.state == "failed" and "Another Refrain is downloading" in second.sentence
    with pytest.raises(OSError, match="Another Refrain"):
        discard(tmp_path)
    server.delay = 0.0
    assert finish(first).state == "done" and whole(tmp_path)
    assert not (tmp_path / LOCK).exists()


@pytest.mark.parametrize("address", ["file:///etc/hostname", "ftp://127.0.0.1/x", "data:,x"])
def test_a_redirect_to_something_else_than_the_web_is_refused(server, tmp_path, address):
    server.sends_to = address
    progress = finish(fetch(released(server), tmp_path))
    assert progress.state == "failed" and not list(tmp_path.rglob("*.safetensors"))


def test_a_redirect_in_circles_ends(server, tmp_path):
    server.sends_to = "/again"
    assert "refused" in finish(fetch(released(server), tmp_path)).sentence and len(server.requests) < 20


def test_a_mirror_of_the_hub_is_taken_from_the_environment(server, tmp_path, monkeypatch):
    what = replace(released(server), sources=(Source(catalogue.HUB, "tiny", "maker/tiny"),))
    assert what.host == "huggingface.co"
    monkeypatch.setenv(catalogue.MIRROR, f"{server.url}/")
    assert what.host == server.url.removeprefix("http://")
    assert finish(fetch(what, tmp_path)).state == "done" and whole(tmp_path)
    monkeypatch.setenv(catalogue.MIRROR, "file:///etc")
    assert finish(fetch(what, tmp_path / "b")).state == "failed"


@pytest.mark.parametrize(("variable", "kind"), [("ALL_PROXY", "socks5h"), ("http_proxy", "socks5"), ("http_proxy", "socks4a")])
def test_a_socks_proxy_is_used_and_looks_names_up(server, tmp_path, monkeypatch, variable, kind):
    what = replace(released(server), sources=(Source("http://hub.invalid", "tiny", "maker/tiny"),))
    with socks_proxy(server.server_port) as (port, asked):
        monkeypatch.setenv(variable, f"{kind}://127.0.0.1:{port}")
        assert finish(fetch(what, tmp_path)).state == "done" and whole(tmp_path)
    assert set(asked) == {b"hub.invalid"}


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "socks5://:x", "socks5h://"])
def test_a_socks_proxy_that_is_not_there_is_said(server, tmp_path, monkeypatch, proxy):
    monkeypatch.setenv("ALL_PROXY", proxy)
    progress = finish(fetch(released(server), tmp_path, pauses=(0.01,)))
    assert progress.state == "failed" and "proxy" in progress.sentence


def test_an_http_proxy_is_used_for_everything(server, tmp_path, monkeypatch):
    what = replace(released(server), sources=(Source("http://hub.invalid", "tiny", "maker/tiny"),))
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", server.url)  # which is asked for the whole address
    finish(fetch(what, tmp_path))
    assert server.requests[0][0].startswith("http://hub.invalid/api/")


def test_discarding_deletes_only_what_was_downloaded(server, tmp_path):
    folder = tmp_path / "models"
    server.drops = [500_000] + [0] * 20
    finish(fetch(released(server), folder))
    (folder / "tiny" / "mine.txt").write_text("mine")
    discard(folder)
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["mine.txt"]
    (folder / "tiny" / "mine.txt").unlink()
    discard(folder)
    assert not folder.exists()


def test_progress_tells_speed_and_time_left(server, tmp_path):
    server.delay = 0.03
    download = fetch(released(server), tmp_path)
    seen = []
    wait_until(lambda: seen.append(download.progress) or not download.progress.is_running)
    assert finish(download).state == "done"
    timed = [progress for progress in seen if progress.seconds_left is not None]
    assert timed and all(progress.file for progress in timed)
    done = [progress.done for progress in seen]
    assert done == sorted(done) and done[-1] == len(BIG) + 40_000 + len(FILES["config.json"])


def test_no_thread_is_left(server, tmp_path):
    finish(fetch(released(server), tmp_path))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("download ")]


def test_speed_forgets_what_is_long_ago():
    clock = iter([0.0, 1.0, 2.0, 100.0, 101.0])
    speed = Speed(lambda: next(clock))
    assert [speed.add(1000) for _ in range(5)] == [0.0, 1000.0, 1000.0, 0.0, 1000.0]


def test_words():
    assert [size(count) for count in (12, 28_800_000, 21.1e9, 139e9)] == ["12 bytes", "28.8 MB", "21.1 GB", "139 GB"]
    assert [duration(seconds) for seconds in (0, 40, 720, 12_000)] == ["1 s", "40 s", "12 min", "3 h 20 min"]


def test_the_catalogue_that_ships_is_whole():
    for entry in catalogue.read():
        assert entry.licence and entry.page.startswith("https://") and entry.host == "huggingface.co"
        assert entry.download_bytes > 1e10 and entry.sources[0].repo


def test_a_damaged_catalogue_is_said(tmp_path):
    path = tmp_path / "catalogue.json"
    path.write_text('[{"id": 1}]')
    with pytest.raises(ValueError, match="catalogue"):
        catalogue.read(path)
