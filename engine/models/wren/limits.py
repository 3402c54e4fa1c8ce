"""What a Wren's config may say: it is held against this before any memory is taken for it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from engine.lm.config import LMConfig
from engine.models.wren.listener_config import ListenerConfig
from engine.models.wren.speech_tokens import SpeechTokenConfig
from engine.speech.release import UnknownConfiguration, sized
from engine.speech.source_filter import SourceFilter

WHAT = "Wren's config"
OTHERS = ("conv_layers", "conv_taps", "qk_norm")  # what a decoder may have and Wren's has not
_MAY_BE_ZERO = ("rotary_dim", "conv_taps", "behind", "ahead", "encoder_blocks", "decoder_blocks")
_MOST_KV = 4_000_000_000  # bytes of keys and values; Wren has 12 million
_RATES = range(8_000, 48_001)
_LONGEST_CHUNK = 1_000
_LONGEST_WINDOW = 500  # beats: a minute


def check_lm(config: LMConfig) -> LMConfig:
    """The config itself. Raises `ValueError` with a sentence for sizes that no Wren has."""
    _counted(config, deep=("layers",), leave=OTHERS)
    if any(getattr(config, name) for name in OTHERS):
        raise UnknownConfiguration(f"{WHAT} has layers that no Wren has.")
    for name in ("rope_interleaved", "qkv_bias"):
        if not isinstance(getattr(config, name), bool):
            raise UnknownConfiguration(f"{WHAT} has {name} that is neither true nor false.")
    if config.norm_eps <= 0 or config.rope_theta <= 0:
        raise UnknownConfiguration(f"{WHAT} has norm_eps or rope_theta of 0.")
    kv = 2 * config.layers * config.kv_heads * config.head_dim * config.context * 4
    if kv > _MOST_KV:
        raise UnknownConfiguration(f"{WHAT} has a context of {config.context:,}, for which {kv / 1e9:,.0f} GB would be needed.")
    return config


def check_listener(config: ListenerConfig) -> ListenerConfig:
    """As `check_lm`."""
    _counted(config.encoder, deep=("layers",))
    _counted(config, deep=(), leave=("floor", "encoder"))
    _check_windows(config)
    floor = config.floor
    if isinstance(floor, bool) or not isinstance(floor, int | float) or not -1e6 < floor < 0:
        raise UnknownConfiguration(f"{WHAT} has a floor that is no number below 0.")
    if not all(isinstance(phone, str) for phone in config.phones):
        raise UnknownConfiguration(f"{WHAT} has phones that are no words.")
    return config


def _check_windows(config: ListenerConfig) -> None:
    encoder = config.encoder
    if encoder.dim % encoder.heads or not encoder.rotary_dim <= encoder.head_dim or encoder.rotary_dim % 2:
        raise UnknownConfiguration(f"{WHAT} has an encoder whose heads do not fit its size.")
    if min(encoder.norm_eps, encoder.rope_theta) <= 0:
        raise UnknownConfiguration(f"{WHAT} has an encoder with norm_eps or rope_theta of 0.")
    if not config.kernel % 2:
        raise UnknownConfiguration(f"{WHAT} has a kernel of {config.kernel}, which has no middle.")
    if config.behind + config.block + config.ahead > _LONGEST_WINDOW:
        raise UnknownConfiguration(f"{WHAT} has windows of more than {_LONGEST_WINDOW} beats.")


def check_speech(config: SpeechTokenConfig) -> SpeechTokenConfig:
    """As `check_lm`."""
    _counted(config, deep=("encoder_blocks", "decoder_blocks"))
    if config.sample_rate not in _RATES:
        raise UnknownConfiguration(f"{WHAT} has a sample_rate of {config.sample_rate}, which is no rate of speech.")
    if config.sample_rate % (SourceFilter.hop * config.frame_rate):
        raise UnknownConfiguration(f"{WHAT} has a frame_rate of {config.frame_rate}, which does not divide its sample_rate well.")
    if not config.levels or min(config.levels) < 2 or math.prod(config.levels) > 1_000_000:
        raise UnknownConfiguration(f"{WHAT} has levels that make no units.")
    return config


def chunk(fields: Mapping[str, Any], name: str) -> int:
    """`text_chunk` or `speech_chunk`, tokens. Raises as `check_lm`."""
    value = fields[name]
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _LONGEST_CHUNK:
        raise UnknownConfiguration(f"{WHAT} has a {name} that is no count from 1 to {_LONGEST_CHUNK:,}.")
    return value


def _counted(config: Any, deep: tuple[str, ...], leave: tuple[str, ...] = ()) -> None:
    """Every number is in the bounds of `sized`, and those that count something are not 0."""
    sized(WHAT, config, deep, leave)
    for name, value in vars(config).items():
        if isinstance(value, int) and not isinstance(value, bool) and value < 1 and name not in _MAY_BE_ZERO:
            raise UnknownConfiguration(f"{WHAT} has a {name} of {value}.")
