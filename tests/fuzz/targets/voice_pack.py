"""Voices of Step-Audio-2."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from hypothesis import strategies as st
from safetensors.torch import save

from engine.models.stepaudio2.flow import StepFlowConfig
from engine.models.stepaudio2.voices import FORMAT, VoicePack
from tests.fuzz.inputs import ODD_TEXTS, spoilt
from tests.fuzz.target import Target
from tests.fuzz.targets.vocoder_config import STEP

CONFIG = StepFlowConfig.from_release(STEP["flow"])
TYPES = {"f": torch.float32, "h": torch.float16, "i": torch.int32, "l": torch.int64, "?": torch.bool, "8": torch.float8_e4m3fn}
VALID = {"prompt_token": ("i", (5,)), "spk_emb": ("f", (192,)), "prompt_mel": ("f", (10, 80))}
sizes = st.sampled_from([0, 1, 4, 5, 10, 80, 192, 1001])  # larger ones take their memory before they are read
tensors = st.tuples(st.sampled_from(list(TYPES)), st.lists(sizes, max_size=2).map(tuple))
voices = st.tuples(
    st.dictionaries(st.sampled_from([*VALID, "other"]), tensors, max_size=4).map(lambda found: {**VALID, **found}),
    st.dictionaries(st.sampled_from(["name", "licence"]), st.sampled_from(ODD_TEXTS).filter(lambda text: text.isprintable())),
)


def stored(tensors: dict[str, tuple[str, tuple]], about: dict[str, str]) -> bytes:
    made = {name: torch.ones(shape).to(TYPES[kind]) for name, (kind, shape) in tensors.items()}
    return save(made, {"format": FORMAT, **about})


def read(content: bytes | tuple[Any, Any], place: Path) -> None:
    path = place / "voice.safetensors"
    path.write_bytes(content if isinstance(content, bytes) else stored(*content))
    voice = VoicePack.load(path)
    assert replace(voice).name.isprintable()
    voice.check(CONFIG)


TARGET = Target(
    voices | spoilt(stored(VALID, {})),
    read,
    refuses=(ValueError, FileNotFoundError),
    examples=[
        (VALID, {"name": "Ada"}),
        ({**VALID, "prompt_token": ("i", (10**6,)), "prompt_mel": ("h", (0, 80))}, {}),
        ({**VALID, "spk_emb": ("f", (6000, 1000))}, {}),
    ],
)
