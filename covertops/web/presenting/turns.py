"""Whose turn it is, in words: for each task a heading, a sentence, a button, the rules, and how urgent it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

from covertops.domain.policy import Policy
from covertops.domain.vocabulary import Office, Rule, policy, practice, setting
from covertops.web.page import Tag
from covertops.web.presenting.reading import lowered
from covertops.web.presenting.times import LocalTime, counted


@dataclass(frozen=True)
class Waiting:
    """Something an operation waits for, as its fold or a list knows it. ``who`` is a name or an office."""

    code: str
    operation_id: str
    reference: str
    matter: str
    who: str
    entry: int
    decision: str
    since: datetime
    until: datetime | None
    mine: bool = False
    urgent: bool = False
    about: str = ""
    """The name of the person a task is about, where its code names one."""


class Turning(NamedTuple):
    """The words of a task."""

    heading: str
    """What waits, for the list of one's own work."""
    sentence: str
    """Why, and what depends on it."""
    short: str
    """What waits, in a table and after a name: "the review due Nov 18"."""
    button: str
    rules: tuple[Rule, ...] = ()
    until_note: str = ""


NO_DATE = "No date"
_ONLY_CHIEF = policy("IV.D.2", "Only the Chief approves a covert profile.")
_ON_PAPER = practice("What was signed in ink is confirmed here before activation.")
_MONITORS = policy("IV.D.2", "The supervisor monitors.")
_CONTACTS = policy("IV.D.3", "The supervisor contacts both before operating.")


def turning(one: Waiting, times: LocalTime, rules: Policy) -> Turning:
    """The words of a task."""
    code, _, part = one.code.partition(".")
    return _TOLD[code](one, part, times, rules)


def _decide(one: Waiting, part: str, times: LocalTime, rules: Policy) -> Turning:
    first = "Urgent request" if one.urgent else "Request"
    sentence = "Until you decide, and both attorneys have been contacted, nothing is operated."
    short = "decision on the request"
    return Turning(
        f"{first}: {lowered(one.matter)}", sentence, short, "Read and decide", (_ONLY_CHIEF,), "Start asked for"
    )


def _paper(one: Waiting, part: str, times: LocalTime, rules: Policy) -> Turning:
    heading = f"Decision on paper: {lowered(one.matter)}"
    sentence = "Compare the scan with what was signed in ink. Until you confirm it here, nothing is activated."
    return Turning(heading, sentence, "confirmation of the decision on paper", "Compare and confirm", (_ON_PAPER,))


def _returned(one: Waiting, part: str, times: LocalTime, rules: Policy) -> Turning:
    sentence = (
        f"The Chief returned it (entry {one.entry})." if one.entry else "The Chief returned it with what is missing."
    )
    short = "the request, returned by the Chief"
    return Turning(f"Returned: {lowered(one.matter)}", sentence, short, "Change and send again", (_ONLY_CHIEF,))


def _declared(one: Waiting, part: str, times: LocalTime, rules: Policy) -> Turning:
    sentence = "It is not used until it has been asked for and authorized here."
    short = "a request for the declared profile"
    rule = practice("Nothing is backdated.")
    return Turning("Declared profile: a request is needed", sentence, short, "Ask for it", (rule,))


def _unsupervised(one: Waiting, part: str, times: LocalTime, rules: Policy) -> Turning:
    rule = policy("IV.D.2", "A supervisor is assigned to monitor.")
    sentence = "Nobody monitors it. Until you assign a supervisor, nobody may use the profile."
    return Turning("No supervisor is assigned", sentence, "a supervisor to be assigned", "Assign a supervisor", (rule,))


def _promise(one: Waiting, part: str, times: LocalTime, rules: Policy) -> Turning:
    rule = setting("V.A.3, V.A.9, V.A.10.e.iii applied here")
    sentence = "The Chief has named you for this profile. You may not use it before you have made the promise."
    return Turning("Officer’s promise", sentence, "officer’s promise", "Read and promise", (rule,), "Before activation")


