"""What a model needs against what this machine has, in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from engine.models.folders import FolderFacts
from engine.models.store.catalogue import Released
from engine.models.store.hardware import Hardware
from engine.models.store.words import size

FOR_A_CPU = 4_000_000_000
"""Bytes of weights that a CPU can read often enough a second to talk along."""


@dataclass(frozen=True)
class Needs:
    """Bytes of memory: for the language model's weights, for a conversation that fills all `context` positions, for hearing and
    speaking, and what is set aside for the libraries."""

    weights: int
    kv: int
    context: int
    precision: str
    ear_and_voice: int = 0
    libraries: int = 0

    @property
    def total(self) -> int:
        return self.weights + self.kv + self.ear_and_voice + self.libraries

    @property
    def wants_gpu(self) -> bool:
        return self.weights > FOR_A_CPU

    def __str__(self) -> str:
        parts = (
            (self.weights, f"for the weights in {self.precision}"),
            (self.kv, f"for the {self.context:,} positions of a full conversation"),
            (self.ear_and_voice, "for ear and voice"),
            (self.libraries, "for the libraries"),
        )
        counted = ", ".join(f"{size(part)} {what}" for part, what in parts if part)
        return f"{size(self.total)} of {'GPU memory' if self.wants_gpu else 'memory'}: {counted}"


def planned(facts: FolderFacts) -> Needs | None:
    """What the planner counts for a folder, at the precision on its disk, where it can run at the speed of speech.

    Brings torch along, and reads the headers of its files: not for the thread of a screen.
    """
    from engine.models.planned import need_as_stored

    try:
        need = need_as_stored(facts, "cuda" if facts.weights_bytes > FOR_A_CPU else "cpu")
    except (ValueError, OSError):
        return None  # what is wrong is said when it is checked or loaded
    if need is None:
        return None
    return Needs(need.weights, need.kv, need.context, need.precision, need.listener + need.vocoder, need.reserve)


def of_release(model: Released) -> Needs:
    """The same for a model that is not here, by the catalogue."""
    from engine.models.checkpoints.plan import RESERVE

    kv = model.kv_bytes_per_position * model.context
    reserve = RESERVE["cuda" if model.weights_bytes > FOR_A_CPU else "cpu"]
    return Needs(model.weights_bytes, kv, model.context, "bf16", model.ear_and_voice_bytes, reserve)


@dataclass(frozen=True)
class Verdict:
    fits: bool
    sentence: str


def judge(needs: Needs, machine: Hardware) -> Verdict:
    """Whether the machine can run it at the speed of speech."""
    if not needs.wants_gpu:
        if not machine.memory_free or needs.total <= machine.memory_free:
            return Verdict(True, "It runs on this computer; no GPU is needed.")
        return Verdict(False, f"Only {size(machine.memory_free)} of memory are free: close other programs first.")
    if machine.gpu and machine.gpu_memory >= needs.total:
        return Verdict(True, f"It fits the {machine.gpu}.")
    if machine.gpu:
        return Verdict(False, f"The {machine.gpu} has {size(machine.gpu_memory)}, which is too little.")
    return Verdict(False, "No graphics card is in use here, and a processor would be far slower than speech.")


def in_words(machine: Hardware) -> str:
    """The machine in one line."""
    memory = f"{size(machine.memory)} of memory, {size(machine.memory_free)} free" if machine.memory else "memory unknown"
    gpu = f"{machine.gpu}, {size(machine.gpu_memory)}" if machine.gpu else "no graphics card in use"
    cores = "1 CPU core" if machine.cores == 1 else f"{machine.cores} CPU cores"
    return f"This computer: {memory}  ·  {cores}  ·  {gpu}  ·  {size(machine.disk_free)} free on the disk"
