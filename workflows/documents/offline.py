"""Check a paper without this system and without the network: the standard library and ``cryptography`` suffice.

    python offline.py --key key.json 'URL or token'

``key.json`` is the published key set (/verify/keys.json). Prints what was signed, in Chinese. Exit status 0: the
signature is good; 1: it is not, do not trust the paper; 2: the question could not be asked (token cut, no key file).
It says nothing about whether the paper was replaced or cancelled later: only the issuer knows that.
This file stands alone on purpose, so that it can be handed to people who do not trust the rest.
"""

import argparse
import base64
import binascii
import hashlib
import json
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

GOOD, BAD, UNASKED = 0, 1, 2
_FIELDS = (("kind", "文书"), ("number", "编号"), ("issuer", "出具机关"), ("issued_on", "出具日期"))


class CannotAskError(Exception):
    """The input is not complete enough to be judged."""


class NotTrustedError(Exception):
    """The paper was changed, or someone else signed it."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser(description="离线核验文书上的二维码")
    parser.add_argument("--key", required=True, help="公布的密钥文件（key.json）")
    parser.add_argument("token", help="二维码里的网址，或 # 后面的内容")
    options = parser.parse_args(arguments)
    try:
        content = check(options.token, read_keys(Path(options.key)))
    except CannotAskError as error:
        sys.stderr.write(f"无法核验：{error}\n")
        return UNASKED
    except NotTrustedError as error:
        sys.stderr.write(f"不可信：{error}\n")
        return BAD
    lines = [f"{label}：{content[name]}" for name, label in _FIELDS]
    lines += [f"{label}：{value}" for label, value in content["subject"]]
    sys.stdout.write("\n".join(["签名有效；当前状态未查询（离线）", *lines, ""]))
    return GOOD


def read_keys(path: Path) -> dict[str, Ed25519PublicKey]:
    """kid → key of a JWK set file. Raises CannotAskError."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["keys"]
        keys = [Ed25519PublicKey.from_public_bytes(_bytes(entry["x"])) for entry in entries]
    except OSError as error:
        raise CannotAskError(f"打不开密钥文件 {path}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise CannotAskError(f"密钥文件 {path} 不是公布的格式") from error
    return {hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]: key for key in keys}


def check(text: str, keys: dict[str, Ed25519PublicKey]) -> dict:
    """What was signed. Raises CannotAskError, NotTrustedError."""
    head, dot, tail = text.strip().rpartition("#")[2].partition(".")
    if not dot:
        raise CannotAskError("二维码不完整，请擦净重拍")
    payload, signature = _bytes(head), _bytes(tail)
    if len(signature) != 64:
        raise CannotAskError("二维码不完整，请擦净重拍")
    try:
        content = json.loads(payload)
        key = keys[content["kid"]]
    except (ValueError, TypeError, RecursionError) as error:
        raise NotTrustedError("签名与内容不一致，这份文书被改动过") from error
    except KeyError as error:
        raise NotTrustedError("签名用的密钥不在公布的密钥中") from error
    try:
        key.verify(signature, payload)
    except InvalidSignature as error:
        raise NotTrustedError("签名与内容不一致，这份文书被改动过") from error
    return content


def _bytes(text: str) -> bytes:
    """Strict base64url without padding. Raises CannotAskError."""
    try:
        data = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise CannotAskError("二维码不完整，请擦净重拍") from error
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != text:
        raise CannotAskError("二维码不完整，请擦净重拍")
    return data


if __name__ == "__main__":
    sys.exit(main())
