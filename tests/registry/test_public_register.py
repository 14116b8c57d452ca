"""已备案机构名单: from the receipt on (practice.md P7), without personal data, at the same cost on each page."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.models import Disclosure, Division
from registry.selectors.filings import CursorError, NotOnRegisterError, public_detail, public_register
from registry.services.filings import disclose
from tests.registry.records import AT, USCC, filing_in_force, submitted_filing

pytestmark = pytest.mark.django_db


def test_a_filing_stands_in_the_list_from_its_receipt_until_its_end() -> None:
    submitted_filing()
    filing = filing_in_force()
    [line] = public_register().rows
    assert (line.pk, line.status_text, line.verification_text, line.division) == (filing.pk, "已备案", "核实中", "集贤县")
    filing.cancel()
    filing.save()
    assert public_register().rows == ()
    assert public_detail(filing.pk).filing.status_text == "已注销"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("向阳", {"向阳托育中心"}),
        ("红旗街", {"向阳托育中心"}),
        ("托育 星星", {"星星托育园"}),
        ("〔2026〕77号", {"星星托育园"}),
        (USCC.lower(), {"向阳托育中心", "星星托育园"}),
        ("没有的", set()),
        ("  ", {"向阳托育中心", "星星托育园"}),
        ("%", set()),
    ],
)
def test_search(query: str, found: set[str]) -> None:
    filing_in_force(name="向阳托育中心", address="红旗街5号")
    filing_in_force(name="星星托育园", address="建设路8号", number="集卫托备〔2026〕77号")
    assert {line.name for line in public_register(query).rows} == found


def test_by_division() -> None:
    filing_in_force(name="甲", code="230521")
    filing_in_force(name="乙", code="230502")
    assert [line.name for line in public_register(division=Division.objects.get(code="230502")).rows] == ["乙"]


def test_pages_follow_one_another_without_loss_or_repetition() -> None:
    keys = [filing_in_force(on=date(2026, 11, 20 + turn // 3)).pk for turn in range(10)]
    seen, after = [], ""
    for _ in range(4):
        page = public_register(after=after, limit=3)
        seen += [line.pk for line in page.rows]
        after = page.after
    assert after == ""
    assert seen == sorted(keys, reverse=True)


def test_a_page_costs_one_statement() -> None:
    for _ in range(5):
        filing_in_force()
    with CaptureQueriesContext(connection) as queries:
        assert len(public_register().rows) == 5
    assert len(queries) == 1


@pytest.mark.parametrize("after", ["x", "20261124", "2026-11-24", "20261124-x", "99999999-1"])
def test_a_foreign_cursor_is_refused(after: str) -> None:
    with pytest.raises(CursorError, match="第一页"):
        public_register(after=after)


def test_the_page_of_a_filing_shows_what_was_disclosed() -> None:
    filing = filing_in_force()
    disclose(filing=filing, kind=Disclosure.Kind.NONCONFORMING, reasons=["保育人员配比不足"], at=AT)
    detail = public_detail(filing.pk)
    assert [(each.kind_text, each.reasons) for each in detail.disclosures] == [("核实不符合", ("保育人员配比不足",))]
    assert detail.uscc == USCC


@pytest.mark.parametrize("pk", [0, 999_999_999])
def test_what_is_not_filed_is_not_found(pk: int) -> None:
    with pytest.raises(NotOnRegisterError):
        public_detail(pk or submitted_filing().pk)
