"""A copy of the program knows how it came here, and names its commands so that they can be typed there."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engine import installed
from tests.rig.processes import ROOT, python

pytestmark = pytest.mark.whole

TYPED = re.compile(r"dev\.py|\brefrain (ask|bench|eval|heads|models|schedules|self-test|--)|pip install")
NOT_SHIPPED = "engine/training"
ASK = "ask --text Hello"


def copy_into(root: Path) -> dict[str, str]:
    """A copy of the file in a tree as an installer lays it out, and the environment to run it in."""
    place = root / "lib" / "python3.11" / "site-packages" / "engine"
    place.mkdir(parents=True)
    shutil.copy(ROOT / "engine" / "installed.py", place)
    return {"PYTHONPATH": str(place.parent), "PATH": "/nowhere"}


def ask_copy(env: dict[str, str], code: str) -> object:
    """What that copy says, as JSON; it is imported alone, so that nothing of the source tree is found."""
    place = env["PYTHONPATH"]
    begin = f"import sys, json; sys.path[:] = [{place!r}] + [p for p in sys.path if p not in ('', {str(ROOT)!r})]\n"
    return json.loads(python(begin + f"from engine import installed\nprint(json.dumps({code}))", env=env))


def test_the_source_tree_names_dev_py():
    assert installed.installation() == installed.Installation("source", ROOT)
    assert installed.command(ASK) == "python3 dev.py run " + ASK
    assert installed.command("models make-voice A B", source="voice A B") == "python3 dev.py voice A B"
    assert installed.how_to_get("eval") == "run python3 dev.py setup eval"
    assert str(installed.installation()) == "source tree"


def test_an_installed_tree_says_what_it_is_and_names_its_own_commands(tmp_path):
    root = tmp_path / "Größe und Raum"
    env = copy_into(root)
    (root / installed.MARK).write_text(json.dumps({"kind": "deb", "version": "9.8.7", "built": "2026-11-29"}))
    (root / "bin").mkdir()
    launcher = root / "bin" / "refrain"
    launcher.write_text("#!/bin/sh\n")
    launcher.chmod(0o755)
    code = f"[installed.installation().kind, installed.command({ASK!r}), str(installed.installation())]"
    kind, typed, words = ask_copy(env, code)
    assert (kind, typed, words) == ("deb", f"'{launcher}' {ASK}", "Debian package, built 2026-11-29")
    found = tmp_path / "on the path"
    found.mkdir()
    (found / "refrain").symlink_to(launcher)
    assert ask_copy({**env, "PATH": str(found)}, f"installed.command({ASK!r})") == f"refrain {ASK}"
    assert "its source tree" in ask_copy(env, "installed.how_to_get('eval')")


def test_an_appimage_is_typed_by_its_own_path(tmp_path):
    env = copy_into(tmp_path)
    (tmp_path / installed.MARK).write_text(json.dumps({"kind": "appimage", "version": "1"}))
    env["APPIMAGE"] = "/home/me/My Refrain.AppImage"
    assert ask_copy(env, f"installed.command({ASK!r})") == f"'/home/me/My Refrain.AppImage' {ASK}"


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"kind": 7}', "[" * 5000, "\x00"])
def test_a_damaged_mark_is_an_installation_of_an_unknown_kind(tmp_path, text):
    (tmp_path / installed.MARK).write_text(text)
    assert installed.read(tmp_path).kind == "package"


def test_a_copy_without_a_mark_was_put_into_a_python(tmp_path):
    code = f"[installed.installation().kind, installed.command({ASK!r}), installed.version() != '']"
    assert ask_copy(copy_into(tmp_path), code) == ["package", f"refrain {ASK}", True]


def test_a_process_of_our_own_is_this_python_and_this_program():
    assert installed.module("app.x", "--json") == [sys.executable, "-m", "app.x", "--json"]
    assert installed.environment()["PYTHONPATH"].startswith(str(ROOT))


def test_a_process_of_an_installed_program_has_its_letters():
    code = "import sys; sys.path.insert(0, sys.argv[1]); from engine import installed; print(installed.module('x')[1:])"
    for given in ([], ["-I"], ["-I", "-X", "utf8"]):
        command = [sys.executable, *given, "-c", code, str(ROOT)]
        said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
        assert ast.literal_eval(said) == [*given, "-m", "x"]


def sentences(file: Path) -> list[tuple[int, str]]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [(node.lineno, node.value) for node in texts if id(node) not in silent]


def test_no_other_sentence_names_a_command_of_its_own():
    found = []
    for folder in ("app", "engine"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            name = file.relative_to(ROOT).as_posix()
            if name != "engine/installed.py" and not name.startswith(NOT_SHIPPED):
                found += [f"{name}:{line}: {text[:80]!r}" for line, text in sentences(file) if TYPED.search(text)]
    assert not found, "ask engine.installed for it: " + "\n".join(found)


def test_the_walk_sees_what_it_is_about(tmp_path):
    file = tmp_path / "one.py"
    file.write_text('"""dev.py"""\nsay(f"run {DEV} or python3 dev.py run")\nsay("refrain ask --text")\nsay("a refrain")\n')
    assert sorted(line for line, text in sentences(file) if TYPED.search(text)) == [2, 3]
