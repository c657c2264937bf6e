"""Writing a stored file while its content arrives, and reading any part of it. The format stands in `file_format`.

Nothing in clear ever leaves this module for the disk, and neither side holds more than a few segments in memory.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import BinaryIO, Final, NamedTuple, Protocol, Self

from covertops.vault.envelope import TAG_BYTES, SealBroken
from covertops.vault.file_format import (
    SEALED_SEGMENT_BYTES,
    SEGMENT_BYTES,
    FileHeader,
    Octets,
    SegmentCipher,
    new_file,
    read_file_header,
)
from covertops.vault.keys import CompartmentKey

__all__ = ["SEGMENT_BYTES", "Identity", "SealingWriter", "Segments", "Stored", "StoredFile", "read_header"]

SEGMENTS_UNDER_WAY: Final = 2


class Segments(Protocol):
    """Accumulates the RFC 6962 tree over the plaintext segments; the ledger's Merkle tree can do it."""

    def add(self, segment: Octets) -> None:
        """Take the next segment, in order. Its memory is used again afterwards, so it must not be kept."""

    def root(self) -> bytes:
        """Return the root over all segments added so far, 32 bytes."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What a finished file holds: sizes in bytes, digests of the content in hexadecimal."""

    size: int
    sha256: str
    segment_root: str
    sealed_size: int


class Identity(NamedTuple):
    """What a stored file says it is, before any key has confirmed it."""

    file_id: str
    compartment: str


def read_header(raw: BinaryIO) -> Identity:
    """Return what the file says it is; nothing is authenticated. Raises SealBroken where there is no header."""
    header = read_file_header(raw)
    return Identity(header.file_id, header.compartment)


class SealingWriter:
    """Seals what is written to it into `raw`, segment by segment, and hashes it in the same pass.

    Three things are done with each full segment at the same time, because hashing twice in a row would be slower than
    most disks: its tree leaf in the caller's thread, the digest of the whole in a second, sealing and writing in a
    third (all of them leave the interpreter lock alone). A file of one segment starts no thread. At most three
    segments in clear and one sealed are held. Use it as a context manager: leaving it stops the threads.
    """

    def __init__(self, raw: BinaryIO, compartment_key: CompartmentKey, file_id: str, segments: Segments) -> None:
        header, self._cipher = new_file(compartment_key, file_id)
        self._raw = raw
        self._segments = segments
        self._digest = hashlib.sha256()
        self._digesting = ThreadPoolExecutor(1, "digest")
        self._sealing = ThreadPoolExecutor(1, "seal")
        self._under_way: deque[tuple[bytearray, tuple[Future[None], Future[None]]]] = deque()
        self._filling = bytearray(SEGMENT_BYTES)
        self._filled = 0
        self._number = 0
        self._sealed = bytearray(SEALED_SEGMENT_BYTES)
        self._sealed_size = 0
        self._usable = True
        self._write_all(header.to_bytes())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(self, chunk: Octets) -> None:
        """Take the next bytes of the content; raise what sealing or writing an earlier segment raised (OSError)."""
        self._begin()
        rest = memoryview(chunk).cast("B")
        while rest:
            # A full segment waits for the byte after it, because only then is it certain not to be the last.
            if self._filled == SEGMENT_BYTES:
                self._pass_on()
            taken = min(SEGMENT_BYTES - self._filled, len(rest))
            self._filling[self._filled : self._filled + taken] = rest[:taken]
            self._filled += taken
            rest = rest[taken:]
        self._usable = True

    def finish(self) -> Stored:
        """Seal the last segment and return what the file holds. Making it durable is the caller's."""
        self._begin()
        while self._under_way:
            self._settle_oldest()
        plaintext = memoryview(self._filling)[: self._filled]
        self._digest.update(plaintext)
        if self._filled:
            self._segments.add(plaintext)
        self._seal(self._number, True, plaintext)
        return Stored(
            size=self._number * SEGMENT_BYTES + self._filled,
            sha256=self._digest.hexdigest(),
            segment_root=self._segments.root().hex(),
            sealed_size=self._sealed_size,
        )

    def close(self) -> None:
        """Stop the threads and wait until nothing writes to the file any more. An unfinished file stays unfinished."""
        self._usable = False
        self._digesting.shutdown(wait=True, cancel_futures=True)
        self._sealing.shutdown(wait=True, cancel_futures=True)

    def _begin(self) -> None:
        # Usable again only once all went well, so that a writer which failed can never be finished.
        if not self._usable:
            raise ValueError("this writer is finished, closed or failed before")
        self._usable = False

    def _pass_on(self) -> None:
        plaintext = memoryview(self._filling)
        tasks = (
            self._digesting.submit(self._digest.update, plaintext),
            self._sealing.submit(self._seal, self._number, False, plaintext),
        )
        self._under_way.append((self._filling, tasks))
        self._segments.add(plaintext)
        self._filling = self._settle_oldest() if len(self._under_way) > SEGMENTS_UNDER_WAY else bytearray(SEGMENT_BYTES)
        self._filled = 0
        self._number += 1

    def _settle_oldest(self) -> bytearray:
        """Wait for the oldest segment under way and return its memory, or raise what went wrong with it."""
        buffer, tasks = self._under_way.popleft()
        for task in tasks:
            task.result()
        return buffer

    def _seal(self, number: int, last: bool, plaintext: memoryview) -> None:
        sealed = memoryview(self._sealed)[: len(plaintext) + TAG_BYTES]
        self._cipher.seal_into(number, last, plaintext, sealed)
        self._write_all(sealed)

    def _write_all(self, data: Octets) -> None:
        # An unbuffered file may take less than it was given, most of all just before the disk is full.
        rest = memoryview(data)
        while rest:
            written = self._raw.write(rest)
            self._sealed_size += written
            rest = rest[written:]


