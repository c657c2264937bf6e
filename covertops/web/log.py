"""The application log, one JSON object a line: who did what when from where with which result, and never any content.

It holds no text that somebody typed, no address with its query, no name: a person is their id, a page is its route.
What was recorded is in the ledger; this is how the machine answered.
"""

from __future__ import annotations

import os
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Protocol, TextIO

import structlog

Value = str | int | bool | None


class Log(Protocol):
    """Where events go."""

    def event(self, name: str, **values: Value) -> None:
        """Write one line: the event, the present moment, and the values."""
        ...


class JsonLog:
    """Writes lines to a text stream. Nothing about it is global: each application has its own."""

    def __init__(self, stream: TextIO, clock: Callable[[], datetime]) -> None:
        self._clock, self._stream = clock, stream
        self._logger = structlog.wrap_logger(
            structlog.WriteLogger(stream),
            processors=[structlog.processors.JSONRenderer(sort_keys=False)],
            wrapper_class=structlog.BoundLogger,
        )
        # Threads share the stream, and a line must stay one line.
        self._alone = threading.Lock()

    def event(self, name: str, **values: Value) -> None:
        """Write one line; where the disk does not take it, go on without: the answer that says so must still leave."""
        time = self._clock().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        with self._alone, suppress(OSError):
            self._logger.msg(name, time=time, **values)

    def close(self) -> None:
        """Close the stream."""
        self._stream.close()


def open_log(path: Path, clock: Callable[[], datetime]) -> JsonLog:
    """A log that is appended to a file only its owner reads. Whole lines at a time, so that workers can share it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    return JsonLog(os.fdopen(descriptor, "a", buffering=1, encoding="utf-8"), clock)


def where_it_happened(error: BaseException, trace: TracebackType | None = None) -> str:
    """The type of an error and the places it came through, without its message, which could quote what was typed."""
    frames = traceback.extract_tb(trace or error.__traceback__)
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}:{frame.name}" for frame in reversed(frames))
    return f"{type(error).__name__} at {places}" if places else type(error).__name__
