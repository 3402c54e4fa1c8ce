"""HTTP by the standard library, such that another thread can cut it off within a moment."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPMessage, HTTPResponse
from typing import IO
from urllib.request import Request

from engine.models.store import proxies
from engine.models.store.http_response import HttpResponse

TIMEOUT = 20.0  # seconds without a byte
AGENT = "Refrain (offline voice chat; downloads only what the user asks for)"


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
        self._hops: list[HTTPMessage] = []

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

    def open(self, url: str, start: int = 0) -> HttpResponse:
        """What the server answers, from byte `start` on if it can do that. Raises `OSError` (which `URLError` is)."""
        self.check()
        self._hops.clear()
        headers = {"User-Agent": AGENT, "Accept-Encoding": "identity"}
        if start:
            headers["Range"] = f"bytes={start}-"
        try:
            response = self._opener().open(Request(url, headers=headers), timeout=self._timeout)
        except urllib.error.HTTPError as error:
            error.close()  # nobody reads what it says; left open it keeps its socket
            raise
        return HttpResponse(response, tuple(self._hops))

    def _opener(self) -> urllib.request.OpenerDirector:
        """Knows HTTP and nothing else: no address of a file, wherever it comes from, is opened."""
        wanted = proxies.by_scheme()
        plain = {scheme: proxy for scheme, proxy in wanted.items() if not proxies.is_socks(proxy)}
        opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.ProxyHandler(plain),
            urllib.request.UnknownHandler(),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
            _Redirects(self._hops),
            _Handler("http", self._kind(http.client.HTTPConnection, wanted, "http")),
            _Handler("https", self._kind(http.client.HTTPSConnection, wanted, "https")),
        ):
            opener.add_handler(handler)
        return opener

    def _kind(
        self, kind: type[http.client.HTTPConnection], wanted: dict[str, str], scheme: str
    ) -> type[http.client.HTTPConnection]:
        """A connection that notes its socket: the bare one first, so that a TLS handshake can be cut off, too."""
        note = self._note

        class Connection(kind):  # type: ignore[valid-type, misc] # which of the two is known here alone
            def connect(self) -> None:
                self._create_connection = self._dial
                super().connect()
                note(self.sock)

            def _dial(self, address: tuple[str, int], timeout: float, source: object = None) -> socket.socket:
                host, port = address
                made = proxies.connect(host, port, timeout, wanted, scheme)
                note(made)
                return made

        return Connection

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

    def __init__(self, hops: list[HTTPMessage]) -> None:
        self._hops = hops

    def redirect_request(
        self, request: Request, file: IO[bytes], code: int, message: str, headers: HTTPMessage, url: str
    ) -> Request | None:
        self._hops.append(headers)
        if request.full_url.startswith("https:") and not url.startswith("https:"):
            raise urllib.error.HTTPError(url, code, "redirected to an insecure address", headers, file)
        return super().redirect_request(request, file, code, message, headers, url)


class _Handler(urllib.request.AbstractHTTPHandler):
    """Opens addresses of one scheme by connections of one kind."""

    def __init__(self, scheme: str, connection: type[http.client.HTTPConnection]) -> None:
        super().__init__()

        def opened(request: Request) -> HTTPResponse:
            return self.do_open(connection, request)

        setattr(self, f"{scheme}_open", opened)
        setattr(self, f"{scheme}_request", self.do_request_)
