"""The page of licences and the list of parts say what is inside a tree, and refuse one that is not as it should be."""

from __future__ import annotations

import hashlib
import json
from types import SimpleNamespace

import pytest

from tests.packaging import small_tree
from tests.packaging.scripts import load

licences, sbom, inside = load("supply/licences.py"), load("supply/sbom.py"), load("supply/inside.py")
debian, papers = load("supply/debian.py"), load("supply/papers.py")
PLATFORM = sbom.contents.load().platform("linux-x86_64")
HASH = "a" * 64


@pytest.fixture
def tree(tmp_path, monkeypatch):
    monkeypatch.setattr(sbom.wheels, "read_lock", lambda path: pins())
    return small_tree.make(tmp_path / "tree")


def pins(**changes):
    versions = {"some-package": "2.0", "qtish": "6.1"} | changes
    return [sbom.wheels.Pin(name, version, frozenset({HASH})) for name, version in versions.items() if version]


def refused(work) -> str:
    with pytest.raises(sbom.BuildError) as caught:
        work()
    return str(caught.value)


def test_the_page_has_every_part_with_its_words_once(tree, tmp_path):
    (tmp_path / "sndlib").write_text("Words & <more>")
    page = licences.write(tree, PLATFORM, [inside.Extra("libsnd", "1.2", "LGPL-2.1-or-later", tmp_path / "sndlib")]).read_text()
    for name in ("Refrain", "Wren (weights)", "Python", "Some_Package", "qtish", "libsnd", "3.11.2", "LGPL-2.1-or-later"):
        assert name in page
    assert page.count("Words &amp; &lt;more&gt;") == 1
    assert "Some_Package, libsnd</h2>" in page or "libsnd, Some_Package</h2>" in page
    assert "LESSER" in page and "Python&#x27;s words" in page


def test_the_program_finds_what_the_builder_noted(tree, tmp_path):
    from engine import parts

    (tmp_path / "text").write_text("words")
    licences.write(tree, PLATFORM, [inside.Extra("libsnd", "1.2", "MIT", tmp_path / "text")])
    found = {part.name: part for part in parts.noted(tree)}
    assert (found["Python"].version, found["Python"].text) == ("3.11.2", "Python's words")
    assert found["libsnd"].text == "words" and found["libsnd"].kind == "library"


DEBIAN = """Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Source: somewhere

Files: *
License: MIT/X

Files: debian/*
License: GPL-2+
 words

License: MIT/X
 words
"""


def test_libraries_of_a_debian_are_parts_with_its_versions_and_licences(tree, tmp_path):
    for name, text in {"libb": DEBIAN, "liba": "This package was debianized by somebody.\n\nLicense: unclear"}.items():
        small_tree.write(tmp_path / name, text.encode())
    root = SimpleNamespace(run=lambda *command: f"1.0-{command[-1]}\n", path=lambda inside: tmp_path / inside.split("/")[-2])
    found = debian.extras(["libb", "liba", "libb"], root)
    said = [(one.name, one.version, one.licence) for one in found]
    assert said == [("liba", "1.0-liba", debian.UNNAMED), ("libb", "1.0-libb", "MIT/X, GPL-2+")]
    page = licences.write(tree, PLATFORM, found).read_text()
    assert "This package was debianized" in page


def test_a_file_that_is_shared_with_another_tree_is_not_written_into(tree, tmp_path):
    papers.write(tree, PLATFORM)
    for path in (tree / name for name in (licences.PAGE, inside.NOTE, papers.PARTS)):
        (tmp_path / path.name).hardlink_to(path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    (tmp_path / "text").write_text("words")
    papers.write(tree, PLATFORM, [inside.Extra("libsnd", "1.2", "MIT", tmp_path / "text")])
    assert {name: (tmp_path / name).read_bytes() for name in before} == before
    assert "libsnd" in (tree / papers.PARTS).read_text() and "libsnd" in (tree / licences.PAGE).read_text()


def test_a_part_without_a_licence_stops_the_build(tree):
    metadata = tree / PLATFORM.site / "qtish-6.1.dist-info" / "METADATA"
    metadata.write_text(metadata.read_text().replace("License: LGPL-3.0-only OR GPL-2.0-only\n", ""))
    assert "qtish in" in (said := refused(lambda: licences.write(tree, PLATFORM))) and "brings no licence name" in said


def test_a_python_without_its_licence_stops_the_build(tree):
    (tree / "lib/python3.11/LICENSE.txt").unlink()
    assert "The licence of Python is missing" in refused(lambda: licences.write(tree, PLATFORM))


def test_the_list_of_parts_is_what_is_inside(tree):
    inside.note(tree, PLATFORM)
    document = sbom.describe(tree, PLATFORM, pins())
    json.dumps(document)
    assert document["metadata"]["component"]["purl"] == "pkg:pypi/refrain@0.1.0"
    listed = {one["name"]: one for one in document["components"]}
    assert set(listed) == {"Wren (weights)", "Python", "Some_Package", "qtish"}
    assert listed["Python"]["purl"] == "pkg:generic/cpython@3.11.2"
    assert listed["Wren (weights)"]["hashes"][0]["content"] == hashlib.sha256(b"weights").hexdigest()
    assert listed["Some_Package"]["hashes"] == [{"alg": "SHA-256", "content": HASH}]
    (library,) = listed["Some_Package"]["components"]
    assert library["name"] == "some_package.libs/libother-1a2b.so.3"
    assert library["hashes"][0]["content"] == hashlib.sha256(b"of somebody else").hexdigest()
    assert listed["qtish"]["licenses"] == [{"expression": "LGPL-3.0-only OR GPL-2.0-only"}]
    references = [one["bom-ref"] for one in document["components"]]
    assert sorted(references) == document["dependencies"][0]["dependsOn"] and len(set(references)) == len(references)


def test_the_same_tree_has_the_same_serial_number(tree):
    inside.note(tree, PLATFORM)
    first, second = (sbom.describe(tree, PLATFORM, pins())["serialNumber"] for _ in range(2))
    assert first == second and first.startswith("urn:uuid:")
    (tree / PLATFORM.site / "resources/wren/lm.safetensors").write_bytes(b"others")
    assert sbom.describe(tree, PLATFORM, pins())["serialNumber"] != first


def test_a_tree_that_is_not_as_the_lock_says_is_refused(tree):
    inside.note(tree, PLATFORM)
    assert "some-package 2.0" in refused(lambda: sbom.describe(tree, PLATFORM, pins(**{"some-package": "2.1"})))
    assert "not in the tree: more" in refused(lambda: sbom.describe(tree, PLATFORM, pins(more="1")))
    assert "qtish 6.1" in refused(lambda: sbom.describe(tree, PLATFORM, pins(qtish="")))


def test_a_tree_whose_python_does_not_tell_its_version_is_refused(tree):
    (tree / "bin/python3.11").write_bytes(b"")
    assert "No Python 3.11 that tells its version" in refused(lambda: inside.note(tree, PLATFORM))
