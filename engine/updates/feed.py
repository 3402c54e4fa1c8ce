"""Where the list of releases is, and whose signature it must bear: one file among the program's own, or none."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from engine.quoting import reason
from engine.resources import resources_folder

NAME = "updates.json"
KEY = 32  # bytes


@dataclass(frozen=True)
class ReleaseFeed:
    """`address` of the list; `keys`: public Ed25519 keys, of which one must have signed it (two while one follows another)."""

    address: str
    keys: tuple[bytes, ...]

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc


def is_there() -> bool:
    """Whether this program can be asked to look for a newer one at all."""
    return (resources_folder() / NAME).is_file()


def read(path: Path | None = None) -> ReleaseFeed | None:
    """None where there is no such file: this program then looks for no newer one. Raises `ValueError` for a damaged one."""
    path = path or resources_folder() / NAME
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
        keys = tuple(base64.b64decode(key, validate=True) for key in found["keys"])
        if not keys or any(len(key) != KEY for key in keys):
            raise ValueError("no key")
        return ReleaseFeed(checked_address(found["address"]), keys)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"{path} says wrongly where newer versions are ({reason(error)}). Please reinstall Refrain.") from error


def checked_address(text: object) -> str:
    """An address that something can be fetched from. Raises `ValueError`."""
    if isinstance(text, str) and len(text) < 1000 and text.isprintable():
        parts = urlsplit(text)
        if parts.scheme in ("https", "http") and parts.hostname and parts.username is None:
            return text
    raise ValueError("no address")
