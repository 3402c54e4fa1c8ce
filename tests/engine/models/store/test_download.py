"""Downloads from a real server on this machine: whole, resumed, broken off, cancelled, refused."""

from __future__ import annotations

import hashlib
import threading
import time
import urllib.error
from dataclasses import replace

import pytest

from engine.models.store import catalogue, listing
from engine.models.store.catalogue import Source
from engine.models.store.connection import Client
from engine.models.store.download import Download
from engine.models.store.transfer_rate import TransferRate
from engine.models.store.unfinished import LOCK, discard, unfinished_bytes
from engine.models.store.words import duration, size
from tests.engine.models.store.downloads import (
    BIG,
    FILES,
    fetch,
    finish,
    listed,
    part,
    released,
    wait_until,
    whole,
)


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


@pytest.mark.parametrize("known", [{"sha256": hashlib.sha256(BIG).hexdigest(), "size": len(BIG)}, {"size": len(BIG)}, {}])
def test_a_plain_server(server, tmp_path, known):
    assert finish(fetch(listed(server, **known), tmp_path)).state == "done"
    assert (tmp_path / "tiny" / "model.safetensors").read_bytes() == BIG


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
    speed = TransferRate(lambda: next(clock))
    assert [speed.add(1000) for _ in range(5)] == [0.0, 1000.0, 1000.0, 0.0, 1000.0]


def test_words():
    assert [size(count) for count in (12, 28_800_000, 21.1e9, 139e9)] == ["12 bytes", "28.8 MB", "21.1 GB", "139 GB"]
    assert [duration(seconds) for seconds in (0, 40, 720, 12_000)] == ["1 s", "40 s", "12 min", "3 h 20 min"]


def test_the_catalogue_that_ships_is_whole():
    for entry in catalogue.read():
        assert entry.licence and entry.page.startswith("https://") and entry.host == "huggingface.co"
        assert entry.download_bytes > 1e9 and entry.sources[0].repo


def test_an_answer_that_is_an_error_keeps_no_socket(server):
    server.errors = [404]
    with pytest.raises(urllib.error.HTTPError) as caught:
        Client(5.0).open(f"{server.url}/nothing")
    assert caught.value.closed and caught.value.code == 404
