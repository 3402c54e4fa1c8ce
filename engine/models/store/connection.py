"""HTTP by the standard library, such that another thread can cut it off within a moment."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import urllib.error
import urllib.request
from http.client import HTTPResponse

TIMEOUT = 20.0  # seconds without a byte
AGENT = "Refrain (offline voice chat; downloads only what the user asks for)"
CHECKSUMS = ("X-Linked-Etag", "ETag")
_SHA256 = 64  # hexadecimal digits


class Cancelled(Exception):
    """The user does not want it any more."""


class Client:
    """One request at a time, from one thread; `cancel` may be called from any other. Proxies come from the environment."""

    def __init__(self, timeout: float = TIMEOUT) -> None:
        """`timeout` in seconds: how long a server may be silent."""
        self._timeout = timeout
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._hops: list[http.client.HTTPMessage] = []
        self._opener = urllib.request.build_opener(_Plain(self._note), _Secure(self._note), _Redirects(self._hops))

    @property
    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Cuts off what is under way; whoever waits for it gets `Cancelled`."""
        self._cancelled.set()
        with self._lock:
            if self._socket is not None:
                _cut(self._socket)

    def check(self) -> None:
        """Raises `Cancelled` after `cancel`."""
        if self._cancelled.is_set():
            raise Cancelled

    def wait(self, seconds: float) -> None:
        """Raises `Cancelled` as soon as it is cancelled."""
        if self._cancelled.wait(seconds):
            raise Cancelled

    def open(self, url: str, start: int = 0) -> HTTPResponse:
        """The response from byte `start` on, if the server can do that. Raises `OSError` (which `URLError` is)."""
        self.check()
        self._hops.clear()
        headers = {"User-Agent": AGENT, "Accept-Encoding": "identity"}
        if start:
            headers["Range"] = f"bytes={start}-"
        return self._opener.open(urllib.request.Request(url, headers=headers), timeout=self._timeout)

    def sha256(self, response: HTTPResponse) -> str | None:
        """What the server, or one that it redirected from, says the whole file's checksum is."""
        for headers in (*self._hops, response.headers):
            for name in CHECKSUMS:
                value = (headers.get(name) or "").removeprefix("W/").strip('"').lower()
                if len(value) == _SHA256 and set(value) <= set("0123456789abcdef"):
                    return value
        return None

    def _note(self, made: socket.socket) -> None:
        with self._lock:
            self._socket = made
            if self._cancelled.is_set():
                _cut(made)


def _cut(made: socket.socket) -> None:
    with contextlib.suppress(OSError):
        made.shutdown(socket.SHUT_RDWR)


class _Redirects(urllib.request.HTTPRedirectHandler):
    """A hub tells a file's checksum only where it redirects to its storage."""

    def __init__(self, hops: list) -> None:
        self._hops = hops

    def redirect_request(self, request, file, code, message, headers, url):
        self._hops.append(headers)
        if request.full_url.startswith("https:") and not url.startswith("https:"):
            raise urllib.error.HTTPError(url, code, "redirected to an insecure address", headers, file)
        return super().redirect_request(request, file, code, message, headers, url)


class _Plain(urllib.request.HTTPHandler):
    def __init__(self, note) -> None:
        super().__init__()
        self._connection = _noting(http.client.HTTPConnection, note)

    def http_open(self, request):
        return self.do_open(self._connection, request)


class _Secure(urllib.request.HTTPSHandler):
    def __init__(self, note) -> None:
        super().__init__()
        self._connection = _noting(http.client.HTTPSConnection, note)

    def https_open(self, request):
        return self.do_open(self._connection, request)


def _noting(kind: type[http.client.HTTPConnection], note) -> type[http.client.HTTPConnection]:
    class Connection(kind):
        def connect(self) -> None:
            super().connect()
            note(self.sock)

    return Connection
