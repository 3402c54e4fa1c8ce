"""How many threads compute: by the model, the machine and a container's share, and asleep while they wait."""

from __future__ import annotations

import os

import pytest
import torch

from engine import threads
from engine.lm.config import LMConfig
from engine.models.wren.parts import read_config
from tests.engine.models.store.test_folders import WREN
from tests.rig.processes import python

BIG = LMConfig(vocabulary=1000, dim=2048, layers=1, heads=16, kv_heads=4, head_dim=128, ffn=8192)


def test_small_matrices_are_not_shared():
    sizes = read_config(WREN)["lm"]
    wren = LMConfig(**{name: sizes[name] for name in ("vocabulary", "dim", "layers", "heads", "kv_heads", "head_dim", "ffn")})
    assert threads.for_model(wren, 16) == 1
    assert threads.for_model(BIG, 16) == 16


def test_the_users_wish_counts_and_cores_are_spared():
    before = torch.get_num_threads()
    try:
        threads.use(BIG, 3)
        assert torch.get_num_threads() == 3
        threads.use(BIG, spare=1)
        assert torch.get_num_threads() == max(1, threads.cores() - 1)
        threads.use(BIG, spare=1000)
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize(
    ("text", "most"), [("150000 100000\n", 2), ("50000 100000\n", 1), ("max 100000\n", 0), ("1 0", 0), ("x", 0), ("\xff", 0)]
)
def test_a_containers_share_counts(tmp_path, text, most):
    all_of_them = threads.cores(tmp_path / "none")
    (tmp_path / "cpu.max").write_text(text)
    assert threads.cores(tmp_path / "cpu.max") == min(all_of_them, most or all_of_them) >= 1


@pytest.mark.parametrize(
    ("given", "kept"), [({}, "0"), ({"GOMP_SPINCOUNT": "7"}, "7"), ({"OMP_WAIT_POLICY": "active"}, None)]
)
def test_threads_sleep_while_they_wait_unless_the_user_wants_otherwise(monkeypatch, given, kept):
    for name in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY", "KMP_BLOCKTIME", "OPENBLAS_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    threads.prepare_libraries()
    assert os.environ.get("GOMP_SPINCOUNT") == kept and os.environ["OPENBLAS_NUM_THREADS"] == "1"


@pytest.mark.whole
def test_that_is_said_before_the_libraries_are_there():
    said = "os.environ['GOMP_SPINCOUNT'] and os.environ['OPENBLAS_NUM_THREADS']"
    python(f"import sys, os, app.__main__; assert {said} and not {{'numpy', 'torch'}} & {{*sys.modules}}")
