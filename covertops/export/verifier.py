"""Checking a package offline: whoever has the file, and the log's key from elsewhere, needs nothing of ours but this.

    1   the files: a ZIP file laid out as ours are, or a folder of nothing but files; none larger than is read
    2   the bag: four tag files, the exact set of payload files, every digest
    3   the log's key: the one the reader brought, else its fingerprint to compare
    4   the checkpoint: signed by that key
    5   each entry: header, body and fields belong together; it is in the log that was signed; numbers run from 1
        without a gap, each header names the one before it, time never runs backwards
    6   the ending: the last entry is the release, and the log that was signed ended there; references lead to entries
    7   what is withheld: what the rules and the preparer's lines say, no more and no less
    8   the captures: each is the file its entry describes
    9   the seal: the log's next entry names the bag, every file of it
    10  each signature: what it signed is this entry in this place, by a passkey in force, or a weaker level is told
    11  everything computed from the record: the same when computed again
    12  the rules: the operation replayed; for each activity, whether it was authorized

Steps 1 to 9 share no code with the writer's planning. Not checked here: that nothing followed the seal, and that no
other version of the log was ever shown, which takes a witness.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from covertops.export.check_bag import check_bag
from covertops.export.check_log import check_checkpoint, check_entries, check_key
from covertops.export.check_record import check_beside, check_captures, check_documents, cover, read_copy
from covertops.export.check_seal import check_seal
from covertops.export.check_signatures import check_signatures
from covertops.export.look import Seen, look_at
from covertops.export.names import POLICY, entry_path
from covertops.export.package_files import NotAPackage, PackageFiles
from covertops.export.record import UNREADABLE, CannotRead
from covertops.export.report import Report

Progress = Callable[[str], None]


def verify_package(path: Path, key: str | None = None, progress: Progress | None = None) -> Report:
    """Check the package at a path, a ZIP file or a folder; raises nothing for what it holds.

    ``key`` is the log's verifier key or its fingerprint, from elsewhere; without it the answer says that the identity
    is unproven. ``progress`` is told which step begins.
    """
    report = Report()
    try:
        with PackageFiles(path) as files:
            _verify(files, key, report, progress or _silent)
    except NotAPackage as error:
        report.found(path.name, str(error))
    return report


def _silent(_step: str) -> None:
    """Nobody watches."""


def _verify(files: PackageFiles, pinned: str | None, report: Report, progress: Progress) -> None:
    # 1. The files, each read once.
    progress("Reading every file")
    seen, beside = look_at(files, report)

    # 2. The bag by itself.
    progress("Checking the bag")
    check_bag(seen, report)

    # 3. The log's key.
    progress("Checking the log’s key and checkpoint")
    key = check_key(seen, pinned, report)
    if key is None:
        return

    # 4. The checkpoint.
    log = check_checkpoint(seen, key, report)
    if log is None:
        return

    # 5. Each entry. What does not stand in the signed log is not read any further.
    progress("Checking each entry")
    before = report.count
    entries = check_entries(seen, log, report)
    policy = _policy(seen, report)
    if policy is None or not entries or report.count != before:
        return

    # 6 and 7. The ending, the references, and what is withheld.
    progress("Reading the record")
    try:
        record = read_copy(entries, log, policy, report)
        if record is None:
            return

        # 8. The captures.
        check_captures(record, seen, report)

        # 9. The seal.
        progress("Checking the seal")
        sealed = check_seal(record, log, beside, report)
        check_beside(record, seen, beside, files.bag, report)

        # 10. The signatures.
        progress("Checking each signature")
        department = check_signatures(record, seen, log, report)

        # 11. Everything computed from the record.
        progress("Comparing the readable files with the record")
        check_documents(record, seen, department, report, sealed=sealed)

        # 12. The rules.
        progress("Replaying the rules")
        cover(record, report)
    except CannotRead as error:
        report.found(entry_path(error.number), str(error))
    except UNREADABLE as error:
        # A log that is signed and yet holds what our software never writes: another's, or a version we do not know.
        report.found("data/log/entries", f"cannot be read as a record of ours: {error}")


def _policy(seen: Mapping[str, Seen], report: Report) -> bytes | None:
    file = seen.get(POLICY)
    if file is None or file.data is None:
        report.found(POLICY, "is missing")
        return None
    return file.data
