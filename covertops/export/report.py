"""What the verifier looked at and what it found. Nothing looked at is never well."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from covertops.export.ceilings import MOST_FINDINGS
from covertops.export.statements import CONTINUOUS, LEGAL
from covertops.export.words import counted, one_line


@dataclass(frozen=True)
class Finding:
    """Something that is not as it must be: the file it was found in, and what."""

    where: str
    what: str

    def __str__(self) -> str:
        # Both can quote what somebody else wrote: no terminal is to obey it.
        return one_line(f"{self.where[:300]}: {self.what[:600]}")


@dataclass
class Report:
    """The answer of one verification; ``covered`` says for each activity whether it was authorized."""

    reference: str = ""
    fingerprint: str = ""
    """SHA-256 of the tag manifest: what the department shows on the package's page and its record holds."""
    key_fingerprint: str = ""
    pinned: bool = False
    """Whether the log's key is the one the reader brought along."""
    files: int = 0
    bytes: int = 0
    entries: int = 0
    fields: int = 0
    withheld_fields: int = 0
    withheld_entries: int = 0
    captures: int = 0
    documents: int = 0
    activities: int = 0
    signatures: dict[str, int] = field(default_factory=dict)
    """How many signatures hold, by level."""
    findings: list[Finding] = field(default_factory=list)
    unlisted: int = 0
    """How many findings there are beyond those listed."""
    covered: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    """What the checks of signatures leave to people: weaker levels, and fingerprints to be compared with print."""

    @property
    def ok(self) -> bool:
        """Whether files, entries and documents were checked and nothing was found.

        It does not say whose log it is: without a pinned key, :attr:`identity` says so and a reader must compare.
        """
        return bool(self.files and self.entries and self.documents) and not self.findings

    @property
    def count(self) -> int:
        """How many findings there are, listed or not."""
        return len(self.findings) + self.unlisted

    @property
    def identity(self) -> str:
        """Whose key signed the log, as far as this verification can tell."""
        if self.pinned:
            return f"Signed by the log whose key you gave (fingerprint {self.key_fingerprint})."
        known = self.key_fingerprint or "unknown"
        return f"IDENTITY UNPROVEN: compare the key’s fingerprint with one that did not come with the package: {known}"

    def found(self, where: str, what: str) -> None:
        """Note something that is not as it must be; past so many, they are counted only."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(where, what))
        else:
            self.unlisted += 1

    def as_data(self) -> dict[str, Any]:
        """For a script."""
        return {"ok": self.ok, **asdict(self), "identity": self.identity, "verdict": self.verdict}

    @property
    def verdict(self) -> str:
        """The last word, in one line."""
        if self.findings:
            return f"NOT INTACT: {self.count} found."
        return f"Intact. {CONTINUOUS}" if self.ok else "NOTHING TO CHECK."

    def as_lines(self) -> list[str]:
        """For a person."""
        counts = (
            f"Package {self.reference or 'without a reference'}: {counted(self.files, 'file', 'files')} "
            f"({self.bytes} bytes), {counted(self.entries, 'entry', 'entries')}, "
            f"{counted(self.fields, 'field', 'fields')} shown, {self.withheld_fields} withheld, "
            f"{counted(self.withheld_entries, 'whole entry', 'whole entries')} withheld, "
            f"{counted(self.captures, 'capture', 'captures')}, {counted(self.documents, 'document', 'documents')}, "
            f"{counted(sum(self.signatures.values()), 'signature', 'signatures')}."
        )
        return [
            counts,
            f"Fingerprint of the package: {self.fingerprint or 'unknown'}",
            *(f"FOUND {one}" for one in self.findings),
            *(["Was it authorized?", *self.covered] if self.covered else []),
            *(f"NOTE {one_line(one)}" for one in self.told),
            self.identity,
            self.verdict,
            LEGAL,
        ]
