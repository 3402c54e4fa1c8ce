"""Downloads from a real server on this machine: resumed, broken off, damaged, refused."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import threading
import time
from dataclasses import replace

import pytest

from engine.models.store import catalogue
from engine.models.store.catalogue import RemoteFile, Source
from engine.models.store.download import Download
from engine.models.store.speed import Speed
from engine.models.store.unfinished import LISTING, discard, unfinished_bytes
from engine.models.store.words import duration, size
from tests.engine.models.store.file_server import file_server

BIG = random.Random(1).randbytes(3_000_000)
FILES = {"config.json": b'{"model_type": "chatglm"}', "deep/er/flow.pt": BIG[:40_000], "model.safetensors": BIG}
PATIENCE = 60


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
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
    file = RemoteFile("model.safetensors", f"{server.url}/maker/tiny/model.safetensors", **known)
    return replace(released(server), sources=(Source(server.url, "tiny", files=(file,)),))


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


def test_a_server_that_ignores_ranges_sends_all_again(server, tmp_path):
    server.ignores_range = True
    part(tmp_path)
    assert finish(fetch(released(server), tmp_path)).state == "done"
    assert whole(tmp_path)


def test_a_part_of_another_file_is_thrown_away(server, tmp_path):
    path = part(tmp_path, content=bytes(1_000_000))
    progress = finish(fetch(released(server), tmp_path))
    assert progress.state == "failed" and "damaged" in progress.sentence and not path.exists()
    assert finish(fetch(released(server), tmp_path)).state == "done"
    assert whole(tmp_path)


def test_a_part_that_is_too_long_is_thrown_away(server, tmp_path):
    part(tmp_path, content=BIG + BIG, count=4_000_000)
    assert finish(fetch(released(server), tmp_path)).state == "done"
    assert whole(tmp_path)


def test_a_part_that_the_server_finds_too_long_is_thrown_away(server, tmp_path, monkeypatch):
    monkeypatch.setattr(Download, "_with_size", lambda self, file: file)  # a server that does not tell sizes beforehand
    part(tmp_path, content=BIG + BIG, count=4_000_000)
    assert finish(fetch(listed(server), tmp_path)).state == "done"
    assert (tmp_path / "tiny" / "model.safetensors").read_bytes() == BIG


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
    file = RemoteFile("model.safetensors", f"{server.url}/maker/tiny/resolve/main/model.safetensors")
    what = replace(released(server), sources=(Source(server.url, "tiny", files=(file,)),))
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
    assert progress.state == "failed" and "changed" in progress.sentence
    assert not (tmp_path / LISTING).exists()  # so that the next try asks again


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
def test_a_full_disk_is_said(server, tmp_path):
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "model.safetensors.part").symlink_to("/dev/full")
    progress = finish(fetch(listed(server), tmp_path))
    assert progress.state == "failed" and "full" in progress.sentence


def test_a_folder_that_cannot_be_made(server, tmp_path):
    (tmp_path / "file").write_text("")
    progress = finish(fetch(released(server), tmp_path / "file" / "models"))
    assert progress.state == "failed" and "cannot be written" in progress.sentence


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
