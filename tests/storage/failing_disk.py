"""Real disk faults in a process of their own: every fsync answers EIO, or no file may grow any further.

python -m tests.storage.failing_disk fsync|growth <sqlite url>

The process records one entry, lets the disk fail, tries to record another, and prints what it met, one line each.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import sys
from pathlib import Path

from sqlalchemy import make_url

from covertops.storage.errors import StorageError
from covertops.storage.unit_of_work import Store
from tests.storage.recording import KEYRING, draft, record

FSYNCS = {"x86_64": (74, 75), "aarch64": (82, 83)}
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2
_LOAD_WORD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000


def fail_every_fsync() -> None:
    """Make fsync and fdatasync of this process answer EIO from now on, by a seccomp filter (Linux)."""
    first, second = FSYNCS[platform.machine()]
    program = b"".join(
        struct.pack("=HBBI", *instruction)
        for instruction in (
            (_LOAD_WORD, 0, 0, 0),  # the number of the system call
            (_JUMP_IF_EQUAL, 1, 0, first),
            (_JUMP_IF_EQUAL, 0, 1, second),
            (_RETURN, 0, 0, _ERROR | errno.EIO),
            (_RETURN, 0, 0, _ALLOW),
        )
    )
    held = ctypes.create_string_buffer(program)
    filters = struct.pack("@HP", len(program) // 8, ctypes.addressof(held))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, filters, 0, 0):
        raise OSError(ctypes.get_errno(), "the filter was not accepted")


def stop_growth(url: str) -> None:
    """Let no file grow beyond the size the write-ahead log has now."""
    log = Path(f"{make_url(url).database}-wal")
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    size = os.stat(log).st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def main(fault: str, url: str) -> None:
    """Meet the fault and print what became of it."""
    store = Store.open(url, KEYRING)
    record(store, draft())
    if fault == "fsync":
        fail_every_fsync()
    else:
        stop_growth(url)
    for _ in range(2):
        try:
            record(store, draft())
        except StorageError as error:
            sys.stdout.write(f"{type(error).__name__} {store.failed is not None}\n")
        else:
            sys.stdout.write("recorded\n")
    sys.stdout.flush()
    # What an orderly end would still write is what the fault forbids.
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
