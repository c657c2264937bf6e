"""The data dictionary of a package (13 TAC 7.77): what each field of its entries is, from the declarations."""

from __future__ import annotations

from covertops.domain.declaration import Choice, Entry, Number, Spec, kind_of, specs_of
from covertops.export.record import CopiedRecord
from covertops.export.statements import FORMAT
from covertops.export.words import json_document
from covertops.ledger.canonical import Json
from covertops.ledger.entry import FORMAT as ENTRY_FORMAT


def dictionary_json(record: CopiedRecord) -> bytes:
    """The declarations of the kinds that stand in this copy, and of no others: those come with later versions."""
    found = {type(item.it.entry) for item in record.items if item.it}
    kinds = sorted(found, key=lambda cls: (kind_of(cls).name, kind_of(cls).version))
    return json_document(
        {
            "format": "covertops/dictionary/1",
            "package_format": FORMAT,
            "entry_format": ENTRY_FORMAT,
            "kinds": [_kind(cls) for cls in kinds],
        }
    )


def _kind(cls: type[Entry]) -> dict[str, Json]:
    kind = kind_of(cls)
    return {
        "name": kind.name,
        "version": kind.version,
        "title": kind.title,
        "rules": [{"mark": rule.mark.value, "clause": rule.clause, "words": rule.words} for rule in kind.rules],
        "fields": [_field(name, spec) for name, spec in specs_of(cls).items()],
    }


def _field(name: str, spec: Spec) -> dict[str, Json]:
    found: dict[str, Json] = {
        "name": name,
        "label": spec.label,
        "type": type(spec).__name__.lower(),
        "class": spec.disclosure.value,
        "list": spec.many,
    }
    if isinstance(spec, Choice):
        found["options"] = dict(spec.options)
    if isinstance(spec, Number):
        found["unit"] = spec.unit
    return found
