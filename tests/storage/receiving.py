"""What the tests of the file store share: keys, ids, and looking at what lies on the disk."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime
from pathlib import Path

from covertops.storage.files import FileStore
from covertops.vault.keys import CompartmentKey

MIB = 1024 * 1024
KEY = CompartmentKey("operation/" + "7f" * 16, bytes(range(32)))
STRANGE_KEY = CompartmentKey("operation/" + "80" * 16, bytes(32))
KEYS = {KEY.name: KEY}
ID = "0123456789abcdef" * 2
OTHER_ID = "fedcba9876543210" * 2
NEIGHBOR_ID = "01" + "ab" * 15
CANARY = b"canary: the profile is Example Persona. "
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def everything_in(folder: Path) -> list[str]:
    """Return the paths of all files below the folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def grow_old(*paths: Path) -> None:
    """Make the files look as if they had been written long ago."""
    for path in paths:
        os.utime(path, (LONG_AGO.timestamp(), LONG_AGO.timestamp()))


def receive(store: FileStore, content: bytes, file_id: str = ID, key: CompartmentKey = KEY) -> Path:
    """Store the content and return where it lies."""
    return store.receive(key, [content], file_id).path


def our_threads() -> list[str]:
    """Return the names of the threads that sealing starts and that are still alive."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith(("digest", "seal"))]
