"""A real HTTP server on this machine that offers files as a hub does, and misbehaves when told to."""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "c0ffee"


class FileServer(ThreadingHTTPServer):
    """`files` by repository and path. The attributes below change how it serves them."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.requests: list[tuple[str, str]] = []  # path, Range header
        self.drops: list[int] = []  # bytes after which one response each breaks off
        self.corrupt = False
        self.ignores_range = False
        self.stalls = threading.Event()
        self.errors: list[int] = []  # status codes for the next requests
        self.delay = 0.0  # seconds a block of 64 KiB
        self.hides_checksums = False
        self.gateway: tuple[dict[str, str], bytes] | None = None  # headers and content of what comes instead of every file
        self.sends_to = ""  # an address that every file is redirected to
        self.packs = False  # as a proxy that compresses whatever passes

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def fetched(self, path: str) -> list[str]:
        """The Range headers of the requests for a file."""
        return [span for asked, span in self.requests if asked.endswith(path)]


class _Handler(BaseHTTPRequestHandler):
    server: FileServer

    def log_message(self, *_) -> None:
        pass

    def do_GET(self) -> None:
        server, path = self.server, self.path.partition("?")[0]
        span = self.headers.get("Range", "")
        server.requests.append((path, span))
        if server.errors:
            return self.send_error(server.errors.pop(0))
        if server.sends_to:
            self.send_response(302)
            self.send_header("Location", server.sends_to)
            self.send_header("Content-Length", "0")
            return self.end_headers()
        if server.gateway is not None:
            return self._answer(server.gateway[1], server.gateway[0])
        if path.startswith("/api/models/"):
            return self._list(path.removeprefix("/api/models/"))
        if "/resolve/" in path:  # as a hub: the checksum, and on to the storage
            repo, _, rest = path.strip("/").partition("/resolve/")
            name = f"{repo}/{rest.partition('/')[2]}"
            if name not in server.files:
                return self.send_error(404)
            self.send_response(302)
            self.send_header("Location", f"/storage/{name}")
            if not server.hides_checksums:
                self.send_header("X-Linked-Etag", f'"{hashlib.sha256(server.files[name]).hexdigest()}"')
            self.send_header("Content-Length", "0")
            return self.end_headers()
        content = server.files.get(path.removeprefix("/storage/").strip("/"))
        if content is None:
            return self.send_error(404)
        self._send(content, span)

    def _list(self, rest: str) -> None:
        repo, _, what = rest.rpartition("/revision/") if "/revision/" in rest else rest.rpartition("/tree/")
        if "/revision/" in rest:
            return self._json({"sha": COMMIT})
        entries = [{"type": "directory", "path": "token2wav", "oid": "0" * 40, "size": 0}]
        for name, content in self.server.files.items():
            if name.startswith(f"{repo}/"):
                blob = hashlib.sha1(f"blob {len(content)}\0".encode() + content).hexdigest()
                entry = {"type": "file", "path": name.removeprefix(f"{repo}/"), "oid": blob, "size": len(content)}
                if len(content) > 10_000:
                    entry["lfs"] = {"oid": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 130}
                entries.append(entry)
        self._json(entries)

    def _json(self, what) -> None:
        self._answer(json.dumps(what).encode(), {"Content-Type": "application/json"})

    def _answer(self, content: bytes, headers: dict[str, str]) -> None:
        if self.server.packs:
            content, headers = gzip.compress(content), {**headers, "Content-Encoding": "gzip"}
        self.send_response(200)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _send(self, content: bytes, span: str) -> None:
        server, total, start = self.server, len(content), 0
        if server.packs:
            return self._answer(content, {"Content-Type": "application/octet-stream"})
        if server.corrupt:
            content = content[:-1] + bytes([content[-1] ^ 1])
        if span and not server.ignores_range:
            start = int(span.removeprefix("bytes=").partition("-")[0])
            if start >= total:
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{total}")
                self.send_header("Content-Length", "0")
                return self.end_headers()
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(total - start))
        self.end_headers()
        end = start + server.drops.pop(0) if server.drops and total > 1_000_000 else total
        for place in range(start, end, 1 << 16):
            while server.stalls.is_set():
                time.sleep(0.02)
            try:
                self.wfile.write(content[place : min(end, place + (1 << 16))])
            except OSError:
                return
            time.sleep(server.delay)
        self.close_connection = True


@contextmanager
def file_server() -> Iterator[FileServer]:
    server = FileServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.stalls.clear()
        server.shutdown()
        thread.join()
        server.server_close()
