"""Whether the graphics card is used, and the exact reason where it is not, in a sentence. No torch."""

from __future__ import annotations

import importlib.machinery
import platform
import re
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.gpu import activation, cards, probe
from engine.gpu.cards import Card
from engine.gpu.getting import NEXT_START, arrived_bytes
from engine.gpu.pack import Pack, here, shipped
from engine.gpu.packs import Installed, Packs, own_places
from engine.gpu.probe import Cuda
from engine.models.store.words import size
from engine.resources import resources_folder

UNUSED = "Refrain runs on the processor."


@dataclass(frozen=True)
class GpuSystem:
    """What of this computer matters: its cards, NVIDIA's driver ("" if not told), what CUDA says, the C library."""

    cards: tuple[Card, ...]
    driver: str
    cuda: Cuda
    glibc: tuple[int, int] = (0, 0)

    @property
    def nvidia(self) -> str:
        """The name of NVIDIA's card; empty without one."""
        if self.cuda.devices:
            return self.cuda.devices[0].name
        return next((card.name for card in self.cards if card.vendor == "NVIDIA"), "")


@dataclass(frozen=True)
class Standing:
    """`sentence` says what is. `pack` is the one that is meant for this program here, if there is one; `arrived` counts the bytes
    of its unfinished download; `here` is what is unpacked. It tells what makes sense now: to get a pack, to use the one that is
    here (again), to stop using it."""

    sentence: str
    machine: GpuSystem
    pack: Pack | None = None
    here: Installed | None = None
    arrived: int = 0
    is_used: bool = False
    is_next: bool = False  # it will be used, from the next start on
    can_get: bool = False
    can_use: bool = False
    can_stop: bool = False


def look(packs: Packs | None = None, root: Path = Path("/"), library: str = probe.LIBRARY, lists: Path | None = None) -> Standing:
    """Looks at the machine and what is here; takes some tenths of a second. `root`, `library`, `lists`: for made-up ones.

    Raises `ValueError` with a sentence if a list that ships is damaged.
    """
    packs = packs or Packs()
    machine = GpuSystem(cards.look(root), cards.driver(root), probe.look(library), _glibc())
    pack = wanted(lists)
    return judge(machine, pack, packs, own_cuda())


def wanted(lists: Path | None = None) -> Pack | None:
    """The pack for this Python and platform, if there is one."""
    python, system = here()
    return next((pack for pack in shipped(lists) if (pack.python, pack.platform) == (python, system)), None)


def judge(machine: GpuSystem, pack: Pack | None, packs: Packs, own: str) -> Standing:
    """`own` is the version of CUDA or ROCm that the program's own torch was built for, "" for a processor's."""
    state, installed = packs.state, _installed(packs, pack)
    use = installed is not None and state.use == installed.id
    arrived = arrived_bytes(packs, pack) if pack is not None else 0
    needs = (installed.device if installed else pack.device if pack else "cuda") if not own else "cuda"
    problem = "" if needs in ("cpu", "rocm") else _of_machine(machine, pack, own)
    unfit = installed.unfit() if installed is not None else ""
    can_get = pack is not None and not own and not problem and (installed is None or bool(unfit))
    made = Standing("", machine, pack, installed, arrived, can_stop=use)
    if problem:
        return _with(made, problem)
    if own:
        return _with(made, f"{_card(machine)} is used: Refrain's own torch is built for it.", is_used=True)
    if use and not unfit:
        if activation.active(packs.folder):
            return _with(made, f"{_card(machine)} is used, by the GPU pack.", is_used=True)
        return _with(made, f"{_card(machine)} will be used. {NEXT_START}", is_next=True)
    if pack is None and installed is None:
        return _with(made, _no_pack(machine))
    if unfit:
        return _with(made, f"{unfit} {UNUSED}", can_get=can_get)
    if installed is not None:
        reason = state.aside or _refused(installed) or "The GPU pack is here, but switched off."
        return _with(made, f"{reason} {UNUSED}", can_use=True)
    aside = f"{state.aside} " if state.aside else ""
    return _with(made, f"{aside}{_card(machine)} is not used, for the GPU pack is not here. {UNUSED}", can_get=can_get)


def own_cuda() -> str:
    """What the program's own torch is built for, such as 13.0; empty for the processor alone. Does not import it."""
    spec = importlib.machinery.PathFinder.find_spec("torch", own_places())
    if spec is None or not spec.origin:
        return ""
    with suppress(OSError):
        text = Path(spec.origin).with_name("version.py").read_text(encoding="utf-8", errors="replace")
        found = re.search(r"^(?:cuda|hip)\b[^=\n]*=\s*['\"]([\d.]+)", text, re.MULTILINE)
        return found[1] if found else ""
    return ""


def _with(made: Standing, sentence: str, **changes: Any) -> Standing:
    return replace(made, sentence=sentence, **changes)


