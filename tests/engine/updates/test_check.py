"""Whether there is a newer version: asked of a real server, which lies, stalls or has nothing to say."""

from __future__ import annotations

import base64
import json
import threading
import time
from dataclasses import replace

import pytest
from nacl.signing import SigningKey

from engine.models.store.connection import Cancelled, Client
from engine.updates import check, feed
from engine.updates.check import CheckFailed, Copy, ask
from engine.updates.feed import ReleaseFeed
from engine.updates.release import NotTrusted, opened, order, sealed
from tests.engine.updates.releases import KEY, LIST, NAME, OTHER_KEY, publish, release

HERE = Copy("0.1.0", "deb", "x86_64")


def refused(where: ReleaseFeed, copy: Copy = HERE, **how) -> str:
    with pytest.raises(CheckFailed) as caught:
        ask(where, copy, Client(5.0), **how)
    return str(caught.value)


def test_a_newer_version_is_offered_with_its_installer_and_the_server_is_asked_once(server):
    answer = ask(publish(server), HERE)
    assert answer.sentence == "Refrain 0.2.0 of 2026-12-31 is there; this is 0.1.0."
    assert answer.installer.file.path == NAME and answer.installer.url == f"{server.url}/v0.2.0/{NAME}"
    assert [path for path, _ in server.requests] == [f"/{LIST}"]


@pytest.mark.parametrize(
    ("copy", "sentence"),
    [
        (replace(HERE, version="0.2"), "This is the newest version (0.2, of 2026-12-31)."),
        (replace(HERE, kind="source"), "This copy runs from a source tree: bring that up to date."),
        (replace(HERE, kind="windows"), "It does not come as a Windows installer for x86_64: see"),
        (replace(HERE, machine="riscv64"), "It does not come as a Debian package for riscv64: see"),
    ],
)
def test_where_there_is_no_installer_for_this_copy_it_is_said_why(server, copy, sentence):
    answer = ask(publish(server), copy)
    assert sentence in answer.sentence and answer.installer is None


@pytest.mark.parametrize("version", ["0.0.9", "0.1", "0.1.0"])
def test_an_older_version_is_never_offered(server, version):
    where, copy = publish(server, version=version), replace(HERE, version="0.1.1")
    assert f"offers {version}, which is older than this version (0.1.1)" in refused(where, copy)


def test_a_copy_without_a_version_is_offered_nothing(server):
    assert "does not know its own version" in refused(publish(server), replace(HERE, version="of an unknown version"))


def test_a_list_of_somebody_else_is_refused(server):
    assert "does not bear the signature" in refused(publish(server, key=OTHER_KEY))


def test_a_list_is_trusted_if_one_of_two_keys_has_signed_it(server):
    where = publish(server, key=OTHER_KEY)
    both = replace(where, keys=(*where.keys, bytes(OTHER_KEY.verify_key)))
    assert ask(both, HERE).installer is not None


def test_a_list_that_was_changed_is_refused_whatever_was_changed(server):
    where = publish(server)
    envelope = json.loads(server.files[LIST])
    changed = [
        envelope | {"release": envelope["release"].replace("0.2.0", "0.2.1")},
        envelope | {"release": envelope["release"] + " "},
        envelope | {"signature": envelope["signature"][:-6] + "AAAA=="},
        envelope | {"signature": ""},
    ]
    for one in changed:
        server.files[LIST] = json.dumps(one).encode()
        assert "does not bear the signature" in refused(where), one


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"release": 1, "signature": ""}', b"[" * 100_000, b"null"])
def test_what_is_no_list_is_refused(server, content):
    where = publish(server)
    server.files[LIST] = content
    assert refused(where) == "What arrived is no list of releases: nothing was fetched."


