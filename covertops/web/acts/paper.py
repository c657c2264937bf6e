"""Entering a decision that was signed in ink: the scan is added on the page itself, and the newest one is named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from covertops.actions.captures import MOST_CAPTURE_BYTES
from covertops.domain.entries.activity import SHEET
from covertops.web.acts.activity import shown_capture
from covertops.web.acts.desk import Desk
from covertops.web.acts.sheets import Sheet
from covertops.web.form_building import Typed
from covertops.web.forms import Form


class PaperSheet(Sheet):
    """The scan, and both times: when it was signed on paper, and by being entered, when it came here."""

    template: ClassVar[str] = "paper.html"

    def given(self, desk: Desk, typed: Typed) -> tuple[str, Mapping[str, object]]:
        return super().given(desk, {**typed, "scan": typed.get("scan", ())[-1:]})

    def context(self, desk: Desk, form: Form, typed: Typed) -> dict[str, Any]:
        numbers = [one.ref.number for one in desk.operation.captures if one.sheet]
        return {
            "scans": [shown_capture(it) for it in desk.read(numbers[-1:]).values()],
            "others": [one.name for one in form.fields if one.name != "scan"],
            "scans_url": f"/operations/{desk.operation.id}/captures",
            "sheet": SHEET,
            "most": str(MOST_CAPTURE_BYTES),
            "print_href": f"/operations/{desk.operation.id}/sheets",
        }
