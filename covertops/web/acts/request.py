"""Asking for an undercover profile, for the first time or again after it was returned; declaring an older one."""

from __future__ import annotations

from typing import ClassVar, Final

from covertops.domain.decisions import Decision
from covertops.domain.decisions.request import declare_profile
from covertops.domain.entries.request import ProfileDeclared
from covertops.web.acts.desk import Desk
from covertops.web.acts.sheets import Sheet

DECLARE: Final = Decision("declare-profile", "Put on record", ProfileDeclared, declare_profile)


class RequestSheet(Sheet):
    """The request for a profile."""

    template: ClassVar[str] = "request.html"

    def title(self, desk: Desk) -> str:
        return "Ask again" if desk.operation.request else "Request an undercover profile"

    def lead(self, desk: Desk) -> str:
        if desk.operation.last_number:
            return super().lead(desk)
        return "What you type is kept as a draft for you alone."

    def crumb(self, desk: Desk) -> str:
        return "Ask again" if desk.operation.request else "New request"


class DeclareSheet(Sheet):
    """A profile that is older than this system."""

    def title(self, desk: Desk) -> str:
        return "Declare a profile that is older than this system"

    def lead(self, desk: Desk) -> str:
        return "It is not used until it is authorized here. Nothing is backdated."

    def crumb(self, desk: Desk) -> str:
        return "Declare a profile"

    def afterwards(self, desk: Desk) -> str:
        return "After you put it on record: you ask for it as for any other. It is not used before the Chief decides."
