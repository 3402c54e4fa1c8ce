"""What a release's configuration says of a network, with a sentence for what it does not say or what we do not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import torch

from engine.quoting import clean, reason, shown

LARGEST = 1_000_000
"""More than any size of a network: what is beyond is an error in the file, and would only cost time and memory."""
DEEPEST = 200
"""More blocks than any network has."""
LONGEST = 12
"""More stages, levels or kernels side by side than any network has."""

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Config = TypeVar("Config", bound="DataclassInstance")


class UnknownConfiguration(ValueError):
    """A configuration that cannot be used; the message is a sentence without the file, see `described_in`."""


@contextmanager
def described_in(path: Path) -> Iterator[None]:
    """Around whatever reads a configuration: its errors come as `ValueError` with the file before the sentence."""
    try:
        yield
    except UnknownConfiguration as error:
        raise ValueError(f"{path}: {error}") from None


@contextmanager
def configured(what: str) -> Iterator[None]:
    """Around the reading of fields: one that is missing or of another kind raises `UnknownConfiguration`.

    `what` is whose configuration it is, at the beginning of the sentence, such as "The vocoder's encoder".
    """
    try:
        yield
    except KeyError as missing:
        sentence = f"{what} has no {clean(str(missing.args[0]))} in its configuration: it is of another model, or damaged."
        raise UnknownConfiguration(sentence) from None
    except UnknownConfiguration:
        raise
    except (ValueError, TypeError, AttributeError, ArithmeticError, IndexError, RuntimeError) as error:
        why = reason(error).rstrip(".")
        raise UnknownConfiguration(f"{what} has a configuration that describes no network ({why}).") from None


@contextmanager
def without_memory(what: str) -> Iterator[None]:
    """Around the making of a network: on the meta device, where it has names and shapes; errors as in `configured`."""
    with configured(what), torch.device("meta"):
        yield


def require(what: str, found: Mapping[str, Any], **wanted: Any) -> None:
    """Each field, where it is there at all, must have the wanted value. Raises `UnknownConfiguration`."""
    for name, value in wanted.items():
        if found.get(name, value) != value:
            raise UnknownConfiguration(f"{what} has {name} {shown(found[name])}; Refrain knows only {value!r}.")


def sized(what: str, config: Config, deep: tuple[str, ...] = (), leave: tuple[str, ...] = ()) -> Config:
    """The configuration itself, a dataclass whose numbers are such as a network has; those named in `deep` count blocks.

    Those named in `leave` are not looked at.

    Raises `UnknownConfiguration`.
    """
    for field in fields(config):
        value, most = getattr(config, field.name), DEEPEST if field.name in deep else LARGEST
        if field.name in leave:
            continue
        kind = str(field.type).removesuffix(" | None")
        wanted = {"int": int, "tuple[int, ...]": int, "Dilations": int, "float": int | float}.get(kind)
        if wanted is None or (value is None and kind != field.type):
            continue
        numbers = value if kind == "tuple[int, ...]" else sum(value, ()) if kind == "Dilations" else (value,)
        if len(numbers) > (longest := LONGEST**2 if kind == "Dilations" else LONGEST):
            raise UnknownConfiguration(f"{what} has {len(numbers):,} {field.name}, which must be at most {longest}.")
        for number in numbers:
            if isinstance(number, bool) or not isinstance(number, wanted) or not 0 <= number <= most:
                form = "a number" if kind == "float" else "whole"
                raise UnknownConfiguration(f"{what} has {field.name} {shown(value)}, which must be {form} and at most {most:,}.")
    return config