def _contact(one: Waiting, part: str, times: LocalTime, rules: Policy) -> Turning:
    sentence = f"The {part} has given no answer on record. It cannot be activated without this contact."
    short = f"contact with the {part}"
    return Turning(f"Contact with the {part}", sentence, short, "Record the contact", (_CONTACTS,), "Before activation")


def _silent(one: Waiting, part: str, times: LocalTime, rules: Policy) -> Turning:
    days = rules.number("attempt_working_days")
    sentence = "The supervisor tried. Without this contact it cannot start. Another attorney of the office may answer."
    told = setting(f"Chief told after {counted(days, 'working day')}")
    heading = f"The {part}’s office has not answered"
    return Turning(heading, sentence, f"an answer of the {part}’s office", "See the attempts", (policy("IV.D.3"), told))


def _activate(one: Waiting, part: str, times: LocalTime, rules: Policy) -> Turning:
    rule = practice("Starting is an act of its own.")
    sentence = "Every gate is met. Nobody may use the profile until you activate it."
    return Turning("Ready to be activated", sentence, "activation", "Check and activate", (rule,))


def _review(one: Waiting, part: str, times: LocalTime, rules: Policy) -> Turning:
    due = times.last_day(one.until) if one.until else ""
    late = one.until is not None and one.until <= times.now
    sentence = (
        f"The review due {due} has not been held. Nobody may use the profile until it is."
        if late
        else f"It is due by {due}. Without it the operation suspends by itself."
    )
    rule = setting(f"every {counted(rules.number('review_days'), 'day')} at least")
    return Turning("Review", sentence, f"the review due {due}", "Hold the review", (_MONITORS, rule), "Review due")


def _flagged(one: Waiting, part: str, times: LocalTime, rules: Policy) -> Turning:
    sentence = f"Entry {one.entry} was recorded as outside the scope, or as touching other people."
    short = f"the flagged entry {one.entry}"
    return Turning("Flagged: outside scope", sentence, short, "Read and mark reviewed", (_MONITORS,))


def _resume(one: Waiting, part: str, times: LocalTime, rules: Policy) -> Turning:
    rule = setting("lapse suspends")
    sentence = "It stays suspended until what was missing is put right and it is resumed, or it is ended."
    return Turning("Suspended", sentence, "the suspension to be resolved", "Resume operation", (rule,))


def _answer(one: Waiting, part: str, times: LocalTime, rules: Policy) -> Turning:
    sentence = "The supervisor asks about an entry of yours."
    short = "the answer to a questioned entry"
    rule = setting(f"within {counted(rules.number('answer_days'), 'day')}")
    return Turning("Question to you", sentence, short, "Answer the question", (_MONITORS, rule), "Answer expected")


def _renew(one: Waiting, part: str, times: LocalTime, rules: Policy) -> Turning:
    most = setting(f"{counted(rules.number('authorization_days'), 'day')} at most")
    sentence = "Without your decision it stops by itself when the authorization ends."
    return Turning(
        "Renewal asked for", sentence, "decision on the renewal", "Read and decide",
        (policy("IV.D.2"), most), "Authorization ends",
    )  # fmt: skip


def _cease(one: Waiting, part: str, times: LocalTime, rules: Policy) -> Turning:
    hours = rules.number("cease_hours")
    rule = setting(counted(hours, "hour"), "An operation that ended is confirmed stopped by each officer.")
    if part:
        sentence = f"The operation ended; no confirmation within {counted(hours, 'hour')}, so it comes to you."
        heading = f"{one.about} has not confirmed stopping"
        return Turning(heading, sentence, f"{one.about}’s late confirmation", "Follow up", (rule,), "Answer was due")
    sentence = "The operation has ended. Follow the stop instruction, then confirm that you have stopped."
    return Turning(
        "Confirm that you have stopped",
        sentence,
        "confirmation of having stopped",
        "Confirm",
        (rule,),
        "Confirmation due",
    )


