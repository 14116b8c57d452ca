"""Two papers are not in order: told once with reasons and clauses, mended with the keyboard alone, then published
(行政许可法 §32(四), by analogy)."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from registry.models import Person
from tests.builders.office import Office
from tests.journeys.acts import receive, sign, verify
from tests.journeys.conftest import Desk
from tests.journeys.filings import NAME, a_file, small_filing
from tests.journeys.keyboard import choose_file, press, type_into
from tests.journeys.officers import Officer
from tests.journeys.pages import PUBLIC_WITHIN, Applicant
from tests.journeys.printed import PRINTED_WITHIN, downloaded, reads_papers, words_of
from tests.journeys.watching import Watch
from tests.machines import Clock

pytestmark = [pytest.mark.django_db(transaction=True), reads_papers]
REPORT, SCOPE = "评价为“合格”的《托幼机构卫生评价报告》", "登记的业务范围写明托育服务"
FAULTS = {"hygiene_report": "报告没有评价机构的印章。", "scope": "执照照片模糊，看不清经营范围。"}
EXPLAINED = "经营范围第2行写明“托育服务”，已对照执照副本。"


def test_told_once_mended_and_published(
    office: Office, applicant: Person, desk: Desk, watch: Watch, clock: Clock, wait_until: Callable[..., None]
) -> None:
    filer = Applicant(desk(applicant, reduced_motion="reduce"), watch, small_filing())  # where the focus goes, the page is
    number = filer.file()

    clerk = Officer(desk(office.clerk), watch)
    clerk.claim(NAME, "核对材料，收件")
    clerk.judge(unmet=FAULTS)
    _letter_says_both(clerk)
    clerk.finish("一次性告知（2项不符合）")

    clock.advance(days=1)
    filer.open_case(number)
    _notice_can_be_read(filer, wait_until)
    filer.press("去补正", "link")
    _only_the_two_points_are_open(filer)
    _mend_by_keyboard(filer.page)
    expect(filer.page.locator(".state-line")).to_contain_text("轮到集贤县卫生健康局")
    filer.look("case, corrected", phone=True)

    clock.advance(days=1)
    clerk.page.goto("/office/todo/?tab=pool")
    expect(clerk.page.locator("tbody tr", has_text=NAME)).to_contain_text("已补正")
    clerk.look("to do, with a mark", phone=True)
    clerk.claim(NAME, "核对材料，收件")
    expect(clerk.page.locator("#line-scope")).to_contain_text("上一轮不符合")
    clerk.page.get_by_role("link", name="历次告知和补正").click()
    expect(clerk.page.locator("#middle")).to_contain_text(EXPLAINED)
    clerk.look("case, rounds", phone=True)

    receive(clerk)
    verify(desk(office.verifier), watch, office, "2026-10-21")
    sign(desk(office.head), watch)
    _clocks_tell_whose_days(filer, number, wait_until)


def _letter_says_both(clerk: Officer) -> None:
    clerk.press("保存并预览告知书")
    letter = clerk.page.locator(".letter")
    for words in (REPORT, SCOPE, *FAULTS.values()):
        expect(letter).to_contain_text(words)
    clerk.look("letter before it is sent", phone=True)


def _notice_can_be_read(filer: Applicant, wait_until: Callable[..., None]) -> None:
    link = filer.download_of("一次性告知书")
    wait_until(lambda: filer.page.reload() and link.count(), "the notice is printed", PRINTED_WITHIN)
    filer.look("case to be corrected", phone=True)
    notice = words_of(downloaded(link))
    assert all("".join(words.split()) in notice for words in (*FAULTS.values(), "一次性告知书"))


def _only_the_two_points_are_open(filer: Applicant) -> None:
    page = filer.page
    expect(page.locator(".points > li > h2")).to_have_text([SCOPE, REPORT])
    for words in FAULTS.values():
        expect(page.locator(".points")).to_contain_text(words)
    expect(page.locator("main")).to_contain_text("其余内容和材料已核对，无需再改、再交。")
    filer.look("answer", phone=True)
    for locked in ("staff", "classes", "safety"):
        page.goto(re.sub(r"answer/.*", f"form/{locked}/", page.url))
        expect(page).to_have_url(re.compile(r"/answer/$"))
        expect(page.get_by_role("status").first).to_contain_text("已核对，无需再改")


def _mend_by_keyboard(page: Page) -> None:
    """A new paper for one point, words for the other; nothing else was touched but Tab, Space and Enter."""
    page.goto(page.url)
    report = page.locator(".points > li").filter(has_text=REPORT)
    scope = page.locator(".points > li").filter(has_text=SCOPE)
    type_into(scope.get_by_role("textbox", name="说明"), EXPLAINED)
    choose_file(page, report.locator("input[type=file]").first, a_file("卫生评价报告（盖章）"))
    press(page.get_by_role("button", name="补正并重新提交"))
    expect(page.get_by_role("status").first).to_contain_text("已重新提交")


def _clocks_tell_whose_days(filer: Applicant, number: str, wait_until: Callable[..., None]) -> None:
    filer.open_case(number)
    done = filer.page.locator(".state-line", has_text="核实符合")
    wait_until(lambda: filer.page.reload() and done.count(), "the result is published", PUBLIC_WITHIN)
    clocks = filer.page.locator("main")
    expect(clocks).to_contain_text(re.compile(r"等待您的?\s*1\s*个工作日"))
