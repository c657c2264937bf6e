"""What every test may ask for: a clock that stands still, a fresh database of each kind, and the browser."""

from __future__ import annotations

import os
import pathlib
import shutil
from collections.abc import Generator, Iterator
from typing import Any

import hypothesis
import pytest

from covertops.web import passwords
from tests import databases
from tests.clock import FixedClock
from tests.lent_databases import LentDatabases

# No deadline, because how long an example takes on a busy machine says nothing about whether a rule holds. CI always
# draws the same examples, so that a change is judged by what it changes; everywhere else each run draws new ones.
hypothesis.settings.register_profile("developer", deadline=None, print_blob=True)
hypothesis.settings.register_profile("ci", parent=hypothesis.settings.get_profile("developer"), derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") == "true" else "developer")

PASSWORD_COST = (passwords._MEMORY_KIB, passwords._PASSES)
"""What a password costs in use, read before any test makes it cheap."""
CHROMIUM_ARGUMENTS = [
    # Chromium's sandbox refuses to start as root, and the tests load nothing but our own pages.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands still until the test moves it."""
    return FixedClock()


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Make passwords cheap to keep and to check in this process; `dear_passwords` gives their cost back to a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_MEMORY_KIB", 64)
        patch.setattr(passwords, "_PASSES", 1)
        yield


@pytest.fixture
def dear_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let passwords cost what they cost in use."""
    monkeypatch.setattr(passwords, "_MEMORY_KIB", PASSWORD_COST[0])
    monkeypatch.setattr(passwords, "_PASSES", PASSWORD_COST[1])


@pytest.fixture(scope="session")
def postgres() -> Iterator[databases.PostgresServer]:
    """A running PostgreSQL that waits for no disk, shared by the tests of this process."""
    with databases.postgres_server() as server:
        yield server


@pytest.fixture
def durable_postgres() -> Iterator[databases.PostgresServer]:
    """A PostgreSQL of the test's own whose commits wait for the disk; the test may stop and start it."""
    with databases.postgres_server(durable=True) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_folder(postgres: databases.PostgresServer) -> pathlib.Path:
    """The folder that holds every byte `postgres` stores; ask `postgres.checkpoint()` before searching it."""
    return postgres.folder


@pytest.fixture(scope="session")
def postgres_template(postgres: databases.PostgresServer) -> str:
    """The name of a PostgreSQL database with the newest schema and no rows of ours, to be copied and never changed."""
    name = postgres.create()
    databases.migrate(postgres.url(name))
    return name


@pytest.fixture(scope="session")
def lent_databases(postgres: databases.PostgresServer, postgres_template: str) -> LentDatabases:
    """PostgreSQL databases with the newest schema and no rows of ours, for one test after the other."""
    return LentDatabases(postgres, postgres_template)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A SQLite file with the newest schema and no rows of ours, to be copied and never changed."""
    file = tmp_path_factory.mktemp("template") / "covertops.sqlite"
    databases.migrate(databases.sqlite_url(file))
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn; what asks for it runs once on both."""
    kind: str = request.param
    return kind


@pytest.fixture
def empty_database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Iterator[str]:
    """The address of a database without any table, of each kind."""
    if database_kind == "sqlite":
        yield databases.sqlite_url(tmp_path / "covertops.sqlite")
        return
    server: databases.PostgresServer = request.getfixturevalue("postgres")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Iterator[str]:
    """The address of a database with the newest schema and no rows of ours, of each kind."""
    if database_kind == "sqlite":
        file = tmp_path / "covertops.sqlite"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
        yield databases.sqlite_url(file)
        return
    lent: LentDatabases = request.getfixturevalue("lent_databases")
    name = lent.lend()
    yield lent.server.url(name)
    lent.take_back(name)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Launch the system's Chromium, without anything that would look for a network."""
    program = shutil.which("chromium")
    if program is None:
        pytest.fail("chromium is not installed: `make test` says the command that installs it")
    return {**browser_type_launch_args, "executable_path": program, "args": CHROMIUM_ARGUMENTS}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Count a skipped or expected failure as a failure: a rule that was not checked is not a rule that holds."""
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped and nothing here may be: {report.longrepr}"
    return report
