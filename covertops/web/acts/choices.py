"""Which entries a question can be about: those that the decision would accept, the newest of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from covertops.domain.decisions.activity import CORRECTABLE
from covertops.domain.declaration import Recorded, Reference, specs_of
from covertops.domain.entries.review import ReviewHeld
from covertops.web.acts.desk import Desk
from covertops.web.form_building import kind_named

NEWEST: Final = 200
"""How far back entries are offered for choosing; an older one is reached from its own page."""
BESIDE: Final = frozenset({"person.introduced", "evidence.opened", "export.sealed", "export.downloaded"})


def candidates(decision: str, name: str, one: Reference, desk: Desk) -> set[int]:
    """The numbers of the entries that a question of a decision offers."""
    special = _SPECIAL.get((decision, name))
    found = special(desk) if special else {number for kind in one.kinds for number in _of_kind(kind, desk)}
    asked = desk.asked_entry
    return found | ({asked} if asked is not None and not one.many else set())


def _of_kind(kind: str, desk: Desk) -> Iterable[int]:
    operation = desk.operation
    match kind:
        case "account.added":
            return [one.ref.number for one in operation.accounts]
        case "evidence.preserved":
            return [one.ref.number for one in operation.captures if not one.sheet][-NEWEST:]
        case "request.submitted":
            return [operation.request.number] if operation.request else []
        case "authorization.granted":
            return [one.ref.number for one in operation.grants]
        case "entry.questioned":
            return [one.ref.number for one in operation.questions if one.answered is None]
    return []


def newest(desk: Desk, *, after: int = 0) -> dict[int, Recorded]:
    """The newest entries of the operation, past number ``after``."""
    last = desk.operation.last_number
    return desk.read(range(max(after, last - NEWEST) + 1, last + 1))


def since_review(desk: Desk) -> int:
    """The number of the entry from which on nothing has been reviewed."""
    reviews = desk.operation.reviews
    return reviews[-1].entry if reviews else desk.operation.activation or 0


def _unreviewed(desk: Desk) -> set[int]:
    kinds = _review_kinds()
    found = {number for number, it in newest(desk).items() if kind_named(it) in kinds}
    return (found | {one.entry for one in desk.operation.activities if one.flagged}) - desk.operation.reviewed.keys()


def _examined(desk: Desk) -> set[int]:
    kinds = _review_kinds()
    return {number for number, it in newest(desk, after=since_review(desk)).items() if kind_named(it) in kinds}


def _new_captures(desk: Desk) -> set[int]:
    first = since_review(desk)
    return {one.ref.number for one in desk.operation.captures if one.ref.number > first}


def _review_kinds() -> frozenset[str]:
    entries = specs_of(ReviewHeld)["entries"]
    return frozenset(entries.kinds) if isinstance(entries, Reference) else frozenset()


def _questionable(desk: Desk) -> set[int]:
    return {number for number, it in newest(desk).items() if kind_named(it) not in BESIDE and it.entry.by}


def _own(desk: Desk) -> set[int]:
    found = newest(desk).items()
    return {number for number, it in found if it.entry.by == desk.me and kind_named(it) in CORRECTABLE}


def _unsettled(desk: Desk) -> set[int]:
    return {one.ref.number for one in desk.operation.accounts if one.settled is None}


def _sheets(desk: Desk) -> set[int]:
    return {one.ref.number for one in desk.operation.captures if one.sheet}


_SPECIAL: Final = {
    ("enter-paper", "scan"): _sheets,
    ("review-entry", "reviewed"): _unreviewed,
    ("question-entry", "questioned"): _questionable,
    ("correct-entry", "corrected"): _own,
    ("settle-account", "account"): _unsettled,
    ("hold-review", "entries"): _examined,
    ("hold-review", "captures"): _new_captures,
}
