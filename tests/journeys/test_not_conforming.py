"""A site that does not meet the standard: told and made public with reasons; mended and verified again, or, when its
time runs out, handed to health supervision (办法 §9, 人口与计划生育法 §41)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from registry.models import Person
from tests.builders.office import Office
from tests.journeys.acts import receive, sign, verify
from tests.journeys.conftest import Desk
from tests.journeys.filings import NAME, small_filing
from tests.journeys.officers import Officer
from tests.journeys.pages import PUBLIC_WITHIN, Applicant, Stranger
from tests.journeys.printed import PRINTED_WITHIN, downloaded, reads_papers, words_of
from tests.journeys.watching import Watch
from tests.machines import Clock
from workflows.tasks import sweep_due

pytestmark = [pytest.mark.django_db(transaction=True), reads_papers]
FAULT = {"monitoring": "活动室东侧没有摄像头，监控未覆盖全部生活和活动区域。"}
NOTICE = "托育机构备案不符合告知书"
MENDED = "活动室东侧已加装摄像头，监控覆盖全部区域。"


@pytest.fixture
def filer(office: Office, applicant: Person, desk: Desk, watch: Watch) -> Applicant:
    return Applicant(desk(applicant), watch, small_filing())


@pytest.fixture
def number(filer: Applicant, office: Office, desk: Desk, watch: Watch, wait_until: Callable[..., None]) -> str:
    """A case whose site was found not to conform, told to its applicant and to the public."""
    number = filer.file()
    clerk = Officer(desk(office.clerk), watch)
    clerk.claim(NAME, "核对材料，收件")
    receive(clerk)
    verify(desk(office.verifier), watch, office, "2026-10-19", FAULT)
    sign(desk(office.head), watch)
    _told(filer, number, wait_until)
    return number


def test_told_disclosed_rectified_and_published(
    number: str, filer: Applicant, office: Office, desk: Desk, watch: Watch, clock: Clock, wait_until: Callable[..., None]
) -> None:
    stranger = Stranger(desk(), watch)
    stranger.finds("已备案（核实不符合）", FAULT["monitoring"])

    clock.advance(days=7)
    filer.open_case(number)
    filer.press("去整改", "link")
    filer.look("rectification", phone=True)
    point = filer.page.locator(".points > li")
    expect(point).to_have_count(1)
    expect(point).to_contain_text(FAULT["monitoring"])
    point.get_by_role("textbox", name="说明").fill(MENDED)
    filer.press("整改并重新提交")
    expect(filer.page.get_by_role("status").first).to_contain_text("已重新提交")

    verify(desk(office.verifier), watch, office, "2026-10-26")
    sign(desk(office.head), watch)
    stranger.finds("已备案（核实符合）", "整改完成")
    filer.open_case(number)
    expect(filer.page.locator(".state-line")).to_contain_text("核实符合")


def test_never_rectified_is_handed_over(
    number: str, filer: Applicant, office: Office, desk: Desk, watch: Watch, clock: Clock, wait_until: Callable[..., None]
) -> None:
    clock.advance(days=60)
    head = Officer(desk(office.other_head), watch)
    sweep_due.delay()
    row = head.page.locator("tbody tr", has_text=NAME).filter(has_text="移送卫生监督执法")
    wait_until(lambda: head.page.goto("/office/todo/?tab=pool") and row.count(), "the case is with the head", PUBLIC_WITHIN)
    head.claim(NAME, "移送卫生监督执法")
    head.press("移送")
    expect(head.page.get_by_role("status").first).to_contain_text("移送卫生监督")
    head.look("case handed over", phone=True)

    Stranger(desk(), watch).finds("不符合（已移送卫生监督）", FAULT["monitoring"])
    filer.open_case(number)
    expect(filer.page.locator(".state-line")).to_contain_text("移送卫生监督")
    filer.look("case handed over, applicant", phone=True)


def _told(filer: Applicant, number: str, wait_until: Callable[..., None]) -> None:
    filer.open_case(number)
    link = filer.download_of(NOTICE)
    wait_until(lambda: filer.page.reload() and link.count(), "the notice is printed", PRINTED_WITHIN)
    filer.look("case not conforming", phone=True)
    notice = words_of(downloaded(link))
    assert FAULT["monitoring"] in notice
    assert NAME in notice
