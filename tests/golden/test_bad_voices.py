"""Voices of Step-Audio 2 that are missing or damaged: one sentence that says what is wrong, exit code 1."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from engine.models.stepaudio2.voices import VoicePack
from tests.golden.spoiling import Release, assert_one_sentence, cut, nan, narrower, said


def no_voice(release):
    shutil.rmtree(release.folder / "voices")
    return ["voices holds no voice", "python3 dev.py voice RECORDING"]


def half_a_voice(release):
    return [cut(next((release.folder / "voices").iterdir()))[0], "cut short or no voice"]


def a_voice_with_nan(release):
    path = next((release.folder / "voices").iterdir())
    change_voice(path, "prompt_mel", nan)
    return [str(path), "prompt_mel", "not finite"]


def a_voice_of_another_model(release):
    path = next((release.folder / "voices").iterdir())
    size = len(VoicePack.load(path).speaker)
    change_voice(path, "spk_emb", narrower)
    return [f"speaker vector is [{size - 1}]", f"[{size}]"]


def a_voice_with_codes_that_there_are_not(release):
    path = next((release.folder / "voices").iterdir())
    change_voice(path, "prompt_token", lambda tensor: tensor + 10_000)
    return ["codes go from", "the model's from 0 to"]


def change_voice(path: Path, name: str, change: Callable[[torch.Tensor], torch.Tensor]) -> None:
    with safe_open(path, "pt") as file:
        about, tensors = file.metadata(), {key: file.get_tensor(key).clone() for key in file.keys()}
    tensors[name] = change(tensors[name]).contiguous()
    save_file(tensors, path, about)


VOICES = [no_voice, half_a_voice, a_voice_with_nan, a_voice_of_another_model, a_voice_with_codes_that_there_are_not]


@pytest.mark.parametrize("spoil", VOICES, ids=lambda spoil: spoil.__name__)
def test_voices(spoil, tmp_path, capsys):
    release = Release("stepaudio2", tmp_path)
    words = spoil(release)
    code, out, err = said(capsys, "ask", "--model", release.folder, "--text", "Hello?", "--max-tokens", 5, "--json")
    assert code == 1
    assert_one_sentence(err, words)
    assert said(capsys, "models", "check", release.folder)[0] == 1
