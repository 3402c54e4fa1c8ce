"""What a decoder of graphs takes of memory, and how much more while it is loaded: what the planner counts."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import pytest

from engine.benchmarks.random_weights import SHAPES
from engine.models.checkpoints.plan import Sizes, need
from engine.models.checkpoints.precision import GRAPHS
from tests.rig.processes import python

LM = replace(SHAPES["glm4voice"], dim=1024, heads=8, ffn=4096, layers=10, vocabulary=512, head_rows=512, context=256)
MEASURED = """
import gc, json, re
from pathlib import Path
from engine.benchmarks.random_weights import RandomWeights
from engine.lm import graph_decoder
from engine.lm.bits import Bits
from engine.lm.config import LMConfig
from engine.lm.freed_memory import give_back
from tests.engine.random_lm import SHAPE, random_tensors
from dataclasses import replace

def bytes_of(kind):
    return 1024 * int(re.search(kind + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

lm = {lm!r}
graph_decoder._VALUES = lm.layer_values
small = replace(SHAPE, head_dim=16)
graph_decoder.GraphDecoder(small, random_tensors(small), Bits(8))  # what the libraries themselves take
weights = dict(RandomWeights(lm))
give_back()
before = bytes_of("RssAnon")
Path("/proc/self/clear_refs").write_text("5")
decoder = graph_decoder.GraphDecoder(lm, weights, {bits!r})
gc.collect()
print(json.dumps([bytes_of("RssAnon") - before, bytes_of("VmHWM") - bytes_of("VmRSS")]))
"""


@pytest.mark.whole
@pytest.mark.skipif(sys.platform != "linux", reason="the system tells otherwise what a process holds")
@pytest.mark.parametrize("precision", GRAPHS)
def test_weights_are_there_once_and_no_second_copy_while_they_are_loaded(precision):
    counted = need(Sizes("", LM, 0, 0, 0, "bf16"), precision, 1, "cpu")
    held, peak = json.loads(python(MEASURED.format(lm=LM, bits=GRAPHS[precision])))
    print(f"{precision}: counted {counted.weights:,} held {held:,}; counted {counted.loading:,} beside them, found {peak:,}")
    assert held == pytest.approx(counted.weights, rel=0.2)
    assert peak < counted.loading < counted.weights


EMPTY = """
import json, re
from pathlib import Path
import torch
from engine.lm.cache import KVCache
from engine.lm.config import LMConfig

def held():
    return 1024 * int(re.search(r"RssAnon:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

before = held()
cache = KVCache(LMConfig(16, 64, 8, 4, 4, 64, 64, context=100_000, conv_layers=(1, 2), conv_taps=3))
empty = held() - before
for buffer in cache.buffers(0):
    buffer[:, :, :50_000] = 1
print(json.dumps([empty, held() - before, bool((cache.buffers(1)[0] == 0).all())]))
"""


@pytest.mark.whole
@pytest.mark.skipif(sys.platform != "linux", reason="the system tells otherwise what a process holds")
def test_a_cache_takes_memory_as_it_is_filled():
    empty, half, is_zero = json.loads(python(EMPTY))
    assert empty < 10e6 and half > 50_000 * 2 * 4 * 64 * 4 * 0.9 and is_zero
