"""Captures: a file arrives as a raw body and is sealed while it does; it is handed out byte for byte, never shown.

What describes an arriving file stands in the header ``Covertops-Capture``: base64url (RFC 4648, section 5, padding
left out or not) of a JSON object with name, captured_at, tool, source, account and original. ``id`` names one sending,
so that a repetition after a lost answer is not a second capture.
"""

from __future__ import annotations

import base64
import binascii
import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import IO, Any, Final, NoReturn
from urllib.parse import quote

from flask import Blueprint, jsonify, request
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response

from covertops.actions import evidence
from covertops.actions.captures import MOST_CAPTURE_BYTES, file_id_of
from covertops.actions.evidence import ArrivalBroken, DiskFull, OpenCapture
from covertops.actions.operations import NotFound
from covertops.actions.recording import Outcome
from covertops.actions.writings import OpenWriting, Wrote
from covertops.domain.decisions.activity import preserve_evidence
from covertops.domain.entries.activity import SHEET, EvidencePreserved
from covertops.domain.refusals import NotYours, Refusal
from covertops.domain.vocabulary import Rule
from covertops.vault.envelope import SealBroken
from covertops.web.acts.desk import desk_at
from covertops.web.errors import json_error, refuse
from covertops.web.form_building import problem_words
from covertops.web.headers import FILE_POLICY
from covertops.web.house import house
from covertops.web.identity import current_person
from covertops.web.installed import installed
from covertops.web.pages.drawing import ACTING
from covertops.web.plain_words import fingerprint
from covertops.web.presenting.sayings import file_kind
from covertops.web.ranges import Span, asked_span
from covertops.web.security import audience, receives_stream

ABOUT: Final = "Covertops-Capture"
PIECE: Final = 256 * 1024
OF_THE_BROWSER: Final = frozenset({"id", "size", "modified"})
"""What the sending script says of its own accord and the record does not hold."""
UNREADABLE: Final = (
    "This was not accepted",
    f"Its description is missing or cannot be read: the header {ABOUT}, base64url of a JSON object.",
)
TOO_LARGE: Final = (
    "This is too large",
    f"A capture has at most {MOST_CAPTURE_BYTES // 1024**3} GB. Nothing of it was kept.",
)
BROKEN_OFF: Final = ("It did not arrive", "It broke off before its end. Nothing of it was kept: send it again.")
NO_ROOM: Final = ("The disk is full", "There is no room for it here. Nothing of it was kept. Tell the administrator.")

pages = Blueprint("captures", __name__)


class TooLarge(Exception):
    """More arrives than is taken."""


@pages.post("/operations/<operation_id>/captures")
@audience(*ACTING)
@receives_stream
def receive_capture(operation_id: str) -> Response:
    """Take a file while it arrives; answer 201 once it is on the disk and on record."""
    now, person = installed().clock(), current_person().id
    about, size = about_sent(), request.content_length
    refused = _refused_unread(operation_id, person, now, about, size)
    if refused is not None or about is None:
        return refused or json_error(400, *UNREADABLE)
    sending = about.get("id")
    file_id = file_id_of(operation_id, person, sending) if isinstance(sending, str) and sending else None
    given = {"original": "original"} | {name: value for name, value in about.items() if name not in OF_THE_BROWSER}
    pieces, clock = arriving(request.stream), installed().clock
    done = taken(
        lambda: evidence.receive(house(), operation_id, person, pieces, size, given, now, file_id=file_id, clock=clock)
    )
    return done if isinstance(done, Response) else _kept(done.entries[0].entry, done.number)


def taken(receive: Callable[[], Outcome]) -> Outcome | Response:
    """What became of an arriving file: its outcome, or the answer that tells the sender why nothing was kept."""
    try:
        return receive()
    except Refusal as refusal:
        return not_yet(422, refusal)
    except TooLarge:
        return json_error(413, *TOO_LARGE)
    except ArrivalBroken:
        return json_error(400, *BROKEN_OFF)
    except DiskFull:
        return json_error(507, *NO_ROOM)


def _refused_unread(
    operation_id: str, person: str, now: datetime, about: Mapping[str, Any] | None, size: int | None
) -> Response | None:
    """What can be refused before a byte of the file is read; None where nothing stands in the way."""
    with house().store.read() as unit:
        desk = desk_at(house(), unit, operation_id, person, now, {})
    try:
        sheet = about is not None and about.get("original") == SHEET
        preserve_evidence(desk.operation, desk.it.actor, desk.it.facts, None, sheet=sheet)
    except NotYours as refusal:
        raise NotFound(operation_id) from refusal
    except Refusal as refusal:
        return not_yet(409, refusal)
    if about is None:
        return json_error(400, *UNREADABLE)
    return json_error(413, *TOO_LARGE) if (size or 0) > MOST_CAPTURE_BYTES else None


