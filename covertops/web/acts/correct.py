"""A clerical correction: first which entry, then which of its fields, and what it should read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from covertops.domain.decisions.activity import correctable_fields
from covertops.domain.declaration import Recorded, specs_of
from covertops.domain.refusals import Missing
from covertops.web.acts.desk import Desk
from covertops.web.acts.layouts import changed
from covertops.web.acts.sheets import Sheet
from covertops.web.form_building import Change, Typed, entry_label
from covertops.web.forms import Form, FormField, Option


class CorrectSheet(Sheet):
    """The fields of one entry that a clerical correction may name."""

    template: ClassVar[str] = "correct.html"

    def target(self, desk: Desk) -> Recorded | None:
        """The entry the address names, if it is one of those that the person may correct."""
        mine = self.entries(desk).get("corrected", ())
        return next((it for it in mine if it.number == desk.asked_entry), None)

    def layout(self, desk: Desk) -> Mapping[str, Change]:
        it = self.target(desk)
        if it is None:
            return {}
        specs = specs_of(type(it.entry))
        now = {name: desk.words({}).value(specs[name], getattr(it.entry, name)) for name in correctable_fields(it)}
        options = tuple(Option(name, specs[name].label, f"Stands now: {said}") for name, said in now.items())
        chosen = Option(str(it.number), entry_label(it, desk.words({it.number: it})))
        return {
            "corrected": changed(widget="radios", options=(chosen,)),
            "field": changed(widget="radios", options=options, label="What should read otherwise?"),
        }

    def fields(self, desk: Desk, typed: Typed, problems: Sequence[Missing]) -> list[FormField]:
        if self.target(desk) is None and not problems:
            return []
        return super().fields(desk, typed, problems)

    def context(self, desk: Desk, form: Form, typed: Typed) -> dict[str, Any]:
        known = self.entries(desk).get("corrected", ())
        words = desk.words({it.number: it for it in known})
        base = f"/operations/{desk.operation.id}/{self.decision.name}"
        return {"mine": [(f"{base}?entry={it.number}", entry_label(it, words)) for it in known]}
