"""The QR code of a paper: a URL whose fragment carries the signed statement.

A fragment is not sent to the server, so neither its log nor a proxy's learns which paper is being checked.
"""

import segno

VERIFY_PATH = "/v"


def verify_url(base_url: str, token: str) -> str:
    """The address in the QR code. ``base_url`` is the public origin, e.g. ``https://yilaoyixiao.example.cn``."""
    return f"{base_url.rstrip('/')}{VERIFY_PATH}#{token}"


def qr_svg(url: str) -> str:
    """The QR code of ``url`` as SVG to be placed in a page, black on white, with its quiet zone; sized by the page.

    Some 800 characters make a large symbol, so the lowest error correction that its size allows is used: bigger modules
    help a cheap phone camera more than redundancy does.
    """
    code = segno.make_qr(url, error="l", boost_error=True)
    return code.svg_inline(border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None)
