"""An authenticator in software, for tests: it holds keys, counts its uses, and signs what a browser would ask it to.

It stands for what a person holds in their hand. No test gives it to an attacker.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from covertops.ledger.assertion import Assertion, Verifier, to_web_base64

ORIGIN = "http://localhost"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


def _number(kind: int, value: int) -> bytes:
    if value < 24:
        return bytes([kind << 5 | value])
    length = 1 if value < 1 << 8 else 2 if value < 1 << 16 else 4
    return bytes([kind << 5 | 23 + length.bit_length()]) + value.to_bytes(length)


def cbor(value: object) -> bytes:
    """CBOR, as much as an authenticator needs."""
    match value:
        case int():
            return _number(0, value) if value >= 0 else _number(1, -1 - value)
        case bytes():
            return _number(2, len(value)) + value
        case str():
            return _number(3, len(value.encode())) + value.encode()
        case dict():
            return _number(5, len(value)) + b"".join(cbor(name) + cbor(one) for name, one in value.items())
    raise TypeError(type(value).__name__)


def cose_of(key: PrivateKey) -> bytes:
    """The public key as COSE."""
    match key:
        case ec.EllipticCurvePrivateKey():
            point = key.public_key().public_numbers()
            return cbor({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)})
        case ed25519.Ed25519PrivateKey():
            return cbor({1: 1, 3: -8, -1: 6, -2: key.public_key().public_bytes_raw()})
        case rsa.RSAPrivateKey():
            numbers = key.public_key().public_numbers()
            modulus = numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8)
            return cbor({1: 3, 3: -257, -1: modulus, -2: numbers.e.to_bytes(3)})
    raise TypeError(type(key).__name__)


@dataclass
class Authenticator:
    """One credential of one person."""

    origin: str = ORIGIN
    rp_id: str = "localhost"
    key: PrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    count: int = 0
    flags: int = PRESENT | VERIFIED
    user: bytes = b""

    @property
    def id(self) -> str:
        """The credential's id as browsers write it."""
        return to_web_base64(self.credential_id)

    @property
    def cose(self) -> bytes:
        """The public key as COSE."""
        return cose_of(self.key)

    @property
    def verifier(self) -> Verifier:
        """What checks its signatures."""
        return Verifier(self.cose, self.rp_id, self.origin)

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _client_data(self, kind: str, challenge: bytes, more: dict[str, object] | None = None) -> bytes:
        members = {"type": kind, "challenge": to_web_base64(challenge), "origin": self.origin, "crossOrigin": False}
        return json.dumps(members | (more or {}), separators=(",", ":")).encode()

    def sign(self, challenge: bytes, /, **more: object) -> Assertion:
        """Sign a challenge as ``navigator.credentials.get`` has it signed; ``more`` changes the client data."""
        self.count += 1
        data, client = self._data(self.flags), self._client_data("webauthn.get", challenge, more)
        return Assertion(data, client, self._signature(data + hashlib.sha256(client).digest()))

    def _signature(self, message: bytes) -> bytes:
        match self.key:
            case ec.EllipticCurvePrivateKey():
                return self.key.sign(message, ec.ECDSA(hashes.SHA256()))
            case ed25519.Ed25519PrivateKey():
                return self.key.sign(message)
        return self.key.sign(message, padding.PKCS1v15(), hashes.SHA256())

    def answer(self, options: str, **more: object) -> str:
        """The JSON with which a browser answers a page's request for a signature, as ``toJSON()`` writes it."""
        challenge = json.loads(options)["challenge"]
        made = self.sign(_from_web(challenge), **more)
        response = {
            "authenticatorData": to_web_base64(made.authenticator_data),
            "clientDataJSON": to_web_base64(made.client_data),
            "signature": to_web_base64(made.signature),
            "userHandle": to_web_base64(self.user),
        }
        return self._credential(response)

    def register(self, options: str) -> str:
        """The JSON with which a browser answers a page's request for a new credential, without attestation."""
        asked = json.loads(options)
        self.user = _from_web(asked["user"]["id"])
        attested = bytes(16) + len(self.credential_id).to_bytes(2) + self.credential_id + self.cose
        data = self._data(self.flags | ATTESTED) + attested
        response = {
            "attestationObject": to_web_base64(cbor({"fmt": "none", "attStmt": {}, "authData": data})),
            "clientDataJSON": to_web_base64(self._client_data("webauthn.create", _from_web(asked["challenge"]))),
            "transports": ["internal"],
        }
        return self._credential(response)

    def _credential(self, response: Mapping[str, object]) -> str:
        members = {"id": self.id, "rawId": self.id, "type": "public-key", "clientExtensionResults": {}}
        return json.dumps(members | {"response": response})


def _from_web(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
