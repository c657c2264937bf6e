"""What was signed in whose name, as the folds keep it: enough to list it, and to say between what it was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from covertops.domain.declaration import Recorded, kind_of


@dataclass(frozen=True)
class SignedAct:
    """An entry with a signature. ``size`` is the checkpoint it names: it is no older than so many entries."""

    number: int
    at: datetime
    by: str
    title: str
    level: str
    size: int


@dataclass(frozen=True)
class GivenReceipt:
    """A record receipt that left the house: whoever holds it can hold the record's first ``size`` entries to it."""

    size: int
    at: datetime


def signed_acts(it: Recorded) -> tuple[SignedAct, ...]:
    """The entry as a signed act, if it bears a signature and this copy shows it."""
    signature, by = it.entry.signature, it.entry.by
    if not signature or not by:
        return ()
    size = signature.checkpoint.size if signature.checkpoint else 0
    return (SignedAct(it.number, it.at, by, kind_of(it.entry).title, signature.level, size),)


def given_after(receipts: Sequence[GivenReceipt], index: int) -> GivenReceipt | None:
    """The first receipt given out that covers the entry at this index of the log: the entry is not newer than that."""
    return next((one for one in receipts if one.size > index), None)
