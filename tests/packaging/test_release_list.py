"""The list that a release is published with is one that programs trust and find their installer in."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest
from nacl.signing import SigningKey

from engine.updates.check import Copy, judge
from engine.updates.release import opened
from tests.packaging.scripts import load

release_list = load("release_list.py")
KEY = SigningKey(bytes(range(32)))
VERSION = release_list.version()
NAMES = {
    ("deb", "x86_64"): f"refrain_{VERSION}_amd64.deb",
    ("deb", "aarch64"): f"refrain_{VERSION}_arm64.deb",
    ("appimage", "x86_64"): f"Refrain-{VERSION}-x86_64.AppImage",
    ("windows", "x86_64"): f"Refrain-{VERSION}-x86_64-setup.exe",
    ("macos", "aarch64"): f"Refrain-{VERSION}-arm64.dmg",
}
WHERE = ["--files", f"https://example.org/v{VERSION}/", "--page", "https://example.org/news"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(release_list.SECRET, base64.b64encode(bytes(KEY)).decode())
    for name in NAMES.values():
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "refrain.cdx.json").write_text("{}")
    return tmp_path


def test_every_program_finds_its_installer_in_the_list(folder):
    assert release_list.main(["list", str(folder), *WHERE]) == 0
    release = opened((folder / release_list.LIST).read_bytes(), [bytes(KEY.verify_key)])
    assert (release.version, release.page) == (VERSION, "https://example.org/news")
    for (kind, machine), name in NAMES.items():
        installer = judge(release, Copy("0.0.1", kind, machine)).installer
        assert installer.url == f"https://example.org/v{VERSION}/{name}"
        assert installer.file.sha256 == hashlib.sha256(name.encode()).hexdigest()


def test_the_checksums_are_of_all_that_is_published(folder):
    release_list.main(["list", str(folder), *WHERE])
    lines = (folder / release_list.SUMS).read_text().splitlines()
    assert {line.split("  ")[1] for line in lines} == {*NAMES.values(), "refrain.cdx.json", release_list.LIST}
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_where_nobody_has_a_key_there_are_checksums(folder, monkeypatch):
    monkeypatch.delenv(release_list.SECRET)
    assert release_list.main(["sums", str(folder)]) == 0
    assert len((folder / release_list.SUMS).read_text().splitlines()) == len(NAMES) + 1
    assert not (folder / release_list.LIST).exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [(f"refrain_{VERSION}.deb", "names no processor"), ("refrain_9.9_amd64.deb", "another version"),
     (f"other_{VERSION}_amd64.deb", "several installers for deb x86_64"), (f"a%20_{VERSION}_x64.exe", "No program could read")],
)  # fmt: skip
def test_what_is_no_release_is_refused(folder, capsys, name, words):
    if name.endswith(".exe"):
        (folder / NAMES["windows", "x86_64"]).unlink()
    (folder / name).write_bytes(b"")
    assert release_list.main(["list", str(folder), *WHERE]) == 1
    assert words in capsys.readouterr().err and not (folder / release_list.LIST).exists()


@pytest.mark.parametrize("secret", [None, "", "short", "ÄÖ"])
def test_without_a_key_nothing_is_signed(folder, capsys, monkeypatch, secret):
    monkeypatch.delenv(release_list.SECRET) if secret is None else monkeypatch.setenv(release_list.SECRET, secret)
    assert release_list.main(["list", str(folder), *WHERE]) == 1
    assert release_list.SECRET in capsys.readouterr().err


def test_a_new_key_fits_its_public_half(capsys):
    assert release_list.main(["key"]) == 0
    said = capsys.readouterr().out
    secret = re.search(r"^(\S{44})$", said, re.MULTILINE)[1]
    public = json.loads(said[said.index("{") :])["keys"][0]
    assert base64.b64decode(public) == bytes(SigningKey(base64.b64decode(secret)).verify_key)
