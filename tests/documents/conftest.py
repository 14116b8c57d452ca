"""A key of the test's own, sample papers, and what poppler and zxing read from them."""

import subprocess
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image

from workflows.documents.paper import PrintedPaper, print_paper
from workflows.documents.statement import Statement

ISSUER = "集贤县卫生健康局"
NAME = "集贤县晨星托育服务有限公司"
POINTS = [
    {
        "title": "每班人数",
        "clause": {
            "instrument": "托育机构设置标准（试行）",
            "article": "第十九条",
            "wording": "托大班不超过20人",
            "verified": "secondary",
        },
        "fact": "托大班一班22人",
        "remedy": "减少2人，或者另开一班",
    },
    {
        "title": "从业人员入职查询",
        "clause": {
            "instrument": "中华人民共和国未成年人保护法",
            "article": "第六十二条",
            "wording": "招聘时和每年应当查询",
            "verified": "primary",
        },
        "fact": "赵堃玥没有查询记录",
        "remedy": "查询后上传结果",
    },
]
PAPERS: dict[str, tuple[str, dict[str, Any]]] = {
    "receipt": (
        "托育机构备案回执",
        {
            "addressee": NAME,
            "submitted_on": date(2026, 11, 18),
            "nature": "营利性",
            "legal_representative": "赵堃玥",
            "head": "王秀英",
        },
    ),
    "notice_of_conditions": ("托育机构基本条件告知书", {"addressee": NAME, "contact": "集贤县卫生健康局，0469-4660000"}),
    "correction_notice": (
        "一次性告知书",
        {
            "addressee": NAME,
            "case_number": "230521-2026-17",
            "submitted_on": date(2026, 11, 18),
            "where": "登录本系统",
            "contact": "0469-4660000",
            "points": POINTS,
        },
    ),
    "nonconformity_notice": (
        "托育机构备案不符合告知书",
        {
            "addressee": NAME,
            "filing_number": "集卫托备〔2026〕17号",
            "verified_on": date(2026, 11, 30),
            "verifiers": "李敏、周立",
            "published_at_place": "本系统“已备案机构名单”",
            "where": "登录本系统",
            "contact": "0469-4660000",
            "points": POINTS,
        },
    ),
}


@pytest.fixture
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture
def keys_dir(settings: Any, tmp_path: Path) -> Path:
    settings.KEYS_DIR = tmp_path / "keys"
    return settings.KEYS_DIR


@pytest.fixture
def statement() -> Statement:
    return make_statement("托育机构备案回执")


def make_statement(kind: str) -> Statement:
    return Statement(
        id=UUID("6f1c2f0e-6b1e-4a57-9a53-0d5cf1c7a001"),
        kind=kind,
        number="集卫托备〔2026〕17号",
        issuer=ISSUER,
        issued_on=date(2026, 11, 19),
        subject=(
            ("机构名称", NAME),
            ("统一社会信用代码", "91230521MA1B000000"),
            ("机构住所", "集贤县福利镇繁荣街（示例）1号一层"),
            ("服务范围", "全日托、半日托"),
            ("收托规模", "35人"),
        ),
    )


@pytest.fixture
def print_sample(settings: Any, key: Ed25519PrivateKey) -> Callable[..., PrintedPaper]:
    """``print_sample("receipt")``; ``changes`` replace parts of its body."""
    settings.PUBLIC_BASE_URL = "https://yilaoyixiao.example.cn"

    def printed(name: str, **changes: Any) -> PrintedPaper:
        kind, body = PAPERS[name]
        template = f"documents/childcare.filing/{name}.html"
        return print_paper(template, statement=make_statement(kind), body=body | changes, private_key=key)

    return printed


def text_of(pdf: bytes, *options: str) -> str:
    """What a reader copies out of the page."""
    return _poppler(["pdftotext", *options, "-", "-"], pdf).decode()


def words_of(pdf: bytes) -> str:
    """The text without line breaks and spaces."""
    return "".join(text_of(pdf).split())


def page_image(pdf: bytes, page: int, dpi: int) -> Image.Image:
    return Image.open(BytesIO(_poppler(["pdftoppm", "-r", str(dpi), "-f", str(page), "-l", str(page), "-png"], pdf)))


def qr_codes(pdf: bytes, page: int, dpi: int = 150) -> list[str]:
    """What a scanner reads from the page printed at ``dpi``."""
    return [code.text for code in zxingcpp.read_barcodes(page_image(pdf, page, dpi))]


def _poppler(command: list[str], pdf: bytes) -> bytes:
    return subprocess.run(command, input=pdf, capture_output=True, check=True, timeout=60).stdout
