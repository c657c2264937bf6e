"""The store of sealed files: durable before anything refers to them, and never in clear on the disk.

    folder/<first two digits of the id>/<id>            a finished file
    folder/<first two digits of the id>/<id>.part       one that is arriving, or whose arrival was cut off

Life of a file: (1) its `.part` is claimed in the folder it will stay in; (2) the content is sealed into it while it
arrives; (3) fsync of the file; (4) rename; (5) fsync of the folders. Only then does `receive` return, and only then
may an entry that refers to the file be committed. A crash before (4) leaves a `.part` and after it a file no entry
refers to; `sweep` removes either. It never removes a file that is not ours: that one is an alarm.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Set
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, cast

from covertops.ledger.merkle import Segments
from covertops.storage.durable_file import (
    ArrivalBroken,
    DiskFull,
    FileMissing,
    FileStoreError,
    FsyncFailed,
    claim,
    explained,
    fsync,
    fsync_folder,
    is_older,
    make_folders,
    remove,
)
from covertops.vault.envelope import SealBroken
from covertops.vault.keys import CompartmentKey
from covertops.vault.stored_file import SealingWriter, Stored, StoredFile

__all__ = [
    "Alarm",
    "ArrivalBroken",
    "DiskFull",
    "FileMissing",
    "FileStore",
    "FileStoreError",
    "FsyncFailed",
    "Received",
    "Swept",
]

FILE_ID: Final = re.compile(r"[0-9a-f]{32}")
PART: Final = ".part"

KeyFor = Callable[[str], CompartmentKey]


class Received(NamedTuple):
    """A file that is durably stored: what it holds, and where."""

    stored: Stored
    path: Path


class Alarm(NamedTuple):
    """Something in the folder that is not ours: its name below the folder, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep removed and what it must not touch: ids of files, names of parts, alarms."""

    removed: tuple[str, ...]
    parts: tuple[str, ...]
    alarms: tuple[Alarm, ...]


class FileStore:
    """The sealed files below one folder of mode 0700, which is made when the first file arrives."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def receive(
        self, key: CompartmentKey, chunks: Iterable[bytes], file_id: str, expected_size: int | None = None
    ) -> Received:
        """Seal `chunks` under `file_id` (32 hex digits) while they arrive; return once the file survives a power loss.

        Raises DiskFull, ArrivalBroken (the stream broke, or ended at another size than `expected_size` bytes),
        FileStoreError for any other refusal of the system, and FsyncFailed. What else the iterable raises passes
        through as it is. The `.part` is gone in each case; what failed after the rename leaves a file for the sweep.
        """
        path, part = self._path(file_id), self._path(file_id, PART)
        attempted = f"store the file {file_id}"
        try:
            make_folders(path.parent)
            raw = claim(part, path)
            try:
                with raw:
                    stored = _seal(raw, key, _arriving(chunks, attempted), file_id)
                    if expected_size not in (None, stored.size):
                        raise ArrivalBroken(attempted, f"{stored.size} bytes", f"{expected_size} bytes")
                    fsync(raw.fileno(), attempted)
                part.rename(path)
                # Both, always: another process may have made the folder and not yet have synced the one above it.
                fsync_folder(path.parent, attempted)
                fsync_folder(self.folder, attempted)
            finally:
                # After the rename there is nothing to remove. Where removing fails too, the sweep will do it.
                with suppress(OSError):
                    part.unlink(missing_ok=True)
        except OSError as error:
            raise explained(error, attempted) from error
        return Received(stored, path)

    def open(self, file_id: str, key_for: KeyFor) -> StoredFile:
        """Open the file for reading; whoever opens it closes it.

        Raises FileMissing, SealBroken for a file that is not the one stored under this id, and FileStoreError.
        """
        attempted = f"open the stored file {file_id}"
        try:
            # Unbuffered: a buffer would be filled with each mebibyte before it is copied out, three times as slow.
            raw = cast("BinaryIO", self._path(file_id).open("rb", buffering=0))
        except FileNotFoundError:
            raise FileMissing(attempted, "no file of that id", "the file an entry refers to") from None
        except OSError as error:
            raise explained(error, attempted) from error
        try:
            stored = StoredFile.open(raw, key_for, Segments)
            if stored.file_id != file_id:
                raise SealBroken(attempted, f"the file {stored.file_id}", "the file that was stored under this id")
        except OSError as error:
            raw.close()
            raise explained(error, attempted) from error
        except SealBroken:
            raw.close()
            raise
        return stored

    def exists(self, file_id: str) -> bool:
        """Say whether a finished file is stored under this id."""
        return self._path(file_id).is_file()

    def sealed_size(self, file_id: str) -> int:
        """Return the bytes the file takes on the disk; raise FileMissing where there is none."""
        try:
            return self._path(file_id).stat().st_size
        except FileNotFoundError:
            attempted = f"measure the stored file {file_id}"
            raise FileMissing(attempted, "no file of that id", "the file an entry refers to") from None

    def ids(self) -> Iterator[str]:
        """Return the ids of all finished files, in order."""
        return (path.name for path in self._all() if self._is_ours(path))

    def strangers(self) -> Iterator[str]:
        """Return the names, below the folder, of whatever this store did not put there, in order."""
        for path in self._all():
            if not self._is_ours(path) and not self._is_ours(path, PART):
                yield str(path.relative_to(self.folder))

    def remove(self, file_id: str) -> None:
        """Remove the file for good and return once that is on the disk; removing what is gone already is no error."""
        path = self._path(file_id)
        attempted = f"remove the stored file {file_id}"
        remove(path, attempted)
        if path.parent.is_dir():
            fsync_folder(path.parent, attempted)

    def sweep(self, referenced: Set[str], key_for: KeyFor, older_than: datetime) -> Swept:
        """Remove what an interrupted upload left, and name what nobody here stored.

        Looks only at what was last written before `older_than` (an aware datetime): a file whose entry is just being
        committed is not in `referenced` yet. A `.part` is removed; a file no entry refers to is removed if it opens
        under our key; everything else that stands there is an alarm and stays.
        """
        removed: list[str] = []
        parts: list[str] = []
        alarms: list[Alarm] = []
        for path in self._all():
            if (self._is_ours(path) and path.name in referenced) or not is_older(path, older_than):
                continue
            if self._is_ours(path, PART):
                remove(path, f"remove the unfinished file {path.name}")
                parts.append(path.name)
            elif reason := self._foreign(path, key_for):
                alarms.append(Alarm(str(path.relative_to(self.folder)), reason))
            else:
                self.remove(path.name)
                removed.append(path.name)
        return Swept(tuple(removed), tuple(parts), tuple(alarms))

    def _foreign(self, path: Path, key_for: KeyFor) -> str | None:
        """Return why this cannot be a file of ours, or None if it opens under our key as what its name says."""
        if not self._is_ours(path):
            return "its name is not one this store gives"
        try:
            self.open(path.name, key_for).close()
        except (FileStoreError, SealBroken) as error:
            return str(error)
        return None

    def _path(self, file_id: str, ending: str = "") -> Path:
        # The id becomes a path: nothing but digits may pass here, whoever asks.
        if not FILE_ID.fullmatch(file_id):
            raise ValueError(f"a file id is 32 lower-case hexadecimal digits, not {file_id!r}")
        return self.folder / file_id[:2] / (file_id + ending)

    def _is_ours(self, path: Path, ending: str = "") -> bool:
        file_id = path.name.removesuffix(ending)
        return FILE_ID.fullmatch(file_id) is not None and path == self._path(file_id, ending)

    def _all(self) -> list[Path]:
        """Return whatever stands in the folder, two levels deep, except the folders of the first level."""
        if not self.folder.is_dir():
            return []
        top = list(self.folder.iterdir())
        below = [path for folder in top if folder.is_dir() for path in folder.iterdir()]
        return sorted([path for path in top if not path.is_dir()] + below)


def _arriving(chunks: Iterable[bytes], attempted: str) -> Iterator[bytes]:
    """Pass the chunks on, and tell a stream that broke from a disk that failed: both raise OSError."""
    try:
        yield from chunks
    except OSError as error:
        raise ArrivalBroken(attempted, f"a stream that broke ({error})", "the whole content") from error


def _seal(raw: BinaryIO, key: CompartmentKey, chunks: Iterator[bytes], file_id: str) -> Stored:
    with SealingWriter(raw, key, file_id, Segments()) as writer:
        for chunk in chunks:
            writer.write(chunk)
        return writer.finish()
