"""Proof that nothing leaves the machine: an audit hook, which no library can go around from Python."""

from __future__ import annotations

import socket
import sys

LOOPBACK = ("127.0.0.1", "::1", "localhost", None, "")
CALLS = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind")


def forbid_network(loopback: bool) -> list[str]:
    """Makes every use of an internet socket raise `ConnectionError`; `loopback` keeps this machine itself allowed.

    Returns the list in which attempts are noted, as a library may swallow the error. Lasts for the whole process.
    """
    attempts: list[str] = []

    def hook(event: str, arguments: tuple) -> None:
        if event == "socket.getaddrinfo":
            host = arguments[0]
        elif event in CALLS:
            sock, address = arguments[:2]
            if getattr(sock, "family", None) == getattr(socket, "AF_UNIX", -1) or not isinstance(address, tuple):
                return
            host = address[0]
        else:
            return
        if isinstance(host, bytes):
            host = host.decode(errors="replace")
        if not (loopback and host in LOOPBACK):
            attempts.append(f"{event} {host}")
            raise ConnectionError(f"Refrain must stay offline: {event} {host}")

    sys.addaudithook(hook)
    return attempts