def _settle(one: Waiting, part: str, times: LocalTime, rules: Policy) -> Turning:
    rule = practice("No account is left without an end.")
    sentence = f"What became of the account of entry {one.entry} is not on record."
    return Turning("An account to settle", sentence, "what became of an account", "Record what became of it", (rule,))


def _release(one: Waiting, part: str, times: LocalTime, rules: Policy) -> Turning:
    rule = setting("Chief releases", "The supervisor prepares, the Chief releases.")
    sentence = f"The supervisor prepared it (entry {one.entry}). Nothing leaves before you release it."
    heading = "Package ready for the prosecuting attorney"
    return Turning(heading, sentence, "release of a package", "Check and release", (rule,))


def _receive(one: Waiting, part: str, times: LocalTime, rules: Policy) -> Turning:
    rule = policy("IV.D.3", "Preservation for prosecution.")
    sentence = "It was released to you. Download it, compare its fingerprint, and confirm that it arrived."
    return Turning("Package released to you", sentence, "receipt of a package", "Open the package", (rule,))


def _opened(one: Waiting, part: str, times: LocalTime, rules: Policy) -> Turning:
    rule = practice("Who is not on it reads with a reason.")
    sentence = f"Entry {one.entry} says who and why. What they opened stands under “Who looked at it”."
    return Turning(
        "Read with a reason by somebody who is not on it", sentence, "a look at who read it", "Read why", (rule,)
    )


def _counsel(one: Waiting, part: str, times: LocalTime, rules: Policy) -> Turning:
    rule = practice("Counsel says whether it is put down right.")
    sentence = (
        "It was put down as a contact with you. Read what was put down and what was shown; confirm or correct it."
    )
    return Turning("A contact with you", sentence, "counsel’s word on a contact", "Read and confirm", (rule,))


_TOLD: Mapping[str, Callable[[Waiting, str, LocalTime, Policy], Turning]] = {
    "paper": _paper,
    "decide": _decide,
    "returned": _returned,
    "declared": _declared,
    "unsupervised": _unsupervised,
    "promise": _promise,
    "contact": _contact,
    "counsel": _counsel,
    "opened": _opened,
    "silent": _silent,
    "activate": _activate,
    "review": _review,
    "flagged": _flagged,
    "resume": _resume,
    "answer": _answer,
    "renew": _renew,
    "cease": _cease,
    "settle": _settle,
    "release": _release,
    "receive": _receive,
}

_ABOUT_AN_ENTRY = frozenset({"review-entry", "answer-question", "settle-account"})


def href_of(one: Waiting) -> str:
    """Where a task is done: the act's own page, or the operation's where no act ends it."""
    operation = f"/operations/{one.operation_id}"
    if one.decision == "receive":
        return "/packages"
    if one.decision == "confirm-consultation" or one.code == "opened":
        return f"{operation}/entries/{one.entry}"
    if not one.decision:
        return f"{operation}/entries/{one.entry}" if one.entry else operation
    if one.decision in _ABOUT_AN_ENTRY and one.entry:
        return f"{operation}/{one.decision}?entry={one.entry}"
    if one.decision == "log-consultation":
        return f"{operation}/{one.decision}?office={quote(one.code.partition('.')[2])}"
    return f"{operation}/{one.decision}"


def urgency(one: Waiting, times: LocalTime) -> Tag:
    """How urgent it is, as a tag: late, today, in some days, or without a date."""
    if one.until is None:
        return Tag(NO_DATE)
    days = times.days_until(one.until)
    if one.until <= times.now:
        return Tag(f"Late by {counted(-days, 'day')}" if days < 0 else "Late since today", "stop", "warn")
    if days == 0:
        return Tag("Today", "wait", "wait")
    return Tag("Tomorrow" if days == 1 else f"In {counted(days, 'day')}")


def who_has_it(person: str, office: str, name_of: Callable[[str], str]) -> str:
    """Whose turn: the person's name, or the office."""
    return name_of(person) if person else Office(office).title
