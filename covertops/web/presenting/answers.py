""" "Was it authorized?": the two answers of the rules in the words of a page, never merged."""

from __future__ import annotations

from covertops.domain.authority import Answer as Answered
from covertops.domain.authority import Authority, Item, review_due
from covertops.domain.vocabulary import Mark
from covertops.web.page import Answer, Gate
from covertops.web.presenting.reading import Reading, lowered


def two_answers(found: Authority, reading: Reading) -> tuple[Answer, Answer]:
    """The policy's answer and the department's."""
    return _answer(found.policy, "Requirements met", found, reading), _answer(found.department, "Met", found, reading)


def _answer(one: Answered, met: str, found: Authority, reading: Reading) -> Answer:
    unmet = sorted(one.items, key=lambda item: item.met is True)
    return Answer(one.title, one.met is True, _headline(one, met), [_gate(i, found, reading) for i in unmet])


def _headline(one: Answered, met: str) -> str:
    if one.met is None:
        return "Not determinable from this copy"
    plainly = [item for item in one.items if item.met is False]
    if not plainly:
        return met
    others = f", and {len(plainly) - 1} more" if len(plainly) > 2 else ""
    return f"Not met: {_missing(plainly[0])}{others}"


_MISSING = {
    "approval": "no approval in force",
    "supervisor": "no supervisor",
    "contact.prosecuting attorney": "prosecuting attorney",
    "contact.city attorney": "city attorney",
    "promise": "no officer’s promise",
    "activated": "not active",
    "suspended": "suspended",
}


def _missing(item: Item) -> str:
    if item.code == "review":
        return f"review {item.note}"
    return _MISSING.get(item.code, lowered(item.words))


def _gate(item: Item, found: Authority, reading: Reading) -> Gate:
    state = {True: "met", False: "unmet", None: "open"}[item.met]
    remedy = reading.addressed(reading.with_names(item.remedy))
    return Gate(state, item.words, _note(item, found, reading), remedy)  # type: ignore[arg-type]


def _note(item: Item, found: Authority, reading: Reading) -> str:
    parts = [_detail(item, found, reading)]
    rule = item.rule
    if rule.mark is Mark.POLICY:
        return ". ".join(part for part in (*parts, rule.clause) if part)
    if item.code == "review":
        due = review_due(reading.operation, found.at)
        told = f"Due {reading.times.last_day(due)}" if due else ""
        return f"{told}. Local setting: {rule.clause}"
    if item.met is not True and rule.mark is Mark.SETTING:
        parts.append(f"Local setting: {rule.clause}")
    return ". ".join(part for part in parts if part)


def _detail(item: Item, found: Authority, reading: Reading) -> str:
    """Which entry it rests on, and for whom or until when; where it is not met, why."""
    entry = f"entry {item.entry}" if item.entry else ""
    if item.met is not True:
        note = reading.with_names(item.note)
        return note[:1].upper() + note[1:]
    if item.code == "approval":
        grant = next((one for one in reading.operation.grants if one.ref.number == item.entry), None)
        until = f", until {reading.times.last_day(grant.ends_at)}" if grant else ""
        return f"Entry {item.entry}{until}"
    if item.code == "supervisor":
        periods = [one for one in reading.operation.supervision if one.covers(found.at)]
        return ", ".join(part for part in (reading.name(periods[0].person) if periods else "", entry) if part)
    who = reading.with_names(item.note) if item.code in ("promise", "officer") else ""
    return ", ".join(part for part in (who, entry if who else entry.capitalize()) if part)
