"""What stands between a download and its model: gateways, proxies, redirects, mirrors."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.models.store import catalogue
from engine.models.store.catalogue import RemoteFile, Source
from engine.models.store.listing import LISTING
from tests.engine.models.store.downloads import (
    BIG,
    PAGE,
    fetch,
    finish,
    part,
    part_of,
    released,
    whole,
)
from tests.engine.models.store.socks_proxy import socks_proxy


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


def test_the_checksum_of_the_redirect_counts(server, tmp_path):
    at = f"{server.url}/maker/tiny/resolve/main"
    what = replace(released(server), sources=(Source(at, "tiny", files=(RemoteFile("model.safetensors"),)),))
    server.corrupt = True
    assert "checksum" in finish(fetch(what, tmp_path)).sentence
    (tmp_path / LISTING).unlink()  # it remembers what the server said
    server.hides_checksums = True
    assert finish(fetch(what, tmp_path)).state == "done"  # nobody can know


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