ODD = [
    {"program": "other"},
    {"version": "newest"},
    {"version": "1" * 50},
    {"released": "yesterday"},
    {"page": "file:///etc/passwd"},
    {"page": "javascript:alert(1)"},
    {"installers": {}},
    {"installers": [{}]},
    {"installers": [release("http://x")["installers"][0]] * 65},
    *({"installers": [release("http://x")["installers"][0] | {key: value}]} for key, value in [
        ("url", "file:///tmp/refrain.deb"), ("url", "http://x/a/.."), ("url", "http://x/"), ("url", "http://x/%2e%2e"),
        ("url", "http://x/a.deb?b=c"), ("url", "http://me:secret@x/a.deb"), ("kind", "../x"), ("size", None), ("size", -1),
        ("size", 10**15), ("sha256", None), ("sha256", "00"),
    ]),
]  # fmt: skip


@pytest.mark.parametrize("changes", ODD)
def test_a_signed_list_that_says_what_cannot_be_is_refused(changes):
    text = json.dumps(release("http://x", **changes))
    with pytest.raises((ValueError, KeyError, TypeError)):
        sealed(text, KEY)  # it is not even made
    signed = KEY.sign(text.encode()).signature
    content = json.dumps({"release": text, "signature": base64.b64encode(signed).decode()}).encode()
    with pytest.raises(NotTrusted, match="this version of Refrain cannot read it"):
        opened(content, [bytes(KEY.verify_key)])


def test_a_list_that_does_not_end_is_cut_off(server):
    where = publish(server)
    server.files[LIST] = b" " * (check.LONGEST + 1)
    assert "does not end" in refused(where)


def test_a_list_that_trickles_is_given_up(server):
    where = publish(server)
    server.files[LIST], server.delay = b" " * 190_000, 0.3
    began = time.monotonic()
    assert "too slowly" in refused(where, patience=0.2)
    assert time.monotonic() - began < 5


def test_a_list_that_breaks_off_is_not_taken_for_a_wrong_one(server):
    where = publish(server)
    server.files[LIST], server.drops = b" " * 1_000_001, [1000]
    assert "was lost while fetching the list of releases" in refused(where)


def test_where_there_is_no_network_it_is_said(server):
    where = publish(server)
    for status, words in ((404, "does not offer the list of releases any more"), (503, "is busy (503)")):
        server.errors = [status]
        assert words in refused(where)
    server.gateway = ({"Content-Type": "text/html"}, b"<p>Sign in</p>")
    assert "A web page came" in refused(where)
    assert "refused the connection" in refused(replace(where, address="http://127.0.0.1:1/list.json"))


def test_a_check_can_be_cancelled(server):
    where, client = publish(server), Client(30.0)
    server.stalls.set()
    threading.Timer(0.2, client.cancel).start()
    with pytest.raises(Cancelled):
        ask(where, HERE, client)


def test_versions_are_compared_by_their_numbers():
    assert order("0.10.0") > order("0.9.9") > order("0.9") == order("0.9.0.0") > order("0.0") > order("newest")
    assert order("0.2.0.dev1") == order("0.2")


def test_this_copy_looks_for_newer_versions_only_if_it_is_told_where(tmp_path):
    assert feed.read(tmp_path / "updates.json") is None
    assert feed.read() is None  # we ship none yet


@pytest.mark.parametrize(
    "content",
    [b"{", b"[]", b'{"address": "https://x/y", "keys": []}', b'{"address": "https://x/y", "keys": ["AAAA"]}',
     b'{"address": "ftp://x/y", "keys": ["%s"]}', b'{"keys": ["%s"]}'],
)  # fmt: skip
def test_a_damaged_place_is_said(tmp_path, content):
    key = base64.b64encode(bytes(SigningKey.generate().verify_key))
    (tmp_path / "updates.json").write_bytes(content.replace(b"%s", key))
    with pytest.raises(ValueError, match="Please reinstall Refrain"):
        feed.read(tmp_path / "updates.json")
    (tmp_path / "updates.json").write_bytes(b'{"address": "https://x/y", "keys": ["%s"]}'.replace(b"%s", key))
    assert feed.read(tmp_path / "updates.json").host == "x"
