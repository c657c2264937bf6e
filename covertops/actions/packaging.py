"""From the record to a package: what is copied for its audience, proved against one checkpoint, and where files lie.

A package is not kept. It is computed from the record, and the same release always gives the same bytes: it ends with
the release (and whom that introduced) and is bound to the checkpoint signed over exactly those entries.
"""

from __future__ import annotations

from collections.abc import Iterator

from covertops.actions.folding import DEPARTMENT, opened
from covertops.actions.installation import Installation
from covertops.domain.disclosure import FILE, Withholding, read_withholding
from covertops.domain.entries.package import ExportPrepared
from covertops.domain.operation import Export
from covertops.domain.vocabulary import Audience
from covertops.export.check_signatures import bears_on_signatures
from covertops.export.content import CaptureFile, Chunks, CopiedEntry, HeldEntry, Package, Seal, copy_entry
from covertops.ledger.checkpoint import open_checkpoint
from covertops.ledger.merkle import Tree, leaf_hash
from covertops.ledger.proof import write_proof
from covertops.storage.errors import Tampered
from covertops.storage.ledger_read import RecordedEntry, read_checkpoint, read_headers, read_stream
from covertops.storage.unit_of_work import ReadUnit
from covertops.vault.keys import CompartmentKey


def read_tree(unit: ReadUnit, size: int) -> Tree:
    """The tree of the log's first ``size`` entries; what it leads to is checked where it is used."""
    return Tree([leaf_hash(row.header) for row in read_headers(unit, limit=size)])


def package_from(
    house: Installation, unit: ReadUnit, operation_id: str, export: Export, size: int, tree: Tree
) -> Package:
    """The package of a release, against the checkpoint of the log's first ``size`` entries, of which ``tree`` is.

    Counsel's compartments are not even opened. Raises Tampered where the log is not what that checkpoint signed, and
    FileMissing where the file of a capture is gone.
    """
    entries = [one for one in read_stream(unit, operation_id) if one.index < size]
    audience, more = _terms(entries[export.prepared.number - 1])
    copied = tuple(copy_entry(_held(one), audience, more) for one in entries)
    note = _signed_at(unit, size, tree)
    vouching = [
        one for one in read_stream(unit, DEPARTMENT) if one.index < size and bears_on_signatures(one.kind, one.fields)
    ]
    return Package(
        entries=copied,
        proofs=tuple(write_proof(one.index, tree.inclusion(one.index, size), note) for one in entries),
        checkpoint=note,
        log_key=unit.log_key.verifier,
        policy=house.policy.source,
        captures=tuple(_captures(house, unit, operation_id, zip(entries, copied, strict=True))),
        department=tuple(copy_entry(_held(one), audience, ()) for one in vouching),
        department_proofs=tuple(write_proof(one.index, tree.inclusion(one.index, size), note) for one in vouching),
    )


def seal_from(unit: ReadUnit, sealing: RecordedEntry, tree: Tree) -> Seal:
    """The entry that seals a package, shown whole, and its proof as of when it stood in the log. Raises Tampered."""
    size = sealing.index + 1
    note = _signed_at(unit, size, tree)
    entry = copy_entry(_held(sealing), Audience.PROSECUTOR, ())
    return Seal(entry, write_proof(sealing.index, tree.inclusion(sealing.index, size), note))


def _terms(raw: RecordedEntry) -> tuple[Audience, tuple[Withholding, ...]]:
    """Whom a prepared package is for, and what its preparer withholds."""
    entry = opened(raw).entry
    if not isinstance(entry, ExportPrepared):
        raise Tampered(f"entry {raw.number} of stream {raw.stream} prepares no package")
    lines = (read_withholding(line) for line in entry.withheld)
    return Audience(entry.audience), tuple(line for line in lines if line is not None)


def _held(raw: RecordedEntry) -> HeldEntry:
    return HeldEntry(raw.header, raw.body, {field.name: field.to_bytes() for field in raw.given})


def _signed_at(unit: ReadUnit, size: int, tree: Tree) -> str:
    """The stored checkpoint of this size, which must have signed what the tree says. Raises Tampered."""
    note = read_checkpoint(unit, size)
    if note is None:
        raise Tampered(f"the checkpoint of {size} entries is not stored")
    signed = open_checkpoint(note, unit.log_key.verifier)
    if len(tree) < size or (signed.size, signed.root) != (size, tree.root(size)):
        raise Tampered(f"the log is not the one that its checkpoint of {size} entries signed")
    return note


def _captures(
    house: Installation, unit: ReadUnit, operation_id: str, entries: Iterator[tuple[RecordedEntry, CopiedEntry]]
) -> Iterator[CaptureFile]:
    key = unit.compartments.key(f"operation/{operation_id}")
    for raw, copied in entries:
        if raw.kind == "evidence.preserved" and copied.body is not None and not FILE & copied.withheld.keys():
            file_id = str(raw.fields["file"])
            # A release that could never be handed over is not made: the file must be there before it is sealed.
            house.files.sealed_size(file_id)
            yield CaptureFile(raw.number, _chunks(house, file_id, key))


def _chunks(house: Installation, file_id: str, key: CompartmentKey) -> Chunks:
    def read() -> Iterator[bytes]:
        # Looking up another compartment than the operation's raises KeyError, which the vault takes for a broken seal.
        with house.files.open(file_id, {key.name: key}.__getitem__) as stored:
            yield from stored.read()

    return read
