"""Serving the pages with gunicorn: workers open keys and database after the fork, and nothing listens but loopback.

A worker whose disk failed under a write answers what it has begun and stops; gunicorn starts a fresh one, which reads
from the disk what is there. The failed worker itself never tries again: the system may tell it that all is well.
"""

from __future__ import annotations

from typing import Any

from gunicorn.app.base import BaseApplication

from covertops.config import Opened, Paths, open_installation
from covertops.web.assembly import assemble

THREADS = 4


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
        return assemble(self._opened, self._paths.log, f"http://localhost:{self._port}")

    def _stop_where_the_disk_failed(self, worker: Any, _request: Any, _environ: Any, _answer: Any) -> None:
        if self._opened is not None and self._opened.house.store.failed is not None:
            worker.alive = False  # as gunicorn itself ends a worker that has had its number of requests


def serve(paths: Paths, port: int, workers: int) -> None:
    """Serve until stopped."""
    Server(paths, port, workers).run()
