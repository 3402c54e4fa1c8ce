"""Puts the GPU pack that is switched on in front of the program's own torch: called once, before anybody imports torch.

Nothing is imported here and nearly nothing read. When torch is asked for, the pack is looked at first (is it for this
program, is every file as it was checked, did the last start with it come up?) and left aside with a sentence if something
stands against it; then the program's own torch is imported, and all goes on without the card. No torch in this file itself.

While the pack's torch is imported, and CUDA looked for, a note lies beside it, locked by this process. A note that nobody
locks belongs to a start that did not come up: a crash, a hang that somebody ended, a machine that stood still.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from engine import interrupt
from engine.gpu import state

if TYPE_CHECKING:
    from filelock import BaseFileLock

    from engine.gpu.packs import Installed

_log = logging.getLogger(__name__)
_STARTING = ".starting-"
ANEW = "To try it again, choose Use it on the Models page, or type: {}"

said = ""
"""Why the pack that was switched on is not used by this process, in a sentence; empty if nothing is the matter."""


class PackFailed(ImportError):
    """The pack's torch could not be imported; the message is a sentence."""


def begin(folder: Path | None = None) -> None:
    """From now on `import torch` brings the pack's torch, if a pack is switched on and in order. Never raises.

    `folder`: where packs are, by default in the user's data.
    """
    if "torch" in sys.modules or any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    try:
        folder = folder or state.home()
        if name := state.read(folder).use:
            sys.meta_path.insert(0, _Finder(folder, name))
    except Exception:  # the program starts, whatever this is
        _log.exception("The GPU pack was not looked at.")


def active(folder: Path | None = None) -> bool:
    """Whether this process's torch is a pack's."""
    torch = sys.modules.get("torch")
    folder = (folder or state.home()).resolve()
    return torch is not None and folder in Path(getattr(torch, "__file__", None) or "/").resolve().parents


class _Finder:
    """Stands before all other finders, and knows nothing but torch."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The pack's torch, or None: then the next finder finds the program's own."""
        if name != "torch" or path is not None:
            return None
        from engine.gpu.packs import Packs
        from engine.quoting import reason

        try:
            installed = Packs(self._folder).get(self._name)
            if unfit := installed.unfit():  # it may be that of another Refrain beside this one, which goes on using it
                _log.info("%s", unfit)
                self._stop()
                return None
            problem = installed.changed() or self._last_start()
            spec = None if problem else importlib.machinery.PathFinder.find_spec("torch", [str(installed.site)])
            if spec is not None and spec.loader is not None:
                _wrap(spec.loader, lambda run: self._import(installed, run))
                return spec
            problem = problem or "The GPU pack holds no torch."
        except Exception as error:  # whatever it is, the program starts without the pack
            _log.info("The GPU pack is left aside.", exc_info=error)
            problem = str(error) if isinstance(error, ValueError) else f"The GPU pack cannot be used ({reason(error)})."
        self._leave(problem)
        return None

    def _import(self, installed: Installed, run: Callable[[], None]) -> None:
        """The import itself, between a note that it has begun and that note's end. Raises `PackFailed`."""
        from engine.quoting import reason

        self._stop()
        sys.path.insert(0, str(installed.site))
        try:
            with _noted(self._folder):
                run()
                if installed.device != "cpu":
                    sys.modules["torch"].cuda.is_available()  # what loads the card's driver belongs to coming up
        except Exception as error:
            with suppress(ValueError):
                sys.path.remove(str(installed.site))
            _log.exception("The GPU pack's torch could not be imported.")
            self._leave(f"The GPU pack could not be loaded ({reason(error)}).")
            failed = PackFailed(f"{said} Start Refrain again: it then runs without the pack.")
            sys.meta_path.insert(0, _Refusal(failed))
            raise failed from error
        _log.info("torch comes from the GPU pack %s.", installed.id)

    def _last_start(self) -> str:
        """A sentence if there was one that did not come up. Its note is taken away."""
        left = False
        for note in self._folder.glob(f"{_STARTING}*"):
            lock = _lock(note)
            if lock is None:
                continue  # another Refrain starts just now
            left = True
            with suppress(OSError):
                note.unlink()
            lock.release()
        return "The last start with the GPU pack did not come up." if left else ""

    def _leave(self, problem: str) -> None:
        """The pack is not used, by this process and by those to come until somebody asks for it again."""
        global said
        self._stop()
        from engine.installed import command

        anew = ANEW.format(command("gpu check")) if (self._folder / self._name).is_dir() else ""
        said = f"{problem} It is left aside, and Refrain runs without the graphics card. {anew}".strip()
        _log.info("%s", said)
        with suppress(OSError):  # where it cannot be written, the next start finds the same
            state.write(self._folder, state.State("", problem))
        with suppress(OSError, ValueError, AttributeError):  # there may be no stderr
            print(f"refrain: {said}", file=sys.stderr, flush=True)

    def _stop(self) -> None:
        with suppress(ValueError):
            sys.meta_path.remove(self)


class _Refusal:
    """No second torch in a process that has a part of a first one: their libraries would mix."""

    def __init__(self, failed: PackFailed) -> None:
        self._failed = failed

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> None:
        if name == "torch" and path is None:
            raise self._failed


def _wrap(loader: Loader, around: Callable[[Callable[[], None]], None]) -> None:
    """A loader is made for each import: that one module is run by `around`."""
    run = loader.exec_module
    loader.exec_module = lambda module: around(lambda: run(module))  # type: ignore[method-assign] # of this one alone


@contextmanager
def _noted(folder: Path) -> Iterator[None]:
    """Leaves a note in `folder` for as long as it lasts, and for ever if the process dies meanwhile. Ctrl-C takes it along."""
    note = folder / f"{_STARTING}{os.getpid()}"
    lock = _lock(note)

    def take_away() -> None:
        with suppress(OSError):
            note.unlink()

    interrupt.leaving.append(take_away)
    try:
        yield
    finally:
        interrupt.leaving.remove(take_away)
        take_away()
        if lock is not None:
            lock.release()
        take_away()  # where a file that is open cannot be taken away


def _lock(note: Path) -> BaseFileLock | None:
    """Holds a note's lock, making the note; None if another process holds it, or none can be had."""
    from filelock import FileLock, Timeout

    lock = FileLock(note)
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        return None
    return lock
