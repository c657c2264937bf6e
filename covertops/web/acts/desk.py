"""What the page of an act is drawn from: the operation and the department at one moment, and who is looking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from covertops.actions.folding import entries
from covertops.actions.installation import Installation
from covertops.actions.operations import NotFound, Scene, new_scene, scene
from covertops.domain.deadlines import local_date
from covertops.domain.declaration import Recorded
from covertops.domain.department import Department
from covertops.domain.operation import Operation
from covertops.web.plain_words import PlainWords
from covertops.web.presenting.times import LocalTime

if TYPE_CHECKING:
    from covertops.storage.unit_of_work import ReadUnit

DAY: Final = timedelta(days=1)
_HEX: Final = frozenset("0123456789abcdef")


@dataclass(frozen=True)
class Desk:
    """One person before one operation. ``query`` is what the address names beside the path: an entry, an office."""

    house: Installation
    unit: ReadUnit
    it: Scene
    query: Mapping[str, str]

    @property
    def operation(self) -> Operation:
        """The operation as it stands."""
        return self.it.operation

    @property
    def department(self) -> Department:
        """The department as it stands."""
        return self.it.department

    @property
    def me(self) -> str:
        """The person who acts."""
        return self.it.actor.person

    @property
    def now(self) -> datetime:
        """The moment of the request, UTC."""
        return self.it.facts.now

    @property
    def today(self) -> date:
        """The local day."""
        return local_date(self.now, self.department.zone)

    @property
    def times(self) -> LocalTime:
        """How moments are printed."""
        return LocalTime(self.department.zone, self.now)

    @property
    def asked_entry(self) -> int | None:
        """The number of the entry that the address names, if it names one."""
        text = self.query.get("entry", "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None

    def read(self, numbers: Iterable[int]) -> dict[int, Recorded]:
        """Some entries of the operation, without counsel's advice."""
        wanted = set(numbers)
        return entries(self.unit, self.operation.id, wanted) if wanted else {}

    def words(self, known: Mapping[int, Recorded]) -> PlainWords:
        """Plain words in which these entries are named."""
        return PlainWords(self.department, self.times, known)

    def name(self, person: str | None, nobody: str = "nobody") -> str:
        """A person's name, or what is said where there is none."""
        return self.department.name_of(person) if person else nobody


def desk_at(
    house: Installation, unit: ReadUnit, operation_id: str, person: str, now: datetime, query: Mapping[str, str]
) -> Desk:
    """The desk of an operation. Raises NotFound for an id that is none, unknown, or not theirs to know of."""
    if len(operation_id) != 32 or not set(operation_id) <= _HEX:
        raise NotFound(operation_id)
    return Desk(house, unit, scene(house, unit, operation_id, person, now), query)


def empty_desk(house: Installation, unit: ReadUnit, person: str, now: datetime) -> Desk:
    """The desk of an operation that is to begin."""
    return Desk(house, unit, new_scene(house, unit, person, now), {})
