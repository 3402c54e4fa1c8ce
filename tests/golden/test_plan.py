"""What the planner says of both golden models against what their decoders take."""

from __future__ import annotations

import pytest
import torch

from engine.models.checkpoints.plan import need
from engine.models.checkpoints.precision import PRECISIONS
from engine.models.glm4voice import glm4voice
from engine.models.stepaudio2 import stepaudio2
from tests.golden.families import family, folder_of


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


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("name", ["glm4voice", "stepaudio2"])
def test_weights_and_cache(name, precision):
    sizes = (glm4voice if name == "glm4voice" else stepaudio2).sizes(folder_of(name))
    model = family(name, precision)
    wanted = need(sizes, precision, 100, "cpu")
    head = next(iter(model.exit_heads.values()))
    seen: set[int] = set()
    assert taken(model.decoder, seen) + taken(head.rows, seen) == pytest.approx(wanted.weights, rel=0.01)
    assert model.decoder.new_cache(100)._store.nbytes == wanted.kv
    assert sizes.listener > 0 and sizes.vocoder > 0 and sizes.context == model.decoder.config.context
