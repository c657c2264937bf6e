"""The seal beside the bag: the record's entry after the release, which names the fingerprint of the whole bag.

It binds every file of the bag to the log's key, the readable ones too, whatever version of this program wrote them.
"""

from __future__ import annotations

from collections.abc import Mapping

from covertops.domain.entries.package import ExportSealed
from covertops.export.check_log import ReadEntry, SignedLog, has_only_the_logs_signature, read_entry_file, text_of
from covertops.export.look import Seen
from covertops.export.names import SEAL_ENTRY, SEAL_PROOF
from covertops.export.record import CopiedRecord, read_item
from covertops.export.report import Report
from covertops.ledger.entry import check_next
from covertops.ledger.merkle import leaf_hash
from covertops.ledger.proof import read_proof, verify_proof, write_proof


def check_seal(record: CopiedRecord, log: SignedLog, beside: Mapping[str, Seen], report: Report) -> bool:
    """Whether the seal stands in the log right after the release and names this bag; whatever does not is a finding."""
    before = len(report.findings)
    entry = _sealing_entry(beside, report)
    text = text_of(beside, SEAL_PROOF, report)
    if entry is None or text is None:
        return False
    try:
        _check_place(entry, record)
        _check_proof(text, entry, log, report)
        _check_content(entry, record, report)
    except ValueError as error:
        report.found(SEAL_ENTRY, str(error))
    return len(report.findings) == before


def _sealing_entry(beside: Mapping[str, Seen], report: Report) -> ReadEntry | None:
    file = beside.get(SEAL_ENTRY)
    if file is None or file.data is None:
        report.found(SEAL_ENTRY, "is missing")
        return None
    try:
        return read_entry_file(file.data)
    except ValueError as error:
        report.found(SEAL_ENTRY, str(error))
        return None


def _check_place(entry: ReadEntry, record: CopiedRecord) -> None:
    """It follows the last entry of the package in its stream and in the log. Raises ValueError."""
    last = record.items[-1].header
    check_next(last, entry.header)
    if entry.header.index != last.index + 1:
        raise ValueError(f"stands at index {entry.header.index} of the log, expected {last.index + 1}")


def _check_proof(text: str, entry: ReadEntry, log: SignedLog, report: Report) -> None:
    """The proof leads to what the log's key signed as soon as this entry stood in it, and has one writing."""
    try:
        proof = read_proof(text)
        checkpoint = verify_proof(text, leaf_hash(entry.header.to_bytes()), log.key)
    except ValueError as error:
        report.found(SEAL_PROOF, str(error))
        return
    if (proof.index, checkpoint.size) != (entry.header.index, entry.header.index + 1):
        report.found(SEAL_PROOF, f"is of index {proof.index} in {checkpoint.size} entries, not of the sealing entry")
    if write_proof(proof.index, proof.hashes, proof.note) != text or not has_only_the_logs_signature(proof.note):
        report.found(SEAL_PROOF, "holds lines besides the proof and the log’s own signature")


def _check_content(entry: ReadEntry, record: CopiedRecord, report: Report) -> None:
    """It seals this release, this checkpoint and this bag. Raises ValueError for an entry of another kind."""
    item = read_item(entry.copied())
    if item.it is None or item.body is None or not isinstance(item.it.entry, ExportSealed):
        raise ValueError("is not the entry that seals a package")
    if item.values.keys() != item.body.fields.keys():
        raise ValueError("does not show every field")
    sealed = item.it.entry
    release = record.items[record.release.number - 1]
    if (sealed.released.number, sealed.released.hash) != (release.number, release.header.hash):
        raise ValueError(f"seals the release in entry {sealed.released.number}, not the one that ends this package")
    if sealed.tree_size != record.checkpoint.size:
        raise ValueError(f"seals a package against {sealed.tree_size} entries, not {record.checkpoint.size}")
    if sealed.manifest_sha256 != report.fingerprint:
        named = f"has SHA-256 {report.fingerprint}, the seal names {sealed.manifest_sha256}"
        report.found("tagmanifest-sha256.txt", f"is not that of the bag that was released: {named}")
