"""What a folder's model needs, by the planner: the one source of every figure of memory that is shown before it is loaded."""

from __future__ import annotations

from engine.models.checkpoints.plan import RESERVE, Device, Need, Sizes, need
from engine.models.checkpoints.precision import offered
from engine.models.folders import FolderFacts


def needs_of(facts: FolderFacts, device: Device) -> tuple[Need, ...]:
    """At every precision that there is on a device, for a conversation that fills all positions; reads configs and headers only.

    None where it cannot be told. Raises `ValueError` or `OSError` for what is broken.
    """
    if facts.problem or not facts.weights_bytes:
        return ()
    if facts.family == "wren":
        return (Need("fp32", facts.context, facts.weights_bytes, facts.kv_bytes, 0, 0, RESERVE[device]),)
    sizes = _sizes(facts)
    return tuple(need(sizes, precision, sizes.context, device) for precision in offered(sizes.lm, device))


def need_as_stored(facts: FolderFacts, device: Device) -> Need | None:
    """At the precision on the disk; else as `needs_of`."""
    needs = needs_of(facts, device)
    stored = "fp32" if facts.family == "wren" or not needs else _sizes(facts).stored
    return next((need for need in needs if need.precision == stored), None)


def _sizes(facts: FolderFacts) -> Sizes:
    if facts.family == "glm4voice":
        from engine.models.glm4voice import glm4voice

        return glm4voice.sizes(facts.folder)
    if facts.family == "lfm2audio":
        from engine.models.lfm2audio import lfm2audio

        return lfm2audio.sizes(facts.folder)
    from engine.models.stepaudio2 import stepaudio2

    return stepaudio2.sizes(facts.folder)
