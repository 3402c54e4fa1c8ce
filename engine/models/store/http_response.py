"""What a server sends, and what it says it is: a whole file or the rest of one, as published or changed on the way."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from http.client import HTTPException, HTTPMessage, HTTPResponse

BLOCK = 1 << 18  # bytes
_CHECKSUMS = ("X-Linked-Etag", "ETag")
_SHA256 = 64  # hexadecimal digits
_PAGES = ("text/html", "application/xhtml+xml")


class HttpResponse:
    """A response's body by blocks. A proxy may compress it though nobody asked for that: it is unpacked again."""

    def __init__(self, response: HTTPResponse, hops: Sequence[HTTPMessage] = ()) -> None:
        """`hops` are the headers of the responses that led here."""
        self._response, self._hops = response, hops
        coding = (response.headers.get("Content-Encoding") or "identity").strip().lower()
        self._unpacking = zlib.decompressobj(47) if coding in ("gzip", "x-gzip", "deflate") else None
        self.coding = "" if self._unpacking is not None or coding == "identity" else coding
        """What it is packed with, if that cannot be unpacked."""

    def __enter__(self) -> HttpResponse:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        self._response.close()

    @property
    def start(self) -> int | None:
        """The first byte's place in the file; None where that cannot be told."""
        if self._response.status != 206:
            return 0
        span = (self._response.headers.get("Content-Range") or "").removeprefix("bytes").strip().partition("-")[0]
        return int(span) if _is_number(span) and self._unpacking is None else None

    @property
    def whole(self) -> int | None:
        """Bytes of the file, as this response tells."""
        headers = self._response.headers
        if self._response.status == 206:
            told = (headers.get("Content-Range") or "").rpartition("/")[2]
        else:
            told = (headers.get("Content-Length") or "") if self._unpacking is None else ""
        return int(told) if _is_number(told) else None

    @property
    def is_page(self) -> bool:
        """Whether it is for a person to read, as a gateway's that wants somebody to sign in."""
        return (self._response.headers.get("Content-Type") or "").partition(";")[0].strip().lower() in _PAGES

    @property
    def sha256(self) -> str | None:
        """What the server, or one that it redirected from, says the whole file's checksum is."""
        for headers in (*self._hops, self._response.headers):
            for name in _CHECKSUMS:
                value = (headers.get(name) or "").removeprefix("W/").strip('"').lower()
                if len(value) == _SHA256 and set(value) <= set("0123456789abcdef"):
                    return value
        return None

    def read(self, most: int = BLOCK) -> bytes:
        """At most so many bytes as soon as there are some; none at the end. Raises `OSError` and `HTTPException`."""
        if self._unpacking is None:
            return self._response.read1(most)
        try:
            while not self._unpacking.eof:
                packed = self._unpacking.unconsumed_tail or self._response.read1(BLOCK)
                block = self._unpacking.decompress(packed, most)
                if block:
                    return block
                if not packed:
                    raise ConnectionError("the connection was lost")
        except zlib.error as error:
            raise HTTPException(f"what arrives cannot be unpacked ({error})") from error
        return b""


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16
