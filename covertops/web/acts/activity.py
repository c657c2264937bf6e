"""An officer records a sitting: one date with two times, also past midnight, and the captures that belong to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from covertops.actions.captures import MOST_CAPTURE_BYTES
from covertops.domain.declaration import Recorded, specs_of
from covertops.domain.entries.activity import ActivityLogged, EvidencePreserved
from covertops.domain.entries.authority import AuthorizationGranted
from covertops.domain.refusals import Missing
from covertops.web.acts.desk import Desk
from covertops.web.acts.layouts import changed
from covertops.web.acts.sheets import Sheet
from covertops.web.form_building import Change, Typed, given_of, with_problems
from covertops.web.forms import Form, FormField
from covertops.web.page import Capture, Tag
from covertops.web.plain_words import fingerprint
from covertops.web.presenting.sayings import file_kind, file_size
from covertops.web.presenting.stages import TAGS

DAY, START, END = "on", "from", "to"
MOMENTS: Final = {"started_at": START, "ended_at": END}
LONGEST: Final = timedelta(hours=12)
"""A sitting that ends earlier in the day than it began went past midnight, unless it would be longer than this."""


def moments(day: str, start: str, end: str) -> dict[str, str]:
    """The two moments of a sitting as the actions take them: local, without a zone.

    ``23:30`` to ``00:20`` ends on the next day. What is no date or time stays as it is, and is refused there.
    """
    begun, ended = f"{day}T{start}" if start else "", f"{day}T{end}" if end else ""
    try:
        first, last = datetime.fromisoformat(begun), datetime.fromisoformat(ended)
    except ValueError:
        return {"started_at": begun, "ended_at": ended}
    past_midnight = last + timedelta(days=1)
    if last < first and past_midnight - first <= LONGEST:
        ended = past_midnight.isoformat(timespec="minutes")
    return {"started_at": begun, "ended_at": ended}


class ActivitySheet(Sheet):
    """One sitting with the profile."""

    template: ClassVar[str] = "activity.html"

    def title(self, desk: Desk) -> str:
        return "New activity"

    def crumb(self, desk: Desk) -> str:
        return "New activity"

    def submit(self, desk: Desk) -> str:
        return "Put on record"

    def tag(self, desk: Desk) -> Tag | None:
        return TAGS[desk.operation.stage]

    def asks(self, name: str) -> bool:
        return name in (DAY, START, END) or (super().asks(name) and name not in MOMENTS)

    def opened(self, desk: Desk) -> Typed:
        return {**super().opened(desk), DAY: [desk.today.isoformat()]}

    def layout(self, desk: Desk) -> Mapping[str, Change]:
        grant = desk.operation.grant
        it = desk.read([grant.ref.number]).get(grant.ref.number) if grant else None
        scope = ""
        if it is not None and isinstance(it.entry, AuthorizationGranted):
            scope = f"Scope (entry {it.number}): {it.entry.conduct} Not allowed: {it.entry.prohibitions}"
        return {**super().layout(desk), "outside": changed(help=scope)}

    def fields(self, desk: Desk, typed: Typed, problems: Sequence[Missing]) -> list[FormField]:
        own = [replace(one, field=MOMENTS.get(one.field or "", one.field)) for one in problems]
        rest = super().fields(desk, typed, own)
        rule = specs_of(ActivityLogged)["started_at"].rule
        first = [
            FormField(name=DAY, widget="date", label="Date", value=_one(typed, DAY), rule=rule),
            FormField(name=START, widget="time", label="From", value=_one(typed, START), beside=True),
            FormField(name=END, widget="time", label="To", value=_one(typed, END), beside=True),
        ]
        apart = (*MOMENTS, "captures")
        return [with_problems(one, own) for one in first] + [one for one in rest if one.name not in apart]

    def given(self, desk: Desk, typed: Typed) -> tuple[str, Mapping[str, object]]:
        answers = {name: values for name, values in typed.items() if name not in (DAY, START, END)}
        times = moments(_one(typed, DAY), _one(typed, START), _one(typed, END))
        return self.decision.name, {**given_of(ActivityLogged, answers), **times}

    def context(self, desk: Desk, form: Form, typed: Typed) -> dict[str, Any]:
        names = [one.name for one in form.fields]
        place = names.index("outside")
        numbers = {int(one) for one in typed.get("captures", ()) if one.isascii() and one.isdecimal() and len(one) < 10}
        kept = [shown_capture(it) for it in desk.read(numbers).values() if isinstance(it.entry, EvidencePreserved)]
        return {
            "before_names": names[:place],
            "after_names": names[place:],
            "captures": kept,
            "captures_url": f"/operations/{desk.operation.id}/captures",
            "capture_rules": [specs_of(ActivityLogged)["captures"].rule],
            "most": str(MOST_CAPTURE_BYTES),
            "held_href": f"/operations/{desk.operation.id}/record-held-material",
        }


def _one(typed: Typed, name: str) -> str:
    return "".join(typed.get(name, ())[:1])


def shown_capture(it: Recorded) -> Capture:
    """A capture on record, as a list shows it."""
    entry = it.entry
    if not isinstance(entry, EvidencePreserved):
        raise TypeError(f"entry {it.number} is no capture")
    words = f"{entry.reference}, {file_kind(entry.media_type)}"
    return Capture(
        entry.name, "stored", file_size(entry.size), fingerprint(entry.sha256), words=words, id=str(it.number)
    )
