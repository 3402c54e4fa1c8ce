"""`python -m engine.models.stepaudio2.make_voice RECORDING MODEL`: a voice pack from a few seconds of speech.

Two networks of the release describe a recording: S3 tokenizer v2 (25 codes a second) and CAM++ (the speaker vector). They
are ONNX files in `token2wav`, run as CosyVoice's frontend runs them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnxruntime
import torch
import typer
from torch import Tensor

from engine import audio_files
from engine.models.checkpoints.files import AGAIN, need
from engine.models.checkpoints.yaml_safe import read_part
from engine.models.stepaudio2.flow import StepFlowConfig
from engine.models.stepaudio2.voice_features import prompt_mel, speaker_features, tokenizer_features
from engine.models.stepaudio2.voices import FOLDER, VoicePack

SHORTEST, LONGEST = 1.0, 30.0
"""Seconds of a recording that a voice can be made of."""
TOKENIZER, SPEAKER = "speech_tokenizer_v2_25hz.onnx", "campplus.onnx"


def make_voice(samples: np.ndarray, rate: int, name: str, token2wav: Path, about: dict[str, str] | None = None) -> VoicePack:
    """A voice from a recording, floats [n] or [n, channels] at `rate`, with the networks in the release's `token2wav`.

    Raises `ValueError` or `FileNotFoundError` with a sentence for a recording that is too short or too long, and where
    networks or packages are missing.
    """
    seconds = len(samples) / rate
    if not SHORTEST <= seconds <= LONGEST:
        raise ValueError(f"A voice is made of {SHORTEST:g} to {LONGEST:g} seconds of speech; this recording has {seconds:.1f}.")
    config = StepFlowConfig.from_release(read_part(token2wav / "flow.yaml", "flow"))
    tokens = _codes(token2wav, samples, rate)
    mel = prompt_mel(samples, rate, len(tokens) * config.frames_per_code)
    voice = VoicePack(name, tokens, _speaker_vector(token2wav, samples, rate), mel, about or {})
    voice.check(config)
    return voice


def _codes(token2wav: Path, samples: np.ndarray, rate: int) -> Tensor:
    features = tokenizer_features(samples, rate)[None].numpy()
    return _run(_network(token2wav, TOKENIZER), features, np.array([features.shape[2]], np.int32)).long()


def _speaker_vector(token2wav: Path, samples: np.ndarray, rate: int) -> Tensor:
    return _run(_network(token2wav, SPEAKER), speaker_features(samples, rate)[None].numpy()).float()


def _run(network: Path, *inputs: np.ndarray) -> Tensor:
    """The first output, flat."""
    try:
        session = onnxruntime.InferenceSession(str(network), providers=["CPUExecutionProvider"])
        named = zip((node.name for node in session.get_inputs()), inputs, strict=True)
        return torch.from_numpy(session.run(None, dict(named))[0]).flatten()
    except Exception as error:  # onnxruntime's errors share no class of their own
        raise ValueError(f"{network.name} cannot be used ({error}): {AGAIN}.") from error


def _network(token2wav: Path, name: str) -> Path:
    need(token2wav / name)
    return token2wav / name


def write(recording: Path, model: Path, name: str = "", source: str = "") -> tuple[Path, int]:
    """Makes a voice and writes it into the model's folder: its path and its number of codes.

    Without a `name` it has the recording's. Raises as `make_voice`, and `OSError`.
    """
    samples, rate = audio_files.read(recording)
    voice = make_voice(samples, rate, name or recording.stem, model / "token2wav", {"source": source} if source else {})
    (model / FOLDER).mkdir(exist_ok=True)
    path = model / FOLDER / f"{voice.name}.safetensors"
    voice.save(path)
    return path, len(voice.tokens)


def main(
    recording: Path = typer.Argument(..., help="A sound file with a few seconds of one clean voice."),
    model: Path = typer.Argument(..., help="Step-Audio-2's folder."),
    name: str = typer.Option("", help="The voice's name; the recording's file name where there is none."),
    source: str = typer.Option("", help="Where the recording comes from and what it may be used for."),
) -> None:
    """Writes the voice into the model's folder."""
    try:
        path, codes = write(recording, model, name, source)
    except (ValueError, OSError) as error:
        sys.exit(str(error))
    print(f"{path}: {codes} codes")


if __name__ == "__main__":
    typer.run(main)
