"""The signing key of this installation and the set of public keys that papers are checked against.

The private key lies in ``settings.KEYS_DIR`` (PEM, mode 0600) and is made once, when it is first asked for. To change it,
save the output of ``manage.py publish_key`` as ``retired_keys.json`` in the same folder and remove the private key:
papers signed before stay verifiable.
"""

import json
import os
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings

from .statement import decode, encode, key_id

SIGNING_KEY = "signing_key.pem"
RETIRED_KEYS = "retired_keys.json"


class SigningKeyUnreadableError(Exception):
    """The file is there but is no Ed25519 key, or others may read it."""


def signing_key() -> Ed25519PrivateKey:
    """The private key. Any number of processes may ask at once: all get the same. Raises SigningKeyUnreadableError."""
    path = Path(settings.KEYS_DIR) / SIGNING_KEY
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_once(path, Ed25519PrivateKey.generate())
    return _load(path, path.stat().st_mtime_ns)


def published_keys() -> dict[str, Ed25519PublicKey]:
    """kid → public key: the current one and those retired."""
    current = signing_key().public_key()
    return {**_retired(), key_id(current): current}


def key_set() -> dict[str, list[dict[str, str]]]:
    """The published keys as a JWK set (RFC 7517, RFC 8037), the current key last."""
    return {
        "keys": [
            {"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": kid, "x": encode(key.public_bytes_raw())}
            for kid, key in published_keys().items()
        ]
    }


def read_key_set(content: dict[str, Any]) -> dict[str, Ed25519PublicKey]:
    """kid → key of a JWK set as ``key_set`` writes it. The kid is computed, never believed."""
    found = {}
    for entry in content["keys"]:
        key = Ed25519PublicKey.from_public_bytes(decode(entry["x"]))
        found[key_id(key)] = key
    return found


def _retired() -> dict[str, Ed25519PublicKey]:
    path = Path(settings.KEYS_DIR) / RETIRED_KEYS
    if not path.exists():
        return {}
    return read_key_set(json.loads(path.read_text(encoding="utf-8")))


def _write_once(path: Path, key: Ed25519PrivateKey) -> None:
    """Whole or not at all, and the first writer wins: a hard link, unlike a rename, never replaces."""
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.") as draft:
        os.fchmod(draft.fileno(), 0o600)
        draft.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        draft.flush()
        os.fsync(draft.fileno())
        try:
            os.link(draft.name, path)
        except FileExistsError:
            return


@lru_cache(maxsize=4)
def _load(path: Path, _changed: int) -> Ed25519PrivateKey:
    if path.stat().st_mode & 0o077:
        raise SigningKeyUnreadableError(f"签名密钥 {path} 可被他人读取，请改为 0600 后重试")
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningKeyUnreadableError(f"{path} 不是 Ed25519 私钥")
    return key
