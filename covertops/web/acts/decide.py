"""The Chief decides on a request: what was asked stands beside what is written.

One form serves three decisions. The first question says which; the words are the authorization's, or the reasons of a
return or denial.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

from covertops.domain.authority import given_contacts
from covertops.domain.declaration import Entry, Recorded, specs_of
from covertops.domain.entries.authority import AuthorizationGranted
from covertops.domain.entries.counsel import ConflictChecked
from covertops.domain.entries.request import RequestSubmitted
from covertops.domain.refusals import Missing, Refusal
from covertops.domain.vocabulary import policy
from covertops.web.acts.choices import newest
from covertops.web.acts.defaults import the_request
from covertops.web.acts.desk import Desk
from covertops.web.acts.sheets import Sheet
from covertops.web.form_building import Typed, given_of, with_problems
from covertops.web.forms import Form, FormField, Option
from covertops.web.own_words import repeats
from covertops.web.page import Gate, Tag
from covertops.web.plain_words import PlainWords
from covertops.web.presenting.reading import listed, lowered
from covertops.web.presenting.times import counted

CHOICE: Final = "decides"
WORDS: Final = "decision"
DEVICE: Final = "device"
OPTIONS: Final = (
    Option("grant-authorization", "Authorized"),
    Option("return-request", "Returned", "With what is missing; it comes back to you"),
    Option("refuse-request", "Denied", "With reasons; kept on record"),
)
ONLY_CHIEF: Final = policy("IV.D.2", "Only the Chief; nobody below may change it (V.B.3).")
_PLAIN: Final = ("conduct", "case_number", "offense", "need", "platform", "identity", "handle", "subject", "officers")
_TICKS: Final[Mapping[str, tuple[str, ...]]] = {
    "minor": ("minor_detail",),
    "privileged": ("privileged_detail",),
    "protected_person": ("protected_person_detail",),
    "expression": ("expression_detail",),
    "real_person": ("real_person_detail", "consent"),
    "personal_device": ("personal_device_detail",),
    "others_affected": ("others_affected_detail", "why_this_much"),
    "officer_risk": ("officer_risk_detail",),
}


@dataclass(frozen=True)
class Asked:
    """One line of the request as the Chief reads it."""

    term: str
    lines: Sequence[str]
    ticked: bool = False


class DecideSheet(Sheet):
    """The request on the left, the decision on the right."""

    template: ClassVar[str] = "decide.html"

    def title(self, desk: Desk) -> str:
        return f"Decide request {desk.operation.reference}"

    def lead(self, desk: Desk) -> str:
        return desk.operation.matter

    def crumb(self, desk: Desk) -> str:
        return "Decide"

    def asks(self, name: str) -> bool:
        return name == CHOICE or super().asks(name)

    def tag(self, desk: Desk) -> Tag | None:
        return Tag("Urgent: needed today", "wait", "wait") if desk.operation.urgent else None

    def fields(self, desk: Desk, typed: Typed, problems: Sequence[Missing]) -> list[FormField]:
        own = [replace(one, field=WORDS) if one.field == "reasons" else one for one in problems]
        rest = [one for one in super().fields(desk, typed, own) if one.name != DEVICE or _needed(one, desk)]
        chosen = "".join(typed.get(CHOICE, ())[:1])
        choice = FormField(
            name=CHOICE, widget="radios", label="I decide", options=OPTIONS, value=chosen, rule=ONLY_CHIEF
        )
        return [
            with_problems(choice, problems),
            *(replace(one, rule=None) if one.name == WORDS else one for one in rest),
        ]

    def given(self, desk: Desk, typed: Typed) -> tuple[str, Mapping[str, object]]:
        chosen = "".join(typed.get(CHOICE, ())[:1])
        if chosen not in {one.value for one in OPTIONS} or len(typed.get(CHOICE, ())) > 1:
            message = "I decide: nothing chosen"
            raise Refusal(Missing("choice", message, ONLY_CHIEF, "Choose Authorized, Returned or Denied.", CHOICE))
        answers = {name: values for name, values in typed.items() if name != CHOICE}
        given = given_of(AuthorizationGranted, answers)
        if chosen == "grant-authorization":
            return chosen, given
        return chosen, {"reasons": given.get(WORDS, "")}

    def context(self, desk: Desk, form: Form, typed: Typed) -> dict[str, Any]:
        it = the_request(desk)
        words = desk.words({})
        sent = f"Entry {it.number}, sent by {desk.name(it.entry.by)} on {desk.times.minute(it.at)}" if it else ""
        asked = tuple(_asked(it, words)) if it else ()
        return {"sent": sent, "asked": asked, "gates": tuple(_before(desk))}

    def warnings(self, desk: Desk, entry: Entry) -> Sequence[str]:
        it = the_request(desk)
        if it is None or not isinstance(it.entry, RequestSubmitted) or not isinstance(entry, AuthorizationGranted):
            return ()
        if not repeats(entry.decision, (it.entry.offense, it.entry.need, it.entry.matter)):
            return ()
        return ("Your words repeat the request. A decision must stand alone: say in your own words what you rely on.",)


def _needed(device: FormField, desk: Desk) -> bool:
    """The permission for a personal device is asked for only where the request asks for one."""
    return desk.operation.personal_device_asked or bool(device.value or device.error)


def _asked(it: Recorded, words: PlainWords) -> Iterator[Asked]:
    entry, specs = it.entry, specs_of(RequestSubmitted)
    if not isinstance(entry, RequestSubmitted):
        return
    for name in _PLAIN:
        lines = words.lines(specs[name], getattr(entry, name))
        if lines:
            yield Asked(specs[name].label.rstrip("?"), lines)
    start = f"{words.times.full_day(entry.start_on)}, for {counted(entry.days, 'day')}"
    yield Asked("Time asked for", (start, entry.urgent_detail) if entry.urgent_detail else (start,))
    yield Asked(specs["proposed_supervisor"].label, (words.department.name_of(entry.proposed_supervisor),))
    for tick, details in _TICKS.items():
        if getattr(entry, tick):
            said = (line for name in details for line in words.lines(specs[name], getattr(entry, name)))
            yield Asked(specs[tick].label, tuple(said), ticked=True)
    left = [specs[tick].label for tick in _TICKS if not getattr(entry, tick)]
    if left:
        yield Asked("Not ticked", ("; ".join((left[0], *map(lowered, left[1:]))),))


def _before(desk: Desk) -> Iterator[Gate]:
    """What is known before the decision: conflict checks, and whether the attorneys were asked."""
    checks = [it for it in newest(desk).values() if isinstance(it.entry, ConflictChecked)]
    results = specs_of(ConflictChecked)["result"]
    for it in checks:
        entry = it.entry
        if isinstance(entry, ConflictChecked):
            found = desk.words({}).value(results, entry.result).lower()
            state = "met" if entry.result == "nothing" else "unmet" if entry.result == "hit" else "open"
            note = f"{desk.name(entry.by)}, {entry.system}, {desk.times.day(entry.checked_on)}"
            yield Gate(state, f"Conflict check: {found}", note)  # type: ignore[arg-type]
    if not checks:
        yield Gate("open", "Conflict check: not recorded yet", "The supervisor records it")
    yield from _noticed(desk)
    for required in desk.it.facts.rules.consultations:
        given = given_contacts(desk.operation, required.office, desk.now)
        if given:
            when = desk.times.day(given[-1].recorded_at)
            yield Gate("met", f"{required.office.title}: contacted", f"Entry {given[-1].ref.number}, {when}")
        else:
            note = "Needed before activation, not before your decision"
            yield Gate("open", f"{required.office.title}: not contacted yet", note)


def _noticed(desk: Desk) -> Iterator[Gate]:
    """Other operations near this one, for whoever was told of them."""
    mine = [one for one in desk.department.conflicts if desk.operation.id in one.operations and desk.me in one.told]
    for what in dict.fromkeys(one.what for one in mine):
        same = [one for one in mine if one.what == what]
        others = "another operation has" if len(same) == 1 else f"{len(same)} other operations have"
        words = f"Internal check: {others} the same {listed(list(what))}"
        yield Gate("unmet", words, f"Noticed {desk.times.minute(same[-1].at)}")
