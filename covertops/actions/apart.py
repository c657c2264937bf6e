"""Telling counsel's words from the rest of what somebody typed, so that each is kept under its own compartment.

The record seals what the prosecuting attorney and the city attorney said apart from everything else. What waits to be
recorded, a draft or an act that is not signed yet, is divided by the same declaration.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from covertops.domain.decisions import DECISIONS
from covertops.domain.declaration import Entry, compartment_of, specs_of
from covertops.domain.vocabulary import Compartment, StreamKind

OWN = Compartment.OPERATION.value


def parts_of(asks: type[Entry] | None, values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Values by stored name (``name`` or ``name/3``), divided by the part that seals them; the own part always."""
    specs = specs_of(asks) if asks is not None else {}
    found: dict[str, dict[str, Any]] = {OWN: {}}
    for stored, value in values.items():
        spec = specs.get(stored.split("/")[0])
        part = compartment_of(spec, StreamKind.OPERATION).value if spec is not None else OWN
        found.setdefault(part, {})[stored] = value
    return found


def asked_by(kind: str) -> type[Entry] | None:
    """What the act asks that a draft is of; None for one that no decision of an operation is."""
    decision = DECISIONS.get(kind.partition(":")[0])
    return decision.asks if decision is not None else None
