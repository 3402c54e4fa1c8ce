"""Which GPU pack is switched on: one small file, read at every start before anything else. No torch, and nearly no imports."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

STATE = "state.json"
_LONGEST = 100_000  # bytes


@dataclass(frozen=True)
class State:
    """Which pack is used from the next start on ("": none), and why one was left aside, in a sentence."""

    use: str = ""
    aside: str = ""


def home() -> Path:
    """Where packs are kept, in the user's data."""
    from platformdirs import user_data_path

    return user_data_path("refrain", appauthor=False) / "gpu-pack"


def read(folder: Path) -> State:
    """Never raises: what cannot be read is no reason to use a pack."""
    try:
        with (folder / STATE).open("rb") as stream:
            found = json.loads(stream.read(_LONGEST))
        use, aside = (str(found.get(key, ""))[:500] for key in ("use", "aside"))
    except FileNotFoundError:
        return State()
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        return State("", f"The note of which GPU pack is used cannot be read ({type(error).__name__}), so none is.")
    return State(use, aside) if use == Path(use).name else State("", aside)


def write(folder: Path, state: State) -> None:
    """Raises `OSError`."""
    from engine import private, whole_file

    private.make_folder(folder)
    whole_file.write(folder / STATE, json.dumps(asdict(state)).encode())
