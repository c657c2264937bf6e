"""How every account stands at sign-in, for whoever reviews people: its last use, its factors, whether it is locked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from covertops.storage.factor_store import RECOVERY
from covertops.storage.sign_in_store import ATTEMPTS
from covertops.storage.tables import credential, sign_in, throttle
from covertops.storage.times import moment
from covertops.storage.unit_of_work import ReadUnit


@dataclass(frozen=True)
class AccountState:
    """One account: never a name and nothing that signs anybody in."""

    person_id: str
    has_password: bool
    disabled_at: datetime | None
    last_signed_in_at: datetime | None
    factors: frozenset[str]
    """The kinds of second factor it has; recovery codes are none."""
    locked: bool
    """Whether wrong attempts locked it, from one node at least."""


def account_states(unit: ReadUnit) -> dict[str, AccountState]:
    """Every account by its person's id, in three statements however many there are."""
    kinds: dict[str, set[str]] = {}
    wanted = select(credential.c.person_id, credential.c.kind).where(credential.c.kind != RECOVERY).distinct()
    for row in unit.connection.execute(wanted):
        kinds.setdefault(row.person_id, set()).add(row.kind)
    used_up = select(throttle.c.key).where(throttle.c["count"] >= ATTEMPTS)
    locked = {key.partition(":")[0] for key in unit.connection.execute(used_up).scalars()}
    columns = (sign_in.c.person_id, sign_in.c.name_hmac, sign_in.c.disabled_at, sign_in.c.last_signed_in_at)
    rows = unit.connection.execute(select(*columns, func.length(sign_in.c.password_phc).label("password")))
    return {
        row.person_id: AccountState(
            row.person_id,
            bool(row.password),
            None if row.disabled_at is None else moment(row.disabled_at),
            None if row.last_signed_in_at is None else moment(row.last_signed_in_at),
            frozenset(kinds.get(row.person_id, set())),
            row.name_hmac in locked,
        )
        for row in rows
    }
