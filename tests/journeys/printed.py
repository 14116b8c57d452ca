"""What a person reads from a printed paper: its words, and the address in its QR code."""

import shutil
import subprocess
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Locator

from tests import printing

NO_POPPLER = "本机没有 poppler，读不出 PDF：sudo apt-get install poppler-utils"
WHY_NOT = printing.REASON if printing.LACKING else "" if shutil.which("pdftoppm") else NO_POPPLER
reads_papers = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
"""For a journey that waits for a paper and reads it. The worker prints: its complaint is not seen in the test."""
DOTS_AN_INCH = "150"
PRINTED_WITHIN = 120
"""Seconds. The worker's first paper takes longest: it loads WeasyPrint and the fonts."""


def downloaded(link: Locator) -> bytes:
    """What the browser saves when the link is followed."""
    with link.page.expect_download() as download:
        link.click()
    return download.value.path().read_bytes()


def words_of(pdf: bytes) -> str:
    """The text of all pages without spaces and line breaks."""
    return "".join(_poppler("pdftotext", "-", "-", paper=pdf).decode().split())


def address_in(pdf: bytes) -> str:
    """What a telephone's camera reads from the first page."""
    picture = Image.open(BytesIO(_poppler("pdftoppm", "-r", DOTS_AN_INCH, "-f", "1", "-l", "1", "-png", paper=pdf)))
    [code] = zxingcpp.read_barcodes(picture)
    return code.text


def _poppler(*command: str, paper: bytes) -> bytes:
    return subprocess.run(command, input=paper, capture_output=True, check=True, timeout=60).stdout
