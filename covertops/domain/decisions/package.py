"""Packages: the supervisor prepares, the Chief releases, the prosecutor receives."""

from __future__ import annotations

from covertops.domain.decisions.frame import (
    Actor,
    Asked,
    Decided,
    Facts,
    Written,
    kept_apart,
    require_holders,
    require_office,
    require_stage,
    require_supervisor,
)
from covertops.domain.disclosure import Withholding, may_withhold, read_withholding
from covertops.domain.entries.activity import EntryCorrected
from covertops.domain.entries.package import (
    EvidenceOpened,
    ExportDownloaded,
    ExportPrepared,
    ExportReceived,
    ExportReleased,
    ExportSealed,
)
from covertops.domain.membership import may_see
from covertops.domain.operation import Export, Operation
from covertops.domain.refusals import Missing, NotYours, refuse
from covertops.domain.vocabulary import CHIEFS, Office, Stage, policy, setting

TWO = setting("The supervisor prepares, the Chief releases")
PRESERVE = policy("IV.D.3", "Preservation for prosecution.")
HELD = (Stage.ACTIVE, Stage.SUSPENDED, Stage.ENDED)


def prepare_export(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The supervisor prepares a package for the prosecutor of a case; it replaces one not released."""
    require_supervisor(operation, actor, TWO)
    require_stage(operation, HELD, "There is nothing to hand over yet", TWO, "It is prepared after activation.")
    if asked is None:
        return ()
    require_holders(facts, Office.PROSECUTING_ATTORNEY, (asked["recipient"],), "recipient")
    if asked["recipient"] in _concerned(operation):
        message = "The recipient worked on this operation or decided on it"
        raise refuse("apart.recipient", message, TWO, "Choose the prosecutor of the case.", "recipient")
    for line in asked["withheld"]:
        _check_withholding(read_withholding(line), operation, facts, line)
    asked = {**asked, "withheld": (*asked["withheld"], *_corrected_too(asked["withheld"], operation, facts))}
    reference = f"EXP-{operation.reference}-{len(operation.exports) + 1}"
    entry = ExportPrepared(by=actor.person, reference=reference, to_number=operation.last_number + 1, **asked)
    return (Written(Office.SUPERVISOR, entry),)


def _concerned(operation: Operation) -> frozenset[str]:
    """Everybody who asked for it, used, supervised or decided it."""
    periods = (*operation.operators, *operation.supervision)
    found = {operation.requester, operation.relief or "", *(one.person for one in periods)}
    return frozenset(found | {one.chief for one in operation.grants})


def _corrected_too(lines: tuple[str, ...], operation: Operation, facts: Facts) -> list[str]:
    """The lines that withhold what corrections say of a withheld field, before and after."""
    added = []
    for line in filter(None, map(read_withholding, lines)):
        for correction in operation.corrections:
            made = (facts.targets or {}).get(correction.entry)
            entry = made.entry if made else None
            if not isinstance(entry, EntryCorrected) or correction.about != line.entry:
                continue
            if entry.field == line.field.split("/")[0]:
                added += [f"{correction.entry} {name}: {line.ground}" for name in ("old", "new")]
    return [one for one in dict.fromkeys(added) if one not in lines]


def _check_withholding(line: Withholding | None, operation: Operation, facts: Facts, text: str) -> None:
    """A line that withholds nothing would let something leave that the preparer believes withheld."""
    if line is None or not 1 <= line.entry <= operation.last_number:
        remedy = "Write the entry’s number, the field and the ground: “9 counterpart: a person not involved”."
        raise refuse("withheld", f"“{text}” names no entry and field", TWO, remedy, "withheld")
    target = (facts.targets or {}).get(line.entry)
    if target is None or not may_withhold(target.entry, line.field):
        remedy = "Name a field as the entry’s page does; who acted and how people are called always stays."
        raise refuse("withheld", f"“{text}” names nothing that can be withheld", TWO, remedy, "withheld")


def unreleased(operation: Operation) -> Export | None:
    """The package that waits for the Chief: the newest, if it has not been released."""
    return next((one for one in operation.exports[-1:] if one.released is None), None)


def release_export(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The Chief releases the prepared package."""
    require_office(actor, Office.CHIEF, TWO)
    export = unreleased(operation)
    if export is None:
        raise refuse("nothing", "No package waits for release", TWO, "The supervisor prepares one.")
    kept_apart(operation, supervisor=None, officers=operation.officers, chief=actor.person)
    newest = max(operation.moved, *(one.ref.number for one in operation.captures), 0)
    if newest != export.prepared.number:
        message = "Entries were added since the supervisor looked through it"
        raise refuse("moved", message, TWO, "The supervisor prepares it again, and looks at what was added.")
    if asked is None:
        return ()
    entry = ExportReleased(
        by=actor.person,
        prepared=export.prepared,
        reference=export.reference,
        policy=facts.rules.digest,
        department=facts.department.name,
        zone=facts.department.zone_name,
        **asked,
    )
    return (Written(Office.CHIEF, entry),)


def seal_export(operation: Operation, actor: Actor, manifest_sha256: str, tree_size: int) -> Decided:
    """The entry right after a release: it names the manifest of the package that ends with the release."""
    released = next(one.released for one in reversed(operation.exports) if one.released and one.sealed is None)
    entry = ExportSealed(by=actor.person, released=released, manifest_sha256=manifest_sha256, tree_size=tree_size)
    return (Written(Office.SYSTEM, entry),)


def export_named(operation: Operation, reference: str) -> Export:
    """A released package of this operation; any other reference is refused as not the actor's."""
    found = next((one for one in operation.exports if one.reference == reference and one.released), None)
    if found is None:
        raise NotYours(Missing("package", "No such package", TWO, "Open it from your list."))
    return found


def receive_export(operation: Operation, actor: Actor, facts: Facts, reference: str, asked: Asked = None) -> Decided:
    """The recipient confirms that the package arrived."""
    export = _mine(operation, actor, reference)
    if export.received is not None:
        raise refuse("received", "Its arrival is confirmed", TWO, "Nothing is left to do.")
    if asked is None:
        return ()
    entry = ExportReceived(by=actor.person, released=export.released, **asked)  # type: ignore[arg-type]
    return (Written(Office.PROSECUTING_ATTORNEY, entry),)


def _mine(operation: Operation, actor: Actor, reference: str) -> Export:
    export = export_named(operation, reference)
    if export.recipient != actor.person or Office.PROSECUTING_ATTORNEY not in actor.offices:
        raise NotYours(Missing("package", "No such package", TWO, "Open it from your list."))
    return export


def download_export(operation: Operation, actor: Actor, facts: Facts, reference: str) -> Decided:
    """The recipient, the Chief or the assigned supervisor fetches the package: custody passes with the copy."""
    export = export_named(operation, reference)
    office = _fetching_office(operation, actor, export)
    entry = ExportDownloaded(by=actor.person, released=export.released)  # type: ignore[arg-type]
    return (Written(office, entry),)


def _fetching_office(operation: Operation, actor: Actor, export: Export) -> Office:
    if export.recipient == actor.person and Office.PROSECUTING_ATTORNEY in actor.offices:
        return Office.PROSECUTING_ATTORNEY
    if Office.CHIEF in actor.offices:
        return Office.ACTING_CHIEF if Office.ACTING_CHIEF in actor.offices else Office.CHIEF
    if Office.SUPERVISOR in actor.offices and actor.person in (operation.supervisor, operation.relief):
        return Office.SUPERVISOR
    raise NotYours(Missing("package", "No such package", TWO, "Open it from your list."))


def copy_at_the_machine(operation: Operation, reference: str) -> Decided:
    """Whoever runs the machine writes a released package to a file: a copy leaves in nobody's name."""
    export = export_named(operation, reference)
    return (Written(Office.SYSTEM, ExportDownloaded(by=None, released=export.released)),)  # type: ignore[arg-type]


def open_evidence(operation: Operation, actor: Actor, facts: Facts, number: int) -> Decided:
    """Someone on the operation opens a capture: a custody entry."""
    capture = next((one for one in operation.captures if one.ref.number == number), None)
    if capture is None:
        raise NotYours(Missing("capture", "No such capture", PRESERVE, "Open it from the record."))
    order = (*reversed(CHIEFS), Office.SUPERVISOR, Office.INVESTIGATOR)
    office = next((one for one in order if one in actor.offices), None)
    if office is None or not may_see(operation, actor.person, actor.offices):
        raise NotYours(Missing("office", "Not on this operation", PRESERVE, "Ask the supervisor."))
    return (Written(office, EvidenceOpened(by=actor.person, evidence=capture.ref)),)
