"""What can go wrong with a download, in sentences, and whether another try can help."""

from __future__ import annotations

import errno
import socket
import ssl
import urllib.error
from pathlib import Path

from engine.models.store.catalogue import Released
from engine.models.store.words import size

KEPT = "What has arrived is kept: the download goes on from there."
_FULL = (errno.ENOSPC, errno.EDQUOT) if hasattr(errno, "EDQUOT") else (errno.ENOSPC,)
_RETRIED = (408, 425, 429)


class Failed(Exception):
    """The download cannot go on; the message is for the user."""


def is_final(error: Exception) -> bool:
    """Whether the network would answer the same again."""
    if isinstance(error, urllib.error.HTTPError):
        return error.code < 500 and error.code not in _RETRIED
    return isinstance(_reason(error), ssl.SSLCertVerificationError)


def sentence(error: Exception, what: str, released: Released) -> str:
    host = released.host
    if isinstance(error, urllib.error.HTTPError):
        if error.code in (401, 403):
            return f"{host} asks for an agreement first: open {released.page}, download there, and choose Add folder."
        if error.code == 404:
            return f"{host} does not offer {what} any more: look at {released.page}."
        if error.code == 429 or error.code >= 500:
            return f"{host} is busy ({error.code})."
        return f"{host} refused {what} ({error.code} {error.reason})."
    reason = _reason(error)
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
    return f"{folder} cannot be written ({error.strerror or error})."


def no_room(folder: Path, needed: int, free: int) -> str:
    return f"The disk of {folder} has {size(free)} free, but {size(needed)} are needed: free some space first."


def damaged(name: str) -> str:
    return f"{name} arrived damaged (its checksum differs) and was thrown away. Start the download again to fetch it anew."


def changed(name: str) -> str:
    return f"{name} has changed on the server since the download began. Start the download again to get the new release."


def odd_answer(error: Exception) -> str:
    text = str(error) if isinstance(error, ValueError) and str(error).endswith(".") else f"The server's list is odd ({error!r})."
    return f"{text} Try again later, or choose Add folder."


def _reason(error: Exception) -> object:
    """What is behind `URLError` and our own."""
    while True:
        deeper = error.reason if isinstance(error, urllib.error.URLError) else error.__cause__
        if not isinstance(deeper, Exception):
            return error
        error = deeper
