"""A passkey's signature, checked offline: what an authenticator signed once its person had verified themselves.

    1  the client data: a JSON object of type ``webauthn.get`` for the expected challenge, at the expected origin, and
       not from within another site's page
    2  the authenticator data: made for the expected rp id, the person present and verified
    3  the signature over the authenticator data and the SHA-256 of the client data, by the credential's own key

(Web Authentication Level 3, 7.2, as far as it can be asked of what is kept.) Not checked here: whose credential it is,
whether it was in force (`domain.passkeys`), and that its sign count grew, which only the ceremony can ask.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from covertops.ledger.forms import digest

PRESENT: Final = 0x01
VERIFIED: Final = 0x04
_EXTENSIONS: Final = 0x80
_ATTESTED: Final = 0x40
_SHORTEST: Final = 37
"""SHA-256 of the rp id, one byte of flags, four of the sign count."""
_ES256, _EDDSA, _RS256 = -7, -8, -257
_LEAST_RSA_BITS: Final = 2048
_MOST_CLIENT_DATA: Final = 4096


class BadAssertion(ValueError):
    """What is no authenticator's signature over the expected challenge. Says what was found and what was expected."""


@dataclass(frozen=True)
class Assertion:
    """What a browser hands over once the person has signed, byte for byte."""

    authenticator_data: bytes
    client_data: bytes
    signature: bytes


@dataclass(frozen=True)
class Verifier:
    """What checks a credential's signatures: its COSE public key (RFC 9052), the rp id and origin it is bound to."""

    public_key: bytes
    rp_id: str
    origin: str

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the COSE key's bytes."""
        return digest(self.public_key)


def check_assertion(assertion: Assertion, by: Verifier, challenge: bytes) -> int:
    """Check that the credential's authenticator signed this challenge; return its sign count. Raises BadAssertion."""
    # 1.
    _check_client_data(assertion.client_data, by.origin, challenge)
    # 2.
    count = _check_authenticator_data(assertion.authenticator_data, by.rp_id)
    # 3.
    signed = assertion.authenticator_data + hashlib.sha256(assertion.client_data).digest()
    try:
        _check_signature(by.public_key, assertion.signature, signed)
    except InvalidSignature:
        raise BadAssertion("the signature is not one of this credential’s key over these bytes") from None
    return count


def read_public_key(data: bytes) -> ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey:
    """The key in a COSE_Key map: ES256 on P-256, EdDSA on Ed25519, RS256 of 2048 bits or more. Raises BadAssertion."""
    members = _map_of(data)
    try:
        match members:
            case {1: 2, 3: -7, -1: 1, -2: bytes() as x, -3: bytes() as y} if (
                len(x) == len(y) == 32 and len(members) == 5
            ):
                point = ec.EllipticCurvePublicNumbers(int.from_bytes(x), int.from_bytes(y), ec.SECP256R1())
                return point.public_key()
            case {1: 1, 3: -8, -1: 6, -2: bytes() as x} if len(x) == 32 and len(members) == 4:
                return ed25519.Ed25519PublicKey.from_public_bytes(x)
            case {1: 3, 3: -257, -1: bytes() as n, -2: bytes() as e} if len(members) == 4:
                key = rsa.RSAPublicNumbers(int.from_bytes(e), int.from_bytes(n)).public_key()
                if key.key_size >= _LEAST_RSA_BITS:
                    return key
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadAssertion(f"the public key cannot be used: {error}") from error
    raise BadAssertion("the public key is none of ES256, EdDSA with Ed25519, and RS256 of at least 2048 bits")


