"""The JSON configs of GLM-4-Voice, LFM2.5-Audio and Step-Audio 2, up to the shapes of their networks."""

from __future__ import annotations

from pathlib import Path

import torch
from hypothesis import strategies as st

from engine.lm.sampling import Sampling
from engine.models.checkpoints.config_file import Fields, read_json
from engine.models.checkpoints.sampling_defaults import read_sampling
from engine.models.folders import check
from engine.models.glm4voice import lm as glm_lm
from engine.models.glm4voice.listen import GLMSpeechTokenizer
from engine.models.lfm2audio import detokenizer
from engine.models.lfm2audio import lm as lfm_lm
from engine.models.lfm2audio.encoder import Ear
from engine.models.stepaudio2 import lm as step_lm
from engine.models.stepaudio2.listen import AudioFrontEnd
from engine.models.tiny import glm4voice, lfm2audio, stepaudio2
from engine.speech.release import UnknownConfiguration, described_in
from tests.fuzz.inputs import changed, json_bytes, spoilt
from tests.fuzz.target import Target

GLM = {**glm4voice._LM, "eos_token_id": [300], "pad_token_id": 300, "padded_vocab_size": 512, "vocab_size": 512}
GLM_SAMPLING = {"do_sample": True, "temperature": 0.8, "top_p": 0.8, "top_k": 50, "repetition_penalty": 1.1}
STEP = {
    "architectures": ["StepAudio2ForCausalLM"],
    "model_type": "step_audio_2",
    "text_config": {**stepaudio2._LM, "vocab_size": 512, "eos_token_id": 300, "pad_token_id": 300},
    "audio_encoder_config": stepaudio2._EAR,
}
FLAT = {**STEP["text_config"], **STEP["audio_encoder_config"], "model_type": "step_audio_2"}
LFM, LFM_VOICE = lfm2audio.TINY.config(1024), lfm2audio.TINY.voice_config()
LFM_BLOCKS = LFM["lfm"]
FEED_FORWARD = "lfm.layers.0.feed_forward.w1.weight"
KINDS = {
    "lfm": LFM, "lfm voice": LFM_VOICE, "glm": GLM, "step": STEP, "flat": FLAT, "sampling": GLM_SAMPLING,
    "ear": glm4voice._EAR, "features": glm4voice._FEATURES,
}  # fmt: skip


def read(kind_and_content: tuple[str, bytes], place: Path) -> None:
    kind, content = kind_and_content
    (place / ("generation_config.json" if kind == "sampling" else "config.json")).write_bytes(content)
    if kind == "sampling":
        read_sampling(place, Sampling())
        return
    if kind in ("ear", "features"):
        found = read_json(place / "config.json")
        ear, features = (found, glm4voice._FEATURES) if kind == "ear" else (glm4voice._EAR, found)
        expect_tensors(lambda: GLMSpeechTokenizer.from_tensors(ear, features, {}), place)
        return
    if kind == "lfm voice":
        detokenizer.read_config(Fields.read(place / "config.json"), {FEED_FORWARD: torch.empty(80, 32, device="meta")})
        return
    facts = check(place)
    assert not facts.problem or facts.problem.endswith((".", ".)"))
    family = {"glm": glm_lm, "lfm": lfm_lm}.get(kind, step_lm)
    family.tensor_shapes(family.read_config(place))
    if kind == "lfm":
        expect_tensors(lambda: Ear.from_release(Fields.read(place / "config.json"), {}), place)
    elif kind != "glm":
        expect_tensors(lambda: AudioFrontEnd.from_tensors(read_json(place / "config.json"), {}), place)


def expect_tensors(make, place: Path) -> None:
    """Whatever a config describes, none of its tensors is there."""
    with described_in(place / "config.json"):
        make()
    raise AssertionError("a network without weights")


def valid(kind: str) -> tuple[str, bytes]:
    return kind, json_bytes(KINDS[kind])


def having(kind: str, **changes) -> tuple[str, bytes]:
    return kind, json_bytes({**KINDS[kind], **changes})


TARGET = Target(
    st.sampled_from(list(KINDS)).flatmap(
        lambda kind: st.tuples(st.just(kind), changed(KINDS[kind]).map(json_bytes) | spoilt(json_bytes(KINDS[kind])))
    ),
    read,
    refuses=(ValueError, FileNotFoundError, UnknownConfiguration),
    examples=[
        *map(valid, KINDS), having("glm", model_type="[" * 5000), having("step", architectures=1),
        having("glm", num_layers=10**6), having("glm", hidden_size=10**400), having("glm", rope_ratio=10**400),
        having("glm", layernorm_epsilon=float("nan")),
        having("lfm", lfm={**LFM_BLOCKS, "conv_L_cache": 10**6}),
        having("lfm", lfm={**LFM_BLOCKS, "layer_types": ["conv"] * 10**5}),
        having("lfm", preprocessor=1), having("lfm", encoder={**LFM["encoder"], "d_model": 10**9}),
        having("lfm voice", sliding_window=10**9), having("lfm voice", rope_theta=10**400),
        having("glm", kv_channels=True), having("glm", seq_length="8192"),
        having("ear", quantize_position=10**6), having("ear", d_model=10**6), having("ear", encoder_attention_heads=0),
        having("features", n_fft=10**9), having("features", hop_length=0), having("features", chunk_length=10**9),
        having("sampling", temperature=float("nan")), having("sampling", top_k=-1), having("flat", n_audio_layer=10**6),
        having("flat", hidden_size=2**63, num_attention_heads=1), ("step", b"[" * 10**6), ("step", b" " * 20_000_000),
    ],
)  # fmt: skip
