"""A filing from the six questions to 符合 in the public list, by everybody who has a part in it (办法 §8, §9, §11)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from registry.models import Role
from registry.services.people import appoint
from tests.builders.office import SINCE, Office
from tests.journeys.conftest import Desk
from tests.journeys.filings import NAME, small_filing
from tests.journeys.officers import Officer
from tests.journeys.pages import Applicant, Stranger
from tests.journeys.printed import PRINTED_WITHIN, address_in, downloaded, reads_papers, words_of
from tests.journeys.watching import Watch
from workflows.models import TaskRoute
from workflows.rules.childcare_materials import FILING_RULE

pytestmark = [pytest.mark.django_db(transaction=True), reads_papers]
RECEIPT = "托育机构备案回执"
MOST_PRESSES = 3


def test_filed_received_verified_and_published(
    office: Office, desk: Desk, watch: Watch, wait_until: Callable[..., None]
) -> None:
    applicant = Applicant(desk(), watch, small_filing())
    applicant.answer_the_six_questions()
    applicant.sign_up("孙慧", "13900000001", "yizhi-xiangguo-8")
    applicant.fill_in()
    applicant.upload_everything(later=True)
    number = applicant.submit()
    _nothing_was_asked_twice(applicant)

    clerk = Officer(desk(office.clerk), watch)
    clerk.claim(NAME, "核对材料，收件")
    clerk.judge()
    clerk.finish("收件")
    clerk.finish("出具备案回执")
    assert clerk.presses <= MOST_PRESSES

    receipt = _receipt(applicant, number, wait_until)
    assert NAME in words_of(receipt)
    stranger = Stranger(desk(), watch)
    stranger.scans(address_in(receipt))
    stranger.finds("已备案（核实中）", "核实")

    verifier = Officer(desk(office.verifier), watch)
    verifier.claim(NAME, "现场核实（两人以上）")
    verifier.judge()
    verifier.visited("2026-10-19", office.companion.name)
    verifier.finish("提交核实意见")
    _who_verified_may_not_sign(verifier, office)

    head = Officer(desk(office.head), watch)
    head.claim(NAME, "签发核实结果")
    head.press("签发")
    stranger.finds("已备案（核实符合）", "已备案，核实符合")

    applicant.open_case(number)
    expect(applicant.page.locator(".two-clocks")).to_contain_text("我们")
    applicant.look("case closed", phone=True)


def _nothing_was_asked_twice(applicant: Applicant) -> None:
    """WCAG 3.3.7: what was answered before stands there."""
    form = applicant.form
    typed = [name for name in form.typed if ".new." not in name]
    assert len(typed) == len(set(typed))
    assert len(form.labels) == len(set(form.labels))
    six = {"institution.nature", "premises.tenure", "meals", "fire_proof", "premises.built_year", "premises.dwelling"}
    assert six | {"staff.0.name", "staff.0.post"} <= set(form.found_filled)


def _receipt(applicant: Applicant, number: str, wait_until: Callable[..., None]) -> bytes:
    applicant.open_case(number)
    applicant.look("case in hand", phone=True)
    link = applicant.download_of(RECEIPT)
    wait_until(lambda: applicant.page.reload() and link.count(), "the receipt is printed", PRINTED_WITHIN)
    applicant.look("case with its receipt", phone=True)
    return downloaded(link)


def _who_verified_may_not_sign(verifier: Officer, office: Office) -> None:
    """Not even when he is a head too: the page says why, and the door refuses with the clause."""
    appoint(person=office.verifier, bureau=office.bureau, role=Role.HEAD, valid_from=SINCE)
    page = verifier.page
    page.reload()
    expect(page.locator(".case-foot")).to_contain_text("核实人和签发人须不同")
    verifier.look("case not his to sign")
    sent = {
        "csrfmiddlewaretoken": page.locator("[name=csrfmiddlewaretoken]").first.input_value(),
        "task": str(TaskRoute.objects.get(node="sign", open=True).task_id),
        "act": "outcome:sign",
    }
    answer = page.request.post(page.url.split("?")[0], form=sent, headers={"Referer": page.url})
    assert answer.status == 403
    assert "核实人和签发人须不同" in answer.text()
    assert f"依据：{FILING_RULE} §9" in answer.text()
