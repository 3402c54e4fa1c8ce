"""What fits and what is chosen, at the released sizes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.models.checkpoints.placement import choose_placement
from engine.models.checkpoints.plan import Sizes, need, plan
from engine.models.checkpoints.precision import compute_type

GB = 10**9
# GLM-4-Voice 9B: 9.4 B parameters in matrices, 40 KB of keys and values a position in 16 bits.
GLM = Sizes(
    "GLM-4-Voice", matrices=9_543_000_000, rows=2_500_000, vectors=600_000, exit_head=16_385 * 4096, kv=20_480,
    context=8192, listener=1_460_000_000, vocoder=530_000_000, stored="bf16",
)  # fmt: skip


def test_what_is_needed():
    wanted = need(GLM, "bf16", 8192, "cuda")
    assert wanted.weights == 2 * (GLM.matrices + GLM.vectors + GLM.exit_head) and wanted.kv == 40_960 * 8192
    assert 21e9 < wanted.total < 24e9
    assert need(GLM, "int8", 8192, "cuda").weights < 0.51 * wanted.weights
    assert need(GLM, "fp32", 4096, "cpu").kv == wanted.kv


@pytest.mark.parametrize(
    ("memory", "video", "device", "precision", "context", "words"),
    [
        (64, 80, "cuda", "bf16", 8192, ["graphics card", "bf16", "80.0 GB"]),
        (64, 24, "cuda", "bf16", 8192, ["bf16"]),
        (64, 16, "cuda", "int8", 8192, ["int8", "bf16 would take"]),
        (64, 13.4, "cuda", "int8", 4096, ["4,096 positions instead of 8,192"]),
        (64, 8, "cpu", "bf16", 8192, ["processor", "only 8.0 GB"]),
        (16, 0, "cpu", "int8", 8192, ["processor", "int8"]),
        (0, 0, "cpu", "bf16", 8192, ["processor"]),
        (8, 6, "cpu", None, None, ["at least", "8.0 GB", "6.0 GB", "close other programs"]),
    ],
)
def test_what_is_chosen(memory, video, device, precision, context, words):
    made = plan(GLM, int(memory * GB), int(video * GB))
    assert made.device == device
    assert (made.chosen and made.chosen.precision) == precision and (made.chosen and made.chosen.context) == context
    assert made.sentence.endswith(".")
    for word in words:
        assert word in made.sentence, made.sentence
    assert [each.precision for each in made.needs] == ["fp32", "bf16", "int8"]


def test_what_is_wished_for():
    assert plan(GLM, 64 * GB, context=3000).chosen.context == 3000
    assert plan(GLM, 64 * GB, precision="int8").chosen.precision == "int8"
    assert plan(GLM, 64 * GB, 80 * GB, device="cpu").device == "cpu"
    assert plan(GLM, 30 * GB, precision="fp32").chosen is None
    assert plan(replace(GLM, stored="fp32"), 64 * GB).chosen.precision == "fp32"


def test_this_machine():
    small = replace(GLM, matrices=10**6, rows=10**3, exit_head=10**4, listener=10**6, vocoder=10**6)
    assert choose_placement(small, "cpu").device == "cpu"
    with pytest.raises(ValueError, match="close other programs"):
        choose_placement(replace(GLM, matrices=10**15), "cpu")
    with pytest.raises(ValueError, match="choose one of fp32, bf16, int8"):
        compute_type("int4")
