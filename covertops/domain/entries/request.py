"""Asking for a covert profile, and what becomes of the request before it is authorized."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from covertops.domain.declaration import (
    Choice,
    Choices,
    Day,
    Entry,
    EntryRef,
    Line,
    Number,
    People,
    Person,
    Reference,
    Text,
    Tick,
    recorded,
)
from covertops.domain.vocabulary import Disclosure, Office, policy, practice, setting

OPEN, IDENTITY = Disclosure.OPEN, Disclosure.IDENTITY
SUSPICION = practice("Asked so that the decision can stand on facts.")
NECESSITY = practice("Need, and less intrusive means.")


@recorded("request.submitted", "Requested", policy("IV.D.2"), turning=True)
@dataclass(frozen=True, kw_only=True)
class RequestSubmitted(Entry):
    """An investigator asks for one covert profile, or to post on others' sites (Policy 2.8, IV.D.2)."""

    reference: Annotated[str, Line(label="Reference", disclosure=OPEN, asked=False)]
    conduct: Annotated[
        tuple[str, ...],
        Choices(
            label="What will be done?",
            help="Looking only keeps this form short; the gates are the same.",
            options={"look": "Look only", "contact": "Contact people", "post": "Post on others’ sites"},
            rule=policy("IV.D.2", "A profile, or postings to other sites, needs the Chief’s approval."),
        ),
    ]
    matter: Annotated[
        str, Line(label="The matter in one line", help="It names the operation for those who work on it.", most=120)
    ]
    case_number: Annotated[
        str | None,
        Line(
            label="Case",
            help="Not assigned yet? Leave it empty and describe the matter below.",
            required=False,
            most=60,
            width="mid",
        ),
    ]
    offense: Annotated[
        str,
        Text(
            label="Offense, and the facts that give reasonable suspicion",
            help="What you know and how you know it.",
            rows=4,
            rule=SUSPICION,
        ),
    ]
    need: Annotated[
        str,
        Text(
            label="What is needed, and why not openly?",
            help="Say what less intrusive means were tried or would fail.",
            rule=NECESSITY,
        ),
    ]
    platform: Annotated[str, Line(label="Platform", width="mid", most=120)]
    identity: Annotated[
        str,
        Text(
            label="Undercover identity",
            help="Display name, claimed age, e-mail, photograph. Never a password.",
            rows=2,
            most=1000,
            disclosure=IDENTITY,
            no_secret=True,
        ),
    ]
    handle: Annotated[
        str | None,
        Line(
            label="Handle, if known",
            help="Used to check that no other operation works with it.",
            required=False,
            most=120,
            width="mid",
            disclosure=IDENTITY,
            no_secret=True,
        ),
    ]
    subject: Annotated[
        str | None,
        Line(
            label="Whose pages or account it is about, if known",
            help="A name or handle, for the conflict check.",
            required=False,
            most=120,
            width="mid",
        ),
    ]
    minor: Annotated[bool, Tick(label="A minor may be involved", required=False)]
    minor_detail: Annotated[
        str | None, Text(label="How is a minor kept out of harm?", rows=2, opened_by="minor", rule=practice())
    ]
    privileged: Annotated[bool, Tick(label="Privileged or confidential matters", required=False)]
    privileged_detail: Annotated[
        str | None,
        Text(label="Which, and how are they kept out?", rows=2, opened_by="privileged", rule=practice()),
    ]
    protected_person: Annotated[bool, Tick(label="Press, clergy, a lawyer or an elected official", required=False)]
    protected_person_detail: Annotated[
        str | None, Text(label="Who, and why it cannot be avoided", rows=2, opened_by="protected_person")
    ]
    expression: Annotated[bool, Tick(label="Protest, religious or political activity", required=False)]
    expression_detail: Annotated[
        str | None,
        Text(label="Which offense, apart from what is said or believed?", rows=2, opened_by="expression"),
    ]
    real_person: Annotated[bool, Tick(label="A real person’s photograph, name or account", required=False)]
    real_person_detail: Annotated[
        str | None,
        Line(
            label="Whose is it, and how was it obtained?",
            disclosure=IDENTITY,
            opened_by="real_person",
            rule=setting("V.A.10.e.iii applied here", "No one’s likeness without permission."),
        ),
    ]
    consent: Annotated[
        str | None,
        Choice(
            label="Consent",
            options={
                "written": "Written consent held",
                "spoken": "Spoken consent, dated",
                "none": "No consent: explained above",
            },
            opened_by="real_person",
        ),
    ]
    personal_device: Annotated[bool, Tick(label="A personally owned device", required=False)]
    personal_device_detail: Annotated[
        str | None,
        Line(
            label="Why no department device?",
            help="The Chief’s express written permission is part of the decision.",
            opened_by="personal_device",
            rule=setting("IV.B.5 applied here", "Personal device."),
        ),
    ]
    others_affected: Annotated[bool, Tick(label="Other people affected", required=False)]
    others_affected_detail: Annotated[
        str | None, Text(label="Who, and how is it limited?", rows=2, opened_by="others_affected", rule=practice())
    ]
    why_this_much: Annotated[
        str | None, Text(label="Why this much?", rows=2, opened_by="others_affected", rule=practice())
    ]
    officer_risk: Annotated[bool, Tick(label="A risk to the officer", required=False)]
    officer_risk_detail: Annotated[str | None, Text(label="What is done for safety?", rows=2, opened_by="officer_risk")]
    officers: Annotated[
        tuple[str, ...],
        People(label="Officers who will use it", disclosure=OPEN, offices=(Office.INVESTIGATOR,)),
    ]
    start_on: Annotated[date, Day(label="Start", disclosure=OPEN)]
    urgent: Annotated[bool, Tick(label="It is needed today", required=False)]
    urgent_detail: Annotated[
        str | None,
        Line(
            label="From what time, and why it cannot wait",
            help="The gates stay: if the Chief or an attorney cannot be reached, it does not operate.",
            opened_by="urgent",
        ),
    ]
    days: Annotated[
        int,
        Number(
            label="Days asked for",
            least=1,
            most=3660,
            unit="days",
            disclosure=OPEN,
        ),
    ]
    proposed_supervisor: Annotated[
        str,
        Person(
            label="Proposed supervisor",
            help="Not you, and not an officer using the profile.",
            disclosure=OPEN,
            offices=(Office.SUPERVISOR,),
            rule=policy("IV.D.2", "A supervisor is assigned to monitor."),
        ),
    ]


