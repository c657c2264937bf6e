"""A passkey's signature checked offline: everything that is not exactly what the person signed is refused, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from fido2 import cbor as fido2_cbor
from fido2.cose import CoseKey
from fido2.webauthn import CollectedClientData

from covertops.ledger.assertion import (
    Assertion,
    BadAssertion,
    check_assertion,
    from_web_base64,
    read_public_key,
    to_web_base64,
)
from tests.authenticator import PRESENT, VERIFIED, Authenticator, PrivateKey, cbor, cose_of

CHALLENGE = bytes(range(32))
KEYS: dict[str, Callable[[], PrivateKey]] = {
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
    "RS256": lambda: rsa.generate_private_key(65537, 2048),
}


@pytest.fixture(scope="module", params=list(KEYS))
def key(request: pytest.FixtureRequest) -> PrivateKey:
    """A key of each kind."""
    return KEYS[request.param]()


def test_what_the_authenticator_signed_is_accepted_with_its_count(key: PrivateKey) -> None:
    authenticator = Authenticator(key=key, count=6)
    assert check_assertion(authenticator.sign(CHALLENGE), authenticator.verifier, CHALLENGE) == 7


def test_another_implementation_accepts_the_same_signature(key: PrivateKey) -> None:
    authenticator = Authenticator(key=key)
    made = authenticator.sign(CHALLENGE)
    judge = CoseKey.parse(fido2_cbor.decode(authenticator.cose))  # type: ignore[arg-type]
    signed = made.authenticator_data + CollectedClientData(made.client_data).hash
    judge.verify(signed, made.signature)
    with pytest.raises(InvalidSignature):
        judge.verify(signed + b".", made.signature)


def test_every_changed_byte_is_refused(key: PrivateKey) -> None:
    authenticator = Authenticator(key=key)
    made = authenticator.sign(CHALLENGE)
    for name in ("authenticator_data", "client_data", "signature"):
        right: bytes = getattr(made, name)
        for place in range(0, len(right), 5):
            wrong = bytearray(right)
            wrong[place] ^= 1
            with pytest.raises(BadAssertion):
                check_assertion(replace(made, **{name: bytes(wrong)}), authenticator.verifier, CHALLENGE)


def test_another_persons_key_is_refused(key: PrivateKey) -> None:
    other = Authenticator()
    with pytest.raises(BadAssertion, match="not one of this credential’s key"):
        check_assertion(Authenticator(key=key).sign(CHALLENGE), other.verifier, CHALLENGE)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"type": "webauthn.create"}, "the type signed"),
        ({"challenge": to_web_base64(bytes(32))}, "the challenge signed"),
        ({"challenge": to_web_base64(CHALLENGE) + "="}, "the challenge signed"),
        ({"origin": "http://localhost:8001"}, "the origin signed"),
        ({"origin": ["http://localhost"]}, "the origin signed is no text"),
        ({"crossOrigin": True}, "another site’s page"),
        ({"topOrigin": "http://elsewhere.example"}, "another site’s page"),
    ],
)
def test_client_data_of_something_else_is_refused(changes: dict[str, object], words: str) -> None:
    authenticator = Authenticator()
    with pytest.raises(BadAssertion, match=words):
        check_assertion(authenticator.sign(CHALLENGE, **changes), authenticator.verifier, CHALLENGE)


@pytest.mark.parametrize(
    ("flags", "words"), [(PRESENT, "verified the person"), (VERIFIED, "was present"), (0, "was present")]
)
def test_a_person_who_was_not_there_or_not_verified_signs_nothing(flags: int, words: str) -> None:
    authenticator = Authenticator(flags=flags)
    with pytest.raises(BadAssertion, match=words):
        check_assertion(authenticator.sign(CHALLENGE), authenticator.verifier, CHALLENGE)


def test_a_signature_for_another_host_is_refused() -> None:
    authenticator = Authenticator(rp_id="elsewhere.example")
    with pytest.raises(BadAssertion, match="another address"):
        check_assertion(authenticator.sign(CHALLENGE), replace(authenticator.verifier, rp_id="localhost"), CHALLENGE)


@pytest.mark.parametrize("client_data", [b"", b"[]", b"{", b"\xff", b'{"type":"webauthn.get","type":"webauthn.get"}'])
def test_client_data_that_is_no_plain_object_is_refused(client_data: bytes) -> None:
    authenticator = Authenticator()
    made = replace(authenticator.sign(CHALLENGE), client_data=client_data)
    with pytest.raises(BadAssertion, match="client data"):
        check_assertion(made, authenticator.verifier, CHALLENGE)


def test_authenticator_data_that_breaks_off_or_goes_on_is_refused() -> None:
    authenticator = Authenticator()
    made = authenticator.sign(CHALLENGE)
    for data in (made.authenticator_data[:36], made.authenticator_data + b"."):
        with pytest.raises(BadAssertion, match="authenticator data"):
            check_assertion(Assertion(data, made.client_data, made.signature), authenticator.verifier, CHALLENGE)


def _p256() -> dict[object, object]:
    point = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    return {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        cbor(7),
        cbor({}),
        cbor({1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)}),  # not a point of the curve
        cbor(_p256() | {3: -35}),
        cbor(_p256() | {-4: b"private"}),
        cbor(_p256() | {"name": 1}),
        cbor(_p256()) + b"\x00",
        cbor(_p256())[:-1],
        cbor({1: 2}) + b"\xbf",
        b"\xa2\x01\x02\x01\x02",
        cose_of(rsa.generate_private_key(65537, 1024)),
    ],
    # Named, as every worker that collects them must call them alike and the keys are made anew.
    ids=[
        "nothing",
        "no map",
        "empty",
        "no point of the curve",
        "another algorithm",
        "a private part",
        "a name in words",
        "followed by a byte",
        "broken off",
        "followed by a break",
        "a name twice",
        "a short RSA key",
    ],
)
def test_a_public_key_that_is_none_of_ours_is_refused(data: bytes) -> None:
    with pytest.raises(BadAssertion, match="public key"):
        read_public_key(data)


@pytest.mark.parametrize("text", ["=", "AA==", "A", "A+", "A B", "AB"])
def test_base64url_has_one_writing(text: str) -> None:
    with pytest.raises(BadAssertion):
        from_web_base64(text)


def test_base64url_comes_back() -> None:
    assert [from_web_base64(to_web_base64(bytes(count))) for count in range(4)] == [bytes(count) for count in range(4)]
