"""What GitHub is asked to do: parsed as it parses it, with nothing in it that somebody else could change under our feet."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml

from tests.rig.processes import ROOT

FOLDER = ROOT / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))
PINNED = re.compile(r"actions/[a-z-]+@[0-9a-f]{40}")


def jobs(file: Path) -> dict[str, dict]:
    return yaml.safe_load(file.read_text(encoding="utf-8"))["jobs"]


def steps(file: Path) -> list[dict]:
    return [step for job in jobs(file).values() for step in job["steps"]]


def test_there_are_a_workflow_for_changes_and_one_for_releases():
    assert [file.name for file in FILES] == ["ci.yml", "release.yml"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_action_is_pinned_by_its_commit_and_says_its_version(file):
    used = [step["uses"] for step in steps(file) if "uses" in step]
    assert used and all(PINNED.fullmatch(one) for one in used), used
    lines = [line for line in file.read_text().splitlines() if "uses:" in line]
    assert len(lines) == len(used) and all(re.search(r"# v\d+\.\d+\.\d+$", line) for line in lines)
    assert len(set(used)) == len({one.partition("@")[0] for one in used}), "two versions of one action"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_nothing_may_be_written_but_where_a_release_is_made(file):
    assert yaml.safe_load(file.read_text())["permissions"] == {"contents": "read"}
    assert [name for name, job in jobs(file).items() if "permissions" in job] == (["publish"] if file.stem == "release" else [])
    checkouts = [step for step in steps(file) if step.get("uses", "").startswith("actions/checkout@")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_scripts_take_nothing_from_outside_but_by_the_environment(file):
    """An expression within a script would be code that whoever names a branch or a tag writes."""
    assert not [step["run"] for step in steps(file) if "${{" in step.get("run", "")]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_what_is_run_is_there_and_nothing_runs_for_ever(file):
    for step in steps(file):
        for path in re.findall(r"(?:packaging|\.ci)/[\w./-]*\w", step.get("run", "")):
            if "*" not in path and path != "packaging/lock":
                assert (ROOT / path).exists(), path
        for line in step.get("run", "").splitlines() if step.get("shell") != "pwsh" else ():
            shlex.split(line, comments=True)
    assert all("timeout-minutes" in job for job in jobs(file).values())


def test_nothing_is_published_before_every_system_has_tried_it():
    found = jobs(FOLDER / "release.yml")
    assert set(found["publish"]["needs"]) == {"linux", "systems", "windows", "macos"}
    assert found["publish"]["if"] == "github.ref_type == 'tag'"
    for name in ("linux", "windows", "macos"):
        assert any("self-test" in step.get("run", "") for step in found[name]["steps"]), name
    wanted, reached = {"publish"}, set()
    while wanted:
        name = wanted.pop()
        reached.add(name)
        needs = found[name].get("needs", [])
        wanted |= set([needs] if isinstance(needs, str) else needs) - reached
    assert reached == set(found)
