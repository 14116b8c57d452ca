"""The signing key is made once, whoever asks first, and is readable by nobody else."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.management import call_command

from workflows.documents.keys import (
    RETIRED_KEYS,
    SIGNING_KEY,
    SigningKeyUnreadableError,
    key_set,
    published_keys,
    read_key_set,
    signing_key,
)
from workflows.documents.statement import Statement, key_id, sign, verify

ASK = """
import sys
from django.conf import settings
settings.configure(KEYS_DIR=sys.argv[1])
from workflows.documents.keys import signing_key
from workflows.documents.statement import key_id
sys.stdin.read()
print(key_id(signing_key().public_key()))
"""


def test_the_key_is_made_once_and_kept(keys_dir: Path) -> None:
    first = key_id(signing_key().public_key())
    assert key_id(signing_key().public_key()) == first
    assert (keys_dir / SIGNING_KEY).stat().st_mode & 0o777 == 0o600
    assert [file.name for file in keys_dir.iterdir()] == [SIGNING_KEY]


def test_processes_that_start_together_get_the_same_key(keys_dir: Path, settings: Any) -> None:
    command = [sys.executable, "-c", ASK, str(keys_dir)]
    asking = [
        subprocess.Popen(command, cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    for process in asking:
        process.stdin.close()
    answers = {process.stdout.read().strip() for process in asking}
    assert [process.wait(60) for process in asking] == [0] * 6
    assert answers == {key_id(signing_key().public_key())}


def test_a_key_that_others_can_read_is_not_used(keys_dir: Path) -> None:
    signing_key()
    (keys_dir / SIGNING_KEY).chmod(0o644)
    (keys_dir / SIGNING_KEY).touch()
    with pytest.raises(SigningKeyUnreadableError, match="0600"):
        signing_key()


def test_another_kind_of_key_is_not_used(keys_dir: Path) -> None:
    keys_dir.mkdir()
    other = generate_private_key(public_exponent=65537, key_size=2048)
    (keys_dir / SIGNING_KEY).write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (keys_dir / SIGNING_KEY).chmod(0o600)
    with pytest.raises(SigningKeyUnreadableError, match="Ed25519"):
        signing_key()


def test_the_published_set_holds_no_private_half(keys_dir: Path) -> None:
    (entry,) = key_set()["keys"]
    assert sorted(entry) == ["crv", "kid", "kty", "use", "x"]
    assert {*read_key_set(key_set())} == {*published_keys()}


def test_papers_of_a_retired_key_stay_verifiable(keys_dir: Path, statement: Statement, capsys: pytest.CaptureFixture) -> None:
    old_token = sign(statement, signing_key())
    call_command("publish_key")
    (keys_dir / RETIRED_KEYS).write_text(capsys.readouterr().out, encoding="utf-8")
    (keys_dir / SIGNING_KEY).unlink()
    new_token = sign(statement, signing_key())
    assert new_token != old_token
    assert verify(old_token, published_keys()) == verify(new_token, published_keys()) == statement
    assert len(key_set()["keys"]) == 2


def test_a_key_id_in_the_set_is_computed_not_believed(keys_dir: Path) -> None:
    content = json.loads(json.dumps(key_set()))
    content["keys"][0]["kid"] = "0" * 16
    assert {*read_key_set(content)} == {*published_keys()}
