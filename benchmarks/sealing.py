"""What sealing an upload costs, against what the machine can do at all.

    python benchmarks/sealing.py [--mebibytes 1024] [--folder benchmarks] [--rounds 3]

An upload is hashed twice (the whole, and leaf by leaf), sealed, written and made durable in one pass. The yardsticks
are the slower of the two things nobody can leave out: SHA-256 of the same bytes alone, and writing the same bytes and
fsync. All three are measured in turn in each round, on the same folder, and the best round of each is compared; the
goal is a ratio of at least 0.60. The content repeats one random mebibyte, so that making it costs nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from covertops.storage.files import FileStore
from covertops.vault.keys import CompartmentKey

MEBIBYTE = 1024 * 1024
CHUNK = 64 * 1024  # What a server hands over at a time.


def content(mebibytes: int) -> Iterator[bytes]:
    """Yield the content in the pieces a server would hand over."""
    block = os.urandom(MEBIBYTE)
    pieces = [block[start : start + CHUNK] for start in range(0, MEBIBYTE, CHUNK)]
    for _ in range(mebibytes):
        yield from pieces


def hash_alone(mebibytes: int, _folder: Path) -> None:
    """SHA-256 of the whole, nothing else."""
    digest = hashlib.sha256()
    block = os.urandom(MEBIBYTE)
    for _ in range(mebibytes):
        digest.update(block)


def write_alone(mebibytes: int, folder: Path) -> None:
    """Write the bytes in pieces of a mebibyte, then fsync, nothing else."""
    block = os.urandom(MEBIBYTE)
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        for _ in range(mebibytes):
            file.write(block)
        os.fsync(file.fileno())


def seal(mebibytes: int, folder: Path) -> None:
    """Receive the content as the application does."""
    store = FileStore(folder)
    file_id = os.urandom(16).hex()
    store.receive(CompartmentKey("benchmark", os.urandom(32)), content(mebibytes), file_id)
    store.remove(file_id)


def speed(work: Callable[[int, Path], None], mebibytes: int, folder: Path) -> float:
    """Run `work` once and return mebibytes a second."""
    os.sync()
    begin = time.perf_counter()
    work(mebibytes, folder)
    return mebibytes / (time.perf_counter() - begin)


def main() -> None:
    """Measure in turn and print one line for each, then the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mebibytes", type=int, default=1024)
    parser.add_argument("--folder", type=Path, default=Path(__file__).parent, help="where the disk to be measured is")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    works = {"SHA-256 alone": hash_alone, "write + fsync": write_alone, "sealed upload": seal}
    measured: dict[str, list[float]] = {name: [] for name in works}
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        for _ in range(asked.rounds):
            for name, work in works.items():
                measured[name].append(speed(work, asked.mebibytes, Path(folder)))
    for name, speeds in measured.items():
        print(f"{name}: best {max(speeds):6.0f} MiB/s of {', '.join(f'{one:.0f}' for one in speeds)}")
    yardstick = min(max(measured["SHA-256 alone"]), max(measured["write + fsync"]))
    print(f"ratio {max(measured['sealed upload']) / yardstick:.2f} of the slower yardstick (goal 0.60)")
    print(f"most memory held by this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
