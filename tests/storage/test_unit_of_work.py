"""The one transaction: what it leaves when it ends well, when it does not, and when others write too."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from multiprocessing import get_context
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import insert, make_url

from covertops.storage import tables
from covertops.storage.compartments import NoSuchCompartment
from covertops.storage.engine import WRITE, make_engine
from covertops.storage.errors import (
    DiskFailed,
    NotFounded,
    StorageBusy,
    StorageError,
    StorageFailed,
    StorageFull,
    Tampered,
)
from covertops.storage.head import read_head
from covertops.storage.ledger_read import read_headers, read_stream
from covertops.storage.ledger_store import append
from covertops.storage.migrate import is_current
from covertops.storage.unit_of_work import Store
from covertops.storage.verify_ledger import verify_ledger
from covertops.vault.keys import Keyring
from tests.clock import A_MORNING
from tests.storage.recording import KEYRING, OPERATION, draft, opened, record
from tests.storage.writers import write_some

WRITERS, TURNS = 8, 12


class Interrupted(BaseException):
    """What no action expects, like a worker that is told to stop."""


def size_of(store: Store) -> int:
    """How many entries the log has."""
    with store.read() as unit:
        return read_head(unit.connection).size


def throttles(store: Store) -> int:
    """How many rows the action's own table has."""
    with store.read() as unit:
        return len(unit.connection.execute(tables.throttle.select()).all())


def test_an_action_s_rows_and_entries_stand_together_when_it_ends_well(store: Store):
    with store.write() as unit:
        append(unit, [draft()], A_MORNING)
        unit.connection.execute(insert(tables.throttle).values(key="k", count=1, window_start=0))
    assert (size_of(store), throttles(store)) == (1, 1)


@pytest.mark.parametrize("error", [ValueError, Interrupted])
def test_whatever_leaves_the_block_leaves_nothing_behind(store: Store, error: type[BaseException]):
    def break_off():
        with store.write() as unit:
            append(unit, [draft()], A_MORNING)
            unit.connection.execute(insert(tables.throttle).values(key="k", count=1, window_start=0))
            raise error

    with pytest.raises(error):
        break_off()
    assert (size_of(store), throttles(store)) == (0, 0)
    record(store, draft())


def test_a_key_made_in_a_transaction_that_was_undone_seals_nothing_afterwards(store: Store):
    def break_off():
        with store.write() as unit:
            append(unit, [draft()], A_MORNING)
            raise Interrupted

    with pytest.raises(Interrupted):
        break_off()
    with store.read() as unit, pytest.raises(NoSuchCompartment):
        unit.compartments.key(f"operation/{OPERATION}")
    record(store, draft())
    with store.read() as unit:
        assert len(read_stream(unit, OPERATION)) == 1


def test_a_read_can_change_nothing(store: Store):
    def change():
        with store.read() as unit:
            unit.connection.execute(insert(tables.throttle).values(key="k", count=1, window_start=0))

    with pytest.raises(StorageFailed, match=r"read-?only"):
        change()
    assert throttles(store) == 0
    record(store, draft())


def test_a_read_sees_one_moment_whatever_others_record_meanwhile(store: Store, database_url: str):
    record(store, draft())
    with store.read() as unit, opened(database_url) as other:
        assert len(read_headers(unit)) == 1
        record(other, draft())
        assert len(read_headers(unit)) == 1
    assert size_of(store) == 2


def test_a_transaction_within_a_writing_one_is_refused_at_once(store: Store):
    for second in (store.write, store.read):
        with store.write(), pytest.raises(RuntimeError, match="a transaction is open in this thread"), second():
            pass
    with store.read(), pytest.raises(RuntimeError, match="a transaction is open in this thread"), store.write():
        pass
    with store.read(), store.read() as unit:
        assert read_headers(unit) == []


def test_a_store_that_was_opened_before_a_fork_is_refused_in_the_child(store: Store):
    record(store, draft())
    child = os.fork()
    if child == 0:
        try:
            with store.read() as unit:
                read_headers(unit)
        except StorageError as error:
            os._exit(0 if "opened before a fork" in str(error) else 2)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    record(store, draft())


def test_a_database_without_a_ledger_is_said_to_have_none(database_url: str):
    def write(store: Store):
        with store.write():
            pass

    with opened(database_url) as store:
        with pytest.raises(NotFounded, match="has no ledger"):
            write(store)
        with store.read() as unit, pytest.raises(NotFounded):
            read_head(unit.connection)


def test_another_master_key_opens_nothing(store: Store, database_url: str):
    record(store, draft())
    with opened(database_url, Keyring(bytes(32))) as stranger:
        with stranger.read() as unit, pytest.raises(Tampered, match="does not open"):
            read_stream(unit, OPERATION)
        with pytest.raises(Tampered, match="the master key is another"):
            record(stranger, draft())


