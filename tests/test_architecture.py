"""The rules of the house that no single room can keep alone: floors, no Qt in the engine, offline."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from engine.events import Event
from tests.rig.processes import ROOT, python

APP, ENGINE = ROOT / "app", ROOT / "engine"
SCREEN = {"PySide6", "shiboken6", "PyQt5", "PyQt6", "pyqtgraph", "app"}
FLOORS = {
    "engine.audio_files": 0,
    "engine.edit_distance": 0,
    "engine.events": 0,
    "engine.turn_record": 0,
    "engine.failures": 0,
    "engine.folders": 0,
    "engine.installed": 0,
    "engine.interrupt": 0,
    "engine.log": 0,
    "engine.earlier": 0,
    "engine.offline": 0,
    "engine.private": 0,
    "engine.quoting": 0,
    "engine.resources": 0,
    "engine.samples": 0,
    "engine.schedules": 0,
    "engine.sound_header": 0,
    "engine.whole_file": 0,
    "engine.worker_thread": 0,
    "engine.lm": 1,
    "engine.speech": 1,
    "engine.threads": 1,
    "engine.prefill": 2,
    "engine.decoding": 2,
    "engine.gpu": 3,
    "engine.models": 3,
    "engine.dialogue": 4,
    "engine.parts": 0,
    "engine.updates": 4,
    "engine.headless": 5,
    "engine.evaluation": 5,
    "engine.heads": 5,
    "engine.benchmarks": 5,
    "engine.cli": 5,
    "engine.training": 5,
}
NO_TORCH = (
    *("audio_files", "earlier", "edit_distance", "events", "failures", "folders", "installed", "interrupt", "log"),
    *("offline", "prefill.pooling", "private", "quoting", "resources", "samples", "schedules"),
    *("sound_header", "turn_record", "whole_file", "worker_thread"),
)
NEEDS_THE_TRAINING_EXTRA = "engine.training"


def module_name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


TWICE = {
    "Speaker",  # the vocoder's thread stands below the models, and says itself what it needs of theirs
}
IN_BOTH = {
    "Settings",  # the program's; of one batch on the command line
    "Window",  # on the screen; of samples that a listener hears together
}
MODULES = {module_name(file): file for file in sorted(ENGINE.rglob("*.py"))}


@cache
def imports(module: str) -> set[str]:
    """Every module that a file imports, anywhere in it; `from engine import lm` counts as `engine.lm`."""
    file = MODULES[module]
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            members = {f"{base}.{alias.name}" for alias in node.names}
            found.update(member if member in MODULES else base for member in members)
    return found


def floor(module: str) -> int:
    room = ".".join(module.split(".")[:2])
    assert room in FLOORS, f"{room} has no floor yet: give it one in FLOORS"
    return FLOORS[room]


def test_a_file_imports_only_from_its_own_floor_or_below():
    used = {module: {name for name in imports(module) if name.startswith("engine.")} for module in MODULES if module != "engine"}
    above = [(module, name) for module, names in used.items() for name in sorted(names) if floor(name) > floor(module)]
    assert not above, [f"{module} (floor {floor(module)}) imports {name} (floor {floor(name)})" for module, name in above]


def test_the_engine_never_imports_the_screen():
    found = {module: {name.split(".")[0] for name in imports(module)} & SCREEN for module in MODULES}
    assert not any(found.values()), {module: names for module, names in found.items() if names}


def test_the_ground_floor_does_without_torch():
    ground = [module for module in MODULES if re.match(rf"engine\.({'|'.join(NO_TORCH)})(\.|$)", module)]
    assert len(ground) >= len(NO_TORCH)
    assert not [module for module in ground if "torch" in {name.split(".")[0] for name in imports(module)}]


def public_classes(files: Iterable[Path]) -> dict[str, list[str]]:
    """The modules that define a class, by its name."""
    found: dict[str, list[str]] = {}
    for file in files:
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(module_name(file))
    return found


def test_no_public_class_name_stands_twice_in_the_engine():
    assert {name for name, modules in public_classes(MODULES.values()).items() if len(modules) > 1} == {*TWICE}


def test_no_public_class_name_stands_twice_in_the_program_and_few_in_the_engine_too():
    own = public_classes(sorted(APP.rglob("*.py")))
    assert not {name: modules for name, modules in own.items() if len(modules) > 1}
    assert own.keys() & public_classes(MODULES.values()).keys() == {*IN_BOTH}


def test_at_the_root_of_the_program_are_at_most_eight_files():
    assert len([file for file in APP.iterdir() if file.is_file()]) <= 8, "Which room does it belong to?"


def test_events_are_told_apart_only_where_they_are_made_and_where_they_are_folded():
    kinds = {kind.__name__ for kind in get_args(Event)}
    found = set()
    for file in (*MODULES.values(), *APP.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            is_check = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance"
            asked = node.args[1] if is_check else node.cls if isinstance(node, ast.MatchClass) else None
            if asked is not None and kinds & {name.id for name in ast.walk(asked) if isinstance(name, ast.Name)}:
                found.add(file.relative_to(ROOT).as_posix())
    assert found == {"engine/decoding/reply.py", "engine/turn_record.py"}


@pytest.mark.whole
def test_the_engine_can_be_imported_where_qt_is_not():
    names = [name for name in MODULES if not name.startswith(NEEDS_THE_TRAINING_EXTRA) and "__main__" not in name]
    loaded = python(
        f"""
