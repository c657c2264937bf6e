"""What comes after an act, and what signing it means, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from covertops.domain.deadlines import last_day, review_due
from covertops.domain.decisions.counsel import offices_without_answer
from covertops.web.acts.desk import Desk
from covertops.web.waiting import and_list

Sentence = Callable[[Desk], str]
KEPT: Final = "It takes effect when you sign, never earlier, and cannot be edited afterwards."


def afterwards(decision: str, desk: Desk) -> str:
    """What comes after an act, as the bar under the heading says it."""
    found = _AFTER.get(decision)
    return found(desk) if found else ""


def meanings(decision: str, desk: Desk) -> list[str]:
    """What a signature on an act means, in order."""
    found = _MEANS.get(decision)
    return [*(found(desk) if found else ()), KEPT]


def supervisor_of(desk: Desk, otherwise: str = "the supervisor") -> str:
    """The supervisor's name, or the one proposed."""
    return desk.name(desk.operation.supervisor or desk.operation.proposed_supervisor, otherwise)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _review_by(desk: Desk) -> str:
    operation, who = desk.operation, supervisor_of(desk)
    stopped = operation.paused.since if operation.paused else operation.ended_at
    if stopped is not None:
        return f"Only what was done before {desk.times.day(stopped)}. Nobody may use the profile now."
    due = operation.review_due_at
    day = f", who reviews it by {desk.times.day(last_day(due, desk.department.zone))}" if due else ""
    return f"Afterwards it waits for {who}{day}."


def _after_consultation(desk: Desk) -> str:
    wanted = desk.query.get("office", "")
    left = [one.value for one in offices_without_answer(desk.operation, desk.it.facts) if one.value != wanted]
    if left:
        return f"Still missing after this: the {and_list(left)}. Then you can activate."
    if desk.operation.activated_at is not None:
        return "Afterwards it stands beside the earlier contact, which stays as it is."
    return "Once every gate is met, you can activate."


def _after_promise(desk: Desk) -> str:
    return (
        f"You may use the profile once {supervisor_of(desk)} has activated the operation, and only while it is active."
    )


def _next_review(desk: Desk) -> str:
    if desk.operation.ended_at is not None:
        return "The operation has ended: no further review falls due."
    grant, zone = desk.operation.grant, desk.department.zone
    due = review_due(desk.now, grant.review_days, zone) if grant else None
    return f"Afterwards the next review falls due by {desk.times.day(last_day(due, zone))}." if due else ""


def _to_chief(_: Desk) -> str:
    return "Afterwards the Chief decides."


def _authorizing(desk: Desk) -> str:
    return f"Afterwards: {supervisor_of(desk)} contacts both attorneys. It cannot be activated before."


_AFTER: Final[Mapping[str, Sentence]] = {
    "submit-request": lambda desk: "After you send it: the Chief decides. Nothing is created or operated before that.",
    "grant-authorization": _authorizing,
    "return-request": lambda desk: f"Afterwards it waits for {desk.name(desk.operation.requester)}.",
    "refuse-request": lambda desk: "Afterwards nobody may use such a profile. The request is kept.",
    "withdraw-request": lambda desk: "Afterwards it waits for nobody. The request is kept.",
    "assign-supervisor": lambda desk: "Afterwards the supervisor you assign monitors it and contacts the attorneys.",
    "take-over-supervision": lambda desk: "Afterwards you monitor it. Contacts with the attorneys are not repeated.",
    "attempt-attorney": lambda desk: "An attempt opens no gate. After three working days the Chief is told.",
    "log-consultation": _after_consultation,
    "make-promise": _after_promise,
    "add-operator": lambda desk: (
        "Afterwards that officer makes the officer’s promise; only then may the profile be used."
    ),
    "remove-operator": lambda desk: "It takes effect at once.",
    "activate": lambda desk: "Afterwards the officers with a promise may use the profile within its scope.",
    "add-account": _review_by,
    "log-activity": _review_by,
    "log-no-activity": _review_by,
    "record-held-material": _review_by,
    "hold-review": _next_review,
    "correct-entry": lambda desk: "Nothing is edited: the old words stay, and the new ones stand beside them.",
    "question-entry": lambda desk: "Afterwards it waits for whoever wrote the entry.",
    "answer-question": lambda desk: f"Afterwards {supervisor_of(desk)} sees your answer.",
    "request-renewal": _to_chief,
    "renew-authorization": lambda desk: f"Afterwards {supervisor_of(desk)} goes on monitoring it.",
    "suspend": lambda desk: "Use stops at once, until the supervisor resumes it.",
    "resume": lambda desk: "Afterwards the officers with a promise may use the profile again.",
    "end-operation": lambda desk: "Afterwards each officer confirms having stopped.",
    "confirm-cease": lambda desk: f"Afterwards {supervisor_of(desk)} and the Chief see it.",
    "enter-paper": lambda desk: "Afterwards the Chief confirms the scan; until then nothing is activated.",
    "confirm-paper": lambda desk: "It gives no authority: the authorization does, from when it is signed here.",
    "prepare-export": lambda desk: "Nothing leaves yet: afterwards the Chief checks and releases it.",
    "release-export": lambda desk: "Afterwards the prosecuting attorney fetches the package here.",
}


def _grant(desk: Desk) -> list[str]:
    operation = desk.operation
    entry = operation.request.number if operation.request else 1
    officers = and_list(desk.name(one) for one in operation.proposed_officers) or "every officer"
    who = _capital(supervisor_of(desk))
    return [
        f"You authorize request {operation.reference}, as written in entry {entry}, within the scope and dates above.",
        f"It does not start the operation. {who} does, once both attorneys and {officers}’s promise are on record.",
        "A wider scope is a new act of yours.",
    ]


def _consultation(desk: Desk) -> list[str]:
    return [
        "You state that this contact took place as written.",
        "What was determined binds the operation from now on.",
        "The advice is sealed apart and signed with it.",
    ]


def _ends(desk: Desk) -> list[str]:
    hours = desk.it.facts.rules.number("cease_hours")
    return ["You end the operation for good.", f"Each officer confirms within {hours} hours having stopped."]


_MEANS: Final[Mapping[str, Callable[[Desk], list[str]]]] = {
    "grant-authorization": _grant,
    "assign-supervisor": lambda desk: ["You assign who monitors this operation. It ends the service of whoever did."],
    "take-over-supervision": lambda desk: ["You take over the duty to monitor this operation from this minute on."],
    "log-consultation": _consultation,
    "add-operator": lambda desk: ["You let this officer use the profile, within the scope you authorized."],
    "activate": lambda desk: [
        "You state that every gate is met, as listed item by item in the entry.",
        "The officers with a promise may use the profile from the minute you sign.",
    ],
    "hold-review": lambda desk: [
        "You state that you examined the entries and captures you ticked, and no others.",
        "A result “Suspend now” stops the use of the profile in the same act.",
    ],
    "renew-authorization": lambda desk: ["You authorize more time. The scope stays as it was."],
    "end-operation": _ends,
    "release-export": lambda desk: [
        "You let this package leave the department, with what it holds and withholds.",
        "What the recipient has fetched cannot be called back.",
    ],
}
