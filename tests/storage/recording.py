"""What the tests of the ledger share: stores, drafts without a domain, and a small record of every kind of stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from covertops.ledger.canonical import Json
from covertops.storage.ledger_store import Appended, Draft, FieldDraft, Position, append
from covertops.storage.log_key import found
from covertops.storage.unit_of_work import Store
from covertops.storage.verify_ledger import verify_ledger
from covertops.storage.verify_report import Problem
from covertops.vault.keys import Keyring
from tests.clock import A_MORNING

ORIGIN = "police.example.gov/covertops"
KEYRING = Keyring(bytes(range(32)))
OPERATION = "0b" * 16
OTHER_OPERATION = "0c" * 16
WORDS = "canary: the profile is Example Persona."


@contextmanager
def opened(url: str, keyring: Keyring = KEYRING) -> Iterator[Store]:
    """A store on a database, closed at the end."""
    store = Store.open(url, keyring)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def founded(url: str) -> Iterator[Store]:
    """A store on a database whose ledger was founded just now."""
    with opened(url) as store:
        found(store, ORIGIN)
        yield store


def draft(
    stream: str = OPERATION,
    kind: str = "activity.logged",
    values: Iterable[tuple[str, Json, str]] = (),
    follows: Position | None = None,
) -> Draft:
    """An entry with `by` in the stream's own part, and more fields as name, value and part."""
    own = stream if stream in ("department", "access") else "operation"
    fields = [FieldDraft("by", "investigator 1", own), *(FieldDraft(*one) for one in values)]
    return Draft(stream, kind, 1, "investigator", fields, follows)


def record(store: Store, *drafts: Draft, at: datetime = A_MORNING) -> Appended:
    """Append drafts in one transaction of their own."""
    with store.write() as unit:
        return append(unit, drafts, at)


def record_a_little(store: Store) -> list[Appended]:
    """Record ten entries in seven appends: both fixed streams, two operations, and both counsels' parts."""
    facts = ("what", WORDS, "operation")
    acts: list[tuple[Draft, ...]] = [
        (draft("department", "person.appointed", [("office", "chief", "department")]),),
        (draft(kind="request.submitted", values=[facts, ("platforms/0", "example", "operation")]),),
        (draft(OTHER_OPERATION, "request.submitted", [facts]), draft("access", "operation.viewed")),
        (draft(kind="consultation.logged", values=[facts, ("notes", "a view", "prosecutor")]),),
        (
            draft(
                kind="consultation.logged", values=[facts, ("advice", "counsel", "city"), ("none", None, "prosecutor")]
            ),
        ),
        (draft("department", "person.appointed"), draft(), draft(OTHER_OPERATION)),
        (draft(values=[facts]),),
    ]
    return [record(store, *act, at=A_MORNING + timedelta(hours=hour)) for hour, act in enumerate(acts)]


def problems_of(store: Store, known: Iterable[str] = ()) -> list[Problem]:
    """What a verification finds, without the guards that the test itself took away."""
    found_here = verify_ledger(store, known=list(known)).problems
    return [problem for problem in found_here if not problem.where.startswith("guard ")]
