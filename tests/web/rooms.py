"""Routes for tests of the gate: one for each audience, and one that fails in the way it is asked to."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from covertops.storage.errors import StorageBusy, StorageFailed, StorageFull
from covertops.web.errors import refuse
from covertops.web.headers import FILE_POLICY
from covertops.web.identity import identity
from covertops.web.page import Page
from covertops.web.security import PASSWORD_GIVEN, SIGNED_IN, audience, receives_stream, step_up
from covertops.web.show import show

FAILURES: dict[str, Exception] = {
    "full": StorageFull("what was asked for"),
    "busy": StorageBusy("what was asked for"),
    "failed": StorageFailed("what was asked for"),
    "bug": ZeroDivisionError("a secret word: heron"),
}


def plain(words: str) -> Response:
    """An answer that is no page."""
    return Response(words, mimetype="text/plain")


def rooms() -> Blueprint:
    """A new blueprint with those routes."""
    pages = Blueprint("rooms", __name__, template_folder="gallery/templates")

    @pages.get("/")
    @audience(SIGNED_IN)
    def first() -> Response:
        return show("gallery/empty.html", Page("My work", "My work"))

    @pages.get("/chief-only")
    @audience("chief")
    def chief_only() -> Response:
        return plain("for the Chief")

    @pages.post("/chief-only/act")
    @audience("chief")
    def act() -> Response:
        return plain(request.form.get("words", ""))

    @pages.post("/say")
    @audience(SIGNED_IN)
    def say() -> Response:
        return plain(request.form.get("words", ""))

    @pages.post("/stream")
    @audience(SIGNED_IN)
    @receives_stream
    def stream() -> Response:
        return plain(str(len(request.stream.read())))

    @pages.get("/file")
    @audience(SIGNED_IN)
    def file() -> Response:
        return Response(b"bytes", mimetype="application/octet-stream", headers={"Content-Security-Policy": FILE_POLICY})

    @pages.get("/loose")
    @audience(SIGNED_IN)
    def loose() -> Response:
        return Response(b"x", mimetype="text/plain", headers={"Content-Security-Policy": "default-src *"})

    @pages.route("/key", methods=["GET", "POST"])
    @audience(SIGNED_IN)
    @step_up
    def key() -> Response:
        return plain(request.form.get("words", "a key"))

    @pages.post("/passkey")
    @audience(PASSWORD_GIVEN)
    def passkey() -> Response:
        return plain(identity().strengthen(lambda _: request.form["right"] == "yes").value)

    @pages.get("/fail/<kind>")
    @audience(SIGNED_IN)
    def fail(kind: str) -> Response:
        raise FAILURES[kind]

    @pages.get("/status/<int:status>")
    @audience(SIGNED_IN)
    def status(status: int) -> Response:
        abort(status)

    @pages.get("/refuse")
    @audience(SIGNED_IN)
    def refused() -> Response:
        refuse(409, "Entry 4 was added while you were writing.")

    return pages
