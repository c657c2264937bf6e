"""The page that shows a one-time code once, to whoever made it."""

from __future__ import annotations

from flask import Response

from covertops.actions.department import Invited
from covertops.domain.department import Department
from covertops.web.page import Crumb, Page
from covertops.web.pages.asking import Looking, times_of
from covertops.web.show import show

PEOPLE = "People"


def invited_page(invited: Invited, department: Department, at: Looking) -> Response:
    """The code, its name for signing in, and until when it is good."""
    times = times_of(department, at.now)
    member = invited.member
    page = Page(
        f"One-time code for {member.name}",
        PEOPLE,
        (Crumb("My work", "/"), Crumb(PEOPLE, "/people"), Crumb("One-time code")),
        lead="Hand it over in person. It is shown once and kept nowhere.",
    )
    return show(
        "reading/invited.html",
        page,
        code=invited.code,
        sign_in_name=member.sign_in_name,
        until=times.stamp(invited.expires_at),
        appoint_href=f"/people/appoint?person={member.id}" if invited.is_new else "",
    )
