"""For every act its page: who does it on which operation, and answers that the rules accept, as people type them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from covertops.actions import evidence
from covertops.domain.entries.activity import SHEET
from covertops.domain.vocabulary import Stage
from tests.playing import PROMISE, Town

Answers = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class Scene:
    """A page that can be sent as it is filled here."""

    path: str
    person: str
    answers: Answers
    operation_id: str = ""


def scene_of(name: str, town: Town) -> Scene:
    """The scene of an act, in a town that is brought to it by real acts."""
    return _SCENES[name](town)


def scene_names() -> list[str]:
    """Every act that has a scene."""
    return list(_SCENES)


Made = Callable[[Town], Scene]


def _on(name: str, stage: Stage, person: str, answers: Answers | Callable[[Town, str], Answers], *steps: str) -> Made:
    def make(town: Town) -> Scene:
        operation_id = town.bring(stage)
        for step in steps:
            _STEPS[step](town, operation_id)
        given = answers(town, operation_id) if callable(answers) else answers
        return Scene(f"/operations/{operation_id}/{name}", person, _as_typed(given), operation_id)

    return make


def _as_typed(given: Mapping[str, object]) -> Answers:
    return {name: list(map(str, value)) if isinstance(value, list) else str(value) for name, value in given.items()}


def _add_account(town: Town, operation_id: str) -> None:
    answers = {"platform": "NeighborPage", "handle": "sam-l", "created_on": town.today(), "in_scope": "yes"}
    town.act("add-account", operation_id, "investigator-1", answers)


def _log(town: Town, operation_id: str) -> None:
    town.act("log-activity", operation_id, "investigator-1", town.activity())


def _question(town: Town, operation_id: str) -> None:
    number = town.operation(operation_id).activities[-1].entry
    answers = {"questioned": str(number), "question": "Who wrote first?", "answer_by": town.today(3)}
    town.act("question-entry", operation_id, "supervisor-1", answers)


def _renewal(town: Town, operation_id: str) -> None:
    answers = {"facts": "Two more bicycles.", "gained": "One frame number.", "days": "20"}
    town.act("request-renewal", operation_id, "investigator-1", answers)


def _prepared(town: Town, operation_id: str) -> None:
    answers = {
        "audience": "prosecutor",
        "recipient": town.people["prosecutor"],
        "case_number": "26-004518",
        "purpose": "The case is filed.",
        "withheld": [],
    }
    town.act("prepare-export", operation_id, "supervisor-1", answers)


def _end(town: Town, operation_id: str) -> None:
    answers = {"ground": "The case is closed.", "stop_instruction": "Sign out everywhere."}
    town.act("end-operation", operation_id, "supervisor-1", answers)


def _paper(town: Town, operation_id: str) -> Answers:
    who = town.people["investigator-1"]
    given = {"name": "sheets.pdf", "original": SHEET}
    kept = evidence.receive(town.house, operation_id, who, [b"%PDF-1.7 Signed."], 16, given, town.clock())
    why = "The network was down."
    return {"scan": str(kept.number), "signed_at": town.local(-60), "signer": "The Chief of Police", "why": why}


def _paper_entered(town: Town, operation_id: str) -> None:
    town.act("enter-paper", operation_id, "investigator-1", _paper(town, operation_id))


_STEPS: Final = {
    "paper": _paper_entered,
    "gates": lambda town, operation_id: town.meet_gates(operation_id),
    "account": _add_account,
    "activity": _log,
    "question": _question,
    "renewal": _renewal,
    "package": _prepared,
    "end": _end,
}


def _grant(town: Town, operation_id: str) -> Answers:
    given = {name: value for name, value in town.grant().items() if name != "device"}
    return {"decides": "grant-authorization", **given}  # type: ignore[dict-item]


def _consultation(town: Town, operation_id: str) -> Answers:
    grant = town.operation(operation_id).grants[-1].ref.number
    given = town.consultation("prosecuting attorney", grant)
    left = {"city_attorney_advice", "open_government_instruction", "retention_instruction", "retention_series"}
    return {name: value for name, value in given.items() if name not in left}  # type: ignore[misc]


def _activity(town: Town, operation_id: str) -> Answers:
    left = ("started_at", "ended_at", "captures")
    given = {name: value for name, value in town.activity().items() if name not in left}
    times = {"on": town.today(), "from": "00:05", "to": "00:40"}
    return {**given, **times}  # type: ignore[dict-item]


def _about(name: str, what: str, **more: str) -> Callable[[Town, str], Answers]:
    def answers(town: Town, operation_id: str) -> Answers:
        operation = town.operation(operation_id)
        numbers = {
            "account": [one.ref.number for one in operation.accounts],
            "activity": [one.entry for one in operation.activities],
            "question": [one.ref.number for one in operation.questions],
        }
        return {name: str(numbers[what][-1]), **more}

    return answers


def _correction(town: Town) -> Scene:
    operation_id = town.bring(Stage.ACTIVE)
    _log(town, operation_id)
    number = town.operation(operation_id).activities[-1].entry
    answers = {"corrected": str(number), "field": "headline", "new": "Looked at four listings", "why": "Miscounted."}
    return Scene(f"/operations/{operation_id}/correct-entry?entry={number}", "investigator-1", answers, operation_id)


def _review(town: Town, operation_id: str) -> Answers:
    number = town.operation(operation_id).activities[-1].entry
    return {**town.review(period_from=town.today()), "entries": [str(number)]}  # type: ignore[dict-item]


def _package(town: Town, operation_id: str) -> Answers:
    number = town.operation(operation_id).activities[-1].entry
    return {
        "audience": "prosecutor",
        "recipient": town.people["prosecutor"],
        "case_number": "26-004518",
        "purpose": "The case is filed.",
        "withheld": f"{number} happened: a person not involved",
        f"withhold-{number}-counterpart": "yes",
        f"ground-{number}-counterpart": "A person not involved",
    }


def _again(town: Town, operation_id: str) -> Answers:
    return _as_typed(town.request())


_SCENES: Final[Mapping[str, Made]] = {
    "new": lambda town: Scene("/operations/new", "investigator-1", _as_typed(town.request())),
    "declare": lambda town: Scene(
        "/operations/declare",
        "investigator-1",
        {
            "matter": "A profile from earlier",
            "platform": "PhotoMarket",
            "identity": "“Robin T.”, age 28",
            "handle": "@robin-example",
            "in_use_since": "2026-01-05",
            "used_by": [town.people["investigator-1"]],
            "earlier_approval": "not shown",
        },
    ),
    "submit-request": _on("submit-request", Stage.RETURNED, "investigator-1", _again),
    "grant-authorization": _on("grant-authorization", Stage.REQUESTED, "chief", _grant),
    "return-request": _on("return-request", Stage.REQUESTED, "chief", {"reasons": "Say which listings."}),
    "refuse-request": _on("refuse-request", Stage.REQUESTED, "chief", {"reasons": "An open account shows the same."}),
    "withdraw-request": _on("withdraw-request", Stage.REQUESTED, "investigator-1", {"reasons": "It is solved."}),
    "number-case": _on("number-case", Stage.REQUESTED, "investigator-1", {"case_number": "26-1234"}),
    "assign-supervisor": _on(
        "assign-supervisor",
        Stage.REQUESTED,
        "chief",
        lambda town, _: {"supervisor": town.people["supervisor-2"], "relief": "", "reason": "The other is away."},
    ),
    "take-over-supervision": _on(
        "take-over-supervision", Stage.AUTHORIZED, "supervisor-2", {"answers_read": "yes", "reason": "Leave."}
    ),
    "check-conflict": _on(
        "check-conflict",
        Stage.AUTHORIZED,
        "supervisor-1",
        lambda town, _: {
            "system": "RISSafe",
            "query_number": "77",
            "checked_on": town.today(),
            "result": "nothing",
            "note": "",
        },
    ),
    "attempt-attorney": _on(
        "attempt-attorney",
        Stage.AUTHORIZED,
        "supervisor-1",
        lambda town, _: {
            "attorney_office": "city attorney",
            "attorney": "The office, ext. 0007",
            "attempted_at": town.local(-5),
            "how": "telephone",
            "note": "",
        },
    ),
    "log-consultation": _on(
        "log-consultation?office=prosecuting+attorney", Stage.AUTHORIZED, "supervisor-1", _consultation
    ),
    "make-promise": _on("make-promise", Stage.AUTHORIZED, "investigator-1", PROMISE),
    "add-operator": _on(
        "add-operator",
        Stage.AUTHORIZED,
        "chief",
        lambda town, _: {"officer": town.people["investigator-2"], "reason": "Works nights."},
    ),
    "remove-operator": _on(
        "remove-operator",
        Stage.AUTHORIZED,
        "supervisor-1",
        lambda town, _: {"officer": town.people["investigator-1"], "reason": "Transferred."},
    ),
    "enter-paper": _on("enter-paper", Stage.REQUESTED, "investigator-1", _paper),
    "confirm-paper": _on("confirm-paper", Stage.REQUESTED, "chief", {"compared": "yes", "note": "Compared."}, "paper"),
    "activate": _on("activate", Stage.AUTHORIZED, "supervisor-1", {"note": "All met."}, "gates"),
    "add-account": _on(
        "add-account",
        Stage.ACTIVE,
        "investigator-1",
        lambda town, _: {"platform": "NeighborPage", "handle": "sam-l", "created_on": town.today(), "in_scope": "yes"},
    ),
    "keep-access": _on(
        "keep-access",
        Stage.ACTIVE,
        "investigator-1",
        _about("account", "account", where="Envelope, safe 2"),
        "account",
    ),
    "log-activity": _on("log-activity", Stage.ACTIVE, "investigator-1", _activity, "account"),
    "log-no-activity": _on(
        "log-no-activity",
        Stage.ACTIVE,
        "investigator-1",
        lambda town, _: {"from_on": town.today(), "to_on": town.today(), "note": "Quiet."},
    ),
    "record-held-material": _on(
        "record-held-material",
        Stage.ACTIVE,
        "investigator-1",
        lambda town, _: {"where": "The platform’s archive", "seen_at": town.local(-5), "told": "Supervisor 1, at once"},
    ),
    "correct-entry": _correction,
    "hold-review": _on("hold-review", Stage.ACTIVE, "supervisor-1", _review, "activity"),
    "review-entry": _on(
        "review-entry", Stage.ACTIVE, "supervisor-1", _about("reviewed", "activity", note="Read."), "activity"
    ),
    "question-entry": _on(
        "question-entry",
        Stage.ACTIVE,
        "supervisor-1",
        lambda town, operation_id: {
            **_about("questioned", "activity", question="Who wrote first?")(town, operation_id),
            "answer_by": town.today(3),
        },
        "activity",
    ),
    "answer-question": _on(
        "answer-question",
        Stage.ACTIVE,
        "investigator-1",
        _about("question", "question", answer="The seller did."),
        "activity",
        "question",
    ),
    "request-renewal": _on(
        "request-renewal",
        Stage.ACTIVE,
        "investigator-1",
        {"facts": "Two more bicycles.", "gained": "One frame number.", "days": "20"},
    ),
    "renew-authorization": _on(
        "renew-authorization",
        Stage.ACTIVE,
        "chief",
        lambda town, _: {
            "decision": "The new listings are enough for one more month.",
            "ends_on": town.today(80),
            "review_days": "30",
            "still_current": "yes",
        },
        "renewal",
    ),
    "refuse-renewal": _on("refuse-renewal", Stage.ACTIVE, "chief", {"reasons": "Nothing was gained."}, "renewal"),
    "suspend": _on("suspend", Stage.ACTIVE, "supervisor-1", {"ground": "The account was named in public."}),
    "resume": _on("resume", Stage.SUSPENDED, "supervisor-1", {"remedy": "The mention was removed."}),
    "end-operation": _on(
        "end-operation",
        Stage.ACTIVE,
        "supervisor-1",
        {
            "ground": "The case is closed.",
            "stop_instruction": "Sign out everywhere.",
            "preserved": "",
            "open_matters": "",
            "retention": "",
        },
    ),
    "confirm-cease": _on(
        "confirm-cease", Stage.ENDED, "investigator-1", lambda town, _: {"stopped_at": town.local(), "note": ""}
    ),
    "settle-account": _on(
        "settle-account",
        Stage.ACTIVE,
        "investigator-1",
        _about("account", "account", became="closed", proof="Mail of the platform."),
        "account",
        "end",
    ),
    "prepare-export": _on("prepare-export", Stage.ACTIVE, "supervisor-1", _package, "activity"),
    "release-export": _on("release-export", Stage.ACTIVE, "chief", {"reason": "The case was filed."}, "package"),
}