class StoredFile:
    """A stored file opened for reading. Its size and its identity are authentic; each segment is checked as it is read.

    It reads from one file object, so that one thread may use it at a time.
    """

    def __init__(
        self, raw: BinaryIO, header: FileHeader, cipher: SegmentCipher, segments: Callable[[], Segments]
    ) -> None:
        self.file_id = header.file_id
        self.compartment = header.compartment
        self._raw = raw
        self._cipher = cipher
        self._segments = segments
        self._begin = len(header.to_bytes())
        self._count, self.size = self._measure()

    @classmethod
    def open(
        cls, raw: BinaryIO, key_for: Callable[[str], CompartmentKey], segments: Callable[[], Segments]
    ) -> StoredFile:
        """Open the file with the key of the compartment it names and check its header, its end and so its size.

        `key_for` raises LookupError for a compartment it does not know. Raises SealBroken, which that becomes too.
        """
        header = read_file_header(raw)
        try:
            key = key_for(header.compartment)
        except LookupError:
            raise SealBroken(
                f"open the stored file {header.file_id}", "a compartment unknown here", "one of our compartments"
            ) from None
        return cls(raw, header, header.unlock(key), segments)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file underneath."""
        self._raw.close()

    def read(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Return the content from byte `start` up to, not including, `end` in pieces of at most 1 MiB.

        Raises ValueError at once for a range outside the content, and SealBroken at the first piece that is not what
        was stored; the pieces before it were.
        """
        end = self.size if end is None else end
        if not 0 <= start <= end <= self.size:
            raise ValueError(f"bytes {start} to {end} of a content of {self.size} bytes")
        return self._pieces(start, end)

    def check(self, sha256: str, segment_root: str) -> None:
        """Read everything and compare both digests of the content; raise SealBroken where one differs."""
        digest, segments = hashlib.sha256(), self._segments()
        for piece in self.read():
            digest.update(piece)
            segments.add(piece)
        for what, found, expected in (
            ("SHA-256", digest.hexdigest(), sha256),
            ("segment root", segments.root().hex(), segment_root),
        ):
            if found != expected:
                raise SealBroken(f"check the {what} of the stored file {self.file_id}", found, expected)

    def _pieces(self, start: int, end: int) -> Iterator[bytes]:
        first, after = start // SEGMENT_BYTES, -(-end // SEGMENT_BYTES)
        for number, segment in enumerate(self._opened(range(first, after if start < end else first)), first):
            begin = number * SEGMENT_BYTES
            yield segment[max(start - begin, 0) : end - begin]

    def _opened(self, numbers: range) -> Iterator[bytes]:
        """Return these segments opened, each while the one before it is sent; reading leaves no other thread beside."""
        if len(numbers) < 2:
            yield from map(self._open_segment, numbers)
            return
        with ThreadPoolExecutor(1, "open") as ahead:
            coming = ahead.submit(self._open_segment, numbers[0])
            for following in numbers[1:]:
                segment = coming.result()
                coming = ahead.submit(self._open_segment, following)
                yield segment
            yield coming.result()

    def _open_segment(self, number: int) -> bytes:
        self._raw.seek(self._begin + number * SEALED_SEGMENT_BYTES)
        sealed = self._raw.read(SEALED_SEGMENT_BYTES)
        # An unbuffered file may give less than it has.
        while len(sealed) < SEALED_SEGMENT_BYTES and (more := self._raw.read(SEALED_SEGMENT_BYTES - len(sealed))):
            sealed += more
        return self._cipher.open(number, number == self._count - 1, sealed)

    def _measure(self) -> tuple[int, int]:
        """Return the number of segments and the content's size, once the last segment has confirmed both.

        The length of a file is whatever the disk says. Only the segment sealed as the last tells where it truly ends.
        """
        body = self._raw.seek(0, 2) - self._begin
        self._count = max(1, -(-body // SEALED_SEGMENT_BYTES))
        before = (self._count - 1) * SEGMENT_BYTES
        last = len(self._open_segment(self._count - 1))
        if before and not last:
            raise SealBroken(f"open the stored file {self.file_id}", "an empty last segment", "none after others")
        return self._count, before + last
