"""Showing a page: a template in the frame of whoever is looking at it."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template

from covertops.web.identity import current_person
from covertops.web.installed import installed
from covertops.web.page import Page


def show(template: str, page: Page, status: int = 200, **context: Any) -> Response:
    """A page after sign-in. ``context`` is what the template itself asks for, beside ``page`` and ``frame``."""
    frame = installed().services.frame(current_person())
    return Response(render_template(template, page=page, frame=frame, **context), status, mimetype="text/html")
