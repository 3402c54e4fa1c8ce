"""What a sound file's header says about its length, which libsndfile does not tell: is it cut off, was it ever written?"""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

_MOST_CHUNKS = 1000
_STREAMED = 0x7FFF_0000
"""Programs that write to a pipe cannot know the length and promise this much or more."""
_OTHER_CHUNKS = (b"LIST", b"fact", b"bext", b"id3 ", b"ID3 ", b"cue ", b"smpl", b"JUNK", b"junk", b"PAD ", b"FLLR", b"afsp")
_TAIL = 1 << 17  # longer than the longest OGG page
_LAST_PAGE = 4  # the flag of it


def is_cut(stream: BinaryIO) -> bool:
    """Whether a WAV, AIFF or OGG file ends before what it promises; the place in the stream is kept."""
    with _kept_place(stream) as size:
        kind = stream.read(12)
        if kind[:4] == b"OggS":
            stream.seek(max(0, size - _TAIL))
            tail = stream.read()
            page = tail.rfind(b"OggS")
            return page >= 0 and page + 5 < len(tail) and not tail[page + 5] & _LAST_PAGE
        for name, start, length in _chunks(stream, kind):
            if name in (b"data", b"SSND"):
                return size - start < length < _STREAMED
    return False


def with_length(stream: BinaryIO, most: int) -> BinaryIO:
    """A WAV file whose recorder never came to write its length, as a copy in memory that has one; any other as it is.

    Raises `ValueError` with a sentence's end if the copy would have more than `most` bytes.
    """
    with _kept_place(stream) as size:
        kind = stream.read(12)
        if kind[:4] != b"RIFF":
            return stream
        for name, start, length in _chunks(stream, kind):
            if name != b"data":
                continue
            stream.seek(start)
            if length or stream.read(4) in (b"", *_OTHER_CHUNKS):
                break
            if size > most:
                raise ValueError(f"its header is unfinished, and it is larger than {most >> 20} MB")
            stream.seek(0)
            whole = bytearray(stream.read())
            struct.pack_into("<I", whole, 4, min(size - 8, 2**32 - 1))
            struct.pack_into("<I", whole, start - 4, min(size - start, 2**32 - 1))
            return io.BytesIO(whole)
    return stream


@contextmanager
def _kept_place(stream: BinaryIO) -> Iterator[int]:
    """The stream's size while it is read from the beginning; afterwards it is where it was."""
    place = stream.tell()
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    try:
        yield size
    finally:
        stream.seek(place)


def _chunks(stream: BinaryIO, kind: bytes) -> Iterator[tuple[bytes, int, int]]:
    """(name, where its content begins, its length) of each chunk after the first 12 bytes, `kind`."""
    order = {b"RIFF": "<", b"FORM": ">"}.get(kind[:4])
    place = 12
    for _ in range(_MOST_CHUNKS if order else 0):
        stream.seek(place)
        head = stream.read(8)
        if len(head) < 8:
            return
        name, length = head[:4], struct.unpack(f"{order}I", head[4:])[0]
        yield name, place + 8, length
        place += 8 + length + length % 2
