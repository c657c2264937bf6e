"""Second factors that were lost: taken away by the Chief or at the machine, and who is told of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from covertops.actions.department import Derive, Done, do_on_department
from covertops.actions.department_signing import Signing
from covertops.actions.installation import Installation
from covertops.actions.recording import not_before, record_department
from covertops.actions.second_factors import Factors
from covertops.domain.decisions import Actor
from covertops.domain.decisions.sign_in import WATCHING, reset_factor, see_recovery
from covertops.domain.declaration import Recorded
from covertops.domain.department import Department, Recovery
from covertops.domain.entries.sign_in import FactorReset
from covertops.storage import sign_in_store


def reset(
    house: Installation, derive: Derive, person: str, given: Mapping[str, object], level: Signing, now: datetime
) -> Recorded:
    """Take a person's codes away, so that they set up others; their sessions end. Raises Refusal."""

    def keep(done: Done) -> None:
        Factors(house, derive).drop(done.unit, done.person)
        sign_in_store.end_sessions_of(done.unit, done.person, now)

    return do_on_department(house, person, FactorReset, given, now, reset_factor, keep, level)


def untold(department: Department, actor: Actor) -> list[Recovery]:
    """What a supervisor or auditor has not read yet, the newest first; nothing for anybody else."""
    if not actor.offices & WATCHING:
        return []
    return [one for one in reversed(department.recoveries) if actor.person not in one.seen_by]


def see(house: Installation, person: str, number: int, now: datetime) -> None:
    """Record that a supervisor or auditor has read it. Raises NotYours."""
    with house.store.write() as unit:
        now = not_before(unit, now)
        department = house.folds.department(unit)
        found = next((one for one in department.recoveries if one.ref.number == number), None)
        decided = see_recovery(Actor(person, department.offices_of(person, now)), found)
        department, _ = record_department(unit, department, decided, now)
    house.folds.keep_department(department)
