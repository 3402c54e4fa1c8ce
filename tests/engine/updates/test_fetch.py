"""The installer of a newer version: fetched, resumed, checked, and the one before it kept."""

from __future__ import annotations

import os

import pytest

from engine.updates import fetch
from engine.updates.check import Copy, ask
from tests.engine.updates.releases import INSTALLER, NAME, publish

HERE = Copy("0.1.0", "deb", "x86_64")


def fetched(server, folder, **changes):
    """What became of fetching a release: the release, its installer, and the download's end."""
    answer = ask(publish(server, **changes), HERE)
    download = fetch.download(answer.release, answer.installer, folder, pauses=(0.01,), timeout=10.0)
    download.start()
    assert download.join(60)
    return answer.release, answer.installer, download.progress


def test_an_installer_is_fetched_and_it_is_said_how_it_is_installed(server, tmp_path):
    release, installer, progress = fetched(server, tmp_path / "new here")
    assert progress.state == "done"
    sentence = fetch.settle(release, installer, tmp_path / "new here")
    file = tmp_path / "new here" / "0.2.0" / NAME
    assert file.read_bytes() == INSTALLER
    assert sentence == f"{NAME} is here and checked. To install it, close Refrain and run: sudo apt install '{file}'"


def test_a_broken_off_download_goes_on_where_it_was_left(server, tmp_path):
    part = tmp_path / "0.2.0" / f"{NAME}.part"
    part.parent.mkdir()
    part.write_bytes(INSTALLER[:2_000_000])
    *_, progress = fetched(server, tmp_path)
    assert progress.state == "done" and server.fetched(NAME) == ["bytes=2000000-"]


def test_a_tampered_installer_is_thrown_away(server, tmp_path):
    answer = ask(publish(server), HERE)
    server.corrupt = True
    download = fetch.download(answer.release, answer.installer, tmp_path, pauses=(0.01,), timeout=10.0)
    download.start()
    assert download.join(60)
    assert download.progress.state == "failed" and "arrived damaged" in download.progress.sentence
    assert not list(tmp_path.rglob(f"{NAME}*"))


def test_an_installer_of_another_size_is_refused(server, tmp_path):
    answer = ask(publish(server), HERE)
    server.files[f"v0.2.0/{NAME}"] = INSTALLER + b"more"
    download = fetch.download(answer.release, answer.installer, tmp_path, pauses=(0.01,), timeout=10.0)
    download.start()
    assert download.join(60)
    assert "Something else came instead of" in download.progress.sentence


def test_an_installer_that_was_changed_on_the_disk_is_deleted(server, tmp_path):
    release, installer, _ = fetched(server, tmp_path)
    file = fetch.path(release, installer, tmp_path)
    file.write_bytes(bytes(len(INSTALLER)))
    with pytest.raises(OSError, match="was not the installer that was published"):
        fetch.settle(release, installer, tmp_path)
    assert not file.exists()


def test_the_last_installer_is_kept_and_those_before_it_go(server, tmp_path):
    for version in ("0.0.8", "0.0.10", "0.0.9"):
        (tmp_path / version).mkdir()
        (tmp_path / version / "refrain.deb").write_bytes(b"old")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mine.txt").touch()
    release, installer, _ = fetched(server, tmp_path)
    fetch.settle(release, installer, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["0.0.10", "0.2.0", "notes"]


def test_what_is_unfinished_of_a_version_that_was_overtaken_goes(server, tmp_path):
    server.drops = [1_000_000]
    answer = ask(publish(server), HERE)
    download = fetch.download(answer.release, answer.installer, tmp_path, pauses=(), timeout=10.0)
    download.start()
    assert download.join(60) and download.progress.state == "failed"
    assert (tmp_path / "0.2.0" / f"{NAME}.part").exists()
    *_, progress = fetched(server, tmp_path, version="0.3.0")
    assert progress.state == "done" and not (tmp_path / "0.2.0").exists() and (tmp_path / "0.3.0" / NAME).exists()


@pytest.mark.skipif(os.name != "posix", reason="has modes")
def test_an_appimage_can_be_started(server, tmp_path):
    answer = ask(publish(server), HERE)
    image = answer.installer.__class__("appimage", "x86_64", answer.installer.url, answer.installer.file)
    file = fetch.path(answer.release, image, tmp_path)
    file.parent.mkdir()
    file.write_bytes(INSTALLER)
    assert "start this file" in fetch.settle(answer.release, image, tmp_path)
    assert os.access(file, os.X_OK)


def test_how_to_install_is_said_for_every_kind(tmp_path):
    said = {kind: fetch.how_to_install(kind, tmp_path / "a") for kind in ("deb", "appimage", "windows", "macos")}
    assert len(set(said.values())) == 4 and all("close Refrain" in one for one in said.values())
