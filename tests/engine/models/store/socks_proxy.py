"""A SOCKS proxy on this machine, of versions 4a and 5, that leads every name to one port of this machine."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        version = self.rfile.read(1)[0]
        name = self._five() if version == 5 else self._four()
        self.server.asked.append(name)
        with socket.create_connection(("127.0.0.1", self.server.leads_to)) as there:
            back = threading.Thread(target=_copy, args=[there, self.connection])
            back.start()
            with suppress(OSError):
                _copy(self.connection, there)
            back.join()

    def _five(self) -> bytes:
        self.rfile.read(self.rfile.read(1)[0])  # ways to sign in
        self.wfile.write(b"\x05\x00")
        assert self.rfile.read(4) == b"\x05\x01\x00\x03"  # connect to a name
        name = self.rfile.read(self.rfile.read(1)[0])
        self.rfile.read(2)
        self.wfile.write(b"\x05\x00\x00\x01" + bytes(6))
        return name

    def _four(self) -> bytes:
        command, _port, address = struct.unpack(">BH4s", self.rfile.read(7))
        assert command == 1 and address[:3] == bytes(3) and address[3]  # 4a: a name follows
        _user, name = (self._until_zero() for _ in range(2))
        self.wfile.write(b"\x00\x5a" + bytes(6))
        return name

    def _until_zero(self) -> bytes:
        return b"".join(iter(lambda: self.rfile.read(1), b"\x00"))


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while block := source.recv(1 << 16):
            target.sendall(block)
        target.shutdown(socket.SHUT_WR)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


@contextmanager
def socks_proxy(leads_to: int) -> Iterator[tuple[int, list[bytes]]]:
    """Its port, and the names that it was asked for."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.leads_to, server.asked = leads_to, []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_address[1], server.asked
        finally:
            server.shutdown()
            thread.join()
