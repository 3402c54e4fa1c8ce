"""The packs that are unpacked here, which of them is used, and what stands against it. No torch, and quick."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any

from engine import whole_file
from engine.gpu import state
from engine.gpu.pack import Pack, here
from engine.gpu.state import State
from engine.gpu.unpack import BLOCK, Unpacked
from engine.quoting import quoted, reason

SITE = "site"
"""The folder of a pack that goes in front of `sys.path`."""
MARKER = "pack.json"
_LONGEST = 50_000_000  # bytes of a marker


@dataclass(frozen=True)
class Installed:
    """An unpacked pack: where, what for, what it holds, and what came of trying it ("" and {}: it was not tried)."""

    folder: Path
    title: str
    device: str
    platform: str
    python: str
    torch: str
    runtime: str
    files: dict[str, Unpacked]
    trial: dict[str, Any]

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def site(self) -> Path:
        return self.folder / SITE

    @property
    def bytes(self) -> int:
        return sum(file.size for file in self.files.values())

    def unfit(self) -> str:
        """Why this program cannot use it, in a sentence; empty if it can, as far as versions go."""
        python, system = here()
        own = own_torch()
        if (self.python, self.platform) != (python, system):
            made, this = f"{_python(self.python)} on {self.platform}", f"{_python(python)} on {system}"
            return f"The GPU pack here is for {made}, but this is {this}."
        if own and self.torch != own:
            return f"The GPU pack here is of torch {self.torch}, but this version of Refrain needs torch {own}: get its own pack."
        return ""

    def changed(self) -> str:
        """Which file is not as it was unpacked, in a sentence; empty if none. Quick: by size and time."""
        for path, file in self.files.items():
            try:
                found = os.stat(self.site / path)
            except OSError:
                return f"{quoted(path)} of the GPU pack is missing."
            if (found.st_size, found.st_mtime_ns) != (file.size, file.changed):
                return f"{quoted(path)} of the GPU pack was changed since it was checked."
        return ""

    def verify(self, arrived: Callable[[int], None] = lambda count: None) -> None:
        """Reads every byte again. Raises `ValueError` with a sentence for one that is not as its wheel had it."""
        for path, file in self.files.items():
            checksum = hashlib.sha256()
            try:
                with (self.site / path).open("rb") as stream:
                    while block := stream.read(BLOCK):
                        checksum.update(block)
                        arrived(len(block))
            except OSError as error:
                raise ValueError(f"{quoted(path)} of the GPU pack cannot be read ({reason(error)}).") from error
            if checksum.hexdigest() != file.sha256:
                raise ValueError(f"{quoted(path)} of the GPU pack is damaged or was changed: delete the pack and get it again.")


class Packs:
    """The folder with all of it, in the user's data."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or state.home()

    def place(self, pack: Pack) -> Path:
        return self.folder / pack.id

    def downloads(self, pack: Pack) -> Path:
        """Where its wheels arrive."""
        return self.folder / "downloads" / pack.id

    @property
    def state(self) -> State:
        return state.read(self.folder)

    def set_state(self, wanted: State) -> None:
        """Raises `OSError`."""
        state.write(self.folder, wanted)

    def all(self) -> list[Installed]:
        """Those that are unpacked whole; broken ones are passed over."""
        found = []
        for marker in sorted(self.folder.glob(f"*/{MARKER}")):
            with suppress(ValueError, OSError):
                found.append(self.get(marker.parent.name))
        return found

    def get(self, name: str) -> Installed:
        """Raises `ValueError` with a sentence for one that is not there or has a marker that cannot be read."""
        path = self.folder / name / MARKER
        try:
            with path.open("rb") as stream:
                read = stream.read(_LONGEST + 1)
            if len(read) > _LONGEST:
                raise ValueError("it does not end")
            found = json.loads(read)
            files = {str(key): Unpacked(int(size), int(at), str(sha)) for key, (size, at, sha) in found["files"].items()}
            texts = {key: str(found[key]) for key in ("title", "device", "platform", "python", "torch", "runtime")}
            return Installed(path.parent, files=files, trial=dict(found["trial"]), **texts)
        except FileNotFoundError:
            raise ValueError("The GPU pack is not there any more.") from None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            text = f"The GPU pack's {MARKER} cannot be read ({reason(error)}): delete the pack and get it again."
            raise ValueError(text) from None

    def keep(self, pack: Pack, unpacked: Path, files: dict[str, Unpacked]) -> Installed:
        """Gives a folder with a whole pack (its `SITE`) its marker and its name. Raises `OSError`."""
        made = Installed(unpacked, pack.name, pack.device, pack.platform, pack.python, pack.torch, pack.runtime, files, {})
        self._mark(made)
        place = self.place(pack)
        if place.exists():
            self.delete(place.name)
        os.replace(unpacked, place)
        return replace(made, folder=place)

    def tried(self, installed: Installed, trial: dict[str, Any]) -> Installed:
        """Notes what came of trying it. Raises `OSError`."""
        made = replace(installed, trial=trial)
        self._mark(made)
        return made

    def seen(self, installed: Installed) -> Installed:
        """Notes the times of files that were found to be as they should, as after a copy of the folder. Raises `OSError`."""
        at = {path: os.stat(installed.site / path).st_mtime_ns for path in installed.files}
        made = replace(installed, files={path: replace(file, changed=at[path]) for path, file in installed.files.items()})
        self._mark(made)
        return made

    def delete(self, name: str) -> None:
        """Takes a pack away, and every trace that it was used. Raises `OSError` if a program has it open (on Windows)."""
        if self.state.use == name:
            self.set_state(State())
        place = self.folder / name
        if place.exists():
            gone = self.folder / f".gone-{name}-{os.getpid()}"
            os.replace(place, gone)  # as a whole, or not at all
            shutil.rmtree(gone, ignore_errors=True)

    def clear(self) -> int:
        """Takes all of it away, downloads included; returns the bytes that were freed. Raises `OSError`."""
        count = sum(path.lstat().st_size for path in self.folder.rglob("*") if path.is_file())
        for installed in [path.parent.name for path in self.folder.glob(f"*/{MARKER}")]:
            self.delete(installed)
        self.set_state(State())
        self.tidy()
        shutil.rmtree(self.folder)
        return count

    def tidy(self) -> None:
        """Removes what a program that was ended has left half unpacked or half deleted."""
        for left in self.folder.glob(".*-*"):
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)

    def _mark(self, installed: Installed) -> None:
        read = {key: getattr(installed, key) for key in ("title", "device", "platform", "python", "torch", "runtime", "trial")}
        files = {path: [file.size, file.changed, file.sha256] for path, file in installed.files.items()}
        whole_file.write(installed.folder / MARKER, json.dumps({**read, "files": files}).encode())


def own_torch() -> str:
    """The version of the torch that the program brings, without what a build adds to it ("+cpu"); empty if there is none."""
    found = next(iter(metadata.distributions(name="torch", path=own_places())), None)
    return found.version.partition("+")[0] if found is not None else ""


def own_places() -> list[str]:
    """`sys.path` without a pack that is in use."""
    return [place for place in sys.path if not (Path(place).parent / MARKER).is_file()]


def _python(tag: str) -> str:
    """cp311 -> Python 3.11"""
    return f"Python {tag[2]}.{tag[3:]}" if tag.startswith("cp3") else tag