def about_sent() -> dict[str, Any] | None:
    """What the sender says of the file; None where it cannot be read."""
    text = request.headers.get(ABOUT, "")
    try:
        found = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def arriving(stream: IO[bytes]) -> Iterator[bytes]:
    """The body as it arrives. A line that breaks raises what werkzeug raises for it, and nothing is kept."""
    arrived = 0
    while piece := stream.read(PIECE):
        arrived += len(piece)
        if arrived > MOST_CAPTURE_BYTES:
            raise TooLarge
        yield piece


def _kept(entry: object, number: int) -> Response:
    if not isinstance(entry, EvidencePreserved):
        raise TypeError(f"entry {number} is no capture")
    answer = jsonify(
        id=str(number),
        number=number,
        reference=entry.reference,
        name=entry.name,
        size=entry.size,
        sha256=entry.sha256,
        words=f"{entry.reference}, {file_kind(entry.media_type)}",
        fingerprint=fingerprint(entry.sha256),
    )
    answer.status_code = 201
    return answer


def not_yet(status: int, refusal: Refusal) -> Response:
    """What stands in the way, for the script to show: message, rule and remedy of each thing."""
    words = " ".join(problem_words(one) for one in refusal.missing)
    answer = json_error(status, "Not yet possible", words)
    told = json.loads(answer.get_data())
    told["missing"] = [
        {"field": one.field, "message": one.message, "remedy": one.remedy, "rule": _rule(one.rule)}
        for one in refusal.missing
    ]
    answer.set_data(json.dumps(told))
    return answer


def _rule(rule: Rule) -> dict[str, str]:
    return {"mark": rule.mark.value, "clause": rule.clause, "words": rule.words}


@pages.get("/operations/<operation_id>/captures/<int:number>")
@audience(*ACTING)
def hand_out(operation_id: str, number: int) -> Response:
    """The original bytes of a capture, the whole or one range of it; who opened it is on record first."""
    now, person = installed().clock(), current_person().id
    with house().store.read() as unit:
        desk_at(house(), unit, operation_id, person, now, {})
    try:
        capture = evidence.open_capture(house(), operation_id, person, number, now)
    except NotYours as refusal:
        raise NotFound(operation_id) from refusal
    except SealBroken:
        broken()
    return answer_with(capture)


def broken() -> NoReturn:
    """What is stored is not what was kept: nothing of it leaves."""
    refuse(500, "This capture is not what was stored. Nothing of it was handed out. Tell the administrator at once.")


def answer_with(capture: OpenCapture | OpenWriting) -> Response:
    """The bytes of a file, or the range of them that was asked for."""
    try:
        return _answer(capture)
    except SealBroken:
        capture.file.close()
        broken()


def _answer(capture: OpenCapture | OpenWriting) -> Response:
    entry, size = capture.entry, capture.file.size
    headers = Headers(
        {
            "Accept-Ranges": "bytes",
            "Content-Security-Policy": FILE_POLICY,
            "ETag": f'"{entry.sha256}"',
        }
    )
    headers.add("Content-Disposition", "attachment", **_named(_safe_name(entry)))
    span = asked_span(request.headers, size, f'"{entry.sha256}"')
    if span is None:
        capture.file.close()
        headers["Content-Range"] = f"bytes */{size}"
        return Response(status=416, headers=headers, mimetype="application/octet-stream")
    if span.partial:
        headers["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{size}"
    headers["Content-Length"] = str(span.end - span.start)
    answer = Response(
        _pieces(capture, span), 206 if span.partial else 200, headers, mimetype="application/octet-stream"
    )
    answer.call_on_close(capture.file.close)
    return answer


def _pieces(capture: OpenCapture | OpenWriting, span: Span) -> Iterator[bytes]:
    """The bytes of a range. The first piece is opened at once, so that a broken seal is answered and not sent."""
    rest = capture.file.read(span.start, span.end)
    first = next(rest, b"")

    def pieces() -> Iterator[bytes]:
        yield first
        yield from rest

    return pieces()


def _named(name: str) -> dict[str, str]:
    """A file name as a header holds it: as it is where it is ASCII, and else beside what is left of it (RFC 6266)."""
    if name.isascii():
        return {"filename": name}
    left = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return {"filename": left, "filename*": f"UTF-8''{quote(name, safe='!#$&+-.^_`|~')}"}


def _safe_name(entry: EvidencePreserved | Wrote) -> str:
    """The original name without what could mislead: control characters, direction marks, separators of paths."""
    name = "".join(one for one in entry.name if one.isprintable() and one not in '/\\":*?<>|').strip(". ")
    return name[-150:] or (entry.reference if isinstance(entry, EvidencePreserved) else "writing")
