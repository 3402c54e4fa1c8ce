"""What a listener is made of, and the windows in which it hears: arithmetic that training and listening share. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

STATES, FRAMES = 5, 3
"""So many of the encoder's states are as long as so many frames of phones: a beat, in which windows are counted."""
BEAT = 1920
"""Samples of a beat (0.12 s at 16 kHz)."""


@dataclass(frozen=True)
class EncoderConfig:
    dim: int = 288
    layers: int = 6
    heads: int = 8
    ffn: int = 1152
    rotary_dim: int = 32  # of each head, the rest of which knows no positions
    rope_theta: float = 10_000.0
    norm_eps: float = 1e-5

    @property
    def head_dim(self) -> int:
        return self.dim // self.heads


@dataclass(frozen=True)
class ListenerConfig:
    phones: tuple[str, ...]  # without the blank, which is class 0
    encoder: EncoderConfig = EncoderConfig()
    channels: int = 192
    kernel: int = 3
    behind: int = 12  # beats before a block that are heard again with it
    block: int = 6  # beats that are settled at a time
    ahead: int = 4  # beats that must have followed
    floor: float = -8.0  # log-probabilities below are as good as none

    @property
    def classes(self) -> int:
        return len(self.phones) + 1


def config_of(fields: Mapping[str, Any]) -> ListenerConfig:
    """From what `config.json` holds. Raises `KeyError` or `TypeError` for fields that are not those of a listener."""
    return ListenerConfig(**{**fields, "phones": tuple(fields["phones"]), "encoder": EncoderConfig(**fields["encoder"])})


@dataclass(frozen=True)
class Window:
    """What is heard at once, in beats from the first sample: `start` to `end`, of which `first` to `last` is settled."""

    start: int
    first: int
    last: int
    end: int


class Windows:
    """Which windows a question is heard in while it grows: arithmetic that training and listening share."""

    def __init__(self, config: ListenerConfig) -> None:
        self._config, self._settled = config, 0

    @property
    def start(self) -> int:
        """The first beat that a later window may need."""
        return max(0, self._settled - self._config.behind)

    def settle(self, whole: int) -> list[Window]:
        """The windows that can be heard now that `whole` beats are there."""
        config, found = self._config, []
        while self._settled + config.block + config.ahead <= whole:
            last = self._settled + config.block
            found.append(Window(self.start, self._settled, last, last + config.ahead))
            self._settled = last
        return found

    def rest(self, begun: int) -> list[Window]:
        """The last window of a sound of `begun` beats; none where all is settled."""
        return [Window(self.start, self._settled, begun, begun)] if begun > self._settled else []


def beats(samples: int) -> int:
    """How many beats `samples` samples begin."""
    return -(-samples // BEAT)
