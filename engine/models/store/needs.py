"""What a model needs against what this machine has, in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from engine.models.store.machine import Machine
from engine.models.store.words import size

FOR_A_CPU = 4_000_000_000
"""Bytes of weights that a CPU can read often enough a second to talk along."""


@dataclass(frozen=True)
class Needs:
    """Bytes of memory, for the weights and for a conversation that fills all `context` positions."""

    weights: int
    kv: int
    context: int
    precision: str

    @property
    def total(self) -> int:
        return self.weights + self.kv

    @property
    def wants_gpu(self) -> bool:
        return self.weights > FOR_A_CPU

    def __str__(self) -> str:
        where = "GPU memory" if self.wants_gpu else "memory"
        return (
            f"{size(self.total)} of {where}: {size(self.weights)} for the weights in {self.precision}, "
            f"{size(self.kv)} for the {self.context:,} positions of a full conversation"
        )


@dataclass(frozen=True)
class Verdict:
    fits: bool
    sentence: str


def judge(needs: Needs, machine: Machine) -> Verdict:
    """Whether the machine can run it at the speed of speech."""
    if not needs.wants_gpu:
        if not machine.memory_free or needs.total <= machine.memory_free:
            return Verdict(True, "It runs on this computer; no GPU is needed.")
        return Verdict(False, f"Only {size(machine.memory_free)} of memory are free: close other programs first.")
    if machine.gpu and machine.gpu_memory >= needs.total:
        return Verdict(True, f"It fits the {machine.gpu}.")
    if machine.gpu:
        return Verdict(False, f"The {machine.gpu} has {size(machine.gpu_memory)}, which is too little.")
    return Verdict(False, "This computer has no GPU that CUDA can use, and a CPU would be far slower than speech.")


def in_words(machine: Machine) -> str:
    """The machine in one line."""
    memory = f"{size(machine.memory)} of memory, {size(machine.memory_free)} free" if machine.memory else "memory unknown"
    gpu = f"{machine.gpu}, {size(machine.gpu_memory)}" if machine.gpu else "no CUDA GPU"
    cores = "1 CPU core" if machine.cores == 1 else f"{machine.cores} CPU cores"
    return f"This computer: {memory}  ·  {cores}  ·  {gpu}  ·  {size(machine.disk_free)} free on the disk"
