"""What a browser is asked of a passkey, and what it answers (Web Authentication Level 3), as JSON both ways.

Registration is read by a library of its own; a signature is checked where it will be checked ever after
(`ledger.assertion`). A passkey is bound to the host of the one address that the pages answer to.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from fido2 import cbor
from fido2.server import Fido2Server
from fido2.webauthn import (
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialParameters,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from covertops.actions.passkeys import Registered
from covertops.actions.proving import WrongPasskey
from covertops.domain.passkeys import Passkey
from covertops.ledger.assertion import from_web_base64, to_web_base64
from covertops.web.settings import WebSettings

ALGORITHMS: Final = (-7, -8, -257)
"""ES256, EdDSA, RS256: those whose signatures are checked offline."""
WAITS_MS: Final = 300_000


def host_of(settings: WebSettings) -> str:
    """The rp id: the host a passkey is bound to."""
    return urlsplit(settings.origin).hostname or ""


def _server(settings: WebSettings) -> Fido2Server:
    # Whoever looks at an authenticator's list of passkeys reads this name: it does not say what is kept here.
    entity = PublicKeyCredentialRpEntity(name=settings.entry_name, id=host_of(settings))
    server = Fido2Server(entity, verify_origin=lambda origin: origin == settings.origin)
    server.allowed_algorithms = [
        PublicKeyCredentialParameters(type=PublicKeyCredentialType.PUBLIC_KEY, alg=one) for one in ALGORITHMS
    ]
    return server


def registration(
    settings: WebSettings, person: str, sign_in_name: str, known: Iterable[Passkey]
) -> tuple[str, dict[str, str]]:
    """What a browser is asked for a new passkey, and what is kept until it answers."""
    user = PublicKeyCredentialUserEntity(name=sign_in_name, id=bytes.fromhex(person), display_name=sign_in_name)
    there = [
        PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=from_web_base64(one.credential))
        for one in known
    ]
    options, state = _server(settings).register_begin(
        user,
        there,
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    asked = json.dumps(dict(options)["publicKey"], default=dict)
    return asked, {name: str(value) for name, value in state.items()}


def read_registration(settings: WebSettings, state: Mapping[str, str], answer: str) -> Registered:
    """What the browser answered. Raises WrongPasskey."""
    required = {**state, "user_verification": UserVerificationRequirement.REQUIRED}
    try:
        found = _server(settings).register_complete(required, json.loads(answer))
        credential = found.credential_data
        if credential is None:
            raise WrongPasskey("it holds no credential")
        key = cbor.encode(dict(credential.public_key))
    except (ValueError, TypeError, KeyError) as error:
        raise WrongPasskey(f"the registration cannot be read: {error}") from error
    return Registered(credential.credential_id, key, host_of(settings), settings.origin, found.counter)


def signing(settings: WebSettings, passkeys: Iterable[Passkey], challenge: bytes) -> str:
    """What a browser is asked for a signature with one of these passkeys, or for sign-in with any of the person's."""
    asked: dict[str, Any] = {
        "challenge": to_web_base64(challenge),
        "rpId": host_of(settings),
        "allowCredentials": [{"type": "public-key", "id": one.credential} for one in passkeys],
        "userVerification": "required",
        "timeout": WAITS_MS,
    }
    return json.dumps(asked)
