"""The first entries of a log: the department, its first two people, and the policy its Chief adopts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from covertops.domain.decisions.frame import Decided, Written
from covertops.domain.department import Department
from covertops.domain.entries.department import AccountOpened, DepartmentEstablished, OfficeAppointed, PolicyAdopted
from covertops.domain.policy import Policy
from covertops.domain.refusals import refuse
from covertops.domain.vocabulary import Office, practice

INSTRUMENT = "Named when this record was set up"
ONCE = practice("A record is begun once, with two people from its first minute.")


@dataclass(frozen=True)
class Founder:
    """One of the first two people."""

    person: str
    name: str
    sign_in_name: str


def found_department(
    department: Department,
    name: str,
    zone: str,
    log_key: str,
    chief: Founder,
    administrator: Founder,
    policy: Policy,
    today: date,
) -> Decided:
    """Begin the record: its first entries are the software's, as nobody can act before; the Chief adopts the policy."""
    if department.last_number:
        raise refuse("founded", "The department is set up already", ONCE, "Sign in.")
    people = ((chief, Office.CHIEF), (administrator, Office.ADMINISTRATOR))
    begun = [DepartmentEstablished(name=name, zone=zone, log_key=log_key)]
    accounts = [AccountOpened(person=one.person, name=one.name, sign_in_name=one.sign_in_name) for one, _ in people]
    offices = [
        OfficeAppointed(
            person=one.person, held=office.value, instrument=INSTRUMENT, from_on=today, until_on=None, agency=None
        )
        for one, office in people
    ]
    adopted = PolicyAdopted(by=chief.person, title=policy.title, digest=policy.digest)
    first = tuple(Written(Office.SYSTEM, entry) for entry in (*begun, *accounts, *offices))
    return (*first, Written(Office.CHIEF, adopted))
