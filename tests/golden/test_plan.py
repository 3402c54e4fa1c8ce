"""What the planner says of both golden models against what their decoders take."""

from __future__ import annotations

import pytest
import torch

from engine.lm.backend_choice import VARIABLE
from engine.models.checkpoints.plan import need
from engine.models.checkpoints.precision import GRAPHS
from engine.models.glm4voice import glm4voice
from engine.models.stepaudio2 import stepaudio2
from tests.golden.families import family, folder_of

SIZES = {"glm4voice": glm4voice.sizes, "stepaudio2": stepaudio2.sizes}


def taken(thing, seen: set[int]) -> int:
    """Bytes of all matrices and biases that something holds."""
    if isinstance(thing, torch.Tensor):
        storage = thing.untyped_storage()
        if storage.data_ptr() in seen or thing.is_complex():
            return 0
        seen.add(storage.data_ptr())
        return storage.nbytes()
    if isinstance(thing, list | tuple):
        return sum(taken(item, seen) for item in thing)
    if hasattr(thing, "__dict__") and type(thing).__module__.startswith("engine.lm"):
        return sum(taken(item, seen) for name, item in vars(thing).items() if name not in ("_scaled", "_floor"))
    return 0


@pytest.mark.parametrize("precision", ["fp32", "bf16", "int8"])
@pytest.mark.parametrize("name", ["glm4voice", "stepaudio2"])
def test_weights_and_cache_of_torch(name, precision, monkeypatch):
    monkeypatch.setenv(VARIABLE, "torch")
    sizes = SIZES[name](folder_of(name))
    model = family(name, precision)
    wanted = need(sizes, precision, 100, "cpu")
    head = next(iter(model.exit_heads.values()))
    seen: set[int] = set()
    assert taken(model.decoder, seen) + taken(head.rows, seen) == pytest.approx(wanted.weights, rel=0.01)
    assert model.decoder.new_cache(100)._store.nbytes == wanted.kv
    assert sizes.listener > 0 and sizes.vocoder > 0 and sizes.context == model.decoder.config.context


@pytest.mark.parametrize("precision", GRAPHS)
@pytest.mark.parametrize("name", ["glm4voice", "stepaudio2"])
def test_what_stands_beside_the_graphs(name, precision, monkeypatch):
    """What onnxruntime itself takes is measured in tests/engine/lm/test_graph_memory.py."""
    monkeypatch.setenv(VARIABLE, "onnxruntime")
    sizes, model, bits = SIZES[name](folder_of(name)), family(name, precision), GRAPHS[precision]
    wanted, lm = need(sizes, precision, 100, "cpu"), model.decoder.config
    assert model.decoder.backend == "onnxruntime" and model.decoder.new_cache(100)._store.nbytes == wanted.kv
    head = next(iter(model.exit_heads.values()))
    graphs = bits.layers_bytes(lm) + bits.head_bytes(lm) + bits.of_head.packed_bytes(head.rows.numel())
    graphs += 4 * (lm.vector_values - lm.dim)  # the final norm is kept, too
    beside = taken([model.decoder._embedding, model.decoder.norm, head.rows], set())
    assert beside == pytest.approx(wanted.weights - graphs, rel=0.01)
