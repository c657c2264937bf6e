"""What stands in a question when its page is opened: days, people and choices that follow from the record.

Never anybody's reasons, and never a moment: a time that nobody typed would be signed as if somebody had.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from covertops.domain.answers import asked_of
from covertops.domain.deadlines import local_date
from covertops.domain.declaration import Recorded
from covertops.domain.entries.request import ProfileDeclared, RequestSubmitted
from covertops.domain.vocabulary import Office, Stage
from covertops.web.acts.desk import DAY, Desk

Defaults = Mapping[str, Any]


def defaults(decision: str, desk: Desk) -> Defaults:
    """The defaults of a decision's questions; None stands for a question that is left empty."""
    made = _MADE.get(decision)
    return made(desk) if made else {}


def only(people: list[str]) -> str | None:
    """The one person there is to choose, if there is only one."""
    return people[0] if len(people) == 1 else None


def holders(desk: Desk, office: Office) -> list[str]:
    """Those who hold an office now and are not the person at the desk."""
    return [one.id for one in desk.department.holding(office, desk.now) if one.id != desk.me]


def _request(desk: Desk) -> Defaults:
    earlier = the_request(desk)
    if earlier is not None:
        asked = earlier.entry
        if isinstance(asked, RequestSubmitted):
            return {**_as_asked(asked), "start_on": max(asked.start_on, desk.today)}
    first = {
        "officers": [desk.me],
        "start_on": desk.today,
        "proposed_supervisor": only(holders(desk, Office.SUPERVISOR)),
    }
    return first | _as_declared(desk)


def _as_declared(desk: Desk) -> dict[str, Any]:
    """What a profile older than this system was declared to be; why it is needed now, nobody has said yet."""
    it = desk.read([1]).get(1) if desk.operation.stage is Stage.DECLARED else None
    if it is None or not isinstance(it.entry, ProfileDeclared):
        return {}
    known = {name: getattr(it.entry, name) for name in ("matter", "platform", "identity", "handle")}
    return {name: value for name, value in known.items() if value} | {"officers": it.entry.used_by}


def _as_asked(entry: RequestSubmitted) -> dict[str, Any]:
    return {
        name: getattr(entry, name) for name in asked_of(RequestSubmitted) if getattr(entry, name) not in (None, False)
    }


def the_request(desk: Desk) -> Recorded | None:
    """The newest request of the operation, opened."""
    ref = desk.operation.request
    return desk.read([ref.number]).get(ref.number) if ref else None


def _grant(desk: Desk) -> Defaults:
    it = the_request(desk)
    if it is None or not isinstance(it.entry, RequestSubmitted):
        return {}
    asked, rules = it.entry, desk.it.facts.rules
    start = max(asked.start_on, desk.today)
    days = min(asked.days, rules.number("authorization_days"))
    return {
        "platforms": asked.platform,
        "officers": asked.officers,
        "starts_on": start,
        "ends_on": start + timedelta(days=days - 1),
        "review_days": min(rules.number("review_days"), days),
        "supervisor": desk.operation.supervisor or asked.proposed_supervisor,
        "relief": desk.operation.relief,
    }


def _renewal(desk: Desk) -> Defaults:
    grant, rules = desk.operation.grant, desk.it.facts.rules
    interval = min(grant.review_days, rules.number("review_days")) if grant else rules.number("review_days")
    return {"review_days": interval}


def _review(desk: Desk) -> Defaults:
    operation = desk.operation
    started = local_date(operation.activated_at, desk.department.zone) if operation.activated_at else desk.today
    first = operation.reviews[-1].period_to if operation.reviews else started
    return {"period_from": first, "period_to": desk.today}


def _activity(desk: Desk) -> Defaults:
    mine = desk.me if desk.me in {one.person for one in desk.operation.operators} else None
    return {"keyboard": mine, "account": _only_account(desk), "case_number": desk.operation.case_number}


def _only_account(desk: Desk) -> int | None:
    accounts = desk.operation.accounts
    return accounts[0].ref.number if len(accounts) == 1 else None


def _period(desk: Desk) -> Defaults:
    mine = [one.ended_at for one in desk.operation.activities]
    start = max(mine, default=desk.operation.activated_at)
    return {"from_on": local_date(start, desk.department.zone) if start else None, "to_on": desk.today}


def _package(desk: Desk) -> Defaults:
    return {
        "audience": "prosecutor",
        "recipient": only(holders(desk, Office.PROSECUTING_ATTORNEY)),
        "case_number": desk.operation.case_number,
    }


def _supervision(desk: Desk) -> Defaults:
    return {"supervisor": desk.operation.supervisor or desk.operation.proposed_supervisor}


_MADE: Final[Mapping[str, Callable[[Desk], Defaults]]] = {
    "submit-request": _request,
    "grant-authorization": _grant,
    "assign-supervisor": _supervision,
    "check-conflict": lambda desk: {"checked_on": desk.today},
    "renew-authorization": _renewal,
    "add-account": lambda desk: {"created_on": desk.today},
    "keep-access": lambda desk: {"account": _only_account(desk)},
    "settle-account": lambda desk: {"account": _only_account(desk)},
    "log-activity": _activity,
    "log-no-activity": _period,
    "hold-review": _review,
    "remove-operator": lambda desk: {"officer": only(list(desk.operation.officers))},
    "question-entry": lambda desk: {"answer_by": desk.today + desk.it.facts.rules.number("answer_days") * DAY},
    "answer-question": lambda desk: {
        "question": next((one.ref.number for one in desk.operation.questions if one.answered is None), None)
    },
    "prepare-export": _package,
}