def _check_client_data(data: bytes, origin: str, challenge: bytes) -> None:
    if len(data) > _MOST_CLIENT_DATA:
        raise BadAssertion(f"the client data has {len(data)} bytes, expected at most {_MOST_CLIENT_DATA}")
    try:
        members = json.loads(data.decode("utf-8"), object_pairs_hook=_each_once)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise BadAssertion("the client data is not JSON") from error
    if not isinstance(members, dict):
        raise BadAssertion("the client data is not a JSON object")
    _expect("type", members.get("type"), "webauthn.get")
    _expect("challenge", members.get("challenge"), base64.urlsafe_b64encode(challenge).decode().rstrip("="))
    _expect("origin", members.get("origin"), origin)
    if members.get("crossOrigin", False) is not False or "topOrigin" in members:
        raise BadAssertion("the client data is of a page within another site’s page")


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise BadAssertion("the client data has a name twice")
    return members


def _expect(name: str, found: object, expected: str) -> None:
    if found != expected:
        shown = repr(found) if isinstance(found, str) else "no text"
        raise BadAssertion(f"the {name} signed is {shown[:120]}, expected {expected!r}")


def _check_authenticator_data(data: bytes, rp_id: str) -> int:
    if len(data) < _SHORTEST:
        raise BadAssertion(f"the authenticator data has {len(data)} bytes, expected at least {_SHORTEST}")
    if data[:32] != hashlib.sha256(rp_id.encode()).digest():
        raise BadAssertion(f"the authenticator signed for another address than {rp_id!r}")
    flags = data[32]
    if not flags & PRESENT:
        raise BadAssertion("the authenticator does not say that the person was present")
    if not flags & VERIFIED:
        raise BadAssertion("the authenticator does not say that it verified the person")
    if len(data) > _SHORTEST and not flags & (_EXTENSIONS | _ATTESTED):
        raise BadAssertion("the authenticator data is followed by bytes it does not announce")
    return int.from_bytes(data[33:37])


def _check_signature(public_key: bytes, signature: bytes, signed: bytes) -> None:
    key = read_public_key(public_key)
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, signed, ec.ECDSA(hashes.SHA256()))
    elif isinstance(key, ed25519.Ed25519PublicKey):
        key.verify(signature, signed)
    else:
        key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())


# CBOR (RFC 8949), as much as a COSE key needs ------------------------------------------------------------------------


def _map_of(data: bytes) -> dict[int, int | bytes]:
    """A map of whole numbers to whole numbers and byte strings, nothing after it and no name twice."""
    try:
        kind, count, at = _head(data, 0)
        if kind != 5:
            raise BadAssertion("the public key is not a CBOR map")
        found: dict[int, int | bytes] = {}
        for _ in range(count):
            name, at = _item(data, at)
            value, at = _item(data, at)
            if not isinstance(name, int) or name in found:
                raise BadAssertion("the public key’s map has a name twice, or one that is no whole number")
            found[name] = value
    except IndexError:
        raise BadAssertion("the public key’s map breaks off") from None
    if at != len(data):
        raise BadAssertion("the public key’s map is followed by other bytes")
    return found


def _item(data: bytes, at: int) -> tuple[int | bytes, int]:
    kind, number, at = _head(data, at)
    if kind == 0:
        return number, at
    if kind == 1:
        return -1 - number, at
    if kind == 2:
        if at + number > len(data):
            raise IndexError
        return data[at : at + number], at + number
    raise BadAssertion("the public key’s map holds something else than whole numbers and bytes")


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    kind, number = data[at] >> 5, data[at] & 31
    if number < 24:
        return kind, number, at + 1
    if number > 26:
        raise BadAssertion("the public key’s map holds a number that no key needs")
    length = 1 << (number - 24)
    if at + 1 + length > len(data):
        raise IndexError
    return kind, int.from_bytes(data[at + 1 : at + 1 + length]), at + 1 + length


def from_web_base64(text: str) -> bytes:
    """The bytes of base64url without padding, as browsers write them. Raises BadAssertion for another writing."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error) as error:
        raise BadAssertion("expected base64url, found something else") from error
    if to_web_base64(data) != text:
        raise BadAssertion("expected base64url without padding, found another writing")
    return data


def to_web_base64(data: bytes) -> str:
    """Base64url without padding (RFC 4648, section 5)."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
