"""The program runs without what installers leave out."""

from __future__ import annotations

import json

import contents

from tests.rig.processes import ROOT, python

FORGET = """
import sys
for name in {names!r}:
    sys.modules[name] = None
sys.path.insert(0, {root!r})
"""
COMPILER = ("torch._dynamo", "torch._inductor", "torch.onnx", "torch._numpy", "torch._vendor.quack")
OTHERS = ("google", "pydantic.v1", "cffi", "pycparser", "PIL", "dateutil", "fontTools")
SCREEN = [f"PySide6.{name}" for name in ("QtTest", "QtQml", "QtQuick", "QtSql", "QtDBus", "QtXml")]
DISTRIBUTED = [f"torch.distributed.{name}" for name in ("tensor", "fsdp", "checkpoint", "elastic", "pipelining", "optim", "nn")]
SCIPY = [f"scipy.{name}" for name in ("io", "odr", "datasets", "misc", "cluster")]


def without(code: str, *arguments: str) -> str:
    packages = [name.replace("-", "_") for name in sorted(contents.load().packages)]
    names = [*packages, *OTHERS, *COMPILER, *SCREEN, *DISTRIBUTED, *SCIPY]
    return python(FORGET.format(names=names, root=str(ROOT)) + code, *arguments)


def test_wren_answers_and_a_head_is_trained():
    said = without(
        """
from engine import cli
for schedule in ("full", "spark:k=4,first@8", "spark:k=4,first@8+review"):
    question = "resources/questions/spoken/0009.ogg"
    assert cli.main(["ask", "--audio", question, "--json", "--schedule", schedule, "--pooling", "input:0.85"]) == 0
import torch
from engine.heads import no_compiler
no_compiler.stand_in()
weight = torch.ones(2, requires_grad=True)
optimizer = torch.optim.AdamW([weight])
weight.sum().backward()
optimizer.step()
assert weight[0] < 1
import engine.benchmarks.decode
from engine.benchmarks.generate import can_generate
assert not can_generate()
""",
    )
    replies = [json.loads(line)["text"] for line in said.splitlines()]
    assert len(replies) == 3
    assert replies[0] and replies[0] == replies[2]


def test_every_module_that_goes_in_can_be_imported():
    without(
        """
import importlib, pkgutil
import app, engine
import contents
excluded = contents.load().files
for package in (app, engine):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not excluded.match(module.name.replace(".", "/") + ".py") and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
import pyloudnorm
from scipy import stats
""".replace("import contents", f"sys.path.insert(0, {str(ROOT / 'packaging')!r})\nimport contents")
    )


def test_a_released_layout_is_loaded(tmp_path):
    code = """
import sys
from engine import cli
for arguments in (["models", "make-tiny", sys.argv[2], sys.argv[1]], ["models", "check", sys.argv[1]],
                  ["ask", "--model", sys.argv[1], "--text", "Hello", "--max-tokens", "12"]):
    assert cli.main(arguments) == 0, arguments
"""
    without(code, str(tmp_path / "tiny"), "stepaudio2")
