"""How LFM2.5-Audio speaks: frames of codes -> samples, with the network in the release's folder `audio_detokenizer`.

A frame is the mean of its codes' embeddings, repeated at a few positions. A small LFM2 makes a spectrum of each position, and an
inverse short-time Fourier transform the sound. All of it looks back only, so that frame by frame gives the same samples as all at
once. It computes in float32 always, as the reference does: there are few positions, and a spectrum's exponents need the digits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from engine.models.checkpoints.config_file import Fields
from engine.models.checkpoints.rope import rope_theta
from engine.models.checkpoints.weights import Weights
from engine.models.lfm2audio.layer_kinds import attends
from engine.models.lfm2audio.shapes import shape_of
from engine.models.lfm2audio.windowed_stack import Sights, StackConfig, WindowedStack
from engine.samples import Samples
from engine.speech.release import without_memory
from engine.speech.weights import fill, table

OUTPUT_RATE = 24_000
SAMPLES_PER_FRAME = 1920
"""12.5 frames a second. The release says neither this nor the rate: both are those of Mimi, whose codes these are."""
OVERLAP = 4
"""Windows over each sample; in the reference's code alone, like the next."""
WINDOW = 30
"""Positions that attention sees where the configuration does not say."""
PIECE = 16
"""Frames that are computed at a time at most: what is computed at once bounds the memory, and more at once is hardly faster."""

Frames = Tensor | Sequence[Sequence[int]]
"""Codes [frames, codebooks]."""

_WHAT = "The detokenizer"
_ATTENTION = ("sliding_attention", "full_attention")  # the reference runs both alike, within the window


class FrameEmbedding(nn.Module):
    """The means of codes' embeddings; one table has the rows of all codebooks, one after the other."""

    def __init__(self, rows: int, dim: int) -> None:
        super().__init__()
        self.emb = table(rows, dim)

    def forward(self, rows: Tensor) -> Tensor:
        """Rows of the table [frames, codebooks], maybe of the first codebooks alone -> [frames, dim]."""
        return self.emb(rows).mean(1)


class DetokenizerNetwork(nn.Module):
    """The parts from codes to log-magnitudes and phases; the names of the weights are the release's."""

    def __init__(self, config: StackConfig, rows: int, fft: int) -> None:
        """`rows` is how many codes all codebooks have together, `fft` the length of the transform."""
        super().__init__()
        self.emb = FrameEmbedding(rows, config.dim)
        self.lfm = WindowedStack(config)
        self.lin = nn.Linear(config.dim, fft + 2)