import importlib, json, sys
class NoScreen:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {SCREEN!r}:
            raise ImportError(name + " is blocked")
sys.meta_path.insert(0, NoScreen())
for name in {names!r}:
    importlib.import_module(name)
print(json.dumps(sorted(sys.modules)))
"""
    )
    assert not {name.split(".")[0] for name in json.loads(loaded)} & SCREEN


def test_packaging_is_a_folder_and_no_package():
    assert not (ROOT / "packaging" / "__init__.py").exists()  # it would hide the library of the same name


@pytest.mark.whole
def test_the_source_passes_the_linter():
    run = subprocess.run([sys.executable, "-m", "ruff", "check", "."], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.whole
@pytest.mark.slow
def test_the_types_fit():
    run = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


OFFLINE = """
from tests.rig.network import forbid_network
attempts = forbid_network(loopback=False)
import engine, engine.dialogue, engine.models
{work}
assert not attempts, attempts
"""


@pytest.mark.whole
def test_loading_the_engine_opens_no_connection():
    python(OFFLINE.format(work=""))


@pytest.mark.whole
def test_a_question_is_answered_without_a_connection():
    work = """
from engine.events import Audio, Text, TurnFinished
events = list(engine.dialogue.Dialogue(engine.models.load("wren")).ask("What is two plus two?"))
assert isinstance(events[-1], TurnFinished), events[-1]
assert any(isinstance(event, Text) and event.kind == "text" for event in events)
assert sum(event.samples.size for event in events if isinstance(event, Audio)) > 0
"""
    python(OFFLINE.format(work=work))


@pytest.mark.whole
def test_libraries_report_nothing_by_themselves(tmp_path):
    """onnxruntime's reports come from native code, which the guard cannot see; they begin with a file of its own."""
    env = {"XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path), "ORT_DISABLE_TELEMETRY": ""}
    python("import engine, onnxruntime", env=env)
    assert not list(tmp_path.rglob("*"))


@pytest.mark.whole
def test_the_guard_sees_a_connection():
    code = """
import socket
from tests.rig.network import forbid_network
attempts = forbid_network(loopback=False)
for attempt in (lambda: socket.create_connection(("192.0.2.1", 80), 1), lambda: socket.getaddrinfo("example.org", 80)):
    try:
        attempt()
    except ConnectionError:
        continue
    raise SystemExit("not refused")
assert len(attempts) == 2, attempts
"""
    python(code)
