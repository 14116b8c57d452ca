"""A statement comes back as it was signed, and no change to a token passes."""

import dataclasses
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.documents.statement import (
    IncompleteStatementError,
    Statement,
    StatementError,
    TamperedStatementError,
    UnknownKeyError,
    canonical,
    decode,
    encode,
    key_id,
    sign,
    verify,
)

from .conftest import make_statement

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = {key_id(KEY.public_key()): KEY.public_key()}
TOKEN = sign(make_statement("托育机构备案回执"), KEY)


def test_a_statement_comes_back_as_it_was_signed(statement: Statement) -> None:
    assert verify(sign(statement, KEY), PUBLIC) == statement


def test_signing_twice_gives_the_same_token(statement: Statement) -> None:
    assert sign(statement, KEY) == sign(statement, KEY)


def test_the_payload_is_canonical_json_in_chinese(statement: Statement) -> None:
    payload = decode(sign(statement, KEY).split(".")[0])
    assert payload == canonical(json.loads(payload))
    assert "机构名称".encode() in payload
    assert b": " not in payload
    assert [*json.loads(payload)] == sorted(json.loads(payload))


def test_the_lines_keep_their_printed_order(statement: Statement) -> None:
    turned = dataclasses.replace(statement, subject=tuple(reversed(statement.subject)))
    assert verify(sign(turned, KEY), PUBLIC).subject == turned.subject


def test_the_key_is_named_by_the_hash_of_its_public_half() -> None:
    assert key_id(KEY.public_key()) == "56475aa75463474c"


@given(position=st.integers(0, len(TOKEN) - 1), other=st.characters(min_codepoint=33, max_codepoint=126))
@settings(max_examples=300)
def test_no_changed_character_passes(position: int, other: str) -> None:
    changed = TOKEN[:position] + other + TOKEN[position + 1 :]
    if changed != TOKEN:
        with pytest.raises(StatementError):
            verify(changed, PUBLIC)


@given(bit=st.integers(0, len(decode(TOKEN.split(".")[0])) * 8 - 1))
@settings(max_examples=300)
def test_no_flipped_bit_of_the_content_passes(bit: int) -> None:
    head, tail = TOKEN.split(".")
    content = bytearray(decode(head))
    content[bit // 8] ^= 1 << bit % 8
    with pytest.raises((TamperedStatementError, UnknownKeyError)):
        verify(f"{encode(bytes(content))}.{tail}", PUBLIC)


@given(length=st.integers(0, len(TOKEN) - 1))
@settings(max_examples=200)
def test_a_cut_token_is_incomplete(length: int) -> None:
    with pytest.raises(IncompleteStatementError, match="请擦净重拍"):
        verify(TOKEN[:length], PUBLIC)


def test_a_key_never_published_is_named(statement: Statement) -> None:
    stranger = Ed25519PrivateKey.generate()
    with pytest.raises(UnknownKeyError, match=key_id(stranger.public_key())):
        verify(sign(statement, stranger), PUBLIC)


def test_another_signer_under_our_key_id_is_found_out(statement: Statement) -> None:
    payload = canonical(statement.as_payload(key_id(KEY.public_key())))
    forged = f"{encode(payload)}.{encode(Ed25519PrivateKey.generate().sign(payload))}"
    with pytest.raises(TamperedStatementError, match="不可信"):
        verify(forged, PUBLIC)


@pytest.mark.parametrize("content", [b"[]", b"not json", b'{"kid":7}', b"{}"])
def test_a_whole_signature_over_something_else_is_tampered(content: bytes) -> None:
    with pytest.raises(TamperedStatementError):
        verify(f"{encode(content)}.{encode(KEY.sign(content))}", PUBLIC)


@pytest.mark.parametrize(
    ("field", "value"), [("id", "17"), ("issued_on", "2026-13-01"), ("number", 17), ("v", 2), ("subject", [["a"]])]
)
def test_a_signed_content_of_another_shape_is_incomplete(statement: Statement, field: str, value: object) -> None:
    payload = canonical(statement.as_payload(key_id(KEY.public_key())) | {field: value})
    with pytest.raises(IncompleteStatementError):
        verify(f"{encode(payload)}.{encode(KEY.sign(payload))}", PUBLIC)