class Detokenizer:
    """The network with what it needs around it. Streams share it and do not disturb each other.

    A frame may have fewer codes than there are codebooks: those of the first ones. It is then the mean over these.
    The code that ends a reply has no sound: who feeds frames leaves out those that hold it.
    """

    def __init__(self, network: DetokenizerNetwork, config: StackConfig, codebooks: int, window: Tensor) -> None:
        """`window` [fft] is the one of the synthesis. Raises `ValueError` for parts that do not fit together."""
        rows, fft = network.emb.emb.num_embeddings, len(window)
        if rows % codebooks:
            raise ValueError(f"{_WHAT} has {rows} embeddings, which cannot be those of {codebooks} codebooks.")
        if fft % (2 * OVERLAP) or SAMPLES_PER_FRAME % (hop := fft // OVERLAP):
            raise ValueError(f"{_WHAT} has windows of {fft} samples, {OVERLAP} of which do not divide a frame's.")
        self.network, self.codebooks, self.codes, self.hop = network, codebooks, rows // codebooks, hop
        self.window, self.device = window, window.device
        self.positions_per_frame = SAMPLES_PER_FRAME // hop
        self.sights = Sights(config, PIECE * self.positions_per_frame, self.device)
        self._offsets = torch.arange(codebooks) * self.codes

    @classmethod
    def from_folder(cls, folder: Path, codebooks: int, device: torch.device | str = "cpu") -> Detokenizer:
        """From a release's `audio_detokenizer`; only the language model's configuration says how many codebooks there are.

        Raises `FileNotFoundError` or `ValueError` with a sentence for a folder that cannot be used.
        """
        return cls.from_tensors(Fields.read(folder / "config.json"), Weights.of_folder(folder), codebooks, device)

    @classmethod
    def from_tensors(
        cls, fields: Fields, tensors: Mapping[str, Tensor], codebooks: int, device: torch.device | str = "cpu"
    ) -> Detokenizer:
        """As `from_folder`."""
        config = read_config(fields, tensors)
        rows, fft = shape_of(tensors, "emb.emb.weight", 2)[0], shape_of(tensors, "istft.window", 1)[0]
        with without_memory(_WHAT):
            network = DetokenizerNetwork(config, rows, fft)
        window = tensors["istft.window"].to(torch.float32, copy=True)
        if not bool((window[1:] > 0).all()):  # the sound is divided by the sum of its squares
            place = getattr(tensors, "file_of", lambda name: "The weights")("istft.window")
            raise ValueError(f"{place} does not fit: istft.window has values that no window of a transform has.")
        network, window = fill(network, tensors, device=device), window.to(device)
        return fields.build(cls, network=network, config=config, codebooks=codebooks, window=window)

    def stream(self) -> DetokenizerStream:
        """The voice of one reply."""
        return DetokenizerStream(self)

    def wave(self, frames: Frames) -> Samples:
        """All the frames of a reply -> all its samples, mono float32 [frames * 1920]. Raises as `DetokenizerStream.feed`."""
        stream = self.stream()
        return np.concatenate([stream.feed(frames), stream.finish()])

    def rows(self, frames: Frames) -> Tensor:
        """Where the codes [frames, codebooks] stand in the table. Raises `ValueError` for what is no frame of codes."""
        codes = torch.as_tensor(frames, dtype=torch.long, device="cpu")
        if not len(codes):
            return codes.new_zeros(0, self.codebooks)
        if codes.dim() != 2 or not 1 <= codes.shape[1] <= self.codebooks:
            raise ValueError(f"A frame has 1 to {self.codebooks} codes; these frames have the shape {list(codes.shape)}.")
        low, high = (int(bound) for bound in codes.aminmax())
        if low < 0 or high >= self.codes:
            wrong = low if low < 0 else high
            raise ValueError(f"{_WHAT} has the codes 0 to {self.codes - 1} and none with the number {wrong}.")
        return codes + self._offsets[: codes.shape[1]]


class DetokenizerStream:
    """One reply's voice: what it keeps, and what a frame costs, does not grow with the reply."""

    def __init__(self, detokenizer: Detokenizer) -> None:
        self._detokenizer = detokenizer
        self._held, self._seen = detokenizer.network.lfm.start(), 0  # what the layers hold, and of how many positions
        self._sound = OverlapAdd(detokenizer.window, detokenizer.hop)

    @torch.inference_mode()
    def feed(self, frames: Frames) -> Samples:
        """The next codes [frames, codebooks] -> the mono float32 samples at 24 kHz that are settled by now.

        After k frames these are 1920 k - 480. They are not clipped. Raises `ValueError` with a sentence for a code that there is
        not, and has then used none of the frames.
        """
        pieces = self._detokenizer.rows(frames).split(PIECE)
        return np.concatenate([np.zeros(0, np.float32), *(self._piece(piece) for piece in pieces if len(piece))])

    @torch.inference_mode()
    def finish(self) -> Samples:
        """The last 480 samples (none, if there was no frame); the stream is used up then."""
        return self._sound.finish().cpu().numpy()

    def held_bytes(self) -> int:
        """Bytes of all that is kept between two calls."""
        return sum(tensor.numel() * tensor.element_size() for tensor in (*self._held, self._sound.held))

    def _piece(self, rows: Tensor) -> Samples:
        network, sights = self._detokenizer.network, self._detokenizer.sights
        states = network.emb(rows.to(self._detokenizer.device)).repeat_interleave(self._detokenizer.positions_per_frame, 0)
        sight = sights.of(self._seen, len(states))
        states, self._held = network.lfm(states, self._held, sight)
        self._seen = min(self._seen + len(states), sights.behind)
        return self._sound.feed(spectrum(network.lin(states))).cpu().numpy()


class OverlapAdd:
    """Spectra -> samples: windowed transforms, added and divided by the sum of the squared windows.

    At both ends of the sound as much is cut as windows are longer than the hop, halved: "same" padding.
    """

    def __init__(self, window: Tensor, hop: int) -> None:
        self._window, self._hop = window, hop
        self.held = window.new_zeros(2, len(window) - hop)  # sums that later windows add to: the sound, the squared windows
        self._cut, self._begun = (len(window) - hop) // 2, False
        self._skip = self._cut

    def feed(self, spectra: Tensor) -> Tensor:
        """Complex [n, fft / 2 + 1] -> the samples that no later window adds to: [n * hop], fewer at the beginning."""
        fft, new = len(self._window), len(spectra)
        waves = torch.fft.irfft(spectra, fft) * self._window
        windows = torch.stack([waves, self._window.square().expand(new, fft)])
        sums = self.held.new_zeros(2, new * self._hop + self.held.shape[1])
        sums[:, : self.held.shape[1]] = self.held
        # Each hop's part of all the windows at once: the sums are as many as the windows are hops long.
        for start in range(0, fft, self._hop):
            sums[:, start : start + new * self._hop] += windows[:, :, start : start + self._hop].flatten(1)
        settled, self.held = sums[:, : new * self._hop], sums[:, new * self._hop :].clone()
        self._begun = self._begun or new > 0
        skipped, self._skip = min(self._skip, settled.shape[1]), max(0, self._skip - settled.shape[1])
        return settled[0, skipped:] / settled[1, skipped:]

    def finish(self) -> Tensor:
        """The rest."""
        sound, weights = self.held[:, self._skip : self.held.shape[1] - self._cut if self._begun else 0]
        return sound / weights


def spectrum(values: Tensor) -> Tensor:
    """Log-magnitudes and then phases, [n, fft + 2] -> complex [n, fft / 2 + 1], the lowest and the highest band real."""
    magnitude, phase = values.chunk(2, -1)
    bands = torch.polar(magnitude.exp(), phase)
    torch.view_as_real(bands)[:, :: bands.shape[1] - 1, 1] = 0  # a transform to real numbers need not ignore them itself
    return bands


def read_config(fields: Fields, tensors: Mapping[str, Tensor]) -> StackConfig:
    """The detokenizer's `config.json`; the feed-forward size, which a configuration tells in several ways, is the tensors'.

    Raises `ValueError` with a sentence that names the field or the tensor.
    """
    return fields.build(
        StackConfig,
        dim=fields.count("hidden_size"),
        attends=attends(fields, _ATTENTION),
        heads=fields.count("num_attention_heads"),
        kv_heads=fields.count("num_key_value_heads"),
        feed_forward=shape_of(tensors, "lfm.layers.0.feed_forward.w1.weight", 2)[0],
        window=fields.count("sliding_window", most=10_000) if fields.values.get("sliding_window") is not None else WINDOW,
        taps=fields.count("conv_L_cache", most=1000),
        eps=fields.number("norm_eps"),
        rope_theta=rope_theta(fields),
        conv_bias=bool(fields.values.get("conv_bias")),
    )