@dataclass(frozen=True, kw_only=True)
class _Answered(Entry):
    request: Annotated[EntryRef, Reference(label="Request", disclosure=OPEN, asked=False)]


@recorded("request.returned", "Returned", policy("IV.D.2"))
@dataclass(frozen=True, kw_only=True)
class RequestReturned(_Answered):
    """The Chief sends the request back with what is missing."""

    reasons: Annotated[str, Text(label="What is missing, in your own words", rows=4)]


@recorded("request.refused", "Denied", policy("IV.D.2"), turning=True)
@dataclass(frozen=True, kw_only=True)
class RequestRefused(_Answered):
    """The Chief denies the request; it is kept as long as a granted one."""

    reasons: Annotated[str, Text(label="Reasons, in your own words", rows=4)]


@recorded("request.withdrawn", "Withdrawn", turning=True)
@dataclass(frozen=True, kw_only=True)
class RequestWithdrawn(_Answered):
    """The requester takes the request back; it is kept."""

    reasons: Annotated[str, Text(label="Why it is withdrawn", rows=3)]


@recorded("profile.declared", "Declared: in use before this system", practice("Nothing is backdated."), turning=True)
@dataclass(frozen=True, kw_only=True)
class ProfileDeclared(Entry):
    """A profile older than the system is put on record; it is not used until authorized here."""

    reference: Annotated[str, Line(label="Reference", disclosure=OPEN, asked=False)]
    matter: Annotated[str, Line(label="The matter in one line", most=120)]
    platform: Annotated[str, Line(label="Platform", width="mid", most=120)]
    identity: Annotated[
        str,
        Text(
            label="Undercover identity",
            help="Display name, claimed age, e-mail, photograph. Never a password.",
            rows=2,
            most=1000,
            disclosure=IDENTITY,
            no_secret=True,
        ),
    ]
    handle: Annotated[
        str | None,
        Line(label="Handle, if known", required=False, most=120, width="mid", disclosure=IDENTITY, no_secret=True),
    ]
    in_use_since: Annotated[date, Day(label="In use since", disclosure=OPEN)]
    used_by: Annotated[tuple[str, ...], People(label="Used by", disclosure=OPEN, offices=(Office.INVESTIGATOR,))]
    earlier_approval: Annotated[
        str,
        Choice(
            label="Earlier approval",
            options={"shown": "There is one, described below", "not shown": "None can be shown"},
            disclosure=OPEN,
        ),
    ]
    earlier_approval_detail: Annotated[
        str | None,
        Text(label="Which, by whom, of what date, and where it is kept", opened_by="earlier_approval=shown"),
    ]


@recorded("case.numbered", "Case number added")
@dataclass(frozen=True, kw_only=True)
class CaseNumbered(Entry):
    """A case number given after the request was sent."""

    case_number: Annotated[str, Line(label="Case", most=60, width="mid")]
