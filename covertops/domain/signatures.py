"""Which entries must be signed, and in what ways. Pure: what a signature is made of is checked elsewhere."""

from __future__ import annotations

from typing import Final

from covertops.domain.decisions import DECISIONS
from covertops.domain.declaration import Recorded, kind_of
from covertops.domain.entries.counsel import ConsultationConfirmed
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
from covertops.domain.entries.passkeys import PasskeyRevoked, PasskeyVouched
from covertops.domain.vocabulary import Office

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
