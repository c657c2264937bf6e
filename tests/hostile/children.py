"""Processes of a test's own that begin in a moment, and faults in their system calls by `strace` (Linux).

A fork server has imported everything already, so that a child costs milliseconds and a fault at each of some hundred
system calls in turn costs seconds. A child waits until `strace` has seized it: what is counted begins with its deed.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import re
import struct
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from tests.hostile.houses import Place

CALLS = "write,pwrite64,writev,fsync,fdatasync,rename,renameat,renameat2,openat,unlink,unlinkat,mkdir,ftruncate"
"""Every system call by which a deed leaves something behind, on the disk or on a line."""
_PR_SET_PTRACER, _ANYBODY = 0x59616D61, ctypes.c_ulong(-1)
_LINE = re.compile(r"(\d+) +(\w+)\((.*)")
_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.hostile.practised"])

Deed = Callable[..., None]


@dataclass
class Child:
    """A process that does one deed, once it is told to."""

    process: ForkServerProcess
    line: Connection
    pid: int
    said: list[Any] = field(default_factory=list)

    def go(self) -> None:
        """Let it begin."""
        self.line.send(None)

    def hear(self) -> Any:
        """Wait for the next thing it says. Raises EOFError once it is gone."""
        self.said.append(self.line.recv())
        return self.said[-1]

    def finish(self) -> int:
        """Wait for its end; hear the rest; its exit status, -9 where it was killed."""
        try:
            while True:
                self.hear()
        except (EOFError, ConnectionResetError):
            self.process.join()
        return int(self.process.exitcode or 0)


def _live(deed: Deed, line: Connection, arguments: tuple[Any, ...]) -> None:
    # Where only a parent may trace (Yama), this lets the `strace` that the test runs.
    ctypes.CDLL(None).prctl(_PR_SET_PTRACER, _ANYBODY, 0, 0, 0)
    line.send(os.getpid())
    line.recv()
    deed(*arguments)


def _saying(place: Place, deed: Deed, line: Connection, more: tuple[Any, ...]) -> None:
    def say(what: object) -> None:
        # In the form that the other end reads, by a call that no deed makes: a fault in a write to the disk would
        # otherwise hit the line as well.
        packed = pickle.dumps(what)
        os.writev(line.fileno(), [struct.pack("!i", len(packed)), packed])

    _live(deed, line, (place, say, *more))


@contextmanager
def child(place: Place, deed: Deed, *more: Any) -> Iterator[Child]:
    """A child that waits to do a deed; killed where it still lives at the end."""
    ours, theirs = _CONTEXT.Pipe()
    process = _CONTEXT.Process(target=_saying, args=(place, deed, theirs, more))
    process.start()
    theirs.close()
    made = Child(process, ours, ours.recv())
    try:
        yield made
    finally:
        process.kill()
        process.join()
        process.close()
        ours.close()


@contextmanager
def traced(pid: int, log: Path, fault: str = "", calls: str = CALLS, only: Sequence[Path] = ()) -> Iterator[None]:
    """Watch a process's system calls, with a fault if there is one (`pwrite64:signal=SIGKILL:when=3`).

    ``only`` are the files to whose calls it is confined.
    """
    inject = ["-e", f"inject={fault}"] if fault else []
    inject += [part for path in only for part in ("-P", str(path))]
    command = ["strace", "-f", "-qq", "-y", "-s", "0", "-o", str(log), "-e", f"trace={calls}", *inject, "-p", str(pid)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as tracer:
        while not _is_traced(pid):
            if tracer.poll() is not None:
                raise RuntimeError(f"strace: {tracer.stderr.read() if tracer.stderr else ''}")
            time.sleep(0.001)
        try:
            yield
        finally:
            tracer.terminate()


def _is_traced(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status").read_text()
    return "TracerPid:\t0\n" not in status


@dataclass(frozen=True, order=True)
class Point:
    """A system call of a deed: which, the how many-eth of its kind in its thread, and what it was asked for."""

    call: str
    number: int
    about: str = field(compare=False)

    def fault(self, what: str) -> str:
        """A fault at this point, for :func:`traced`."""
        return f"{self.call}:{what}:when={self.number}"


def points_in(log: Path, about: str) -> list[Point]:
    """The points of a watched deed whose call names ``about``; of opening, only what makes a file."""
    counted: dict[tuple[str, str], int] = {}
    found: dict[Point, None] = {}
    for line in log.read_text().splitlines():
        matched = _LINE.match(line)
        if matched is None:
            continue
        thread, call, asked = matched.groups()
        number = counted[thread, call] = counted.get((thread, call), 0) + 1
        if about in asked and (call != "openat" or "O_CREAT" in asked):
            found.setdefault(Point(call, number, asked[:120]))
    return list(found)
