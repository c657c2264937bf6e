"""The installation behind the pages, for the views that read it or act in it.

An operation that does not exist and one that the person does not need to know of are one answer: the page of a path
that leads nowhere, byte for byte.
"""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app
from werkzeug.exceptions import NotFound as NothingHere
from werkzeug.wrappers import Response

from covertops.actions.installation import Installation
from covertops.actions.operations import NotFound


def give_house(app: Flask, house: Installation) -> None:
    """Let the pages of an application act in an installation; called once, before the first request."""
    app.extensions["house"] = house

    @app.errorhandler(NotFound)
    def same_as_unknown(_: NotFound) -> Response:
        return cast("Response", app.handle_http_exception(NothingHere()))


def house() -> Installation:
    """The installation that answers this request."""
    return cast("Installation", current_app.extensions["house"])
