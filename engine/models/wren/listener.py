"""How Wren hears: samples -> what was probably said, 12.5 times a second.

An encoder that was trained on many people (see `encoder`) hears a window of sound; a small head over its states gives, 25 times
a second, log-probabilities of 40 phones and "nothing new" (the blank of connectionist temporal classification). Two such frames
side by side are one prompt position of the language model.

The encoder sees its whole window at once, so the windows are part of what the head was trained on: a block of sound is settled
when a little more has followed it, together with what came before. After the last sample one window is left to do.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.wren.encoder import FRAME, SEEN, SpeechEncoder
from engine.models.wren.listener_config import BEAT, FRAMES, STATES, ListenerConfig, Window, Windows, beats
from engine.samples import Samples

_OVERHANG = SEEN - FRAME  # samples after a state's own that it is made of, too


class PhoneHead(nn.Module):
    """The encoder's states [batch, 5 * beats, dim] -> logits [batch, 3 * beats, classes].

    It sees two frames to either side: with more it learns the sentences of its teachers, and not how people sound.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, config: ListenerConfig) -> None:
        super().__init__()
        dim, channels, kernel = config.encoder.dim, config.channels, config.kernel
        self.register_buffer("mean", torch.zeros(dim))
        self.register_buffer("deviation", torch.ones(dim))
        self.first = nn.Conv1d(dim, channels, kernel, padding=kernel // 2)
        self.second = nn.Conv1d(channels, channels, kernel, padding=kernel // 2)
        self.out = nn.Linear(channels, config.classes)
        self.drop = nn.Dropout(0.2)

    def forward(self, states: Tensor) -> Tensor:
        frames = self.drop(in_frames((states - self.mean) / self.deviation))
        near = F.gelu(self.first(frames.mT))
        return self.out((near + F.gelu(self.second(self.drop(near.mT).mT))).mT)


def in_frames(states: Tensor) -> Tensor:
    """[batch, 5 * beats, dim] -> [batch, 3 * beats, dim]: straight lines between the states, at the middles of the frames."""
    a, b, c, d, e = states.unflatten(1, (-1, STATES)).unbind(2)
    return torch.stack([(2 * a + b) / 3, c, (d + 2 * e) / 3], 2).flatten(1, 2)


class PhoneNetwork(nn.Module):
    """[batch, samples] of one window, as `fitted` gives it -> logits of phones [batch, 3 * beats, classes]."""

    def __init__(self, config: ListenerConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder, self.head = SpeechEncoder(config.encoder), PhoneHead(config)

    def forward(self, samples: Tensor) -> Tensor:
        return self.head(self.encoder(samples))

    def features(self, samples: Tensor) -> Tensor:
        """[batch, samples] -> what the language model is given, 0..1, [batch, 3 * beats, classes]."""
        return in_features(self(samples), self.config.floor)


def in_features(logits: Tensor, floor: float) -> Tensor:
    """Logits [..., classes] -> log-probabilities as numbers from 0, for `floor` and less, to 1."""
    return 1 - logits.float().log_softmax(-1).clamp_min(floor) / floor


def fitted(samples: Samples, count: int) -> Tensor:
    """[n] -> [1, m], so many samples as the encoder makes the states of `count` beats of; silence where there are fewer."""
    wanted = count * BEAT + _OVERHANG
    return torch.from_numpy(np.pad(samples[:wanted], (0, max(0, wanted - len(samples)))))[None]


def pair_up(features: Tensor) -> Tensor:
    """[frames, classes] at 25 Hz -> [ceil(frames / 2), 2 * classes] at 12.5 Hz; a lone last frame is paired with zeros."""
    if len(features) % 2:
        features = F.pad(features, (0, 0, 0, 1))
    return features.reshape(len(features) // 2, 2 * features.shape[1])


class StreamingListener:
    """One question, fed as it is recorded; any split into pieces gives the same."""

    def __init__(self, network: PhoneNetwork) -> None:
        self._network, self._windows = network, Windows(network.config)
        self._samples, self._start = np.zeros(0, np.float32), 0  # from the beat `_start` on
        self._odd = torch.zeros(0, network.config.classes)  # a frame that waits for its partner

    @torch.inference_mode()
    def feed(self, samples: Samples) -> Tensor:
        """Mono float32 at 16 kHz -> features [positions, 2 * classes] that are settled now."""
        self._samples = np.concatenate([self._samples, np.asarray(samples, np.float32)])
        whole = self._start + max(0, len(self._samples) - _OVERHANG) // BEAT
        settled = [self._hear(window) for window in self._windows.settle(whole)]
        self._forget()
        return self._pairs(settled, last=False)

    @torch.inference_mode()
    def finish(self, samples: Samples) -> Tensor:
        """The last samples -> features of all that is not settled, [positions, 2 * classes], from one window."""
        self._samples = np.concatenate([self._samples, np.asarray(samples, np.float32)])
        begun = self._start + beats(len(self._samples))
        return self._pairs([self._hear(window) for window in self._windows.rest(begun)], last=True)

    def _hear(self, window: Window) -> Tensor:
        """Features [frames, classes] of what `window` settles."""
        samples = self._samples[(window.start - self._start) * BEAT :]
        features = self._network.features(fitted(samples, window.end - window.start))
        first, last = ((beat - window.start) * FRAMES for beat in (window.first, window.last))
        return features[0, first:last]

    def _forget(self) -> None:
        self._samples = self._samples[(self._windows.start - self._start) * BEAT :]
        self._start = self._windows.start

    def _pairs(self, settled: list[Tensor], last: bool) -> Tensor:
        frames = torch.cat([self._odd, *settled])
        even = len(frames) if last else len(frames) // 2 * 2
        self._odd = frames[even:]
        return pair_up(frames[:even])
