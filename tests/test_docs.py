"""The pages for people who work on the program name what is there."""

from __future__ import annotations

import re
import runpy

import pytest
import yaml

from tests.rig.processes import ROOT

DOCS = ROOT / "docs"
PATH = re.compile(r"[\w.-]+(?:/[\w.-]*)+|[\w-]+\.(?:py|toml|md|yaml|txt)")


@pytest.mark.parametrize(("page", "least"), [("docs/architecture.md", 60), ("CONTRIBUTING.md", 20)])
def test_every_file_that_a_page_names_is_there(page, least):
    text = (ROOT / page).read_text(encoding="utf-8")
    named = [word for word in re.findall(r"`([^`\s]+)`", text) if PATH.fullmatch(word)]
    linked = [(ROOT / page).parent / target for target in re.findall(r"\]\(([^)]+)\)", text)]
    missing = [str(path) for path in (*map(ROOT.joinpath, named), *linked) if not path.exists()]
    assert len(named) >= least and not missing, missing


def test_what_the_architecture_names_in_a_file_stands_in_that_file():
    page = (DOCS / "architecture.md").read_text(encoding="utf-8")
    names = re.findall(r"`([\w/.]+\.py)`: ((?:`\w+`(?:,? or |, then |, and )?)+)", page)
    gone = [
        f"{file}: {name}"
        for file, some in names
        for name in re.findall(r"\w+", "".join(re.findall(r"`\w+`", some)))
        if not re.search(rf"\b(?:def|class) {name}\b", (ROOT / file).read_text(encoding="utf-8"))
    ]
    assert len(names) > 15 and not gone, gone


@pytest.fixture(scope="module")
def picture():
    return runpy.run_path(str(DOCS / "picture.py"))


def test_the_picture_is_the_one_that_the_script_draws(picture):
    assert (DOCS / "house.svg").read_text(encoding="utf-8") == picture["draw"](), "run: python3 docs/picture.py"


def test_the_picture_has_every_room_of_the_engine_on_its_floor(picture):
    from tests.test_architecture import FLOORS

    drawn = {room: floor for floor, rooms in picture["FLOORS"] for room in rooms}
    assert all((ROOT / room).exists() for room in drawn) and all(set(rooms) <= set(drawn) for *_, rooms in picture["WALKS"])
    for room, floor in drawn.items():
        name = room.removesuffix(".py").replace("/", ".")
        assert floor == ("Qt" if name.startswith("app.") else f"floor {FLOORS[name]}"), room
    rooms = {path.relative_to(ROOT).as_posix() for path in (ROOT / "engine").iterdir() if (path / "__init__.py").is_file()}
    assert rooms <= set(drawn)


def test_pictures_and_pages_are_not_installed():
    assert not list(DOCS.rglob("__init__.py"))
    assert '"docs/**"' in (ROOT / "packaging" / "contents.toml").read_text(encoding="utf-8")


def test_hooks_before_a_commit_fetch_nothing():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repo["repo"] for repo in hooks["repos"]] == ["local"]
    assert all(hook["language"] == "system" for repo in hooks["repos"] for hook in repo["hooks"])
