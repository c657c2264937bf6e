"""Answers to what could not be done: plain words and a number to quote, never a trace.

What somebody sent in a form of ours is given back where the database could not take it, where it came too late, and
where there is nothing for them at its address any more (`typed_again`).

A path that does not exist and one that is closed to the person get the same bytes, so that answer carries no number.
"""

from __future__ import annotations

import secrets
from typing import Final, NoReturn, cast

from flask import Flask, current_app, g, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError, default_exceptions
from werkzeug.wrappers import Response

from covertops.storage.errors import StorageBusy, StorageError, StorageFull
from covertops.web.log import Log, where_it_happened
from covertops.web.typed_again import TypedAgain, typed_again

_WORDS: Final = {
    400: ("This was not accepted", "What was sent could not be read, so nothing was done. Go back and try again."),
    401: ("You are not signed in", "Sign in, then send it again. Nothing was done."),
    403: ("This is not open to you", "Nothing was done."),
    404: ("Nothing here", "There is nothing at this address that you can see. Check it, or start from the first page."),
    405: ("This address does not do that", "Nothing was done. Go back and use the buttons of the page."),
    409: ("It changed in the meantime", "Somebody else was first, so nothing was done. Open it again and look."),
    413: ("This is too large", "More was sent than this form takes, so nothing was done. Go back and shorten it."),
    415: ("This kind of content is not taken here", "Nothing was done. Go back and use the form of the page."),
    422: ("Some answers need another look", "Nothing was done. Go back and look at the answers."),
    429: ("Too many attempts", "Nothing was done. Ask the administrator."),
    500: (
        "Something went wrong here",
        "It was not recorded unless the record shows it. Look there before trying again.",
    ),
    503: (
        "Not possible right now",
        "Nothing was recorded. Try again in a minute.",
    ),
}
_DISK_FULL: Final = "The disk is full. Nothing was recorded. Tell the administrator."
_NOT_RECORDED: Final = (
    "There is nothing at this address that you can see, so nothing was recorded. "
    "If you could do this when you opened the page, an office of yours may have ended since: ask the Chief."
)
_UNCERTAIN: Final = "The database failed. Look at the record before you repeat anything, and tell the administrator."


def refuse(status: int, words: str, *, gives_back: bool = False) -> NoReturn:
    """Answer with a status and words of our own, which must not quote what was sent.

    ``gives_back`` puts what was typed below them, to be sent again: only for a form that a page of ours sent.
    """
    error = default_exceptions[status](words)
    error.__dict__.update(own_words=words, gives_back=gives_back)
    raise error


def request_number() -> str:
    """The number of this request, to quote to the administrator, who finds it in the log."""
    if "request_number" not in g:
        number = secrets.token_hex(4)
        g.request_number = f"{number[:4]}-{number[4:]}"
    return str(g.request_number)


def wants_json() -> bool:
    """Whether the answer is for a program: under /api, or where the request prefers JSON to a page."""
    accepted = request.accept_mimetypes
    return request.path.startswith("/api/") or accepted.quality("application/json") > accepted.quality("text/html")


def json_error(status: int, title: str, message: str) -> Response:
    """An error for a program: ``{"error": {"status", "title", "message", "number"}}``; a 404 has no number."""
    error: dict[str, str | int] = {"status": status, "title": title, "message": message}
    if status != 404:
        error["number"] = request_number()
    answer = Response(current_app.json.dumps({"error": error}), status, mimetype="application/json")
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Session"
    return answer


def attach_errors(app: Flask, log: Log) -> None:
    """Answer every error of the application here."""

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        if error.response is not None:
            return cast("Response", error.response)
        original = getattr(error, "original_exception", None)
        if original is not None:
            log.event("error", number=request_number(), where=where_it_happened(original))
        if error.code == 404:
            typed = _typed_nowhere()
            return _answer(404, _NOT_RECORDED if typed else "", error, typed=typed)
        typed = typed_again(may_repeat=True, ours=True) if getattr(error, "gives_back", False) else None
        return _answer(error.code or 500, getattr(error, "own_words", ""), error, typed=typed)

    @app.errorhandler(StorageError)
    def not_stored(error: StorageError) -> Response:
        log.event("error", number=request_number(), where=where_it_happened(error))
        if isinstance(error, StorageFull):
            return _answer(503, _DISK_FULL, typed=typed_again(may_repeat=True))
        busy = isinstance(error, StorageBusy)
        return _answer(503, "" if busy else _UNCERTAIN, typed=typed_again(may_repeat=busy))


def _typed_nowhere() -> TypedAgain | None:
    """What a form of ours held that was sent to where the person finds nothing: an office may have ended meanwhile.

    It is given back whether there is anything or not, so that the answer tells nothing of that. One that is too large
    to be read is not, as no view has looked at its size yet.
    """
    length, most = request.content_length, request.max_content_length
    return typed_again(may_repeat=False) if length is not None and (most is None or length <= most) else None


def _answer(
    status: int, words: str, error: HTTPException | None = None, *, typed: TypedAgain | None = None
) -> Response:
    title, usual = _WORDS.get(status, _WORDS[InternalServerError.code if status >= 500 else 400])
    if wants_json():
        answer = json_error(status, title, words or usual)
    else:
        number = "" if status == 404 else request_number()
        page = render_template("errors/error.html", title=title, words=words or usual, number=number, typed=typed)
        answer = Response(page, status, mimetype="text/html")
    if error is not None and status == 405:
        answer.headers["Allow"] = dict(error.get_headers()).get("Allow", "")
    return answer
