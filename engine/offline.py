"""What libraries would send or look up by themselves is switched off. No torch, no Qt."""

from __future__ import annotations

import os

SWITCHES = {
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime reports its use from native code, a few seconds after its import
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}


def switch_off() -> None:
    """For this process and those that it starts. Must come before those libraries are imported, whoever does that."""
    os.environ.update(SWITCHES)
