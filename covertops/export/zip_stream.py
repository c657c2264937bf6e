"""One ZIP file as a stream: its length is known before the first byte is sent, and the same files give the same bytes.

Members are stored, not compressed (APPNOTE.TXT 6.3.10, method 0): captures hardly compress, and a stored member can be
looked at with any tool. Dates are fixed. Records of 64 bits are written where a number needs them and nowhere else. A
member whose CRC-32 is not known beforehand, because reading a capture twice would double the time of a download, has
it in a data descriptor behind its content.

What is streamed is checked while it passes: a capture that is not what its entry says breaks the stream off.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_FULL: Final = 0xFFFFFFFF
_MANY: Final = 0xFFFF
_DATE: Final = 0x21
"""1 January 1980, the first day that a ZIP file can name."""
_MADE_ON_UNIX: Final = 3 << 8
_MODE: Final = 0o100644 << 16
_DESCRIPTOR: Final = 0x08


class ContentChanged(Exception):
    """A file is not what was planned: nothing more of the package may be sent."""


@dataclass(frozen=True)
class Member:
    """A file in the ZIP: its path, size in bytes, SHA-256, content, and its CRC-32 where that is known beforehand."""

    path: str
    size: int
    sha256: str
    chunks: Callable[[], Iterable[bytes]]
    crc: int | None = None

    @classmethod
    def of(cls, path: str, data: bytes) -> Member:
        """A member whose content is at hand."""
        return cls(path, len(data), hashlib.sha256(data).hexdigest(), lambda: (data,), zlib.crc32(data))

    @property
    def wide(self) -> bool:
        """Whether its size takes 64 bits."""
        return self.size >= _FULL

    def local(self) -> bytes:
        """The header before its content (4.3.7)."""
        known = self.crc is not None
        size = self.size if known else 0
        short, extra = _FULL if self.wide else size, struct.pack("<HHQQ", 1, 16, size, size) if self.wide else b""
        fields = (_version(self.wide), 0 if known else _DESCRIPTOR, 0, 0, _DATE, self.crc or 0, short, short)
        name = self.path.encode("ascii")
        return b"PK\x03\x04" + struct.pack("<HHHHHIIIHH", *fields, len(name), len(extra)) + name + extra

    def descriptor(self, crc: int) -> bytes:
        """What follows its content where the CRC-32 was not known before it (4.3.9)."""
        if self.crc is not None:
            return b""
        return b"PK\x07\x08" + struct.pack("<IQQ" if self.wide else "<III", crc, self.size, self.size)

    def central(self, offset: int, crc: int) -> bytes:
        """Its line in the directory at the end (4.3.12)."""
        short, place = min(self.size, _FULL), min(offset, _FULL)
        wide = ([self.size, self.size] if self.wide else []) + ([offset] if offset >= _FULL else [])
        extra = struct.pack(f"<HH{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
        version = _version(bool(wide))
        flags = 0 if self.crc is not None else _DESCRIPTOR
        fields = (_MADE_ON_UNIX | version, version, flags, 0, 0, _DATE, crc, short, short)
        name = self.path.encode("ascii")
        lengths = struct.pack("<HHHHHII", len(name), len(extra), 0, 0, 0, _MODE, place)
        return b"PK\x01\x02" + struct.pack("<HHHHHHIII", *fields) + lengths + name + extra


def size_of(members: Sequence[Member]) -> int:
    """The length of the whole ZIP file in bytes, without reading any content."""
    offsets, end = places(members)
    directory = sum(len(one.central(offset, 0)) for one, offset in zip(members, offsets, strict=True))
    return end + directory + len(ending(len(members), end, directory))


def places(members: Sequence[Member]) -> tuple[list[int], int]:
    """Where each member's local header stands, and where the last member ends."""
    offsets, at = [], 0
    for one in members:
        offsets.append(at)
        at += len(one.local()) + one.size + len(one.descriptor(0))
    return offsets, at


def ending(count: int, start: int, size: int) -> bytes:
    """The record at the end of the directory (4.3.16), with its forms of 64 bits before it where needed."""
    wide = b""
    if count >= _MANY or start >= _FULL or size >= _FULL:
        record = struct.pack("<QHHIIQQQQ", 44, _MADE_ON_UNIX | 45, 45, 0, 0, count, count, size, start)
        locator = struct.pack("<IQI", 0, start + size, 1)
        wide = b"PK\x06\x06" + record + b"PK\x06\x07" + locator
    counted = min(count, _MANY)
    short = struct.pack("<HHHHIIH", 0, 0, counted, counted, min(size, _FULL), min(start, _FULL), 0)
    return wide + b"PK\x05\x06" + short


def stream(members: Sequence[Member]) -> Iterator[bytes]:
    """The bytes of the ZIP file, holding no more than one piece of one member at a time.

    Raises ContentChanged before the end of a member that is not what was planned, so that no whole file results.
    """
    offsets, start = places(members)
    directory: list[bytes] = []
    for member, offset in zip(members, offsets, strict=True):
        yield member.local()
        crc = yield from _content(member)
        yield member.descriptor(crc)
        directory.append(member.central(offset, crc))
    entries = b"".join(directory)
    yield entries
    yield ending(len(members), start, len(entries))


def _content(member: Member) -> Generator[bytes, None, int]:
    digest, crc, size = hashlib.sha256(), 0, 0
    held = b""
    # The last piece is held back until all of them were seen: a file that changed never arrives whole.
    for chunk in member.chunks():
        digest.update(chunk)
        crc, size = zlib.crc32(chunk, crc), size + len(chunk)
        if size > member.size:
            raise ContentChanged(f"{member.path}: more than the {member.size} bytes on record")
        if held:
            yield held
        held = chunk
    if (size, digest.hexdigest()) != (member.size, member.sha256):
        found = f"{size} bytes with SHA-256 {digest.hexdigest()}"
        raise ContentChanged(f"{member.path}: found {found}, on record {member.size} bytes and {member.sha256}")
    if held:
        yield held
    return crc


def _version(wide: bool) -> int:
    return 45 if wide else 20
