"""Packages: sealed as they are released, handed to whom they are for, and checked by anybody.

Every copy that leaves is on record before its first byte does. What is computed for a copy must have the hash that was
recorded when the package was sealed, or it does not leave.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from covertops.actions.installation import Installation
from covertops.actions.operations import NotFound, Scene
from covertops.actions.packaging import package_from, read_tree, seal_from
from covertops.actions.recording import Outcome, not_before, record
from covertops.actions.schemas import read_answers
from covertops.domain.decisions.frame import Actor, Facts
from covertops.domain.decisions.package import (
    TWO,
    copy_at_the_machine,
    download_export,
    receive_export,
    seal_export,
)
from covertops.domain.department import Department
from covertops.domain.entries.package import ExportReceived
from covertops.domain.membership import may_see_advice
from covertops.domain.operation import Export, Operation
from covertops.domain.refusals import refuse
from covertops.domain.vocabulary import Office
from covertops.export.facts import package_facts
from covertops.export.report import Report
from covertops.export.verifier import Progress, verify_package
from covertops.export.withheld import withheld_rows
from covertops.export.writer import Plan, PlannedBag, TooMuch, plan, plan_bag
from covertops.export.zip_stream import ContentChanged
from covertops.ledger.canonical import Json
from covertops.storage.errors import StorageError
from covertops.storage.files import FileStoreError
from covertops.storage.ledger_read import read_entries
from covertops.storage.queries import PackageRow, Viewer, packages_received_by
from covertops.storage.queries import packages_for as packages_seen_by
from covertops.storage.unit_of_work import ReadUnit, WriteUnit
from covertops.vault.envelope import SealBroken

EVERYTHING: Final = Viewer("", frozenset({Office.CHIEF}))
"""Whoever runs the command line on the machine itself sees every package there is."""


class PackageChanged(StorageError):
    """The package that the record leads to now is not the one that was sealed, or it cannot be written."""


class Download(NamedTuple):
    """A package on its way: the file's name, its size in bytes, and its bytes piece by piece."""

    filename: str
    size: int
    chunks: Iterator[bytes]


@dataclass(frozen=True)
class About:
    """What a page says about a package: its facts, what it withholds, and its fingerprint."""

    export: Export
    filename: str
    size: int
    manifest_sha256: str
    facts: tuple[tuple[str, str], ...]
    withheld: tuple[Mapping[str, Json], ...]


def seal_released(
    house: Installation, unit: WriteUnit, operation: Operation, actor: Actor, department: Department, now: datetime
) -> Outcome:
    """Record the fingerprint of the package that was just released, in the same transaction.

    Raises FileMissing where a capture's file is gone, and Refusal for a package that no verifier would read: then
    nothing is released either.
    """
    export = next(one for one in reversed(operation.exports) if one.released is not None and one.sealed is None)
    size = unit.head.size
    try:
        bag = plan_bag(package_from(house, unit, operation.id, export, size, read_tree(unit, size)))
    except TooMuch as error:
        remedy = "Prepare packages of parts of it: withhold whole entries, with the ground “in another package”."
        raise refuse("too much", f"No verifier would read this package: {error}", TWO, remedy) from error
    decided = seal_export(operation, actor, bag.manifest_sha256, size)
    return record(house, unit, operation, decided, department, now)


def package_of(house: Installation, operation_id: str, reference: str) -> Plan:
    """The package with this reference, exactly as it was sealed. Raises NotFound and PackageChanged."""
    with house.store.read() as unit:
        operation = house.folds.operation(unit, operation_id)
        return _sealed(house, unit, operation, _released(operation, reference))[1]


def _released(operation: Operation, reference: str) -> Export:
    for export in operation.exports:
        if export.reference == reference and export.released is not None and export.sealed is not None:
            return export
    raise NotFound(reference)


def _sealed(house: Installation, unit: ReadUnit, operation: Operation, export: Export) -> tuple[PlannedBag, Plan]:
    """The package as it was sealed. Raises PackageChanged where the record no longer leads to it."""
    sealing = read_entries(unit, operation.id, (export.sealed or 0,))[0]
    size, manifest = sealing.fields["tree_size"], sealing.fields["manifest_sha256"]
    if not isinstance(size, int):
        raise PackageChanged(f"{export.reference}: its seal names no checkpoint")
    tree = read_tree(unit, sealing.index + 1)
    bag = plan_bag(package_from(house, unit, operation.id, export, size, tree))
    if bag.manifest_sha256 != manifest:
        raise PackageChanged(
            f"{export.reference}: the record leads to fingerprint {bag.manifest_sha256}, {manifest} was sealed; "
            "this program or its policy file is another version than then: prepare a new package"
        )
    return bag, plan(bag, seal_from(unit, sealing, tree))


def _scene(
    house: Installation, unit: ReadUnit, operation_id: str, reference: str, person: str, now: datetime
) -> tuple[Scene, Export]:
    """What an act on a package stands on, for its recipient, the Chief and the supervisors. Raises NotFound."""
    department = house.folds.department(unit)
    member = department.people.get(person)
    offices = member.offices(now) if member else frozenset()
    operation = house.folds.operation(unit, operation_id)
    export = _released(operation, reference)
    recipient = export.recipient == person and Office.PROSECUTING_ATTORNEY in offices
    # The recipient learns of the package and not of the operation; everybody else must be above it.
    if not recipient and not may_see_advice(operation, person, offices):
        raise NotFound(operation_id)
    facts = Facts(now, department.rules(house.policy), department)
    return Scene(operation, department, Actor(person, offices), facts), export


