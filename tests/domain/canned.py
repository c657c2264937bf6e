"""Answers for every act, so that a test says only what it is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from covertops.domain.declaration import EntryRef
from covertops.domain.entries.activity import ActivityLogged
from covertops.domain.entries.counsel import ConsultationLogged
from covertops.domain.vocabulary import Office
from tests.domain.world import (
    INVESTIGATOR_1,
    INVESTIGATOR_2,
    INVESTIGATOR_3,
    PROSECUTOR,
    STREAM,
    SUPERVISOR_1,
    SUPERVISOR_2,
    World,
    refs,
)

NOWHERE = EntryRef(STREAM, 999_999, "0" * 64)
"""A reference to nothing, for an act that has nothing to refer to."""

_COUNSEL = {
    "attorney": "An attorney on duty, by telephone",
    "how": "telephone",
    "answer": "given",
    "admissibility_instruction": "Capture the whole page.",
    "preservation_instruction": "Keep originals.",
    "open_government_instruction": "Claim 552.108.",
    "retention_instruction": "Keep ten years.",
    "retention_series": "PS4125-05b",
}


def canned(world: World, name: str, person: str) -> dict[str, Any]:
    """Answers that fit a decision in the world as it stands, so that only the rules can refuse it."""
    return _CANNED[name](world, person)


def consultation(world: World, office: Office, **others: Any) -> dict[str, Any]:
    """Answers for the contact with one of the two offices, which determines its own two questions."""
    own = ("admissibility", "preservation"), ("open_government", "retention")
    mine, theirs = own if office is Office.PROSECUTING_ATTORNEY else own[::-1]
    answers = {**dict.fromkeys(mine, "determined"), **dict.fromkeys(theirs, "referred")}
    shown = [*refs(world, "RequestSubmitted")[-1:], *refs(world, "AuthorizationGranted")[-1:]]
    return {
        **_COUNSEL,
        **answers,
        "attorney_office": office.value,
        "held_at": world.now,
        "shown": tuple(shown) or (NOWHERE,),
        **others,
    }


def request(world: World, person: str) -> dict[str, Any]:
    officers = tuple(one for one in (INVESTIGATOR_1, INVESTIGATOR_2) if one in world.department.people)
    return {
        "conduct": ("look",),
        "matter": "Stolen tools offered for sale",
        "offense": "Theft. Three owners recognized their tools in listings.",
        "need": "The listings show only to members; asking openly would close them.",
        "platform": "Marketplace Example",
        "identity": "A buyer of used tools, 40, no photograph.",
        "handle": "toolbuyer40",
        "officers": officers,
        "start_on": world.today,
        "days": 60,
        "proposed_supervisor": SUPERVISOR_1,
    }


def _grant(world: World, person: str) -> dict[str, Any]:
    return {
        "decision": "The owners’ statements are enough. I allow looking, nothing else, for sixty days.",
        "platforms": "Marketplace Example, one account",
        "conduct": "Look at the listings of the seller named in the request",
        "prohibitions": "No contact, no purchase",
        "officers": world.operation.proposed_officers or (INVESTIGATOR_1,),
        "starts_on": world.today,
        "ends_on": world.today + timedelta(days=59),
        "review_days": 30,
        "supervisor": world.operation.supervisor or SUPERVISOR_1,
        "relief": SUPERVISOR_2 if world.operation.supervisor in (None, SUPERVISOR_1) else SUPERVISOR_1,
        "changed": "no",
        "involved": "no",
    }


def _renewal(world: World, person: str) -> dict[str, Any]:
    last = world.today + timedelta(days=59)
    decision = "The seller has listed more tools; I allow sixty days more."
    return {"decision": decision, "ends_on": last, "review_days": 30, "still_current": True}


def _review(world: World, person: str) -> dict[str, Any]:
    return {
        "period_from": world.today,
        "period_to": world.today,
        "rechecked": "none",
        "necessary": "yes",
        "in_scope": "yes",
        "findings": "Every sitting stayed inside the scope.",
        "result": "continue",
    }


def _activity(world: World, person: str) -> dict[str, Any]:
    return {
        "started_at": world.now,
        "ended_at": world.now,
        "keyboard": next((one.person for one in world.operation.operators), person),
        "headline": "Looked at three listings",
        "happened": "Opened the seller’s page and read three listings.",
        "outside": "no",
    }


def _correction(world: World, person: str) -> dict[str, Any]:
    mine = [one for one in world.entries if one.entry.by == person and isinstance(one.entry, _CORRECTED)]
    field = "headline" if mine and isinstance(mine[-1].entry, ActivityLogged) else "attorney"
    return {"corrected": mine[-1].ref if mine else NOWHERE, "field": field, "new": "As it was", "why": "Misread"}


_CORRECTED = (ActivityLogged, ConsultationLogged)


def _promise(world: World, person: str) -> dict[str, Any]:
    ticks = ("policy_read", "not_identified", "nothing_revealed", "no_likeness", "exposure_checked", "scope_understood")
    return {**dict.fromkeys(ticks, True), "device": "department"}


def _said(**answers: Any) -> Callable[[World, str], dict[str, Any]]:
    return lambda world, person: dict(answers)


def _about(name: str, kind: str, **answers: Any) -> Callable[[World, str], dict[str, Any]]:
    return lambda world, person: {name: (refs(world, kind) or [NOWHERE])[-1], **answers}


_CANNED: Mapping[str, Callable[[World, str], dict[str, Any]]] = {
    "submit-request": request,
    "grant-authorization": _grant,
    "return-request": _said(reasons="Say which listings."),
    "refuse-request": _said(reasons="An open account shows the same."),
    "withdraw-request": _said(reasons="The seller was arrested."),
    "number-case": _said(case_number="26-1234"),
    "assign-supervisor": _said(supervisor=SUPERVISOR_1, relief=SUPERVISOR_2),
    "take-over-supervision": _said(answers_read=True, reason="The supervisor is away."),
    "check-conflict": lambda world, person: {"system": "RISSafe", "checked_on": world.today, "result": "nothing"},
    "attempt-attorney": lambda world, person: {
        "attorney_office": "city attorney",
        "attorney": "The office, by telephone",
        "attempted_at": world.now,
        "how": "telephone",
    },
    "log-consultation": lambda world, person: consultation(world, Office.PROSECUTING_ATTORNEY),
    "make-promise": _promise,
    "add-operator": _said(officer=INVESTIGATOR_3, reason="Works nights."),
    "remove-operator": lambda world, person: {"officer": (*world.operation.officers, "")[0], "reason": "Transferred."},
    "enter-paper": lambda world, person: {
        "scan": (refs(world, "EvidencePreserved") or [NOWHERE])[-1],
        "signed_at": world.now,
        "signer": "The Chief of Police",
        "why": "The network was down.",
    },
    "confirm-paper": _said(compared=True),
    "activate": _said(),
    "add-account": lambda world, person: {
        "platform": "Marketplace Example",
        "handle": "toolbuyer40",
        "created_on": world.today,
        "in_scope": "yes",
    },
    "keep-access": _about("account", "AccountAdded", where="Envelope, safe 2"),
    "log-activity": _activity,
    "log-no-activity": lambda world, person: {"from_on": world.today, "to_on": world.today},
    "record-held-material": lambda world, person: {
        "where": "The platform’s own archive",
        "seen_at": world.now,
        "told": "The supervisor, at once",
    },
    "correct-entry": _correction,
    "hold-review": _review,
    "review-entry": _about("reviewed", "ActivityLogged"),
    "question-entry": lambda world, person: {
        **_about("questioned", "ActivityLogged")(world, person),
        "question": "Which listings?",
        "answer_by": world.today + timedelta(days=7),
    },
    "answer-question": _about("question", "EntryQuestioned", answer="The three of October 4."),
    "request-renewal": _said(facts="Two more tools were listed.", gained="The seller’s town.", days=60),
    "renew-authorization": _renewal,
    "suspend": _said(ground="The account was named in public."),
    "resume": _said(remedy="The mention was removed."),
    "end-operation": _said(ground="The seller was arrested.", stop_instruction="Log out; touch nothing."),
    "confirm-cease": lambda world, person: {"stopped_at": world.now},
    "settle-account": _about(
        "account", "AccountAdded", became="closed", proof="Mail of the platform, kept as EV-0001."
    ),
    "prepare-export": _said(recipient=PROSECUTOR, case_number="26-1234", purpose="Discovery", audience="prosecutor"),
    "release-export": _said(reason="The case was filed."),
    "refuse-renewal": _said(reasons="Nothing new was found."),
}
