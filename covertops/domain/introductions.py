"""How people are called in an operation's record: "Investigator 1", in the order in which they first appear."""

from __future__ import annotations

from covertops.domain.decisions.frame import Decided, Written
from covertops.domain.declaration import Person, specs_of
from covertops.domain.department import Department
from covertops.domain.entries.counsel import ConsultationLogged
from covertops.domain.entries.people import PersonIntroduced
from covertops.domain.operation import Operation
from covertops.domain.vocabulary import CHIEFS, Office


def people_in(written: Written) -> list[tuple[str, Office]]:
    """Everyone an entry names, with the office in which they appear there."""
    found: list[tuple[str, Office]] = []
    for name, spec in specs_of(type(written.entry)).items():
        if not isinstance(spec, Person):
            continue
        value = getattr(written.entry, name)
        people = value if spec.many else (value,)
        office = written.office if name == "by" else spec.offices[0] if spec.offices else written.office
        if isinstance(written.entry, ConsultationLogged) and name == "counsel":
            office = Office(written.entry.attorney_office)
        found += [(one, office) for one in people if one]
    return found


def introductions(operation: Operation, decided: Decided, department: Department) -> Decided:
    """One entry for each person who appears in this operation for the first time."""
    known = {one.person for one in operation.people}
    counts = {office: sum(1 for one in operation.people if one.office == office) for office in Office}
    made: list[Written] = []
    for written in decided:
        for person, office in people_in(written):
            if person in known:
                continue
            known.add(person)
            counts[office] += 1
            designation = (
                office.title if office in CHIEFS and counts[office] == 1 else f"{office.title} {counts[office]}"
            )
            entry = PersonIntroduced(
                person=person, designation=designation, held=office, name=department.name_of(person)
            )
            made.append(Written(Office.SYSTEM, entry))
    return tuple(made)