def download(house: Installation, operation_id: str, reference: str, person: str, now: datetime) -> Download:
    """Hand the package to its recipient, the Chief or a supervisor of the operation; that is on record first.

    The chunks raise ContentChanged, SealBroken or FileStoreError where a capture is no longer what its entry says: the
    copy then breaks off. Raises NotFound and PackageChanged.
    """
    with house.store.read() as unit:
        it, export = _scene(house, unit, operation_id, reference, person, now)
        _, planned = _sealed(house, unit, it.operation, export)
    with house.store.write() as unit:
        now = not_before(unit, now)
        it, _ = _scene(house, unit, operation_id, reference, person, now)
        decided = download_export(it.operation, it.actor, it.facts, reference)
        outcome = record(house, unit, it.operation, decided, it.department, now)
    house.folds.keep(outcome.operation)
    return Download(planned.filename, planned.size, planned.stream())


def receive(
    house: Installation, operation_id: str, reference: str, person: str, given: Mapping[str, object], now: datetime
) -> Outcome:
    """The recipient confirms that the package arrived. Raises NotFound and Refusal."""
    with house.store.write() as unit:
        now = not_before(unit, now)
        it, _ = _scene(house, unit, operation_id, reference, person, now)
        receive_export(it.operation, it.actor, it.facts, reference)
        answers = read_answers(ExportReceived, given, it.department.zone_name)
        decided = receive_export(it.operation, it.actor, it.facts, reference, answers)
        outcome = record(house, unit, it.operation, decided, it.department, now)
    house.folds.keep(outcome.operation)
    return outcome


def about(house: Installation, operation_id: str, reference: str, person: str, now: datetime) -> About:
    """What a package holds and withholds, for whoever may download it. Raises NotFound and PackageChanged."""
    with house.store.read() as unit:
        it, export = _scene(house, unit, operation_id, reference, person, now)
        bag, planned = _sealed(house, unit, it.operation, export)
    return About(
        export,
        planned.filename,
        planned.size,
        planned.manifest_sha256,
        tuple(package_facts(bag.record)),
        tuple(withheld_rows(bag.record)),
    )


def packages_for(house: Installation, person: str, now: datetime) -> list[PackageRow]:
    """The packages released to a prosecuting attorney, the newest first; nothing else of their operations."""
    with house.store.read() as unit:
        member = house.folds.department(unit).people.get(person)
        if member is None or Office.PROSECUTING_ATTORNEY not in member.offices(now):
            return []
        return packages_received_by(unit, person)


def released_reference(house: Installation, reference: str | None = None) -> tuple[str, str]:
    """The operation and reference of a released package: the one asked for, or the newest. Raises Refusal."""
    with house.store.read() as unit:
        rows = [row for row in packages_seen_by(unit, EVERYTHING) if reference in (None, row.reference)]
    released = [row for row in rows if row.released_at is not None]
    if released:
        newest = max(released, key=lambda row: (row.released_at or row.prepared_at, row.reference))
        return newest.operation_id, newest.reference
    if rows:
        remedy = f"The Chief opens the operation and releases {rows[0].reference}."
        raise refuse("unreleased", f"Package {rows[0].reference} is not released", TWO, remedy)
    what = f"There is no package {reference}" if reference else "No package has been prepared"
    remedy = "The operation’s supervisor prepares one and the Chief releases it."
    raise refuse("nothing", what, TWO, remedy)


def write(house: Installation, reference: str | None, output: Path, now: datetime) -> dict[str, Json]:
    """Write a released package (the newest where no reference is given) to a new file that only its owner can read.

    That a copy was taken at the machine, in nobody's name, is on record before its first byte is written. Returns its
    reference, size and fingerprint. Raises Refusal, PackageChanged, FileStoreError and SealBroken; the file is gone
    again where it could not be written whole.
    """
    operation_id, found = released_reference(house, reference)
    planned = package_of(house, operation_id, found)
    try:
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise PackageChanged(f"write {output}: {error.strerror}") from error
    try:
        _record_copy(house, operation_id, found, now)
        with open(descriptor, "wb") as file:
            for chunk in planned.stream():
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    except (OSError, ContentChanged, FileStoreError, SealBroken) as error:
        with suppress(OSError):
            output.unlink()
        raise PackageChanged(f"write {output}: {error}") from error
    return {"reference": found, "size": planned.size, "manifest_sha256": planned.manifest_sha256}


def _record_copy(house: Installation, operation_id: str, reference: str, now: datetime) -> None:
    with house.store.write() as unit:
        department = house.folds.department(unit)
        operation = house.folds.operation(unit, operation_id)
        decided = copy_at_the_machine(operation, reference)
        outcome = record(house, unit, operation, decided, department, now)
    house.folds.keep(outcome.operation)


def verify(path: Path, key: str | None = None, progress: Progress | None = None) -> Report:
    """Check a package, as ZIP or folder, offline and without an installation; see `export.verifier`."""
    return verify_package(path, key, progress)
