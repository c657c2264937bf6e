"""The internal conflict check: the same handle, subject or case in another live operation.

It is recorded on the department's stream only, so that an operation's record looks the same with and without a hit,
and it tells the two supervisors and the Chief, never the investigator.
"""

from __future__ import annotations

from datetime import datetime

from covertops.actions.installation import Installation
from covertops.actions.recording import record_department
from covertops.domain.decisions.frame import Written
from covertops.domain.department import Department
from covertops.domain.entries.department import ConflictNoticed
from covertops.domain.operation import Operation
from covertops.domain.vocabulary import Office
from covertops.storage.lookups import operations_sharing
from covertops.storage.rows import lookup_digest
from covertops.storage.unit_of_work import WriteUnit


def check_conflicts(
    house: Installation, unit: WriteUnit, operation: Operation, department: Department, now: datetime
) -> Department:
    """Record each operation that is near this one and was not noticed before; return the department as it then is."""
    key = house.lookup_key
    digests = {(kind, lookup_digest(key, kind, text)) for kind, text in operation.lookups}
    for other_id, kinds in operations_sharing(unit, digests, operation.id).items():
        pair = tuple(sorted((operation.id, other_id)))
        known = {what for one in department.conflicts if one.operations == pair for what in one.what}
        if kinds <= known:
            continue
        other = house.folds.operation(unit, other_id)
        chiefs = [one.id for one in department.holding(Office.CHIEF, now)]
        told = dict.fromkeys(one for one in (operation.supervisor, other.supervisor, *chiefs) if one)
        entry = ConflictNoticed(operations=pair, what=tuple(sorted(kinds)), told=tuple(told))
        department, _ = record_department(unit, department, (Written(Office.SYSTEM, entry),), now)
    return department
