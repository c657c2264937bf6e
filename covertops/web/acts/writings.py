"""What an attorney wrote, as the privileged frame of a page shows it to those who may read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from covertops.actions.folding import entries
from covertops.domain.entries.counsel import CityAttorneyWrote, ProsecutorWrote
from covertops.web.page import Capture
from covertops.web.plain_words import fingerprint
from covertops.web.presenting.sayings import file_kind, file_size

if TYPE_CHECKING:
    from covertops.storage.unit_of_work import ReadUnit


def shown_writings(unit: ReadUnit, operation_id: str, numbers: Iterable[int]) -> list[tuple[Capture, str]]:
    """The writings these entries keep, with the address of each; whether they may be shown the caller has asked."""
    found = entries(unit, operation_id, numbers, counsel=True).values()
    return [
        (
            Capture(
                it.entry.name,
                size=file_size(it.entry.size),
                fingerprint=fingerprint(it.entry.sha256),
                words=file_kind(it.entry.media_type),
                id=str(it.number),
            ),
            f"/operations/{operation_id}/writings/{it.number}",
        )
        for it in found
        if isinstance(it.entry, ProsecutorWrote | CityAttorneyWrote)
    ]
