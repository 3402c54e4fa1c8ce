"""What a fuzz target is, and the property that each of them shall have."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from hypothesis.strategies import SearchStrategy

TARGETS = Path(__file__).parent / "targets"


class Found(AssertionError):
    """A parser did what it must not do; the message says what."""


@dataclass(frozen=True)
class Target:
    """A parser and what it is fed. A file of `targets/` calls its own `TARGET`.

    It returns, or refuses with an error of its own whose text is a sentence, within bounds of time and memory. Another
    exception, a hang and a crash are findings.
    """

    inputs: SearchStrategy
    """Of Python literals (text, bytes, numbers, None, and lists, tuples and dicts of them), so that one can be kept as text."""
    read: Callable[[Any, Path], object]
    """Parses one input; the path is an empty folder of its own."""
    refuses: tuple[type[Exception], ...] = (ValueError,)
    """Exactly these types, not those derived from them: a `UnicodeDecodeError` is not the parser's own."""
    examples: Sequence[Any] = ()
    """Tried first, always: what was found once, and what is too rare to be found by chance."""
    seconds: float = 3.0
    """Processor time that one input may take."""
    memory: int = 500_000_000
    """Bytes that one input may take."""


def names() -> list[str]:
    """Of all targets."""
    return sorted(path.stem for path in TARGETS.glob("*.py") if path.stem != "__init__")


def target(name: str) -> Target:
    """By the name of its file; or `MODULE:ATTRIBUTE`."""
    module, _, attribute = name.partition(":")
    return getattr(import_module(module), attribute) if attribute else import_module(f"tests.fuzz.targets.{name}").TARGET


def attempt(target: Target, value: Any) -> None:
    """Parses one input. Raises `Found`.

    What takes too much is tried once more, for the first input may be charged with what a library does only once.
    """
    if _taken(target, value) and (much := _taken(target, value)):
        raise Found(much)


def _taken(target: Target, value: Any) -> str:
    """Parses one input -> what it took too much of; empty within the bounds. Raises `Found`."""
    place = Path(tempfile.mkdtemp(prefix="refrain-fuzz-"))
    held, began = _start_of_peak(), time.process_time()
    try:
        target.read(value, place)
    except target.refuses as error:
        _refused(error, target)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a panic of a Rust library is no Exception
        raise Found(f"{_kind(error)}: {str(error)[:500]}") from error
    finally:
        taken, grown = time.process_time() - began, _status("VmHWM") - held
        shutil.rmtree(place, ignore_errors=True)
    if taken > target.seconds:
        return f"it took {taken:.1f} s of processor time, more than {target.seconds:g} s"
    if grown > target.memory:
        return f"it took {grown / 1e6:.0f} MB, more than {target.memory / 1e6:.0f} MB"
    return ""


def _refused(error: Exception, target: Target) -> None:
    sentence = str(error)
    if type(error) not in target.refuses or getattr(error, "errno", None):
        raise Found(f"{_kind(error)}: {sentence[:500]}") from error
    if not sentence.endswith((".", ".)", '."')) or "\n" in sentence or len(sentence) > 1000:
        raise Found(f"it refuses with what is no sentence: {sentence[:1200]!r}") from error


def _kind(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__name__}"


def _start_of_peak() -> int:
    """Forgets how much memory this process ever held -> the bytes that it holds now."""
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def _status(name: str) -> int:
    """A number of bytes that the kernel keeps for this process (proc(5))."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024
