"""What officers record: accounts, captures, activity, corrections. Out of scope is flagged, never refused."""

from __future__ import annotations

from datetime import date

from covertops.domain.deadlines import local_date
from covertops.domain.decisions.frame import (
    DATES,
    NAMED,
    Actor,
    Asked,
    Decided,
    Facts,
    Written,
    require_operator,
    require_stage,
    working_office,
)
from covertops.domain.declaration import Day, Line, Moment, Number, Recorded, Text, kind_of, specs_of
from covertops.domain.entries.activity import (
    SHEET,
    AccountAccessKept,
    AccountAdded,
    ActivityLogged,
    ActivityNone,
    EntryCorrected,
    EvidencePreserved,
    MaterialHeld,
)
from covertops.domain.operation import Operation
from covertops.domain.refusals import refuse
from covertops.domain.vocabulary import Disclosure, Office, Stage, policy, practice, setting

USE = practice("Starting is an act of its own, once every gate is met.")
ON_RECORD = practice("An entry refers to what is on record.")
BEFORE_USE = (Stage.REQUESTED, Stage.AUTHORIZED)
STARTED = (Stage.ACTIVE, Stage.SUSPENDED, Stage.ENDED)


def _may_use(operation: Operation, actor: Actor) -> None:
    require_operator(operation, actor)
    remedy = "The supervisor activates it once every gate is met."
    require_stage(operation, STARTED, "The operation has not been activated", USE, remedy)


def add_account(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """An officer records an account made for the profile, also late; one outside the scope is saved and flagged."""
    _may_use(operation, actor)
    if asked is None:
        return ()
    if asked["created_on"] > local_date(facts.now, facts.zone):
        raise refuse("future", "That day lies in the future", DATES, "Enter when it was made.", "created_on")
    return (Written(Office.INVESTIGATOR, AccountAdded(by=actor.person, **asked)),)


def keep_access(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """An officer records where access to an account is kept; never the access itself."""
    require_operator(operation, actor)
    if not operation.accounts:
        raise refuse("accounts", "No account is on record", ON_RECORD, "Add the account first.")
    if asked is None:
        return ()
    _known_account(operation, asked["account"].number)
    return (Written(Office.INVESTIGATOR, AccountAccessKept(by=actor.person, **asked)),)


def _known_account(operation: Operation, number: int) -> None:
    if number not in {one.ref.number for one in operation.accounts}:
        raise refuse("account", "That is no account of this operation", ON_RECORD, "Choose one of the list.", "account")


def preserve_evidence(
    operation: Operation, actor: Actor, facts: Facts, asked: Asked = None, *, sheet: bool = False
) -> Decided:
    """An officer or the supervisor keeps an original file; its fingerprints come from the store that sealed it.

    A ``sheet`` is the scan of what was signed in ink while the network was down: kept before activation and not after.
    """
    rule = policy("IV.D.3", "Preserved for prosecution as determined.")
    office = working_office(operation, actor, rule)
    remedy = "The supervisor activates it once every gate is met."
    if sheet or (asked is not None and asked["original"] == SHEET):
        require_stage(operation, BEFORE_USE, "Signed sheets belong before activation", USE, "Keep it as a capture.")
    else:
        require_stage(operation, STARTED, "The operation has not been activated", USE, remedy)
    if asked is None:
        return ()
    if asked["account"] is not None:
        _known_account(operation, asked["account"].number)
    reference = f"EV-{len(operation.captures) + 1:04d}"
    return (Written(office, EvidencePreserved(by=actor.person, reference=reference, **asked)),)


def log_activity(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """An officer records a sitting, also late; what was outside the scope is saved and flagged."""
    _may_use(operation, actor)
    if asked is None:
        return ()
    if asked["ended_at"] < asked["started_at"]:
        raise refuse("order", "It ends before it begins", DATES, "Enter a later time.", "ended_at")
    if asked["ended_at"] > facts.now:
        raise refuse("future", "It lies in the future", DATES, "Enter it after it happened.", "ended_at")
    if asked["keyboard"] not in {one.person for one in operation.operators}:
        message = "This person was never named for the profile"
        raise refuse("keyboard", message, NAMED, "Choose an officer of this operation.", "keyboard")
    if asked["account"] is not None:
        _known_account(operation, asked["account"].number)
    known = {one.ref.number for one in operation.captures}
    if any(ref.number not in known for ref in asked["captures"]):
        raise refuse("captures", "A capture is not on record", ON_RECORD, "Add it again.", "captures")
    return (Written(Office.INVESTIGATOR, ActivityLogged(by=actor.person, **asked)),)


def log_no_activity(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """An officer records that nothing happened in a period."""
    _may_use(operation, actor)
    if asked is None:
        return ()
    check_period(asked["from_on"], asked["to_on"], local_date(facts.now, facts.zone), "to_on")
    return (Written(Office.INVESTIGATOR, ActivityNone(by=actor.person, **asked)),)


def check_period(first: date, last: date, today: date, field: str) -> None:
    """A period runs forward and does not reach into the future."""
    if last < first:
        raise refuse("order", "It ends before it begins", DATES, "Enter a later day.", field)
    if last > today:
        raise refuse("future", "It reaches into the future", DATES, "Enter today or an earlier day.", field)


def record_held_material(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """Suspected sexual images of children: where they are held; they are never uploaded."""
    _may_use(operation, actor)
    if asked is None:
        return ()
    if asked["seen_at"] > facts.now:
        raise refuse("future", "It lies in the future", DATES, "Enter when it was seen.", "seen_at")
    return (Written(Office.INVESTIGATOR, MaterialHeld(by=actor.person, **asked)),)


_CLERICAL = (Line, Text, Number, Day, Moment)
_COUNSEL = (Disclosure.PROSECUTOR_WORK_PRODUCT, Disclosure.CITY_ATTORNEY_ADVICE)


def correctable_fields(target: Recorded) -> dict[str, str]:
    """The fields of an entry that a clerical correction may name, with what stands there now."""
    found = {}
    for name, spec in specs_of(type(target.entry)).items():
        clerical = isinstance(spec, _CLERICAL) and spec.asked and not spec.many and spec.disclosure not in _COUNSEL
        value = getattr(target.entry, name)
        # Counsel's advice beside it may be sealed from whoever corrects, so no other field is looked at.
        if clerical and value not in (None, ""):
            found[name] = str(spec.to_json(value))
    return found


CORRECTABLE = (
    "account.added",
    "account.access_kept",
    "activity.logged",
    "activity.none",
    "evidence.preserved",
    "material.held",
    "attorney.attempted",
    "conflict.checked",
    "consultation.logged",
    "request.submitted",
)


def correct_entry(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The author of an entry corrects a clerical field: the old stays, the new stands beside it."""
    rule = setting("Nothing is edited", "Corrections are entries of their own.")
    office = working_office(operation, actor, rule)
    if asked is None:
        return ()
    target = facts.target
    if target is None or target.entry.by != actor.person:
        remedy = "Ask its author, or raise a question about it."
        raise refuse("author", "Only its author corrects an entry", rule, remedy, "corrected")
    fields = correctable_fields(target) if kind_of(target.entry).name in CORRECTABLE else {}
    if asked["field"] not in fields:
        message = "This field is not a clerical one"
        raise refuse("field", message, rule, "A wrong scope is decided anew by the Chief.", "field")
    if asked["new"] == fields[asked["field"]]:
        raise refuse("same", "That is what stands there now", rule, "Write what it should read.", "new")
    entry = EntryCorrected(by=actor.person, old=fields[asked["field"]], **asked)
    return (Written(office, entry),)
