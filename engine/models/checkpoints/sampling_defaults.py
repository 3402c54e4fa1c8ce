"""How a release says its model is sampled."""

from __future__ import annotations

from pathlib import Path

from engine.lm.sampling import Sampling
from engine.models.checkpoints.config_file import Fields


def read_sampling(folder: Path, default: Sampling) -> Sampling:
    """What `generation_config.json` says; `default` for what it does not, and where there is no such file.

    Raises `ValueError` with a sentence for a file that is damaged.
    """
    path = folder / "generation_config.json"
    if not path.is_file():
        return default
    fields = Fields.read(path)
    if fields.values.get("do_sample") is False:
        return Sampling(repetition_penalty=_number(fields, "repetition_penalty", default.repetition_penalty))
    try:
        return Sampling(
            temperature=_number(fields, "temperature", default.temperature),
            top_p=_number(fields, "top_p", default.top_p),
            top_k=fields.count("top_k") if fields.values.get("top_k") else default.top_k,
            repetition_penalty=_number(fields, "repetition_penalty", default.repetition_penalty),
        )
    except ValueError as error:
        raise ValueError(f"{path} cannot be used: {error}") from None


def _number(fields: Fields, name: str, default: float) -> float:
    return default if fields.values.get(name) is None else fields.number(name)
