"""Which sheet draws which act."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from covertops.actions.operations import NotFound
from covertops.domain.decisions import DECISIONS
from covertops.web.acts.activity import ActivitySheet
from covertops.web.acts.consultation import ConsultationSheet
from covertops.web.acts.correct import CorrectSheet
from covertops.web.acts.decide import DecideSheet
from covertops.web.acts.packages import PrepareSheet, ReleaseSheet
from covertops.web.acts.paper import PaperSheet
from covertops.web.acts.request import RequestSheet
from covertops.web.acts.sheets import Sheet

_OWN: Final[Mapping[str, type[Sheet]]] = {
    "submit-request": RequestSheet,
    "grant-authorization": DecideSheet,
    "log-consultation": ConsultationSheet,
    "log-activity": ActivitySheet,
    "correct-entry": CorrectSheet,
    "enter-paper": PaperSheet,
    "prepare-export": PrepareSheet,
    "release-export": ReleaseSheet,
}
SHEETS: Final[Mapping[str, Sheet]] = {name: _OWN.get(name, Sheet)(one) for name, one in DECISIONS.items()}


def sheet_of(name: str) -> Sheet:
    """The sheet of a decision. Raises NotFound for a name that is none."""
    if name not in SHEETS:
        raise NotFound(name)
    return SHEETS[name]
