""" "Was it authorized?" at each activity: two answers that are never merged, as far as this copy can tell.

An activity is asked about from its first minute to its last, for the officer at the keyboard; the worst minute counts.
Where the copy withholds what the answer rests on, the answer is "not determinable from this copy".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from covertops.domain.authority import Answer, Authority, Item, authority_during
from covertops.domain.declaration import WITHHELD, Recorded, utc_text
from covertops.domain.entries.activity import ActivityLogged
from covertops.export.record import UNREADABLE, CannotRead, CopiedRecord
from covertops.export.statements import LEGAL
from covertops.export.words import json_document, local_words, rule_words, visible
from covertops.ledger.canonical import Json

UNKNOWN: Final = "not determinable from this copy"
_MET: Final = {True: "met", False: "NOT MET", None: UNKNOWN}


@dataclass(frozen=True)
class Sitting:
    """An activity and whether it was authorized; ``answer`` is None where the copy withholds when or by whom."""

    it: Recorded
    entry: ActivityLogged
    officer: str
    answer: Authority | None


def sittings(record: CopiedRecord) -> tuple[Sitting, ...]:
    """Every activity of the copy, in order. Raises CannotRead."""
    found = []
    for item in record.items:
        if item.it is None or not isinstance(item.it.entry, ActivityLogged):
            continue
        try:
            found.append(_sitting(record, item.it, item.it.entry))
        except UNREADABLE as error:
            raise CannotRead(item.number, f"the rules cannot read it: {error}") from error
    return tuple(found)


def _sitting(record: CopiedRecord, it: Recorded, entry: ActivityLogged) -> Sitting:
    if WITHHELD in (entry.started_at, entry.ended_at, entry.keyboard):
        return Sitting(it, entry, "", None)
    answer = authority_during(record.operation, entry.started_at, entry.ended_at, record.rules, entry.keyboard)
    return Sitting(it, entry, record.called.get(entry.keyboard, entry.keyboard), answer)


def hidden_entries(record: CopiedRecord) -> tuple[int, ...]:
    """The entries withheld as a whole: any of them may be an activity."""
    return tuple(item.number for item in record.items if item.it is None)


def coverage_json(record: CopiedRecord, found: Sequence[Sitting]) -> bytes:
    """The answers for programs."""
    return json_document(
        {
            "format": "covertops/coverage/1",
            "package": record.release.reference,
            "policy": {"title": record.rules.title, "sha256": record.rules.digest},
            "activities": [_sitting_json(one) for one in found],
            "entries_withheld_as_a_whole": list(hidden_entries(record)),
        }
    )


def _sitting_json(one: Sitting) -> dict[str, Json]:
    found: dict[str, Json] = {"entry": one.it.number, "recorded_at": utc_text(one.it.at), "determinable": False}
    if one.answer is None:
        return found
    return found | {
        "determinable": one.answer.met is not None,
        "from": utc_text(one.entry.started_at),
        "to": utc_text(one.entry.ended_at),
        "officer": one.officer,
        "worst_minute": utc_text(one.answer.at),
        "policy": _answer_json(one.answer.policy),
        "department": _answer_json(one.answer.department),
    }


def _answer_json(answer: Answer) -> dict[str, Json]:
    return {"title": answer.title, "met": answer.met, "items": [_item_json(item) for item in answer.items]}


def _item_json(item: Item) -> dict[str, Json]:
    return {
        "code": item.code,
        "words": item.words,
        "met": item.met,
        "note": item.note,
        "rule": {"mark": item.rule.mark.value, "clause": item.rule.clause},
        "entry": item.entry,
    }


def coverage_txt(record: CopiedRecord, found: Sequence[Sitting]) -> bytes:
    """The answers for people, ready to print."""
    title = record.rules.title
    lines = [
        "WAS IT AUTHORIZED?",
        f"Package {record.release.reference}, operation {visible(record.operation.reference)}",
        "",
        f"For each activity, two answers that are never merged: what {title} demands, and what the department demands",
        "of itself besides. The whole time from first to last minute is asked about; the worst minute counts.",
        f"Computed from the entries in this package by the policy file in it (SHA-256 {record.rules.digest}).",
        LEGAL,
        "",
    ]
    for one in found:
        lines += [*sitting_lines(one, record), ""]
    if not found:
        lines += ["No activity is on record in this package.", ""]
    lines += hidden_lines(record)
    return ("\n".join(lines).rstrip("\n") + "\n").encode()


def hidden_lines(record: CopiedRecord) -> list[str]:
    """What is said of entries withheld as a whole; nothing where there is none."""
    hidden = hidden_entries(record)
    if not hidden:
        return []
    numbers = ", ".join(str(number) for number in hidden)
    return [f"Withheld as a whole, so that nobody can tell from this copy whether they are activities: {numbers}."]


def sitting_lines(one: Sitting, record: CopiedRecord) -> list[str]:
    """One activity with its two answers, and each requirement that is not met."""
    head = f"Entry {one.it.number}, recorded {local_words(one.it.at, record.zone)}"
    if one.answer is None:
        return [head, f"  {UNKNOWN}: when it was, or who was at the keyboard, is withheld"]
    when = f"from {_when(one.entry.started_at, record)} to {_when(one.entry.ended_at, record)}"
    lines = [f"{head}: {visible(one.officer)}, {when}"]
    for answer in (one.answer.policy, one.answer.department):
        lines += answer_lines(answer, record.rules.title)
    return lines


def answer_lines(answer: Answer, policy_title: str) -> list[str]:
    """One of the two answers, then what is missing with its rule."""
    lines = [f"  {visible(answer.title)}: {_MET[answer.met]}"]
    if answer.met is False:
        for item in answer.unmet:
            note = f" ({visible(item.note)})" if item.note else ""
            lines.append(f"    - {item.words}: {_MET[item.met]}{note} [{rule_words(item.rule, policy_title)}]")
    return lines


def _when(at: datetime, record: CopiedRecord) -> str:
    return local_words(at, record.zone)
