"""Pooling choices: which positions of the user's speech are merged before, or inside, the decoder.

Affinity Pooling (arXiv 2604.06871) needs no training: neighbouring positions whose states point the same way become
one. Input pooling does so before the first layer, deep pooling to the states that enter one inner layer, dual both.
A choice's text form is its name everywhere: `none`, `input:0.8`, `deep:9@0.7` (layer@threshold), `dual:0.8,9@0.7`. A window
other than the paper's (1 before the first layer, 3 inside) follows its threshold: `input:0.8,w=2`, `dual:0.8,9@0.7,w=5`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.quoting import quoted

INPUT_WINDOW, DEEP_WINDOW = 1, 3
"""The paper's windows."""


class PoolingError(ValueError):
    """A pooling choice that cannot be read or cannot run on this model; the message is a sentence for the user."""


@dataclass(frozen=True)
class InputPooling:
    """A state joins its group if its cosine similarity with one of the group's last `window` members is at least `tau`."""

    tau: float
    window: int = INPUT_WINDOW

    def __post_init__(self) -> None:
        _check(self.tau, self.window)

    def __str__(self) -> str:
        return _threshold(self.tau, self.window, INPUT_WINDOW)


@dataclass(frozen=True)
class DeepPooling:
    """As `InputPooling`, of the states that enter `layer` (counted from 0; so many layers hold every position)."""

    layer: int
    tau: float
    window: int = DEEP_WINDOW

    def __post_init__(self) -> None:
        _check(self.tau, self.window)
        if self.layer < 1:
            raise PoolingError("Deep pooling needs a layer of at least 1: before the first layer use input pooling.")

    def __str__(self) -> str:
        return f"{self.layer}@{_threshold(self.tau, self.window, DEEP_WINDOW)}"


@dataclass(frozen=True)
class Pooling:
    """Input pooling, deep pooling, both or (as it is made by default) none."""

    input: InputPooling | None = None
    deep: DeepPooling | None = None

    def __str__(self) -> str:
        if self.input and self.deep:
            return f"dual:{self.input},{self.deep}"
        if self.input:
            return f"input:{self.input}"
        return f"deep:{self.deep}" if self.deep else "none"


NONE = Pooling()

_INPUT, _DEEP = r"([^,@]+)(?:,w=(-?[0-9]{1,9}))?", r"([0-9]{1,9})@([^,@]+)(?:,w=(-?[0-9]{1,9}))?"


def parse(text: str) -> Pooling:
    """Reads a pooling's text form; `str` of the result is its shortest form. Raises `PoolingError`."""
    form = re.sub(r"(?<=[:@][01]),(?=[0-9]+(?:,|$))(?![0-9]+@)", ".", re.sub(r"\s", "", text).lower())  # a decimal comma
    if form == "none":
        return NONE
    if found := re.fullmatch(f"input:{_INPUT}", form):
        return Pooling(_input(*found.groups()))
    if found := re.fullmatch(f"deep:{_DEEP}", form):
        return Pooling(deep=_deep(*found.groups()))
    if found := re.fullmatch(f"dual:{_INPUT},{_DEEP}", form):
        return Pooling(_input(*found.groups()[:2]), _deep(*found.groups()[2:]))
    raise PoolingError(
        f"{quoted(text)} is not a pooling: write none, input:0.8, deep:9@0.7 (layer@threshold) or dual:0.8,9@0.7; "
        ",w=2 may follow a threshold."
    )


def check(pooling: Pooling, layers: int) -> None:
    """Raises `PoolingError` if a model of `layers` layers cannot run `pooling`."""
    if pooling.deep and pooling.deep.layer >= layers:
        raise PoolingError(
            f"{pooling} merges the states that enter layer {pooling.deep.layer}, but the model's layers are "
            f"0 to {layers - 1}: choose a lower layer."
        )


@dataclass(frozen=True)
class Preset:
    """A pooling worth offering, by name."""

    name: str
    pooling: Pooling
    description: str


_PUBLISHED_SHARE = 29 / 32
"""The paper's deep layer, of the depth of its model (Qwen2-Audio)."""
_MEASURED = {12: 8}
"""Deep layers found by measuring, by the model's layers: Wren answers as well with words merged from layer 8 on."""


def presets(layers: int) -> list[Preset]:
    """Poolings to offer for a model of `layers` layers: the paper's thresholds, and its deep layer's share of the depth.

    Where the deep layer was measured it stands instead, as a deep layer saves nothing in the layers below it.
    """
    deep = _MEASURED.get(layers, min(layers - 1, round(layers * _PUBLISHED_SHARE)))
    found = [
        Preset("Every position", NONE, "Nothing is merged: the reference."),
        Preset("Input, conservative", Pooling(InputPooling(0.9)), "Merges neighbours that are almost the same."),
        Preset("Input, aggressive", Pooling(InputPooling(0.8)), "Merges more: listen for words that get lost."),
    ]
    if deep < 1:
        return found
    return found + [
        Preset(
            "Dual, conservative",
            Pooling(InputPooling(0.9), DeepPooling(deep, 0.8)),
            f"Merges before the first layer, and more before layer {deep}.",
        ),
        Preset(
            "Dual, aggressive",
            Pooling(InputPooling(0.8), DeepPooling(deep, 0.7)),
            f"The fewest positions, before the first layer and before layer {deep}.",
        ),
    ]


def _input(tau: str, window: str | None) -> InputPooling:
    return InputPooling(_number(tau), int(window or INPUT_WINDOW))


def _deep(layer: str, tau: str, window: str | None) -> DeepPooling:
    return DeepPooling(int(layer), _number(tau), int(window or DEEP_WINDOW))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise PoolingError(f"{quoted(text)} is not a threshold: write a number above 0 and at most 1, such as 0.8.") from None


def _threshold(tau: float, window: int, usual: int) -> str:
    return str(tau).removesuffix(".0") + ("" if window == usual else f",w={window}")


def _check(tau: float, window: int) -> None:
    if not 0 < tau <= 1:
        raise PoolingError(f"A similarity threshold of {tau:g} merges all or nothing: use one above 0 and at most 1.")
    if window < 1:
        raise PoolingError(f"A window of {window} has no member to compare with: use 1 or more.")
