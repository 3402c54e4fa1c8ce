"""Vocoders of other sizes than the released one: whatever the folder says is what is run."""

from __future__ import annotations

import pytest
import torch

from engine.models.checkpoints.weights import Weights
from engine.models.checkpoints.yaml_safe import read_yaml
from engine.models.glm4voice.speak import StreamedSpeaker
from engine.models.glm4voice.vocoder import Vocoder
from engine.models.tiny import glm4voice as tiny
from engine.speech.hift import HiFT, HiFTConfig
from tests.engine.speech import plain_hift

FOUND = {
    "two kernels, each with its own dilations": {
        "resblock_kernel_sizes: [3, 7, 11]": "resblock_kernel_sizes: [5, 3]",
        "resblock_dilation_sizes: [[1, 3, 5], [1, 3, 5], [1, 3, 5]]": "resblock_dilation_sizes: [[1, 3, 5], [1, 2, 4]]",
    },
    "source blocks of other counts, one more than stages": {
        "source_resblock_kernel_sizes: [7, 11]": "source_resblock_kernel_sizes: [5, 9, 7]",
        "source_resblock_dilation_sizes: [[1, 3, 5], [1, 3, 5]]": "source_resblock_dilation_sizes: [[2], [1, 2, 4, 6], [1]]",
    },
    "three stages, another transform, fewer harmonics": {
        "upsample_rates: [8, 8]": "upsample_rates: [4, 4, 3]",
        "upsample_kernel_sizes: [16, 16]": "upsample_kernel_sizes: [8, 6, 3]",
        "source_resblock_kernel_sizes: [7, 11]": "source_resblock_kernel_sizes: [7, 7, 11]",
        "source_resblock_dilation_sizes: [[1, 3, 5], [1, 3, 5]]": "source_resblock_dilation_sizes: [[1, 3], [1], [1, 5]]",
        "n_fft: 16": "n_fft: 20",
        "hop_len: 4": "hop_len: 5",
        "nb_harmonics: 8": "nb_harmonics: 3",
        "base_channels: 24": "base_channels: 32",
    },
    "another flow": {
        "output_size: 40": "output_size: 24",
        "linear_units: 64": "linear_units: 20",
        "num_blocks: 2": "num_blocks: 3",
        "block_size: 10": "block_size: 7",
        "sampling_ratios: [1, 1, 1, 1]": "sampling_ratios: [1, 1]",
        "channels: [16, 16]": "channels: [16, 24, 8]",
        "num_mid_blocks: 2": "num_mid_blocks: 1",
        "num_heads: 2": "num_heads: 3",
        "input_frame_rate: 12.5": "input_frame_rate: 25",
    },
}


@pytest.fixture
def folder(request, tmp_path, monkeypatch):
    """A vocoder of the kind that the parameter names."""
    text = tiny._VOICE
    for old, new in FOUND[request.param].items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    monkeypatch.setattr(tiny, "_VOICE", text)
    tiny._write_voice(tmp_path, torch.Generator().manual_seed(1))
    return tmp_path


@pytest.mark.parametrize("folder", FOUND, indirect=True)
@torch.inference_mode()
def test_a_vocoder_of_other_sizes_speaks(folder):
    vocoder = Vocoder.from_folder(folder)
    fields, weights = read_yaml(folder / "config.yaml")["hift"], Weights.of_file(folder / "hift.pt")
    mel = torch.randn(1, 80, 9, generator=torch.Generator().manual_seed(2)) - 3
    source = 0.1 * torch.randn(1, 1, 9 * vocoder.hift.config.hop, generator=torch.Generator().manual_seed(3))
    expected = plain_hift.wave(fields, weights, mel, source)
    assert expected.shape[1] == 9 * vocoder.hift.config.hop and expected.std() > 1e-3
    torch.testing.assert_close(vocoder.hift.wave(mel, source), expected, atol=1e-5, rtol=1e-4)

    speaker, codes = StreamedSpeaker(vocoder, first_code=0), list(range(23))
    samples = [speaker.feed([code]) for code in codes] + [speaker.finish()]
    assert sum(map(len, samples)) == vocoder.frames(len(codes)) * vocoder.hift.config.hop
    assert all(abs(piece).max(initial=0) < 1 for piece in samples)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"resblock_dilation_sizes": [[1, 3, 5], [1, 2, 4]]}, "2 lists of dilations for 3 kernels"),
        ({"source_resblock_kernel_sizes": [7]}, "not as many kernels"),
        ({"resblock_kernel_sizes": [3, 7, 10]}, "even"),
        ({"upsample_kernel_sizes": [16, 15]}, "upsampling"),
        ({"upsample_rates": [8, 0]}, "rates or dilations of 0"),
        ({"resblock_dilation_sizes": [[1, 3, 5], [1, 3, 5], [1, 3, 10**6]]}, "frames to either side"),
        ({"istft_params": {"n_fft": 16, "hop_len": 10**9}}, "a transform"),
        ({"nb_harmonics": float("nan")}, "harmonics"),
        ({"nsf_alpha": "much"}, "sine_amplitude"),
        ({"base_channels": True}, "base_channels"),
        ({"sampling_rate": 10**400}, "sample_rate"),
        ({"upsample_rates": 8}, "describes no network"),
    ],
)
def test_sizes_that_make_no_vocoder_are_refused(tmp_path, change, words):
    path = tmp_path / "config.yaml"
    path.write_text(tiny._VOICE, encoding="utf-8")
    fields = read_yaml(path)["hift"]
    with pytest.raises(ValueError, match=words) as error:
        with torch.device("meta"):
            HiFT(HiFTConfig.from_release({**fields, **change}))
    assert str(error.value).endswith(".") and len(str(error.value)) < 400
