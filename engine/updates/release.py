"""What the list of releases says: read only once its signature is seen to be right, and then still with care."""

from __future__ import annotations

import base64
import binascii
import json
import platform
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from nacl.exceptions import CryptoError
from nacl.signing import SigningKey, VerifyKey

from engine.models.store.catalogue import RemoteFile
from engine.updates.feed import checked_address

PROGRAM = "refrain"
_VERSION = re.compile(r"\d{1,6}(\.\d{1,6}){1,3}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
_MOST = 64  # installers


class NotTrusted(ValueError):
    """The list is not from whoever releases Refrain, or says what cannot be; the message is a sentence."""


@dataclass(frozen=True)
class Installer:
    """`kind` and `machine` of the systems it is for, as `engine.installed` and `machine()` name them; its file is at `url`."""

    kind: str
    machine: str
    url: str
    file: RemoteFile


@dataclass(frozen=True)
class Release:
    """The newest version, the day it was `released` (2026-12-31), and the `page` that tells what is new."""

    version: str
    released: str
    page: str
    installers: tuple[Installer, ...]

    def installer(self, kind: str, machine: str) -> Installer | None:
        return next((one for one in self.installers if (one.kind, one.machine) == (kind, machine)), None)


def opened(content: bytes, keys: Iterable[bytes]) -> Release:
    """The release in a list as it arrived. Raises `NotTrusted`."""
    try:
        envelope = json.loads(content)
        text, signature = envelope["release"].encode(), base64.b64decode(envelope["signature"], validate=True)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        raise NotTrusted("What arrived is no list of releases: nothing was fetched.") from error
    if not any(_has_signed(key, text, signature) for key in keys):
        raise NotTrusted(
            "The list of releases does not bear the signature of whoever makes Refrain: somebody may have changed it, on the "
            "server or on the way. Nothing was fetched."
        )
    try:
        return _release(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotTrusted("The list of releases is signed, but this version of Refrain cannot read it.") from error


def sealed(release: str, key: SigningKey) -> bytes:
    """A list as it is published: the text of a release, and its signature. Raises `ValueError` for a text that is none."""
    _release(json.loads(release))
    signature = key.sign(release.encode()).signature
    return json.dumps({"release": release, "signature": base64.b64encode(signature).decode()}, indent=1).encode()


def order(version: str) -> tuple[int, ...]:
    """What versions are compared by; empty for a text that is none, such as that of a copy that does not know its own."""
    found = _VERSION.match(version)
    numbers = [int(part) for part in found.group().split(".")] if found else []
    while numbers and numbers[-1] == 0:
        numbers.pop()  # 1.0 is 1.0.0
    return tuple(numbers) or ((0,) if found else ())


def machine() -> str:
    """The processor of this computer, by one name on every system."""
    name = platform.machine().lower()
    return _MACHINES.get(name, name)


def _has_signed(key: bytes, text: bytes, signature: bytes) -> bool:
    try:
        VerifyKey(key).verify(text, signature)
    except (CryptoError, ValueError):
        return False
    return True


def _release(said: dict[str, Any]) -> Release:
    if said["program"] != PROGRAM or not _VERSION.fullmatch(said["version"]) or not _DATE.fullmatch(said["released"]):
        raise ValueError("no release")
    installers = said["installers"]
    if not isinstance(installers, list) or len(installers) > _MOST:
        raise ValueError("no installers")
    return Release(said["version"], said["released"], checked_address(said["page"]), tuple(map(_installer, installers)))


def _installer(said: dict[str, Any]) -> Installer:
    url, kind, processor = checked_address(said["url"]), said["kind"], said["machine"]
    if not all(isinstance(one, str) and re.fullmatch(r"\w{1,20}", one) for one in (kind, processor)):
        raise ValueError("odd kind")
    name = urlsplit(url).path.rpartition("/")[2]
    if said["size"] is None or said["sha256"] is None or "/" in name or "%" in name or urlsplit(url).query:
        raise ValueError("odd file")
    return Installer(kind, processor, url, RemoteFile(name, said["size"], said["sha256"]))
