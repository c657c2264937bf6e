""" "Was it authorized?": one pure question, asked for any minute, with two answers that are never merged.

*Policy 2.8*: was the Chief's approval in force, a supervisor assigned, each attorney contacted and the questions
determined? *Department rules*: promise made, activated, review not overdue, no suspension. Every field read here is of
disclosure class open; where a copy withholds one, the answer is "not determinable from this copy".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from covertops.domain.operation import Contact, Operation
from covertops.domain.policy import DETERMINATIONS, Policy, RequiredConsultation
from covertops.domain.refusals import Missing
from covertops.domain.vocabulary import Office, Rule, policy, practice, setting

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Item:
    """One requirement: met, not met, or (None) not determinable from this copy."""

    code: str
    words: str
    met: bool | None
    rule: Rule
    note: str = ""
    remedy: str = ""
    entry: int | None = None

    def missing(self) -> Missing:
        """The unmet requirement as a refusal prints it."""
        return Missing(self.code, self.words + (f": {self.note}" if self.note else ""), self.rule, self.remedy)


@dataclass(frozen=True)
class Answer:
    """One of the two answers, item by item."""

    title: str
    items: tuple[Item, ...]

    @property
    def met(self) -> bool | None:
        """True when every item is; None when one cannot be determined and none is plainly unmet."""
        if any(item.met is False for item in self.items):
            return False
        return None if any(item.met is None for item in self.items) else True

    @property
    def unmet(self) -> tuple[Item, ...]:
        """The items that stand in the way."""
        return tuple(item for item in self.items if item.met is not True)


@dataclass(frozen=True)
class Authority:
    """Both answers for one minute."""

    at: datetime
    policy: Answer
    department: Answer

    @property
    def met(self) -> bool | None:
        """Whether both are met; used by gates, never printed in their place."""
        if self.policy.met is False or self.department.met is False:
            return False
        return None if self.policy.met is None or self.department.met is None else True


def _approval(operation: Operation, at: datetime) -> Item:
    rule = policy("IV.D.2")
    grant = next((one for one in operation.grants if one.covers(at)), None)
    remedy = "The Chief decides on a request or a renewal."
    if grant:
        return Item("approval", "The Chief’s approval in force", True, rule, entry=grant.ref.number)
    earlier = [one for one in operation.grants if one.recorded_at <= at]
    note = (
        "it has ended"
        if earlier and earlier[-1].ends_at <= at
        else "not at this minute"
        if earlier
        else "there is none"
    )
    return Item("approval", "The Chief’s approval in force", False, rule, note, remedy)


def _supervised(operation: Operation, at: datetime) -> Item:
    rule = policy("IV.D.2")
    period = next((one for one in operation.supervision if one.covers(at)), None)
    if period:
        return Item("supervisor", "Supervisor assigned", True, rule, entry=period.entry)
    return Item(
        "supervisor", "Supervisor assigned", False, rule, "nobody is assigned", "The Chief assigns a supervisor."
    )


def shows_request(operation: Operation, shown: Iterable[int]) -> bool:
    """Whether an attorney was shown the request as it now stands, or what was decided on it."""
    return operation.request is None or max(shown, default=0) >= operation.request.number


def given_contacts(operation: Operation, office: Office, at: datetime) -> tuple[Contact, ...]:
    """The contacts with an office that brought an answer to the present request, up to a moment.

    An office that declined after it had answered has no answer: the newest of the two counts.
    """
    recorded = [one for one in operation.contacts if one.office == office and one.recorded_at <= at]
    answered = [one for one in recorded if one.answer in ("given", "declined") and shows_request(operation, one.shown)]
    if not answered or answered[-1].answer == "declined":
        return ()
    return tuple(one for one in answered if one.answer == "given")


def taken_back(operation: Operation, office: Office) -> datetime | None:
    """Since when an office that had answered the present request answers no more; None where it does, or never did."""
    shown = [one for one in operation.contacts if one.office == office and shows_request(operation, one.shown)]
    answered = [one for one in shown if one.answer in ("given", "declined")]
    if not answered or answered[-1].answer != "declined" or not any(one.answer == "given" for one in answered):
        return None
    return answered[-1].recorded_at


def _contacted(operation: Operation, required: RequiredConsultation, rules: Policy, at: datetime) -> Item:
    rule = policy(required.clause)
    words = f"{required.office.title} contacted and determined"
    who = f"The supervisor records the contact with the {required.office.value}"
    given = given_contacts(operation, required.office, at)
    if not given:
        return Item(f"contact.{required.office.value}", words, False, rule, "no answer on record", who + ".")
    newest = given[-1]
    others = [one.office for one in rules.consultations if one.office != required.office]
    answers = [given_contacts(operation, office, at) for office in others]
    determined = {name for found in (given, *answers) for one in found for name in one.determined}
    lines = {*newest.determined, *newest.referred}
    open_lines = [name for name in DETERMINATIONS if name not in lines]
    if all(answers):
        open_lines += [name for name in newest.referred if name not in determined]
    if open_lines:
        asked = ", ".join(rules.determinations[name].lower() for name in dict.fromkeys(open_lines))
        return Item(f"contact.{required.office.value}", words, False, rule, f"not determined: {asked}", who + " again.")
    return Item(f"contact.{required.office.value}", words, True, rule, entry=newest.ref.number)


def _own_questions(operation: Operation, required: RequiredConsultation, rules: Policy, at: datetime) -> Item:
    names = " and ".join(rules.determinations[name].lower() for name in required.must_answer)
    rule = setting(f"The {required.office.value} answers {names} itself.")
    words = f"{required.office.title} answered its own questions"
    given = given_contacts(operation, required.office, at)
    met = bool(given) and set(required.must_answer) <= set(given[-1].determined)
    remedy = f"The supervisor asks the {required.office.value} about {names} and records the answer."
    entry = given[-1].ref.number if given else None
    return Item(
        f"own.{required.office.value}", words, met, rule, "" if met else "not yet", "" if met else remedy, entry
    )


def _shown(operation: Operation, required: RequiredConsultation, at: datetime) -> Item | None:
    grants = [one for one in operation.grants if one.recorded_at <= at and one.changed]
    if not grants:
        return None
    number = grants[-1].ref.number
    seen = {n for one in given_contacts(operation, required.office, at) for n in one.shown}
    remedy = f"The supervisor shows entry {number} to the {required.office.value} and records the contact."
    words = f"{required.office.title} was shown the changed scope"
    rule = practice("Counsel answers what is really done.")
    met = number in seen
    return Item(
        f"shown.{required.office.value}", words, met, rule, "" if met else f"entry {number}", "" if met else remedy
    )


def _promised(operation: Operation, at: datetime, person: str | None) -> Item:
    rule = setting("V.A.3, V.A.9, V.A.10.e.iii applied here")
    words = "Officer’s promise made"
    if person is not None:
        met = operation.promised(person, at)
        who = operation.called(person) or "the officer"
        return Item("promise", words, met, rule, who, "" if met else f"{who} makes the promise.")
    kept = [one for one in operation.promises if one.covers(at)]
    remedy = "Each officer named in the authorization makes the promise."
    if kept:
        return Item("promise", words, True, rule, operation.called(kept[0].person) or "", entry=kept[0].entry)
    return Item("promise", words, False, rule, "by nobody yet", remedy)


def _officer(operation: Operation, at: datetime, person: str) -> Item:
    met = any(one.person == person and one.covers(at) for one in operation.operators)
    rule = practice("The Chief names who uses it.")
    remedy = "The Chief adds the officer, or another officer works."
    return Item(
        "officer", "Officer named by the Chief", met, rule, operation.called(person) or "", "" if met else remedy
    )


def _confirmed_on_paper(operation: Operation, at: datetime) -> Item | None:
    """Whether the newest decision signed in ink was confirmed here; nothing where there is none."""
    papers = [one for one in operation.papers if one.recorded_at <= at]
    if not papers:
        return None
    rule, number = practice("What was signed in ink is confirmed here."), papers[-1].ref.number
    met = papers[-1].confirmed_at is not None and papers[-1].confirmed_at <= at
    remedy = f"The Chief compares the scan of entry {number} with what was signed, and confirms it."
    words = "Decision on paper confirmed by the Chief"
    return Item("paper", words, met, rule, "" if met else f"entry {number}", "" if met else remedy, number)


def _activated(operation: Operation, at: datetime) -> Item:
    met = operation.activated_at is not None and operation.activated_at <= at
    ended = operation.ended_at is not None and operation.ended_at <= at
    rule = practice("Starting is an act of its own.")
    if ended:
        return Item("activated", "Activated and not ended", False, rule, "the operation has ended", "A new request.")
    if met:
        return Item("activated", "Activated and not ended", True, rule, entry=operation.activation)
    return Item("activated", "Activated and not ended", False, rule, "not yet", "The assigned supervisor activates it.")


def review_due(operation: Operation, at: datetime) -> datetime | None:
    """When the review that counts at a moment falls due; None while nothing is active."""
    due = [operation.first_review_due_at] if operation.activated_at and operation.activated_at <= at else []
    due += [one.next_due_at for one in operation.reviews if one.recorded_at <= at]
    due += [moment for recorded, moment in operation.resumed if recorded <= at]
    found = [moment for moment in due if moment is not None]
    return max(found) if found else None


def _reviewed(operation: Operation, at: datetime) -> Item | None:
    due = review_due(operation, at)
    if due is None:
        return None
    days = operation.grants[-1].review_days if operation.grants else 0
    rule = setting(f"review every {days} days")
    late = max(0, -((due - at) // _DAY))
    if at < due:
        return Item("review", "Review held when due", True, rule)
    note = f"{late} {'day' if late == 1 else 'days'} late"
    return Item("review", "Review held when due", False, rule, note, "The supervisor holds the review.")


def _not_paused(operation: Operation, at: datetime) -> Item:
    pause = next((one for one in operation.pauses if one.since <= at and (one.until is None or at < one.until)), None)
    rule = setting("lapse suspends")
    if pause is None:
        return Item("suspended", "Not suspended", True, rule)
    note = "by itself" if pause.lapse else "by hand"
    remedy = "After it is put right, the supervisor resumes it."
    return Item(
        "suspended", "Not suspended", False, rule, f"suspended {note}, entry {pause.entry}", remedy, pause.entry
    )


def _answer(title: str, items: Iterable[Item | None], unknown: bool) -> Answer:
    found = tuple(item for item in items if item is not None)
    if unknown:
        found = tuple(Item(item.code, item.words, None, item.rule, "not determinable from this copy") for item in found)
    return Answer(title, found)


def authority(
    operation: Operation, at: datetime, rules: Policy, person: str | None = None, *, gates_only: bool = False
) -> Authority:
    """Whether the policy's and the department's requirements were met at ``at`` (aware).

    ``person`` asks for the officer at the keyboard; ``gates_only`` leaves out what only follows activation.
    """
    unknown = operation.withheld_at is not None and operation.withheld_at <= at
    required = rules.consultations
    first = [_approval(operation, at), _supervised(operation, at)]
    first += [_contacted(operation, one, rules, at) for one in required]
    second: list[Item | None] = [_promised(operation, at, person)]
    if person is not None:
        second.append(_officer(operation, at, person))
    second += [_own_questions(operation, one, rules, at) for one in required]
    second += [_shown(operation, one, at) for one in required]
    second.append(_confirmed_on_paper(operation, at))
    if not gates_only:
        second += [_activated(operation, at), _reviewed(operation, at), _not_paused(operation, at)]
    return Authority(at, _answer(rules.title, first, unknown), _answer("Department rules", second, unknown))


def authority_during(
    operation: Operation, start: datetime, end: datetime, rules: Policy, person: str | None = None
) -> Authority:
    """The worst minute from ``start`` until before ``end``: asked at each moment at which an answer can change."""
    moments = {start} | {moment for moment in _changes(operation) if start < moment < end}
    answers = [authority(operation, at, rules, person) for at in sorted(moments)]
    return min(answers, key=lambda one: (_weight(one.policy.met) + _weight(one.department.met), one.at))


def _weight(met: bool | None) -> int:
    return 2 if met else 1 if met is None else 0


def _changes(operation: Operation) -> set[datetime]:
    """Every moment at which an answer can change."""
    moments: set[datetime | None] = {operation.activated_at, operation.ended_at, operation.first_review_due_at}
    moments.add(operation.withheld_at)
    for period in (*operation.supervision, *operation.operators, *operation.promises):
        moments |= {period.since, period.until}
    for grant in operation.grants:
        moments |= {grant.recorded_at, grant.starts_at, grant.ends_at, grant.until}
    for pause in operation.pauses:
        moments |= {pause.since, pause.until}
    for review in operation.reviews:
        moments |= {review.recorded_at, review.next_due_at}
    for recorded, due in operation.resumed:
        moments |= {recorded, due}
    for paper in operation.papers:
        moments |= {paper.recorded_at, paper.confirmed_at}
    moments |= {one.recorded_at for one in operation.contacts}
    return {moment for moment in moments if moment is not None}
