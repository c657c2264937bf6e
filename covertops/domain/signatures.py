"""Which entries must be signed, and in which office. Pure: what a signature is made of is checked elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from covertops.domain.decisions import DECISIONS
from covertops.domain.decisions.offices import CONFIRMS, who_confirms
from covertops.domain.declaration import Recorded, kind_of
from covertops.domain.department import Department
from covertops.domain.entries.authority import (
    AuthorizationGranted,
    AuthorizationRenewed,
    OperationActivated,
    OperatorAdded,
    SupervisionTaken,
    SupervisorAssigned,
)
from covertops.domain.entries.counsel import ConsultationConfirmed, ConsultationLogged
from covertops.domain.entries.department import (
    ActingChiefNamed,
    CityInstrumentAnswered,
    CityInstrumentEntered,
    OfficeAppointed,
    OfficeEnded,
    PeopleReviewed,
    PolicyAdopted,
    SettingChanged,
)
from covertops.domain.entries.ending import OperationEnded
from covertops.domain.entries.package import ExportReleased
from covertops.domain.entries.paper import PaperConfirmed
from covertops.domain.entries.passkeys import PasskeyRevoked, PasskeyVouched
from covertops.domain.entries.review import ReviewHeld
from covertops.domain.vocabulary import CHIEFS, Office

SIGNED_ACTS: Final = frozenset(kind_of(one.asks).name for one in DECISIONS.values() if one.signed) | {
    kind_of(ConsultationConfirmed).name
}
"""The kinds of entry on an operation that never stand without a signature."""

SIGNED_ON_DEPARTMENT: Final = frozenset(
    kind_of(one).name
    for one in (
        OfficeAppointed,
        OfficeEnded,
        ActingChiefNamed,
        CityInstrumentEntered,
        CityInstrumentAnswered,
        PeopleReviewed,
        SettingChanged,
        PolicyAdopted,
        PasskeyVouched,
        PasskeyRevoked,
    )
)
"""The kinds on the department's stream that a person signs; the founding, before which nobody can, is the exception."""


def must_be_signed(it: Recorded, *, founded: bool) -> bool:
    """Whether an entry without a signature is one that nobody can have made; ``founded`` once a policy was adopted."""
    kind = kind_of(it.entry).name
    if kind in SIGNED_ACTS:
        return True
    if kind not in SIGNED_ON_DEPARTMENT or not founded:
        return False
    # An office that runs out or is vacant ends by itself; nobody is given one, and no rule changes, that way.
    by_itself = it.office == Office.SYSTEM.value and it.entry.by is None
    return not (by_itself and isinstance(it.entry, OfficeEnded))


_ANY: Final = tuple(one for one in Office if one is not Office.SYSTEM)
SIGNED_IN: Final[Mapping[str, tuple[Office, ...]]] = {
    kind_of(one).name: offices
    for one, offices in {
        SupervisorAssigned: CHIEFS,
        SupervisionTaken: (Office.SUPERVISOR,),
        AuthorizationGranted: CHIEFS,
        AuthorizationRenewed: CHIEFS,
        OperatorAdded: CHIEFS,
        ConsultationLogged: (Office.SUPERVISOR,),
        ConsultationConfirmed: (Office.PROSECUTING_ATTORNEY, Office.CITY_ATTORNEY),
        PaperConfirmed: CHIEFS,
        OperationActivated: (Office.SUPERVISOR,),
        ReviewHeld: (Office.SUPERVISOR,),
        OperationEnded: (Office.SUPERVISOR, *CHIEFS),
        ExportReleased: CHIEFS,
        OfficeAppointed: (*CHIEFS, Office.ADMINISTRATOR),
        OfficeEnded: CHIEFS,
        ActingChiefNamed: (Office.CHIEF,),
        CityInstrumentEntered: (Office.ADMINISTRATOR,),
        CityInstrumentAnswered: tuple(one for offices in CONFIRMS for one in offices),
        PeopleReviewed: (Office.AUDITOR, *CHIEFS),
        SettingChanged: CHIEFS,
        PolicyAdopted: CHIEFS,
        PasskeyVouched: _ANY,
        PasskeyRevoked: _ANY,
    }.items()
}
"""In which office each kind that must be signed is signed: whoever holds another one signs it in vain."""


def beyond_office(it: Recorded) -> str | None:
    """Why what somebody signed is none of their office's to sign, as the entry alone shows; None where it is."""
    kind, entry = kind_of(it.entry).name, it.entry
    if it.office not in SIGNED_IN.get(kind, _ANY):
        return f"it is signed in the office “{it.office}”, and an entry of kind {kind} is none of that office’s"
    if isinstance(entry, OfficeAppointed):
        below = it.office != Office.ADMINISTRATOR or entry.held == Office.INVESTIGATOR
        if entry.held in CHIEFS or not below:
            return f"the office “{entry.held}” is not one that “{it.office}” gives"
    return None


def not_held(department: Department, it: Recorded) -> str | None:
    """Why nobody can have made an entry in the office it names, by the department just before it; None where one can.

    Who acts as the Chief says so, and not that they are the Chief.
    """
    if it.office == Office.SYSTEM:
        return None
    held = department.offices_of(it.entry.by, it.at) if it.entry.by else frozenset()
    if Office.ACTING_CHIEF in held:
        held -= {Office.CHIEF}
    if it.office not in held:
        return f"whoever made it did not hold the office “{it.office}” then"
    if isinstance(it.entry, CityInstrumentAnswered):
        able = who_confirms(department, department.instrument, it.at)[1] if department.instrument else ()
        if it.entry.by not in {one.id for one in able}:
            return "whoever answered the city’s instrument is not one of those who may"
    return None
