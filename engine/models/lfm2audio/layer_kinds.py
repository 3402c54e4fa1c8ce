"""Which layers of an LFM2 attend and which are convolutions, in both ways that its configurations have to say it. No torch."""

from __future__ import annotations

from engine.models.checkpoints.config_file import Fields
from engine.quoting import shown


def attends(fields: Fields, attention: tuple[str, ...] = ("full_attention",)) -> tuple[bool, ...]:
    """Of every layer whether it is attention, under one of these names: from `layer_types`, or the older `full_attn_idxs`.

    Raises `ValueError` with a sentence that names the file and the field.
    """
    layers, kinds = fields.count("num_hidden_layers", most=1000), fields.values.get("layer_types")
    if kinds is None:
        if not isinstance(places := fields.values.get("full_attn_idxs"), list):
            raise ValueError(f"{fields.path} lacks layer_types: it is of another model, or damaged.")
        return tuple(layer in places for layer in range(layers))
    if not isinstance(kinds, list) or len(kinds) != layers or not all(kind in ("conv", *attention) for kind in kinds):
        known = "'conv', " + " or ".join(map(repr, attention))
        raise ValueError(f"{fields.path} has layer_types = {shown(kinds)}, which must be {known} for each of {layers} layers.")
    return tuple(kind != "conv" for kind in kinds)
