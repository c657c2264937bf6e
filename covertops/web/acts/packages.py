"""The supervisor prepares a package and says what is withheld in it; the Chief sees both before releasing it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

from covertops.domain.decisions.package import TWO, unreleased
from covertops.domain.declaration import Recorded, specs_of
from covertops.domain.disclosure import GROUNDS, read_withholding
from covertops.domain.entries.counsel import ConsultationLogged
from covertops.domain.entries.package import ExportPrepared
from covertops.domain.entries.people import PersonIntroduced
from covertops.domain.operation import Export
from covertops.domain.refusals import Missing, Refusal
from covertops.domain.vocabulary import Disclosure
from covertops.web.acts.beside import Told
from covertops.web.acts.choices import NEWEST, newest
from covertops.web.acts.desk import Desk
from covertops.web.acts.sheets import Sheet
from covertops.web.form_building import Typed, given_of, with_problems
from covertops.web.forms import TICKED, Form, FormField
from covertops.web.presenting.times import counted

TICK: Final = "withhold-"
GROUND: Final = "ground-"
GROUP: Final = "Withhold any of these?"
GROUP_HELP: Final = "They name people. Each tick asks for its ground, which the package prints."
LONGEST: Final = 300
"""A line of what is withheld holds no more."""
_ASIDE: Final = frozenset({"by", "signature"})


@dataclass(frozen=True)
class Offered:
    """A field that may be withheld: where it stands, and what it says."""

    key: str
    entry: int
    name: str
    label: str


def offered(desk: Desk) -> Iterator[Offered]:
    """The fields that tell who somebody is, in the newest entries: the likeliest to be withheld."""
    known = newest(desk)
    words = desk.words(known)
    for it in known.values():
        for name, spec in specs_of(type(it.entry)).items():
            identity = spec.disclosure is Disclosure.IDENTITY and not spec.many and name not in _ASIDE
            lines = words.lines(spec, getattr(it.entry, name)) if identity else ()
            if lines:
                said = _called(it, desk) if isinstance(it.entry, PersonIntroduced) else spec.label
                yield Offered(f"{it.number}-{name}", it.number, name, f"{words.entry(it.number)}. {said}: {lines[0]}")


def _called(it: Recorded, desk: Desk) -> str:
    return f"True name of {it.entry.designation}" if isinstance(it.entry, PersonIntroduced) else ""


class PrepareSheet(Sheet):
    """What the package is for, and what is left out of it beyond the rules."""

    template: ClassVar[str] = "prepare.html"

    def asks(self, name: str) -> bool:
        return super().asks(name) or name.startswith((TICK, GROUND))

    def fields(self, desk: Desk, typed: Typed, problems: Sequence[Missing]) -> list[FormField]:
        found = super().fields(desk, typed, problems)
        *first, lines = found
        more = replace(lines, label="Anything else to withhold, field by field")
        return [*first, *self._ticks(desk, typed, problems), more]

    def _ticks(self, desk: Desk, typed: Typed, problems: Sequence[Missing]) -> Iterator[FormField]:
        for one in offered(desk):
            tick, ground = TICK + one.key, GROUND + one.key
            ticked = "".join(typed.get(tick, ())[:1])
            yield FormField(name=tick, widget="tick", label=one.label, value=ticked, group=GROUP, required=False)
            asked = FormField(
                name=ground, widget="line", label="Ground", value="".join(typed.get(ground, ())[:1]), opened_by=tick
            )
            yield with_problems(asked, problems)

    def form(self, desk: Desk, typed: Typed, problems: Sequence[Missing], **frame: Any) -> Form:
        return super().form(desk, typed, problems, **frame | {"group_help": {GROUP: GROUP_HELP}})

    def given(self, desk: Desk, typed: Typed) -> tuple[str, Mapping[str, object]]:
        rest = {name: values for name, values in typed.items() if not name.startswith((TICK, GROUND))}
        given = given_of(ExportPrepared, rest)
        lines, missing = [], []
        for one in offered(desk):
            if TICKED not in typed.get(TICK + one.key, ()):
                continue
            ground = "".join(typed.get(GROUND + one.key, ())[:1]).strip()
            line = f"{one.entry} {one.name}: {ground}"
            if read_withholding(line) is None or len(line) > LONGEST:
                remedy = "Write it in one line, in fewer words than a paragraph, or take the tick off."
                missing.append(Missing("ground", "Ground: needed for this tick", TWO, remedy, GROUND + one.key))
            lines.append(line)
        if missing:
            raise Refusal(*missing)
        return self.decision.name, {**given, "withheld": [*lines, *_as_list(given.get("withheld"))]}

    def context(self, desk: Desk, form: Form, typed: Typed) -> dict[str, Any]:
        return {"older": max(0, desk.operation.last_number - NEWEST)}


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


class ReleaseSheet(Sheet):
    """The Chief sees what the package holds and withholds, and says why it leaves now."""

    def title(self, desk: Desk) -> str:
        export = unreleased(desk.operation)
        return f"Check and release {export.reference}" if export else self.decision.label

    def crumb(self, desk: Desk) -> str:
        return "Release"

    def beside(self, desk: Desk) -> Sequence[Told]:
        export = unreleased(desk.operation)
        return (Told("The package", export.reference, tuple(_holding(desk, export))),) if export else ()

    def read_with(self, desk: Desk) -> Sequence[Told]:
        return self.beside(desk)


def _holding(desk: Desk, export: Export) -> Iterator[tuple[str, Sequence[str]]]:
    """What a prepared package is for, holds and withholds, as terms and words."""
    it = desk.read([export.prepared.number]).get(export.prepared.number)
    if it is None or not isinstance(it.entry, ExportPrepared):
        return
    entry, words = it.entry, desk.words({})
    yield "For", (f"{desk.name(entry.recipient)}, prosecuting attorney; case {entry.case_number}",)
    yield "Purpose", (entry.purpose,)
    yield "Prepared by", (f"{desk.name(entry.by)}, {words.times.minute(it.at)}, entry {it.number}",)
    captures = counted(len(desk.operation.captures), "capture")
    entries = counted(desk.operation.last_number, "entry", "entries")
    yield "Holds", (f"{entries} and your release; {captures}, byte for byte",)
    advice = [one for one in specs_of(ConsultationLogged).values() if one.disclosure in GROUNDS]
    count = len(desk.operation.contacts) * len(advice)
    yield "Withheld by rule", (f"The attorneys’ advice: {counted(count, 'field')}, each counted in the package",)
    yield "Withheld by the supervisor", _beyond(entry, desk)


def _beyond(entry: ExportPrepared, desk: Desk) -> Sequence[str]:
    found = [one for one in map(read_withholding, entry.withheld) if one is not None]
    known = desk.read(one.entry for one in found)
    lines = []
    for one in found:
        kind = type(known[one.entry].entry) if one.entry in known else None
        spec = specs_of(kind).get(one.field.partition("/")[0]) if kind else None
        lines.append(f"Entry {one.entry}, {spec.label if spec else one.field}: {one.ground}")
    return lines or ["Nothing"]
