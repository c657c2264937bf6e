"""Serving the pages with gunicorn: workers open keys and database after the fork, and nothing listens but loopback.

A worker whose disk failed under a write answers what it has begun and stops; gunicorn starts a fresh one, which reads
from the disk what is there. The failed worker itself never tries again: the system may tell it that all is well.

Each worker puts away what is over every hour, in a thread of its own; that another does so too changes nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from gunicorn.app.base import BaseApplication

from covertops.actions.housekeeping import put_away
from covertops.actions.installation import Installation
from covertops.config import Opened, Paths, open_installation
from covertops.storage.errors import StorageError
from covertops.storage.files import FileStoreError
from covertops.web.app import utc_now
from covertops.web.assembly import application
from covertops.web.log import Log, open_log

THREADS = 4
UPKEEP = timedelta(hours=1)


class Upkeep:
    """Puts away what is over, again and again while the pages are served, and says in the log what it found."""

    def __init__(
        self, house: Installation, log: Log, clock: Callable[[], datetime] = utc_now, every: timedelta = UPKEEP
    ) -> None:
        self._house, self._log, self._clock, self._every = house, log, clock, every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)

    def start(self) -> None:
        """Begin; the first time is one interval from now, as the start of the program has put away already."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for what has begun."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._every.total_seconds()) and self._house.store.failed is None:
            self._once()

    def _once(self) -> None:
        try:
            done = put_away(self._house, self._clock())
        except (StorageError, FileStoreError) as error:
            # Busy, full or damaged: whoever acts meets the same and is told. This tries again in an hour.
            self._log.event("upkeep", result="not done", error=type(error).__name__)
            return
        self._log.event("upkeep", result="done", files=done.files, parts=done.parts, rows=done.rows)
        if done.alarms:
            self._log.event("alarm", what="files that are not ours", count=len(done.alarms))


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with our settings; the application is made in each worker."""

    def __init__(self, paths: Paths, port: int, workers: int) -> None:
        self._paths, self._port, self._workers = paths, port, workers
        self._opened: Opened | None = None
        super().__init__()

    def load_config(self) -> None:
        """Settings: loopback only, threads, no control socket, no access log (ours has no addresses' queries)."""
        chosen: dict[str, Any] = {
            "bind": f"127.0.0.1:{self._port}",
            "workers": self._workers,
            "worker_class": "gthread",
            "threads": THREADS,
            "control_socket_disable": True,
            "preload_app": False,
            "timeout": 120,
            "graceful_timeout": 20,
            "loglevel": "warning",
            "proc_name": "covertops",
            "post_request": self._stop_where_the_disk_failed,
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application of one worker."""
        self._opened = open_installation(self._paths)
        self.log = open_log(self._paths.log, utc_now)
        self.upkeep = Upkeep(self._opened.house, self.log)
        self.upkeep.start()
        return application(self._opened, f"http://localhost:{self._port}", self.log)

    def _stop_where_the_disk_failed(self, worker: Any, _request: Any, _environ: Any, _answer: Any) -> None:
        if self._opened is not None and self._opened.house.store.failed is not None:
            worker.alive = False  # as gunicorn itself ends a worker that has had its number of requests


def serve(paths: Paths, port: int, workers: int) -> None:
    """Serve until stopped."""
    Server(paths, port, workers).run()
