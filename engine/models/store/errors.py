"""What can go wrong with a download, in sentences, and whether another try can help."""

from __future__ import annotations

import errno
import socket
import ssl
import urllib.error
from pathlib import Path

from engine.models.store.catalogue import Offer
from engine.models.store.proxies import ProxyConnectionError
from engine.models.store.words import size

KEPT = "What has arrived is kept: the download goes on from there."
_ANEW = "If it happens again, delete what has arrived and start anew."
_FULL = (errno.ENOSPC, errno.EDQUOT) if hasattr(errno, "EDQUOT") else (errno.ENOSPC,)
_RETRIED = (408, 425, 429)


class DownloadError(Exception):
    """The download cannot go on; the message is for the user."""


def is_final(error: Exception) -> bool:
    """Whether the network would answer the same again."""
    reason = _reason(error)
    if isinstance(reason, urllib.error.HTTPError):
        return reason.code < 500 and reason.code not in _RETRIED
    return isinstance(reason, ssl.SSLCertVerificationError)


def sentence(error: Exception, what: str, released: Offer) -> str:
    host, reason = released.host, _reason(error)
    if isinstance(reason, urllib.error.HTTPError):
        if reason.code in (401, 403):
            return f"{host} asks for an agreement first: open {released.page}, download there, and {released.by_hand}."
        if reason.code == 404:
            return f"{host} does not offer {what} any more: look at {released.page}."
        if reason.code == 407:
            return "The proxy asks for a name and a password: put them into the address in HTTPS_PROXY."
        if reason.code == 429 or reason.code >= 500:
            return f"{host} is busy ({reason.code})."
        return f"{host} refused {what} ({reason.code} {reason.reason})."
    if isinstance(reason, ProxyConnectionError):
        return str(reason)
    if isinstance(reason, socket.gaierror):
        return f"{host} was not found: is this computer connected to the Internet?"
    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"{host} could not prove who it is ({reason.verify_message}). Check this computer's clock and its proxy."
    if isinstance(reason, TimeoutError):
        return f"{host} stopped answering."
    if isinstance(reason, ConnectionRefusedError):
        return f"{host} refused the connection: check the network and its proxy."
    return f"The connection to {host} was lost while fetching {what}."


def on_disk(error: OSError, folder: Path) -> str:
    if error.errno in _FULL:
        return f"The disk of {folder} is full: free some space. {KEPT}"
    if error.errno == errno.EFBIG:
        return f"The disk of {folder} takes no files of this size: choose a folder on another disk. {KEPT}"
    if not error.strerror:
        return str(error)  # our own
    return f"{folder} cannot be written ({error.strerror})."


def no_room(folder: Path, needed: int, free: int) -> str:
    return f"The disk of {folder} has {size(free)} free, but {size(needed)} are needed: free some space first."


def damaged(name: str) -> str:
    return f"{name} arrived damaged (its checksum differs) and was thrown away. Start the download again to fetch it anew."


def page(name: str) -> str:
    return f"A web page came instead of {name}: this network may want you to sign in first, in a browser. {KEPT}"


def packed(name: str, coding: str) -> str:
    return f"Something on the way packs {name} by {coding!r}, which Refrain cannot unpack: try another network. {KEPT}"


def other(name: str, expected: int | None, found: int | None) -> str:
    """`expected` and `found` are sizes in bytes, None where it is not known."""
    sizes = f" ({found:,} bytes instead of {expected:,})" if found is not None and expected is not None else ""
    return f"Something else came instead of {name}{sizes}: the network or the server has changed it. {KEPT} {_ANEW}"


def unlike(name: str) -> str:
    return f"The server sends another {name} than the one of which a part is here. {KEPT} {_ANEW}"


def odd_answer(error: Exception, released: Offer) -> str:
    text = str(error) if isinstance(error, ValueError) and str(error).endswith(".") else f"The server's list is odd ({error!r})."
    return f"{text} Try again later, or {released.by_hand}."


def _reason(error: Exception) -> object:
    """What is behind `URLError` and our own."""
    while not isinstance(error, (urllib.error.HTTPError, ProxyConnectionError)):
        deeper = error.reason if isinstance(error, urllib.error.URLError) else error.__cause__
        if not isinstance(deeper, Exception):
            break
        error = deeper
    return error
