"""Voices of Step-Audio-2: what its vocoder must know of a recording to speak in that voice, as one small file.

A voice pack is a safetensors file with the recording's speech codes, its speaker vector and its mel spectrogram. With packs
nobody needs the networks that describe a recording: see `make_voice`. Packs stand in the folder `voices` of a model's folder.

The release's two default voices are recordings in its GitHub repository, stepfun-ai/Step-Audio2 (Apache-2.0):
assets/default_female.wav and assets/default_male.wav. They are not part of the model's folder as it is published.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from engine import installed
from engine.models.checkpoints.shards import read_header
from engine.models.stepaudio2.flow import StepFlowConfig
from engine.quoting import clean, reason

FORMAT = "refrain-voice-1"
FOLDER = "voices"
_LARGEST = 20_000_000  # bytes; two minutes have three million
_LONGEST = 3000
"""Codes of a recording: two minutes, where a few seconds are wanted. All of them go through the vocoder when it is loaded."""


@dataclass(frozen=True)
class VoicePack:
    """A voice: `tokens` [n] int64 codes, `speaker` [size] float32 (any length), `mel` [n * frames per code, bands] float32.

    `about` is text for people: where the recording comes from, its licence.
    """

    name: str
    tokens: Tensor
    speaker: Tensor
    mel: Tensor
    about: dict[str, str] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Writes one safetensors file."""
        tensors = {"prompt_token": self.tokens.to(torch.int32), "spk_emb": self.speaker.float(), "prompt_mel": self.mel.float()}
        metadata = {**self.about, "format": FORMAT, "name": self.name}
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path, metadata)

    @classmethod
    def load(cls, path: Path) -> VoicePack:
        """Reads a pack. Raises `FileNotFoundError`, or `ValueError` with a sentence."""
        if not path.is_file():
            raise FileNotFoundError(f"There is no voice {path}.")
        if path.stat().st_size > _LARGEST:
            raise ValueError(f"{path} has more than the {_LARGEST:,} bytes of any voice: make or copy it again.")
        wanted = {"prompt_token": 1, "spk_emb": 1, "prompt_mel": 2}
        try:
            read_header(path)
            with safe_open(path, "pt") as file:
                about = dict(file.metadata() or {})
                tensors = {name: file.get_tensor(name) for name in file.keys() if name in wanted}
        except Exception as error:  # the library's own among them
            why = reason(error).rstrip(".")
            raise ValueError(f"{path} is cut short or no voice ({why}): make or copy it again.") from None
        if about.pop("format", None) != FORMAT:
            raise ValueError(f"{path} is not a voice of this version of Refrain: make it again.")
        for name, axes in wanted.items():
            if name not in tensors or tensors[name].dim() != axes:
                found = list(tensors[name].shape) if name in tensors else "nothing"
                raise ValueError(f"{path} should hold {name} with {axes} axes and has {found}: make the voice again.")
            if tensors[name].is_floating_point() != (name != "prompt_token"):
                raise ValueError(f"{path} has other numbers in {name} than a voice: make the voice again.")
            if not torch.isfinite(tensors[name].float()).all():
                raise ValueError(f"{path} has values in {name} that are not finite numbers: make the voice again.")
        tokens, speaker, mel = (tensors[name] for name in wanted)
        return cls(clean(about.pop("name", path.stem)), tokens.long(), speaker.float(), mel.float(), about)

    def check(self, config: StepFlowConfig) -> None:
        """Raises `ValueError` with a sentence unless the voice fits this flow."""
        count, wrong = len(self.tokens), None
        if count <= config.encoder.lookahead:
            wrong = f"it has {count} codes, too few to speak from"
        elif count > _LONGEST:
            wrong = f"it has {count:,} codes, more than the {_LONGEST:,} that a voice needs"
        elif int(self.tokens.min()) < 0 or int(self.tokens.max()) >= config.codes:
            found = f"{int(self.tokens.min())} to {int(self.tokens.max())}"
            wrong = f"its codes go from {found}, the model's from 0 to {config.codes - 1}"
        elif list(self.mel.shape) != (wanted := [count * config.frames_per_code, config.bands]):
            wrong = f"its mel spectrogram is {list(self.mel.shape)}, and should be {wanted}"
        elif list(self.speaker.shape) != [config.speaker_size]:
            wrong = f"its speaker vector is {list(self.speaker.shape)}, and should be {[config.speaker_size]}"
        elif not float(self.speaker.norm()) > 0:
            wrong = "its speaker vector is zero"
        if wrong:
            raise ValueError(f"The voice {self.name!r} does not fit the model: {wrong}. Make it again with this model's folder.")


def installed_voices(model: Path) -> dict[str, Path]:
    """The packs in a model's folder: file name without its end -> path."""
    return {path.stem: path for path in sorted((model / FOLDER).glob("*.safetensors"))}


def default_voice(model: Path) -> VoicePack:
    """The voice named `default_female`, or the first there is. Raises `FileNotFoundError` with a sentence if there is none."""
    voices = installed_voices(model)
    if not voices:
        how = installed.command(f'models make-voice RECORDING "{model}"', source=f'voice RECORDING "{model}"')
        raise FileNotFoundError(
            f"{model / FOLDER} holds no voice, and Step-Audio-2 speaks only in the voice of a recording: copy a voice pack "
            f'there, or make one with `{how}` from a few seconds of speech, for example '
            "assets/default_female.wav of github.com/stepfun-ai/Step-Audio2."
        )
    return VoicePack.load(voices.get("default_female", next(iter(voices.values()))))
