"""What an attorney wrote: it arrives and is handed out as captures are, for those only who may read the advice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, jsonify, request
from werkzeug.wrappers import Response

from covertops.actions import writings
from covertops.actions.captures import MOST_CAPTURE_BYTES, file_id_of
from covertops.actions.operations import NotFound
from covertops.actions.recording import Outcome
from covertops.domain.decisions.counsel import keep_writing
from covertops.domain.refusals import NotYours, Refusal
from covertops.domain.vocabulary import Office
from covertops.vault.envelope import SealBroken
from covertops.web.acts.desk import desk_at
from covertops.web.acts.writings import shown_writings
from covertops.web.errors import json_error
from covertops.web.house import house
from covertops.web.identity import current_person
from covertops.web.installed import installed
from covertops.web.pages.captures import (
    TOO_LARGE,
    UNREADABLE,
    about_sent,
    answer_with,
    arriving,
    broken,
    not_yet,
    taken,
)
from covertops.web.pages.drawing import ACTING
from covertops.web.security import audience, receives_stream

OFFICES: Final = {part.value: office for office, part in writings.PART.items()}

pages = Blueprint("writings", __name__)


@pages.post("/operations/<operation_id>/writings/<part>")
@audience(*ACTING)
@receives_stream
def receive_writing(operation_id: str, part: str) -> Response:
    """Take a writing of one attorney while it arrives; answer 201 once it is on the disk and on record."""
    if part not in OFFICES:
        raise NotFound(operation_id)
    person, about, size = current_person().id, about_sent(), request.content_length
    refused = _refused_unread(operation_id, person, OFFICES[part], about, size)
    if refused is not None or about is None:
        return refused or json_error(400, *UNREADABLE)
    file_id = file_id_of(operation_id, person, f"{part}/{about['id']}")
    pieces = arriving(request.stream)
    given = {"name": about.get("name")}
    done = taken(
        lambda: writings.receive(
            house(),
            operation_id,
            person,
            OFFICES[part],
            pieces,
            size,
            given,
            file_id=file_id,
            clock=installed().clock,
        )
    )
    return done if isinstance(done, Response) else _kept(operation_id, done)


def _refused_unread(
    operation_id: str, person: str, office: Office, about: Mapping[str, Any] | None, size: int | None
) -> Response | None:
    """What can be refused before a byte of the file is read; None where nothing stands in the way."""
    with house().store.read() as unit:
        desk = desk_at(house(), unit, operation_id, person, installed().clock(), {})
    try:
        keep_writing(desk.operation, desk.it.actor, desk.it.facts, office)
    except NotYours as refusal:
        raise NotFound(operation_id) from refusal
    except Refusal as refusal:
        return not_yet(409, refusal)
    if about is None or not isinstance(about.get("id"), str) or not about["id"]:
        return json_error(400, *UNREADABLE)
    return json_error(413, *TOO_LARGE) if (size or 0) > MOST_CAPTURE_BYTES else None


def _kept(operation_id: str, done: Outcome) -> Response:
    with house().store.read() as unit:
        ((shown, _),) = shown_writings(unit, operation_id, (done.number,))
    answer = jsonify(id=shown.id, number=done.number, words=shown.words, fingerprint=shown.fingerprint)
    answer.status_code = 201
    return answer


@pages.get("/operations/<operation_id>/writings/<int:number>")
@audience(*ACTING)
def hand_out(operation_id: str, number: int) -> Response:
    """The original bytes of a writing; who opened it is on record first."""
    now, person = installed().clock(), current_person().id
    try:
        return answer_with(writings.open_for(house(), operation_id, person, number, now))
    except NotYours as refusal:
        raise NotFound(operation_id) from refusal
    except SealBroken:
        broken()
