"""What a paper states, signed: the few facts a reader compares with the page in their hand.

A token is ``base64url(payload) + "." + base64url(signature)`` without padding. The payload is canonical JSON (UTF-8,
sorted keys, no spaces); the signature is Ed25519 over the payload's bytes. Whoever verifies never serialises again:
the bytes that were signed are the bytes that are carried. ``docs/verify.md`` describes the format for other programs.
"""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

VERSION = 1
_SIGNATURE_BYTES = 64
_KEY_ID_DIGITS = 16


class StatementError(Exception):
    """A token that can't be trusted. ``str(error)`` is worded for the person who checks the paper."""

    code: str


class TamperedStatementError(StatementError):
    """The bytes are not those that were signed, or the signer is not who the key says."""

    code = "tampered"

    def __init__(self) -> None:
        super().__init__("签名与内容不一致，这份文书被改动过，不可信")


class IncompleteStatementError(StatementError):
    """The token is cut or smudged: nothing can be said about the paper."""

    code = "incomplete"

    def __init__(self) -> None:
        super().__init__("二维码不完整，请擦净重拍，或者输入文书编号核验")


class UnknownKeyError(StatementError):
    """The token names a key that was never published here."""

    code = "unknown_key"

    def __init__(self, kid: str) -> None:
        super().__init__(f"签名用的密钥（{kid}）不是本平台公布的密钥，不可信")
        self.kid = kid


@dataclass(frozen=True, slots=True)
class Statement:
    """The signed facts of one paper.

    ``kind`` is the paper's title and ``subject`` holds (label, value) pairs, both in Chinese, exactly and in the order as
    printed, so that a reader compares line by line. No personal name or number belongs in ``subject``: the token is
    readable by anyone who holds the paper.
    """

    id: UUID
    kind: str
    number: str
    issuer: str
    issued_on: date
    subject: tuple[tuple[str, str], ...] = ()

    def as_payload(self, kid: str) -> dict[str, Any]:
        """The dictionary that is signed under the key ``kid``."""
        return {
            "v": VERSION,
            "kid": kid,
            "id": str(self.id),
            "kind": self.kind,
            "number": self.number,
            "issuer": self.issuer,
            "issued_on": self.issued_on.isoformat(),
            "subject": [list(pair) for pair in self.subject],
        }

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> "Statement":
        """Read a payload back. Raises IncompleteStatementError when a field is missing or of another shape."""
        try:
            if payload["v"] != VERSION:
                raise IncompleteStatementError
            return cls(
                id=UUID(payload["id"]),
                kind=_text(payload["kind"]),
                number=_text(payload["number"]),
                issuer=_text(payload["issuer"]),
                issued_on=date.fromisoformat(payload["issued_on"]),
                subject=tuple((_text(label), _text(value)) for label, value in payload["subject"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise IncompleteStatementError from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def canonical(payload: Mapping[str, Any]) -> bytes:
    """Canonical JSON: UTF-8, keys sorted, no spaces, no escapes for Chinese."""
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def key_id(public_key: Ed25519PublicKey) -> str:
    """The first 16 hex digits of the SHA-256 of the raw public key."""
    return sha256(public_key.public_bytes_raw()).hexdigest()[:_KEY_ID_DIGITS]


def sign(statement: Statement, private_key: Ed25519PrivateKey) -> str:
    """The token of ``statement``. The same statement and key always give the same token (Ed25519 has no randomness)."""
    payload = canonical(statement.as_payload(key_id(private_key.public_key())))
    return f"{encode(payload)}.{encode(private_key.sign(payload))}"


def verify(token: str, public_keys: Mapping[str, Ed25519PublicKey]) -> Statement:
    """The statement that ``token`` carries, if one of ``public_keys`` (kid → key) signed it.

    Raises IncompleteStatementError, UnknownKeyError or TamperedStatementError; what raised must not be shown as fact.
    """
    head, dot, tail = token.partition(".")
    if not dot:
        raise IncompleteStatementError
    payload, signature = decode(head), decode(tail)
    if len(signature) != _SIGNATURE_BYTES:
        raise IncompleteStatementError
    content = _content(payload)
    kid = content.get("kid")
    if not isinstance(kid, str):
        raise TamperedStatementError
    if kid not in public_keys:
        raise UnknownKeyError(kid)
    try:
        public_keys[kid].verify(signature, payload)
    except InvalidSignature as error:
        raise TamperedStatementError from error
    return Statement.from_payload(content)


def _content(payload: bytes) -> dict[str, Any]:
    """A whole signature over bytes that are not our JSON means that the bytes were changed."""
    try:
        content = json.loads(payload)
    except (ValueError, RecursionError) as error:  # nested deeper than we ever write
        raise TamperedStatementError from error
    if not isinstance(content, dict):
        raise TamperedStatementError
    return content


def encode(data: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """Strict base64url without padding: one text per content, so no character can be changed unseen.

    Raises IncompleteStatementError.
    """
    try:
        data = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise IncompleteStatementError from error
    if encode(data) != text:
        raise IncompleteStatementError
    return data
