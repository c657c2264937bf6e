"""A form that was sent too late: after the session ended, or after the ten minutes of an act that is asked for again.

Nothing of it was done and nothing is lost. The answer is the sign-in page, which carries the form along, sealed under
the installation's key: a screen nobody is signed in at shows none of it, and the server keeps none of it. Once the same
person proved who they are, they see what they typed and send it again themselves. Another person gets none of it.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flask import request, session

from covertops.vault.keys import CompartmentKey
from covertops.vault.sealing import SealBroken, open_text, seal_text
from covertops.web.typed_again import OURS, is_secret

MOST: Final = 200_000
"""As long as a draft can be; a longer form is given back by no page."""


@dataclass(frozen=True)
class HeldForm:
    """A form as it was typed, without its secrets, and where it goes."""

    path: str
    sent: tuple[tuple[str, str], ...]

    @property
    def shown(self) -> tuple[tuple[str, str], ...]:
        """What was typed, under the names of the questions in words."""
        asked = [(name, value) for name, value in self.sent if name not in OURS and value.strip()]
        return tuple((name.replace("_", " ").capitalize(), value) for name, value in asked)


class HeldForms:
    """Seals forms that came too late and opens them again. ``derive`` makes a key for a purpose."""

    def __init__(self, derive: Callable[[str], bytes]) -> None:
        self._key = CompartmentKey("held forms", derive("held forms"))

    def hold(self) -> str:
        """The form of this request, sealed for whoever was last signed in at this browser; empty without one."""
        was = session.get("was")
        if request.method != "POST" or request.mimetype != "application/x-www-form-urlencoded" or not was:
            return ""
        fields = [(name, value) for name, values in request.form.lists() for value in values]
        sent = [one for one in fields if one[0] not in ("csrf_token", HELD) and not is_secret(one[0])]
        held = HeldForm(request.full_path.rstrip("?"), tuple(sent))
        text = json.dumps([held.path, held.sent])
        if not held.shown or len(text) > MOST:
            return ""
        return base64.urlsafe_b64encode(seal_text(self._key, text, _meaning(str(was)))).decode()

    def opened(self, held: str, was: str) -> HeldForm | None:
        """The form again, for the person it was held for; None for anybody else, or where it was altered."""
        try:
            path, sent = json.loads(open_text(self._key, base64.urlsafe_b64decode(held.encode()), _meaning(was)))
        except (SealBroken, binascii.Error, ValueError):
            return None
        return HeldForm(path, tuple((name, value) for name, value in sent))


HELD: Final = "held"
"""The name under which sign-in and step-up carry it along."""


def _meaning(was: str) -> bytes:
    return f"covertops/held-form/1|{was}".encode()
