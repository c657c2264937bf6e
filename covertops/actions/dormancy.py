"""Accounts that nobody used for 90 days are disabled, on the record (CJIS Security Policy 6.0, AC-2).

Offices are not touched: a new one-time code from the administrator opens the account again. An account that was never
signed in to counts from the last entry that opened or invited it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from covertops.actions.installation import Installation
from covertops.actions.recording import record_department
from covertops.domain.decisions.frame import Written
from covertops.domain.entries.sign_in import AccountDormant
from covertops.domain.vocabulary import Office
from covertops.storage import account_use, sign_in_store
from covertops.storage.ledger_read import read_stream
from covertops.storage.unit_of_work import ReadUnit

UNUSED: Final = timedelta(days=90)
_HEARD_IN: Final = frozenset({"account.opened", "account.invited", "account.reopened", "credential.added"})


def disable_dormant(house: Installation, now: datetime) -> int:
    """Disable the accounts nobody used for 90 days, each with its entry; how many they were."""
    with house.store.read() as reading:
        if not _dormant(reading, now):
            return 0
    with house.store.write() as unit:
        # Asked again under the append lock: somebody may have signed in meanwhile.
        dormant = _dormant(unit, now)
        decided = tuple(
            Written(Office.SYSTEM, AccountDormant(person=person, last_used_at=at)) for person, at in dormant.items()
        )
        if not decided:
            return 0
        department, _ = record_department(unit, house.folds.department(unit), decided, now)
        for person in dormant:
            sign_in_store.disable_account(unit, person, now)
    house.folds.keep_department(department)
    return len(dormant)


def _dormant(unit: ReadUnit, now: datetime) -> dict[str, datetime]:
    """Who is to be disabled, and when they were last heard of. Closed accounts are disabled already."""
    unused = account_use.unused_since(unit, now - UNUSED)
    heard = _heard(unit) if unused else {}
    # The founders' accounts stand in the first entries too, so that everybody was heard of at least once.
    last = {person: max(at or heard[person], heard[person]) for person, at in unused.items() if person in heard}
    return {person: at for person, at in last.items() if now - at > UNUSED}


def _heard(unit: ReadUnit) -> Mapping[str, datetime]:
    """When each person's account was last opened, invited or given a password."""
    found: dict[str, datetime] = {}
    after = 0
    while batch := read_stream(unit, unit.streams.department, after=after, limit=500):
        found |= {str(raw.fields["person"]): raw.time for raw in batch if raw.kind in _HEARD_IN}
        after = batch[-1].number
    return found
