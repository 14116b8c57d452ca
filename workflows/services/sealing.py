"""Identity numbers are sealed where they come in. The facts, the audit and the snapshots carry the token only.

A token is ``v1.<box>.<mark>``: the box is AES-256-GCM, the mark a keyed hash by which two tokens of one number are told
equal without opening either. Both keys lie in ``settings.KEYS_DIR``; who copies the database alone reads nothing.
"""

import base64
import hashlib
import hmac
import os
import secrets
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

KEY_FILE = "identity.key"
KEY_BYTES = 32
NONCE_BYTES = 12
MARK_BYTES = 18
PURPOSE = b"identity-number"
HIDDEN = "（已加密）"


class SealBrokenError(Exception):
    """加密内容无法打开：密钥不对，或内容被改动。"""


def seal(number: str) -> str:
    """The token of a number. Each call gives another one; ``same`` tells that they are equal."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    box = nonce + AESGCM(_keys()[0]).encrypt(nonce, number.encode(), PURPOSE)
    return f"v1.{_text(box)}.{_text(_mark(number))}"


def unseal(token: str) -> str:
    """The number. Raises ``SealBrokenError``."""
    try:
        version, box, _mark_text = token.split(".")
        data = base64.urlsafe_b64decode(box + "=" * (-len(box) % 4))
        if version != "v1":
            raise SealBrokenError("加密内容的格式不认识。")
        return AESGCM(_keys()[0]).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], PURPOSE).decode()
    except (ValueError, InvalidTag) as error:
        raise SealBrokenError("加密内容无法打开：密钥不对，或内容被改动。") from error


def masked(token: str) -> str:
    """230502********0010 for people; empty for no token, and only that there is one when it cannot be opened."""
    if not token:
        return ""
    try:
        number = unseal(token)
    except SealBrokenError:
        return HIDDEN
    return f"{number[:6]}{'*' * 8}{number[-4:]}"


def same(one: str, other: str) -> bool:
    """Whether two tokens hold one number; opens neither."""
    return hmac.compare_digest(one.rpartition(".")[2], other.rpartition(".")[2])


def _mark(number: str) -> bytes:
    return hmac.new(_keys()[1], number.encode(), hashlib.sha256).digest()[:MARK_BYTES]


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _keys() -> tuple[bytes, bytes]:
    path = Path(settings.KEYS_DIR) / KEY_FILE
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_once(path, secrets.token_bytes(2 * KEY_BYTES))
    return _load(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _load(path: Path, _changed: int) -> tuple[bytes, bytes]:
    if path.stat().st_mode & 0o077:
        raise SealBrokenError(f"身份号码密钥 {path} 可被他人读取，请改为 0600 后重试。")
    data = path.read_bytes()
    if len(data) != 2 * KEY_BYTES:
        raise SealBrokenError(f"身份号码密钥 {path} 长度不对。")
    return data[:KEY_BYTES], data[KEY_BYTES:]


def _write_once(path: Path, data: bytes) -> None:
    """Whole or not at all; of two processes that start together the first one wins (a hard link never replaces)."""
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.") as draft:
        os.fchmod(draft.fileno(), 0o600)
        draft.write(data)
        draft.flush()
        os.fsync(draft.fileno())
        try:
            os.link(draft.name, path)
        except FileExistsError:
            return
