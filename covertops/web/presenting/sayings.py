"""For every kind of entry a title and one or two lines, as the timeline of an operation tells it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from covertops.domain.declaration import Entry, EntryRef, Recorded, kind_of, specs_of
from covertops.domain.entries import (
    access,
    activity,
    authority,
    counsel,
    ending,
    package,
    paper,
    people,
    request,
    review,
)
from covertops.domain.policy import DETERMINATIONS
from covertops.domain.specs import Choice
from covertops.web.presenting.file_kinds import file_kind as file_kind
from covertops.web.presenting.reading import Reading, listed, lowered, sentence, shortened
from covertops.web.presenting.times import counted


class Saying(NamedTuple):
    """A title, and the lines under it."""

    title: str
    lines: tuple[str, ...] = ()


def saying(it: Recorded, reading: Reading) -> Saying:
    """What an entry says. A kind without words of its own says its title."""
    tell = _TOLD.get(type(it.entry))
    if tell is None:
        return Saying(kind_of(it.entry).title)
    said = tell(it.entry, reading)
    return Saying(said.title, tuple(line for line in said.lines if line))


def told_kinds() -> frozenset[type[Entry]]:
    """The kinds that have words of their own."""
    return frozenset(_TOLD)


def option(entry: Entry, name: str) -> str:
    """The words of a chosen answer."""
    spec, value = specs_of(type(entry))[name], getattr(entry, name)
    return spec.options.get(value, "") if isinstance(spec, Choice) and isinstance(value, str) else ""


def _quoted(text: str | None) -> str:
    return f"“{shortened(text)}”" if text else ""


# Asking --------------------------------------------------------------------------------------------------------------


def _requested(it: request.RequestSubmitted, reading: Reading) -> Saying:
    conduct = listed([lowered(specs_of(type(it))["conduct"].options[one]) for one in it.conduct])  # type: ignore[attr-defined]
    term = f"{counted(it.days, 'day')} from {reading.times.day(it.start_on)}"
    officers = reading.names(it.officers)
    used = f"On {it.platform}, {term}. Used by {officers}; "
    proposed = f"supervisor proposed: {reading.name(it.proposed_supervisor)}."
    return Saying(f"Requested: {conduct}", (sentence(it.matter), used + proposed))


def _reasons(title: str) -> Callable[[Any, Reading], Saying]:
    return lambda it, reading: Saying(title, (shortened(it.reasons),))


def _declared(it: request.ProfileDeclared, reading: Reading) -> Saying:
    approval = "An earlier approval is described." if it.earlier_approval == "shown" else "No earlier approval shown."
    used = f"On {it.platform}, used by {reading.names(it.used_by)}. {approval}"
    return Saying(f"Declared: in use since {reading.times.full_day(it.in_use_since)}", (sentence(it.matter), used))


def _numbered(it: request.CaseNumbered, reading: Reading) -> Saying:
    return Saying(f"Case number added: {it.case_number}")


# The Chief, supervision, officers ------------------------------------------------------------------------------------


def _assigned(it: authority.SupervisorAssigned, reading: Reading) -> Saying:
    relief = f"Relief: {reading.name(it.relief)}." if it.relief else "No relief named."
    return Saying(f"Supervisor assigned: {reading.name(it.supervisor)}", (relief, shortened(it.reason)))


def _taken(it: authority.SupervisionTaken, reading: Reading) -> Saying:
    before = f"Until now {reading.name(it.previous)}. " if it.previous else ""
    return Saying(f"Supervision taken over by {reading.name(it.by)}", (before + shortened(it.reason),))


def _granted(it: authority.AuthorizationGranted, reading: Reading) -> Saying:
    changed = "Changes what the request says: both attorneys are shown it." if it.changed == "yes" else ""
    return Saying(f"Authorized until {reading.times.last_day(it.ends_at)}", (_quoted(it.decision), changed))


def _renewal(it: authority.RenewalRequested, reading: Reading) -> Saying:
    return Saying(f"Renewal asked for: {counted(it.days, 'day')}", (shortened(it.facts),))


def _renewed(it: authority.AuthorizationRenewed, reading: Reading) -> Saying:
    return Saying(f"Renewed until {reading.times.last_day(it.ends_at)}", (_quoted(it.decision),))


def _officer_added(it: authority.OperatorAdded, reading: Reading) -> Saying:
    return Saying(f"Officer added: {reading.name(it.officer)}", (shortened(it.reason),))


def _officer_removed(it: authority.OperatorRemoved, reading: Reading) -> Saying:
    return Saying(f"Officer removed: {reading.name(it.officer)}", (shortened(it.reason),))


def _promised(it: authority.PromiseMade, reading: Reading) -> Saying:
    line = f"To the authorization of entry {it.authorization.number}. {option(it, 'device')}."
    return Saying("Officer’s promise made", (line,))


def _activated(it: authority.OperationActivated, reading: Reading) -> Saying:
    review = f"First review by {reading.times.last_day(it.review_due_at)}."
    return Saying("Activated", (f"Every gate met, listed item by item. {review}", shortened(it.note)))


def _on_paper(it: paper.PaperEntered, reading: Reading) -> Saying:
    line = f"Signed in ink {reading.times.minute(it.signed_at)} by {it.signer}; the scan is entry {it.scan.number}."
    return Saying("Decision on paper entered", (line, shortened(it.why)))


def _paper_confirmed(it: paper.PaperConfirmed, reading: Reading) -> Saying:
    return Saying("Decision on paper confirmed", (f"The scan of entry {it.paper.number}.", shortened(it.note)))


# Attorneys -----------------------------------------------------------------------------------------------------------

_DETERMINED = {
    "admissibility": "admissibility",
    "preservation": "preservation",
    "open_government": "open government",
    "retention": "retention",
}


def _checked(it: counsel.ConflictChecked, reading: Reading) -> Saying:
    number = f", query {it.query_number}" if it.query_number else ""
    where = f"{option(it, 'system')}{number}, {reading.times.day(it.checked_on)}."
    return Saying(f"Conflict check: {lowered(option(it, 'result'))}", (where, shortened(it.note)))


def _tried(it: counsel.AttorneyAttempted, reading: Reading) -> Saying:
    when = f"{reading.times.day(it.attempted_at)}, {reading.times.clock(it.attempted_at)}"
    line = f"{option(it, 'how')}, {when}. {shortened(it.note)}".strip()
    return Saying(f"{option(it, 'attorney_office')} tried, no answer", (line,))


def _contacted(it: counsel.ConsultationLogged, reading: Reading) -> Saying:
    office = option(it, "attorney_office")
    how = option(it, "how").partition(";")[0]
    if it.answer != "given":
        words = "the gate stays shut"
        return Saying(f"{office} contacted: answer {it.answer}", (f"{how}. Answer {it.answer}: {words}.",))
    determined = [_DETERMINED[name] for name in DETERMINATIONS if getattr(it, name) == "determined"]
    rest = "; the rest referred" if any(getattr(it, name) == "referred" for name in DETERMINATIONS) else ""
    found = listed(determined).capitalize() + " determined" + rest if determined else "All referred"
    return Saying(f"{office} contacted", (f"{how}. {found}. Advice is kept apart.",))


def _confirmed(it: counsel.ConsultationConfirmed, reading: Reading) -> Saying:
    office, about = option(it, "attorney_office"), f"The contact of entry {it.consultation.number}"
    if it.result == "agrees":
        return Saying(f"{office} confirmed", (f"{about} is put down right.",))
    back = ("The answer is taken back: the gate is shut.",) if it.answer_stands == "no" else ()
    return Saying(f"{office} corrected", (f"{about}: {shortened(it.correction)}", *back))


def _wrote(whose: str) -> Callable[[Any, Reading], Saying]:
    words = "Its content, name, size and type are read by those only who may read the advice."
    return lambda it, reading: Saying(f"{whose} writing kept apart", (words,))


# Use -----------------------------------------------------------------------------------------------------------------


def _account(it: activity.AccountAdded, reading: Reading) -> Saying:
    made = f"Made {reading.times.day(it.created_on)}. "
    scope = "Inside the scope." if it.in_scope == "yes" else "Not named by the authorization."
    return Saying(f"Account added: {it.handle} on {it.platform}", (made + scope,))


def _access(it: activity.AccountAccessKept, reading: Reading) -> Saying:
    return Saying("Access kept", (f"{it.where}. Account of entry {it.account.number}.",))


def _capture(it: activity.EvidencePreserved, reading: Reading) -> Saying:
    what = option(it, "original")
    return Saying(f"Capture kept: {it.reference}", (f"{what}: {it.name}, {file_size(it.size)}.",))


def file_size(size: int) -> str:
    """A size as people read it: ``214 MB``, in powers of 1000."""
    units = ("bytes", "kB", "MB", "GB", "TB")
    value, place = float(size), 0
    while value >= 999.5 and place < len(units) - 1:
        value, place = value / 1000, place + 1
    if place == 0:
        return counted(size, "byte")
    return f"{value:.0f} {units[place]}" if value >= 10 else f"{value:.1f} {units[place]}"


def _opened(it: package.EvidenceOpened, reading: Reading) -> Saying:
    kept = f"Kept in entry {it.evidence.number}."
    if any(one.ref.number == it.evidence.number for one in reading.operation.writings):
        return Saying("Counsel’s writing opened", (kept,))
    return Saying(f"Capture opened: {_capture_name(it.evidence, reading)}", (kept,))


def _capture_name(ref: EntryRef, reading: Reading) -> str:
    known = (one.reference for one in reading.operation.captures if one.ref.number == ref.number)
    return next(known, f"entry {ref.number}")


def _activity(it: activity.ActivityLogged, reading: Reading) -> Saying:
    captures = f" {counted(len(it.captures), 'capture')}." if it.captures else ""
    outside = f"Outside the scope: {shortened(it.outside_detail)}" if it.outside == "yes" else ""
    return Saying(f"Activity: {lowered(it.headline)}", (sentence(shortened(it.happened)) + captures, outside))


def _nothing(it: activity.ActivityNone, reading: Reading) -> Saying:
    period = f"{reading.times.day(it.from_on)} to {reading.times.day(it.to_on)}"
    return Saying(f"No activity, {period}", (shortened(it.note),))


def _held(it: activity.MaterialHeld, reading: Reading) -> Saying:
    line = f"Never uploaded. Held at: {it.where}. Told: {it.told}."
    return Saying("Held elsewhere: inspection only", (line,))


def _corrected(it: activity.EntryCorrected, reading: Reading) -> Saying:
    line = f"From “{shortened(it.old, 100)}” to “{shortened(it.new, 100)}”. {shortened(it.why, 120)}"
    return Saying(f"Correction to entry {it.corrected.number}", (line,))


# Monitoring ----------------------------------------------------------------------------------------------------------


def _reviewed(it: review.ReviewHeld, reading: Reading) -> Saying:
    times = reading.times
    examined = [counted(len(it.entries), "entry", "entries")] if it.entries else []
    examined += [counted(len(it.captures), "capture")] if it.captures else []
    looked = f"{listed(examined)} examined" if examined else "Nothing happened" if it.no_activity else "No entry named"
    rechecked = {"yes": ", fingerprints rechecked", "no": ", fingerprints not rechecked"}.get(it.rechecked, "")
    scope = "In scope" if it.in_scope == "yes" else "Outside the scope"
    needed = "still necessary" if it.necessary == "yes" else "no longer necessary"
    line = (
        f"{times.day(it.period_from)} to {times.day(it.period_to)}. {looked}{rechecked}. {scope}, {needed}. "
        f"Next review by {times.last_day(it.next_due_at)}."
    )
    return Saying(f"Review held: {lowered(option(it, 'result'))}", (line,))


def _entry_reviewed(it: review.EntryReviewed, reading: Reading) -> Saying:
    return Saying(f"Entry {it.reviewed.number} reviewed", (shortened(it.note),))


def _questioned(it: review.EntryQuestioned, reading: Reading) -> Saying:
    expected = f"Answer expected by {reading.times.day(it.answer_by)}."
    return Saying(f"Question about entry {it.questioned.number}", (shortened(it.question), expected))


def _answered(it: review.QuestionAnswered, reading: Reading) -> Saying:
    about = next((one.about for one in reading.operation.questions if one.ref.number == it.question.number), None)
    return Saying(f"Answer about entry {about}" if about else "Answer", (shortened(it.answer),))


# Stopping ------------------------------------------------------------------------------------------------------------


def _suspended(it: ending.OperationSuspended, reading: Reading) -> Saying:
    return Saying("Suspended", (sentence(shortened(it.ground)),))


def _resumed(it: ending.OperationResumed, reading: Reading) -> Saying:
    return Saying("Resumed", (shortened(it.remedy), f"Next review by {reading.times.last_day(it.review_due_at)}."))


def _ended(it: ending.OperationEnded, reading: Reading) -> Saying:
    due = f"Each officer confirms stopping by {reading.times.deadline(it.cease_due_at)}."
    return Saying("Ended", (sentence(shortened(it.ground)), due))


def _ceased(it: ending.CeaseConfirmed, reading: Reading) -> Saying:
    return Saying("Stopping confirmed", (f"Stopped {reading.times.minute(it.stopped_at)}.", shortened(it.note)))


def _settled(it: ending.AccountSettled, reading: Reading) -> Saying:
    title = f"Account settled: {lowered(option(it, 'became').partition(':')[0])}"
    return Saying(title, (f"Account of entry {it.account.number}. {shortened(it.proof)}",))


# Packages ------------------------------------------------------------------------------------------------------------


def _prepared(it: package.ExportPrepared, reading: Reading) -> Saying:
    for_whom = f"{it.reference}, for {reading.name(it.recipient)}, case {it.case_number}."
    beyond = f"{counted(len(it.withheld), 'field')} withheld beyond the rules." if it.withheld else ""
    return Saying("Package prepared", (for_whom, shortened(it.purpose), beyond))


def _released(it: package.ExportReleased, reading: Reading) -> Saying:
    return Saying(f"Package released: {it.reference}", (_quoted(it.reason),))


def _sealed(it: package.ExportSealed, reading: Reading) -> Saying:
    return Saying("Package sealed", (f"Its fingerprint begins {it.manifest_sha256[:16]}.",))


def _received(it: package.ExportReceived, reading: Reading) -> Saying:
    compared = "Fingerprint compared." if it.fingerprint_compared == "yes" else "Fingerprint not compared yet."
    return Saying("Package received", (compared, shortened(it.note)))


def _downloaded(it: package.ExportDownloaded, reading: Reading) -> Saying:
    return Saying("Package downloaded", (f"Released in entry {it.released.number}.",))


# People --------------------------------------------------------------------------------------------------------------


def _reading(it: access.ReadingOpened, reading: Reading) -> Saying:
    until = f"{reading.times.day(it.until_at)}, {reading.times.clock(it.until_at)}"
    return Saying("Opened with a reason", (shortened(it.reason), f"Until {until}. Each page opened is counted."))


def _introduced(it: people.PersonIntroduced, reading: Reading) -> Saying:
    return Saying(f"Named here for the first time: {reading.name(it.person)}")


def _office_ended(it: people.AppointmentEnded, reading: Reading) -> Saying:
    line = f"No longer {option(it, 'held').lower()} since {reading.times.day(it.ended_at)}."
    return Saying(f"Office ended: {reading.name(it.person)}", (line, shortened(it.reason)))


_TOLD: Mapping[type[Entry], Callable[[Any, Reading], Saying]] = {
    request.RequestSubmitted: _requested,
    request.RequestReturned: _reasons("Returned to the requester"),
    request.RequestRefused: _reasons("Denied"),
    request.RequestWithdrawn: _reasons("Withdrawn"),
    request.ProfileDeclared: _declared,
    request.CaseNumbered: _numbered,
    authority.SupervisorAssigned: _assigned,
    authority.SupervisionTaken: _taken,
    authority.AuthorizationGranted: _granted,
    authority.RenewalRequested: _renewal,
    authority.AuthorizationRenewed: _renewed,
    authority.RenewalRefused: _reasons("Renewal denied"),
    authority.OperatorAdded: _officer_added,
    authority.OperatorRemoved: _officer_removed,
    authority.PromiseMade: _promised,
    paper.PaperEntered: _on_paper,
    paper.PaperConfirmed: _paper_confirmed,
    authority.OperationActivated: _activated,
    counsel.ConflictChecked: _checked,
    counsel.AttorneyAttempted: _tried,
    counsel.ConsultationLogged: _contacted,
    counsel.ProsecutorWrote: _wrote("The prosecuting attorney’s"),
    counsel.CityAttorneyWrote: _wrote("The city attorney’s"),
    counsel.ConsultationConfirmed: _confirmed,
    activity.AccountAdded: _account,
    activity.AccountAccessKept: _access,
    activity.EvidencePreserved: _capture,
    activity.ActivityLogged: _activity,
    activity.ActivityNone: _nothing,
    activity.MaterialHeld: _held,
    activity.EntryCorrected: _corrected,
    review.ReviewHeld: _reviewed,
    review.EntryReviewed: _entry_reviewed,
    review.EntryQuestioned: _questioned,
    review.QuestionAnswered: _answered,
    ending.OperationSuspended: _suspended,
    ending.OperationResumed: _resumed,
    ending.OperationEnded: _ended,
    ending.CeaseConfirmed: _ceased,
    ending.AccountSettled: _settled,
    package.EvidenceOpened: _opened,
    package.ExportPrepared: _prepared,
    package.ExportReleased: _released,
    package.ExportSealed: _sealed,
    package.ExportReceived: _received,
    package.ExportDownloaded: _downloaded,
    access.ReadingOpened: _reading,
    people.PersonIntroduced: _introduced,
    people.AppointmentEnded: _office_ended,
}
