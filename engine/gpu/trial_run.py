"""`python -m engine.gpu.trial_run SITE DEVICE`: whether a pack computes what the processor computes, as one line of JSON.

A process of its own: a library that does not fit its driver may crash or hang, and torch is loaded once in a process.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

    from engine.lm.config import LMConfig

TOLERANCE = 1e-3
"""Of the largest number that comes out: float32 sums in another order differ by far less, a wrong kernel by far more."""
_POSITIONS, _STEPS = 64, 24


def main(site: str, device: str) -> int:
    """Prints what came out and returns the exit code. `device`: "cuda" (also for ROCm's torch), or "cpu"."""
    sys.path.insert(0, site)
    sys.dont_write_bytecode = False  # an installed program writes none: what is compiled here makes its starts quick
    try:
        found = _try(Path(site).resolve(), device)
    except Exception as error:
        found = {"sentence": f"It failed ({type(error).__name__}: {' '.join(str(error).split())[:300]})."}
    print(json.dumps({"ok": not found.get("sentence"), **found}), flush=True)
    return int(bool(found.get("sentence")))


def _try(site: Path, device: str) -> dict[str, Any]:
    import torch

    found: dict[str, Any] = {"torch": torch.__version__, "cuda": torch.version.cuda or torch.version.hip or ""}
    if site not in Path(torch.__file__).resolve().parents:
        return {**found, "sentence": f"torch came from {torch.__file__} and not from the pack."}
    if device != "cpu":
        if not torch.cuda.is_available():
            return {**found, "sentence": "Its torch finds no card that it can use."}
        card = torch.cuda.get_device_properties(0)
        found |= {"card": card.name, "memory": card.total_memory, "capability": f"{card.major}.{card.minor}"}
    exact, slow = _compute("cpu")
    other, quick = _compute(device)
    largest, difference = float(exact.abs().max()), float((exact - other.cpu()).abs().max())
    found |= {"difference": difference / largest, "ms_processor": slow, "ms_device": quick}
    if not difference <= TOLERANCE * largest:  # so that what is no number counts as wrong
        found["sentence"] = f"It computes something else than the processor (the numbers differ by {difference / largest:.0e})."
    return found


def _compute(device: str) -> tuple[torch.Tensor, float]:
    """The states of a decoder of Wren's size with made-up weights, and the milliseconds of a step."""
    import torch

    from engine.lm.config import LMConfig
    from engine.lm.decoder import Decoder

    config = LMConfig(vocabulary=512, dim=256, layers=12, heads=4, kv_heads=4, head_dim=64, ffn=704, context=128)
    decoder = Decoder(config, _weights(config), device=device)
    cache, times, states = decoder.new_cache(), [], []
    states.append(decoder.run(decoder.embed(range(_POSITIONS)), 0, cache))
    for step in range(_STEPS):
        began = time.perf_counter()
        states.append(decoder.run(decoder.embed([step]), _POSITIONS + step, cache))
        if device != "cpu":
            torch.cuda.synchronize()
        times.append(1000 * (time.perf_counter() - began))
    return torch.cat(states).float(), sorted(times)[len(times) // 2]


def _weights(config: LMConfig) -> dict[str, torch.Tensor]:
    """The same ones every time, from the processor's generator."""
    import torch

    generator = torch.Generator().manual_seed(0)

    def draw(rows: int, columns: int) -> torch.Tensor:
        return torch.randn(rows, columns, generator=generator) / columns**0.5

    width = config.heads * config.head_dim
    tensors = {"model.embed_tokens.weight": draw(config.vocabulary, config.dim), "model.norm.weight": torch.ones(config.dim)}
    for index in range(config.layers):
        place = f"model.layers.{index}."
        tensors |= {f"{place}self_attn.{name}_proj.weight": draw(width, config.dim) for name in "qkv"}
        tensors[f"{place}self_attn.o_proj.weight"] = draw(config.dim, width)
        tensors |= {f"{place}mlp.{name}_proj.weight": draw(config.ffn, config.dim) for name in ("gate", "up")}
        tensors[f"{place}mlp.down_proj.weight"] = draw(config.dim, config.ffn)
        tensors |= {f"{place}{name}_layernorm.weight": torch.ones(config.dim) for name in ("input", "post_attention")}
    return tensors


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
