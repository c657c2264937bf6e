"""The signatures in a package, each checked against the entry it stands in and the passkeys the package carries.

The department's entries about passkeys and the operation's own are taken in the order of the log, so that a passkey
counts from when it was in force until it was revoked. Not checked here: that no revocation was left out of the
package and that each signer held the office named, which take the department's own record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from covertops.domain.declaration import Recorded, entry_from, kind_of
from covertops.domain.entries.department import SettingChanged
from covertops.domain.passkeys import ONLY
from covertops.export.check_log import ReadEntry, SignedLog, check_department
from covertops.export.look import Seen
from covertops.export.names import department_path, entry_path
from covertops.export.record import UNREADABLE, CopiedRecord, moment_of
from covertops.export.report import Report
from covertops.export.signatures import Signatures
from covertops.ledger.entry import Body, Header

ABOUT_PASSKEYS: Final = "passkey."


class _Step(NamedTuple):
    path: str
    header: Header
    body: Body | None
    it: Recorded | None
    """Body and entry are None where the copy withholds it whole."""


def bears_on_signatures(kind: str, values: Mapping[str, object]) -> bool:
    """Whether an entry of the department is one by which signatures are checked: of passkeys, or of their setting."""
    return kind.startswith(ABOUT_PASSKEYS) or (kind == kind_of(SettingChanged).name and values.get("name") == ONLY)


def check_signatures(record: CopiedRecord, seen: Mapping[str, Seen], log: SignedLog, report: Report) -> tuple[int, ...]:
    """Check every signature of the copy; what does not hold is a finding, weaker levels and first passkeys are told.

    Returns the numbers of the department's entries that the copy carries.
    """
    department = check_department(seen, log, report)
    steps = [_Step(entry_path(item.number), item.header, item.body, item.it) for item in record.items]
    steps += _read(record, department, report)
    signatures = Signatures(founded=True)
    for step in sorted(steps, key=lambda one: one.header.index):
        if step.body is None or step.it is None:
            signatures.passed(step.header)
            continue
        for problem in signatures.check(step.header, step.body, step.it):
            report.found(step.path, problem)
    report.signatures = dict(sorted(signatures.levels.items()))
    report.told += [f"{line}." for line in signatures.told(lambda person: record.called.get(person, "somebody else"))]
    if report.signatures:
        report.told.append("That each signer held the office named rests on the department’s full record.")
    return tuple(one.header.number for one in department)


def _read(record: CopiedRecord, department: Sequence[ReadEntry], report: Report) -> list[_Step]:
    steps = []
    for one in department:
        path = department_path(one.header.number)
        if one.body is None:
            continue
        try:
            values = {field.name: field.value for field in one.fields}
            entry = entry_from(one.body.kind, one.body.version, one.body.fields, values)
        except UNREADABLE as error:
            report.found(path, f"cannot be read: {error}")
            continue
        header = one.header
        it = Recorded(header.stream, header.number, moment_of(header), header.hash, one.body.office, entry)
        if header.stream == record.operation.id or not bears_on_signatures(one.body.kind, values):
            report.found(path, f"is of kind {one.body.kind} and bears on no signature")
            continue
        steps.append(_Step(path, header, one.body, it))
    return steps
