"""The one-time token of the first set-up: printed where the system runs, and good until somebody is set up."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from covertops.actions.installation import Installation
from covertops.actions.one_time_codes import new_code
from covertops.storage.kept_secrets import NoSuchSecret, drop_secret, kept_secret, replace_secret
from covertops.storage.unit_of_work import ReadUnit, WriteUnit

_NAME: Final = "set-up-token"


def set_up_needed(house: Installation) -> bool:
    """Whether nobody has been set up yet."""
    with house.store.read() as unit:
        return house.folds.department(unit).last_number == 0


def issue_token(house: Installation) -> str:
    """A new token in four groups of five; only its digest is kept, and any earlier token is worth nothing."""
    token = new_code()
    with house.store.write() as unit:
        replace_secret(unit.connection, house.store.keyring, _NAME, _digest(token))
    return token


def token_fits(house: Installation, unit: ReadUnit, token: str) -> bool:
    """Whether this is the token that was printed last."""
    try:
        kept = kept_secret(unit.connection, house.store.keyring, _NAME)
    except NoSuchSecret:
        return False
    return hmac.compare_digest(kept, _digest(token))


def spend_token(unit: WriteUnit) -> None:
    """Take the token away, in the transaction that sets the department up."""
    drop_secret(unit.connection, _NAME)


def _digest(token: str) -> bytes:
    return hashlib.sha256("".join(token.split()).replace("-", "").upper().encode()).digest()
