"""Where the gallery's pages send captures and drafts: it keeps them in memory and can be told to wait."""

from __future__ import annotations

import base64
import json
import threading
from typing import Any

from flask import Blueprint, Response, jsonify, request

from covertops.web.errors import refuse
from covertops.web.security import SIGNED_IN, audience, receives_stream


class Received:
    """What arrived so far. While ``open`` is cleared, a capture stays half received."""

    def __init__(self) -> None:
        self.captures: list[tuple[dict[str, Any], bytes]] = []
        self.drafts: list[dict[str, str]] = []
        self.forms: list[dict[str, list[str]]] = []
        self.open = threading.Event()
        self.open.set()


def receiving(received: Received) -> Blueprint:
    """A new blueprint that fills ``received``."""
    pages = Blueprint("receiving", __name__)

    @pages.post("/gallery/captures")
    @audience(SIGNED_IN)
    @receives_stream
    def captures() -> tuple[Response, int]:
        header = request.headers["Covertops-Capture"]
        about = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
        begun = request.stream.read(1)
        received.open.wait()
        body = begun + request.stream.read()
        if about["name"].startswith("refused"):
            refuse(422, "Its content is not what its name says.")
        received.captures.append((about, body))
        return jsonify(id=about["id"], words="PNG image", fingerprint="4be1 90c7"), 201

    @pages.post("/gallery/draft")
    @audience(SIGNED_IN)
    def draft() -> Response:
        received.drafts.append(request.form.to_dict())
        return jsonify(kept="14:06")

    @pages.post("/gallery/activity")
    @audience(SIGNED_IN)
    def activity() -> Response:
        received.forms.append(request.form.to_dict(flat=False))
        return Response("on record", mimetype="text/plain")

    return pages
