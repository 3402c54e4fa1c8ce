"""The base of a config's rotary positions, in the spellings of all releases of transformers. No torch."""

from __future__ import annotations

from engine.models.checkpoints.config_file import Fields


def rope_theta(fields: Fields) -> float:
    """From `rope_theta`, or `rope_parameters` as transformers 5 saves it. Raises `ValueError` with a sentence, also for
    positions that are scaled in any way."""
    for name in ("rope_scaling", "rope_parameters"):
        scaling = fields.values.get(name)
        kind = scaling.get("rope_type", scaling.get("type", "default")) if isinstance(scaling, dict) else scaling
        if kind not in (None, "default"):
            raise ValueError(f"{fields.path} has {name} of the kind {str(kind)[:40]!r}; only unscaled positions are run.")
    inner = fields.part("rope_parameters")
    return (inner if "rope_theta" in inner.values else fields).number("rope_theta")