def test_writers_in_eight_processes_all_succeed_without_a_gap(store: Store, database_url: str):
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.storage.writers"])  # what they import is imported once for all of them
    processes = [context.Process(target=write_some, args=(database_url, n, TURNS)) for n in range(WRITERS)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * WRITERS
    with store.read() as unit:
        entries = read_stream(unit, OPERATION)
        assert [entry.number for entry in entries] == list(range(1, WRITERS * TURNS + 1))
        assert Counter(entry.fields["writer"] for entry in entries) == dict.fromkeys(range(WRITERS), TURNS)
        assert [row.index for row in read_headers(unit)] == list(range(2 * WRITERS * TURNS))


def test_who_waits_too_long_for_the_lock_is_told_and_nothing_is_recorded(store: Store, database_url: str):
    impatient = Store(make_engine(database_url, wait_seconds=1), KEYRING)
    with store.write(), pytest.raises(StorageBusy, match="nothing was recorded"):
        # In another thread's place: the guard against a second transaction belongs to each store.
        record(impatient, draft())
    record(impatient, draft())
    impatient.close()
    assert size_of(store) == 1


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_full_disk_is_said_in_clear_words_and_nothing_is_recorded(store: Store):
    record(store, draft())
    with store.read() as unit:
        pages = unit.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        unit.connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StorageFull, match=r"disk .* is full: nothing was recorded"):
        record(store, draft(values=[("what", "word " * 9000, "operation")]))
    with store.read() as unit:
        unit.connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    assert size_of(store) == 1
    record(store, draft())


@pytest.mark.parametrize("database_kind", ["postgresql"])
@pytest.mark.parametrize(
    ("state", "meaning", "stops"),
    [
        ("53100", StorageFull, False),
        ("55P03", StorageBusy, False),
        ("58030", DiskFailed, True),
        ("XX001", StorageFailed, False),
    ],
)
def test_what_the_server_reports_of_its_disk_is_understood(
    store: Store, state: str, meaning: type[StorageError], stops: bool
):
    def meet():
        with store.write() as unit:
            append(unit, [draft()], A_MORNING)
            unit.connection.exec_driver_sql(f"DO $$ BEGIN RAISE EXCEPTION 'the disk' USING ERRCODE = '{state}'; END $$")

    with pytest.raises(meaning):
        meet()
    if stops:
        with pytest.raises(DiskFailed):
            record(store, draft())
    else:
        record(store, draft())
        assert size_of(store) == 1


def test_a_server_that_is_not_there_is_said_to_have_failed(tmp_path: Path):
    with opened(f"postgresql://covertops@/nothing?host={tmp_path}") as store:
        with pytest.raises(StorageFailed, match="connection is bad"), store.read():
            pass
        with pytest.raises(StorageFailed, match="connection is bad"):
            is_current(store.engine)


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_lost_server_connection_is_said_and_the_next_transaction_gets_a_new_one(store: Store, database_url: str):
    def lose():
        with store.write() as unit:
            append(unit, [draft()], A_MORNING)
            backend = unit.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            address = make_url(database_url)
            with psycopg.connect(
                host=str(address.query["host"]), user=address.username, dbname=address.database, autocommit=True
            ) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])

    with pytest.raises(StorageFailed, match="look at the record before repeating"):
        lose()
    record(store, draft())
    assert size_of(store) == 1


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("fault", ["fsync", "growth"])
def test_a_disk_that_fails_under_a_commit_stops_the_worker(store: Store, database_url: str, fault: str):
    """What could not be made durable is not acknowledged, is not tried again, and does not harm what was recorded."""
    met = subprocess.run(
        [sys.executable, "-m", "tests.storage.failing_disk", fault, database_url],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert met.stdout.splitlines() == ["DiskFailed True", "DiskFailed True"], met.stderr
    assert size_of(store) in (1, 2)  # failed, and persisted or not: whole either way
    record(store, draft())
    assert verify_ledger(store).problems == []


def test_a_file_that_is_no_database_is_said_to_have_failed(tmp_path: Path):
    broken = tmp_path / "covertops.sqlite"
    broken.write_bytes(b"this is no database" * 400)

    def read(store: Store):
        with store.read() as unit:
            read_head(unit.connection)

    with opened(f"sqlite:///{broken}") as store, pytest.raises(StorageFailed, match="not a database"):
        read(store)


def test_an_error_of_the_statement_itself_is_left_as_it_is(store: Store):
    engine_error = pytest.raises(Exception, match="no_such_table")
    with engine_error as caught, store.read() as unit:
        unit.connection.exec_driver_sql("SELECT * FROM no_such_table")
    assert not isinstance(caught.value, StorageError)


def test_a_connection_writes_only_where_it_was_asked_to(database_url: str):
    engine = make_engine(database_url)
    with engine.connect().execution_options(**{WRITE: True}) as connection:
        connection.execute(insert(tables.throttle).values(key="k", count=1, window_start=0))
        connection.commit()
    with engine.connect() as connection, pytest.raises(Exception, match=r"read-?only"):
        connection.execute(insert(tables.throttle).values(key="l", count=1, window_start=0))
    engine.dispose()


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_server_that_was_started_again_between_two_acts_is_not_noticed(store: Store, database_url: str):
    record(store, draft())
    address = make_url(database_url)
    with psycopg.connect(host=str(address.query["host"]), user=address.username, dbname="postgres") as other:
        other.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [address.database]
        )
    record(store, draft())
    assert size_of(store) == 2


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_connection_whose_disk_failed_is_not_used_again(store: Store):
    backends: list[int] = []

    def meet():
        with store.read() as unit:
            backends.append(unit.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
            unit.connection.exec_driver_sql("DO $$ BEGIN RAISE EXCEPTION 'the disk' USING ERRCODE = '58030'; END $$")

    for _ in range(2):
        with pytest.raises(DiskFailed):
            meet()
    assert backends[0] != backends[1]
    record(store, draft())  # a read that failed does not stop the worker
