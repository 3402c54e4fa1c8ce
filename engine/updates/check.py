"""Asks once whether there is a newer Refrain, and says what came of it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from engine.installed import KINDS
from engine.models.store import errors
from engine.models.store.catalogue import Offer, Source
from engine.models.store.connection import TIMEOUT, Client
from engine.models.store.transfer import NETWORK
from engine.updates import release as lists
from engine.updates.feed import ReleaseFeed
from engine.updates.release import Installer, NotTrusted, Release

LONGEST = 200_000  # bytes of a list
PATIENCE = 60.0  # seconds that a list may take
BY_INSTALLER = ("deb", "appimage", "windows", "macos")


class CheckFailed(Exception):
    """It could not be found out; the message is a sentence."""


@dataclass(frozen=True)
class UpdateCheck:
    """`sentence` says how it is. `release` is set where there is a newer one, `installer` where one is for this copy."""

    sentence: str
    release: Release | None = None
    installer: Installer | None = None


@dataclass(frozen=True)
class Copy:
    """This program: its version, what it was installed by (`engine.installed.KINDS`), and this computer's processor."""

    version: str
    kind: str
    machine: str


def ask(place: ReleaseFeed, copy: Copy, client: Client | None = None, patience: float = PATIENCE) -> UpdateCheck:
    """Waits for the server. Raises `CheckFailed`, or `Cancelled` after `client.cancel()`."""
    client = client or Client(TIMEOUT)
    try:
        release = lists.opened(_read(place, client, patience), place.keys)
    except NotTrusted as error:
        raise CheckFailed(str(error)) from error
    return judge(release, copy)


def judge(release: Release, copy: Copy) -> UpdateCheck:
    """What a release is to this copy. Raises `CheckFailed` where the list offers to go back."""
    here, there = lists.order(copy.version), lists.order(release.version)
    if not here:
        raise CheckFailed(f"This copy does not know its own version. The newest is {release.version}: see {release.page}.")
    if there == here:
        return UpdateCheck(f"This is the newest version ({copy.version}, of {release.released}).")
    if there < here:
        raise CheckFailed(
            f"The list of releases offers {release.version}, which is older than this version ({copy.version}): it is out of "
            "date, or somebody holds the new one back. Nothing was fetched."
        )
    news = f"Refrain {release.version} of {release.released} is there; this is {copy.version}."
    if copy.kind not in BY_INSTALLER:
        return UpdateCheck(f"{news} This copy runs from a {KINDS.get(copy.kind, copy.kind)}: bring that up to date.", release)
    installer = release.installer(copy.kind, copy.machine)
    if installer is None:
        what = f"{KINDS.get(copy.kind, copy.kind)} for {copy.machine}"
        return UpdateCheck(f"{news} It does not come as a {what}: see {release.page}.", release)
    return UpdateCheck(news, release, installer)


def _read(place: ReleaseFeed, client: Client, patience: float) -> bytes:
    began, content = time.monotonic(), bytearray()
    offer = Offer("refrain", "Refrain", "", "", place.address, 0, (Source(place.address, ""),))
    try:
        with client.open(place.address) as answer:
            if answer.is_page:
                raise CheckFailed("A web page came instead of the list of releases: this network may want you to sign in first.")
            if answer.coding:
                raise CheckFailed(errors.packed("the list of releases", answer.coding))
            while block := answer.read():
                client.check()
                content += block
                if len(content) > LONGEST:
                    raise CheckFailed("What arrived instead of the list of releases does not end: nothing was fetched.")
                if time.monotonic() - began > patience:
                    raise CheckFailed(f"{place.host} sends the list of releases too slowly: try again later.")
            client.check()  # what was cut off looks like an end
            if answer.whole is not None and len(content) < answer.whole:
                raise ConnectionError("the connection was lost")
    except NETWORK as error:
        client.check()
        raise CheckFailed(errors.sentence(error, "the list of releases", offer)) from error
    return bytes(content)
