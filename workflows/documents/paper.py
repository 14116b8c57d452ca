"""One paper from its facts: signed, coded, printed."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from .qr import VERIFY_PATH, verify_url
from .render import render
from .statement import Statement, sign


@dataclass(frozen=True, slots=True)
class PrintedPaper:
    """The finished paper. ``token`` is what the QR code carries, ``sha256`` the lower-case hex digest of ``pdf``."""

    token: str
    url: str
    pdf: bytes
    sha256: str


def print_paper(
    template: str, *, statement: Statement, body: Mapping[str, Any], private_key: Ed25519PrivateKey
) -> PrintedPaper:
    """Sign ``statement`` and print it with ``body`` on ``template``.

    The head of each template says which keys ``body`` must hold. The same arguments give the same bytes, so a lost file
    can be made again and compared by its SHA-256. Raises PaperError.
    """
    token = sign(statement, private_key)
    url = verify_url(settings.PUBLIC_BASE_URL, token)
    pdf = render(template, page_context(statement, body, url))
    return PrintedPaper(token=token, url=url, pdf=pdf, sha256=sha256(pdf).hexdigest())


def page_context(statement: Statement, body: Mapping[str, Any], url: str) -> dict[str, Any]:
    """What every paper template may use: ``statement``, ``body``, ``verify_url`` (QR) and ``verify_page`` (typed by hand)."""
    origin = urlsplit(settings.PUBLIC_BASE_URL)
    return {
        "statement": statement,
        "body": body,
        "verify_url": url,
        "verify_page": f"{origin.netloc}{VERIFY_PATH}",
    }
