"""What somebody should have read before an act, above its questions: the authorization, what was asked, the gates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from covertops.domain.authority import Item, authority
from covertops.domain.declaration import EntryRef, Recorded, specs_of
from covertops.domain.entries.counsel import ConsultationLogged
from covertops.web.acts.desk import Desk
from covertops.web.plain_words import numbers_named


@dataclass(frozen=True)
class Told:
    """A part of the record under a heading: terms, and the lines of each."""

    heading: str
    note: str
    facts: Sequence[tuple[str, Sequence[str]]]


def beside(decision: str, desk: Desk) -> tuple[Told, ...]:
    """What stands above the questions of a decision; nothing for most."""
    tell = _TOLD.get(decision)
    return tuple(tell(desk)) if tell else ()


def of_entry(desk: Desk, ref: EntryRef | None, heading: str, names: Sequence[str]) -> Iterator[Told]:
    """Some fields of an entry in words, with who wrote it and when."""
    it = desk.read([ref.number]).get(ref.number) if ref else None
    if it is not None:
        yield told_of(desk, it, heading, names)


def told_of(desk: Desk, it: Recorded, heading: str, names: Sequence[str]) -> Told:
    """As :func:`of_entry`, of an entry that is read already; fields that are empty are left out."""
    words, specs = desk.words(desk.read(numbers_named(it.entry))), specs_of(type(it.entry))
    facts = [
        (_LABELS.get(name, specs[name].label), words.lines(specs[name], getattr(it.entry, name))) for name in names
    ]
    note = f"Entry {it.number}, by {desk.name(it.entry.by)} on {desk.times.minute(it.at)}"
    return Told(heading, note, [(label, lines) for label, lines in facts if lines])


_LABELS: Final = {"decision": "The Chief’s own words"}
"""Where a label speaks to whoever fills it in, and somebody else reads it."""
_SCOPE: Final = ("decision", "platforms", "conduct", "prohibitions", "conditions", "officers", "ends_at", "device")
_REQUEST: Final = ("conduct", "case_number", "offense", "need", "platform", "identity", "officers", "start_on", "days")


def _authorization(desk: Desk) -> Iterator[Told]:
    grant = desk.operation.grant
    yield from of_entry(desk, grant.ref if grant else None, "The authorization", _SCOPE)


def _renewal(desk: Desk) -> Iterator[Told]:
    yield from of_entry(desk, desk.operation.renewal, "What is asked for", ("facts", "gained", "days"))
    yield from _authorization(desk)


def _request(desk: Desk) -> Iterator[Told]:
    yield from of_entry(desk, desk.operation.request, "The request", _REQUEST)


def _gates(desk: Desk) -> Iterator[Told]:
    state = authority(desk.operation, desk.now, desk.it.facts.rules, gates_only=True)
    for answer in (state.policy, state.department):
        facts = [(item.words, (_met(item),)) for item in answer.items]
        yield Told(answer.title, "As it stands now", facts)


def _met(item: Item) -> str:
    if item.met:
        return f"Met, entry {item.entry}" if item.entry else "Met"
    return f"Not met: {item.note}" if item.note else "Not met"


def _paper(desk: Desk) -> Iterator[Told]:
    if desk.operation.papers:
        ref = desk.operation.papers[-1].ref
        yield from of_entry(desk, ref, "The decision on paper", ("signed_at", "signer", "scan", "why"))


def _questions(desk: Desk) -> Iterator[Told]:
    for question in desk.operation.questions:
        if question.answered is None:
            yield from of_entry(desk, question.ref, "The question", ("questioned", "question", "answer_by"))


def _counsel(desk: Desk) -> Iterator[Told]:
    names = ("attorney_office", "attorney", "held_at", "how", "answer")
    instructions = [one for one in specs_of(ConsultationLogged) if one.endswith(("_instruction", "_series"))]
    for contact in desk.operation.contacts:
        yield from of_entry(desk, contact.ref, "An attorney’s answer", (*names, *instructions))
    yield from _authorization(desk)


_TOLD: Final[Mapping[str, Callable[[Desk], Iterator[Told]]]] = {
    "make-promise": _authorization,
    "renew-authorization": _renewal,
    "refuse-renewal": _renewal,
    "request-renewal": _authorization,
    "return-request": _request,
    "refuse-request": _request,
    "activate": _gates,
    "confirm-paper": _paper,
    "answer-question": _questions,
    "take-over-supervision": _counsel,
}