def _installed(packs: Packs, pack: Pack | None) -> Installed | None:
    """The pack that is used, else the one that is meant for this program, else any."""
    found = packs.all()
    for name in (packs.state.use, pack.id if pack is not None else ""):
        for one in found:
            if one.id == name:
                return one
    return found[0] if found else None


def _refused(installed: Installed) -> str:
    if installed.trial and not installed.trial.get("ok"):
        return f"The GPU pack is here, but not used. {installed.trial.get('sentence', '')}".strip()
    return ""


def _card(machine: GpuSystem) -> str:
    """With its memory, where CUDA tells it: The NVIDIA GeForce RTX 4070 (12.0 GB)"""
    if machine.cuda.devices:
        device = machine.cuda.devices[0]
        return f"The {device.name} ({size(device.memory)})"
    name = machine.nvidia or next((card.name for card in machine.cards), "")
    return f"The {name}" if name else "The processor"


def _of_machine(machine: GpuSystem, pack: Pack | None, own: str) -> str:
    """What of the machine stands against CUDA, in a sentence."""
    name, cuda = machine.nvidia, machine.cuda
    if sys.platform == "darwin":
        return f"On a Mac there is no CUDA, which is what Refrain can use. {UNUSED}"
    if not name:
        return _no_nvidia(machine)
    wanted_runtime = own or (pack.runtime if pack else "")
    wanted_driver = f"{pack.driver} or later" if pack and pack.driver and not own else "a newer one"
    if cuda.version == (0, 0) and not cuda.error:
        if machine.driver:
            return (
                f"The {name} has its driver {machine.driver}, but the driver's library for CUDA is missing ({probe.LIBRARY}): "
                f"install it, too. {UNUSED}"
            )
        return f"The {name} cannot be used, for NVIDIA's driver is not installed: version {wanted_driver} is needed. {UNUSED}"
    if _is_older(cuda.version, wanted_runtime) or (not own and pack and _is_older(_numbers(machine.driver), pack.driver)):
        has = f"is {machine.driver} (CUDA {_text(cuda.version)})" if machine.driver else f"knows CUDA {_text(cuda.version)}"
        wants = f"{wanted_driver} is needed" + (f" (CUDA {wanted_runtime})" if wanted_runtime else "")
        return f"The driver of the {name} is too old: it {has}, and {wants}. {UNUSED}"
    if cuda.error:
        return f"The {name} cannot be used: {cuda.error}. {UNUSED}"
    if not cuda.devices:
        return f"The {name} is here, but CUDA sees no card: the environment variable CUDA_VISIBLE_DEVICES may hide it. {UNUSED}"
    capability = cuda.devices[0].capability
    if pack is not None and pack.capability and not own and capability < _numbers(pack.capability):
        return (
            f"The {name} is too old for CUDA {pack.runtime}: its compute capability is {_text(capability)}, and "
            f"{pack.capability} is the least. {UNUSED}"
        )
    if pack is not None and not own and (0, 0) < machine.glibc < pack.glibc:
        return f"The GPU pack needs glibc {_text(pack.glibc)} or later, and this system has {_text(machine.glibc)}. {UNUSED}"
    return ""


def _no_nvidia(machine: GpuSystem) -> str:
    amd = next((card for card in machine.cards if card.vendor == "AMD"), None)
    if amd is not None:
        return (
            f"The {amd.name} cannot be used: there is no GPU pack for ROCm, for its libraries are not on the public index of "
            f"Python packages, which packs come from. {UNUSED}"
        )
    others = ", ".join(dict.fromkeys(card.name for card in machine.cards))
    return f"There is no graphics card of NVIDIA in this computer{f' (only {others})' if others else ''}. {UNUSED}"


def _no_pack(machine: GpuSystem) -> str:
    python, system = here()
    packs = [pack for pack in shipped(resources_folder() / "gpu") if pack.platform == system]
    if system.startswith("windows"):
        why = "the public index of Python packages, which packs come from, has torch for Windows without CUDA only"
    elif packs:
        others = ", ".join(f"3.{pack.python[3:]}" for pack in packs)
        why = f"packs are made for Python {others}, and this is 3.{python[3:]}"
    else:
        why = f"none was made for {system}"
    return f"{_card(machine)} cannot be used: there is no GPU pack for this program, for {why}. {UNUSED}"


def _glibc() -> tuple[int, int]:
    name, version = platform.libc_ver()
    major, minor, *_ = (*_numbers(version), 0, 0) if name == "glibc" else (0, 0)
    return major, minor


def _numbers(version: str) -> tuple[int, ...]:
    """580.65.06 -> (580, 65, 6); () for none."""
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _is_older(version: tuple[int, ...], than: str) -> bool:
    """Whether it is of an older generation: within one, CUDA and its drivers go together. What is not known is not too old."""
    return bool(version) and bool(than) and version[0] != 0 and version[0] < _numbers(than)[0]


def _text(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
