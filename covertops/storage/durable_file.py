"""What the file store asks of the disk, and what it says when the disk refuses.

Nothing here knows what a file holds. Every function leaves the folder as its sentence says or raises; an fsync that
fails is the one failure after which nobody may go on, because the system may have dropped what it could not write.
"""

from __future__ import annotations

import errno
import os
import sys
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import BinaryIO, Final

from covertops.storage.errors import DiskFailed, StorageError, StorageFull
from covertops.vault.file_format import Octets

WRITEBACK_BYTES: Final = 8 * 1024 * 1024
NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT)


class FileStoreError(StorageError):
    """A stored file could not be written, read or removed; what had been stored before is as it was."""

    def __init__(self, attempted: str, found: str, expected: str) -> None:
        super().__init__(attempted, found, expected)
        self.attempted = attempted
        self.found = found
        self.expected = expected

    def __str__(self) -> str:
        return f"{self.attempted}: found {self.found}; expected {self.expected}"


class DiskFull(FileStoreError, StorageFull):
    """There is no room for the file; nothing of it was kept."""


class ArrivalBroken(FileStoreError):
    """The content stopped arriving before its end; nothing of it was kept."""


class FileMissing(FileStoreError):
    """No file is stored under this id."""


class FsyncFailed(DiskFailed):
    """The system could not say that the file is on the disk. The worker stops: asked again, it would answer falsely."""


def claim(part: Path, path: Path) -> BinaryIO:
    """Create the `.part`, which nobody else can then create, and make sure that no finished file would be replaced."""
    attempted = f"store the file {path.name}"
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise FileStoreError(attempted, "another arrival under this id", "an id of its own for each file") from None
    if path.exists():
        os.close(descriptor)
        part.unlink()
        raise FileStoreError(attempted, "a finished file under this id", "an id of its own for each file")
    return ArrivingFile(descriptor)


class ArrivingFile(FileIO):
    """A file that is sent to the disk while it grows, so that the fsync at its end has little left to wait for."""

    def __init__(self, descriptor: int) -> None:
        super().__init__(descriptor, "wb")
        self._written = 0
        self._sent = 0

    def write(self, data: Octets) -> int:  # type: ignore[override]
        written = os.write(self.fileno(), data)
        self._written += written
        if sys.platform == "linux" and self._written - self._sent >= WRITEBACK_BYTES:
            # Linux begins to write these pages out without waiting, and forgets them sooner: nobody reads them next.
            # It promises nothing, and nothing is taken from it: what is durable is decided by fsync alone.
            os.posix_fadvise(self.fileno(), self._sent, self._written - self._sent, os.POSIX_FADV_DONTNEED)
            self._sent = self._written
        return written


def make_folders(folder: Path) -> None:
    """Make the folder (mode 0700) and what is missing above it, each of them durable in the one above."""
    if folder.is_dir():
        return
    make_folders(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    fsync_folder(folder.parent, f"make the folder {folder.name}")


def is_older(path: Path, moment: datetime) -> bool:
    """Say whether the file was last written before `moment` (aware); one that is gone is not."""
    try:
        return path.lstat().st_mtime < moment.timestamp()
    except FileNotFoundError:
        # It was renamed or removed since the folder was read: somebody is at work on it.
        return False


def remove(path: Path, attempted: str) -> None:
    """Remove the file if it is there; raise FileStoreError where the system refuses."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise explained(error, attempted) from error


def fsync(descriptor: int, attempted: str) -> None:
    """Return once the file is on the disk; raise FsyncFailed, once and without another try, where it may not be."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        raise FsyncFailed(f"{attempted}: fsync failed ({error.strerror}); this process must stop") from error


def fsync_folder(folder: Path, attempted: str) -> None:
    """Return once the names in the folder are on the disk; raise FsyncFailed where they may not be."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fsync(descriptor, attempted)
    finally:
        os.close(descriptor)


def explained(error: OSError, attempted: str) -> FileStoreError:
    """Return the error of the system in the words of this store: what was attempted, found and expected."""
    found = error.strerror or str(error)
    if error.errno in NO_ROOM:
        return DiskFull(attempted, found, "room on the disk for the whole file")
    return FileStoreError(attempted, found, "a disk that takes and gives what it is asked for")
