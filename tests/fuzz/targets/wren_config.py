"""Wren's `config.json`, up to the shapes of its networks."""

from __future__ import annotations

import json
from pathlib import Path

from engine.models.wren.adaptor import WrenAdaptor
from engine.models.wren.listener import PhoneNetwork
from engine.models.wren.speech_tokens import SpeechCodec
from engine.models.wren.wren import WrenConfig, _filled
from engine.resources import resources_folder
from engine.speech.release import UnknownConfiguration
from tests.fuzz.inputs import changed, json_bytes, spoilt
from tests.fuzz.target import Target

VALID = json.loads((resources_folder() / "wren" / "config.json").read_text(encoding="utf-8"))


def read(content: bytes, place: Path) -> None:
    path = place / "config.json"
    path.write_bytes(content)
    config = WrenConfig.load(path)
    assert config.speech_chunk // config.text_chunk >= 0
    refused = 0
    networks = (
        lambda: PhoneNetwork(config.listener), lambda: SpeechCodec(config.speech),
        lambda: WrenAdaptor(2 * config.listener.classes, config.lm.dim),
    )  # fmt: skip
    for make in networks:
        try:
            _filled(make, {}, "listener")
        except ValueError as error:
            assert str(error).endswith(".")
            refused += 1
    assert refused == len(networks)


def having(part: str, **changes) -> bytes:
    return json_bytes({**VALID, part: {**VALID[part], **changes}})


TARGET = Target(
    changed(VALID).map(json_bytes) | spoilt(json_bytes(VALID)),
    read,
    refuses=(ValueError, FileNotFoundError, UnknownConfiguration),
    examples=[
        json_bytes(VALID),
        having("lm", context=10**7), having("lm", context=10**400), having("lm", layers=10**6), having("lm", kv_heads=0),
        having("lm", norm_eps=float("nan")), having("lm", head_dim=10**6, dim=10**6), having("lm", heads=True),
        having("lm", dim="256"), having("lm", dim=-256), having("listener", channels=10**6, kernel=10**6 + 1),
        having("listener", phones=["a"] * 10**5), having("listener", floor=0.0), having("listener", behind=10**6),
        having("listener", kernel=4), having("listener", encoder={}), having("listener", encoder={"layers": 10**6}),
        having("listener", encoder={"dim": 10**6, "heads": 1, "rotary_dim": 32}), having("listener", encoder={"heads": 7}),
        having("listener", encoder=[1]),
        having("speech", levels=[10**6] * 9), having("speech", levels=[0]), having("speech", channels=10**6, bands=10**6),
        having("speech", sample_rate=10**6), having("speech", frame_rate=150),
        having("speech", frames_per_unit=10**6, channels=10**6),
        json_bytes({**VALID, "text_chunk": 0}), json_bytes({**VALID, "speech_chunk": 10**30}),
        json_bytes({**VALID, "base": "../../.."}), json_bytes({**VALID, "base": "\x00"}),
        json_bytes({**VALID, "base": "a" * 10**5}),
        json_bytes({**VALID, "paradigm": ["parallel"]}), json_bytes({**VALID, "all_numbers": "yes"}), b" " * 20_000_000,
    ],
)  # fmt: skip
