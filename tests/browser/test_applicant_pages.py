"""The applicant's pages in Chromium: a filing from the first question to its number, its correction, with and without
a script, on a desk and on a phone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect

from registry.models import Person
from tests.builders.journey import Journey
from tests.builders.office import an_office
from tests.builders.uploads import pdf_bytes
from workflows.models import Case
from workflows.services.drafts import start_draft

pytestmark = pytest.mark.django_db(transaction=True)

NewContext = Callable[..., BrowserContext]
PASSWORD = "xiaoxiangguo-2026"
WIDTHS = (1280, 390)
IDENTITY = "230502199003070017"


@pytest.fixture
def applicant() -> Person:
    person = Person(username="13900000001", name="孙慧", phone="13900000001")
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.fixture
def paper() -> Path:
    file = Path(settings.TEST_FOLDER) / "卫生评价报告.pdf"
    file.write_bytes(pdf_bytes(2))
    return file


def sign_in(page: Page) -> None:
    page.goto("/sign-in/")
    page.get_by_label("账号").fill("13900000001")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("我的办件")


def sideways(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def low_targets(page: Page) -> list[str]:
    """Buttons, inputs and stand-alone links lower than 44 px. Links inside a sentence and ticks with a label are exempt."""
    return page.evaluate(
        """() => [...document.querySelectorAll('main a, main button, main input, main select, main textarea, main summary')]
          .filter((each) => {
            const box = each.getBoundingClientRect();
            if (!box.width || box.height <= 1 || each.closest('.visually-hidden')) return false;
            if (['radio', 'checkbox'].includes(each.type)) return false;
            if (each.tagName === 'A' && getComputedStyle(each).display === 'inline') return false;
            return box.height < 43.5;
          }).map((each) => `${each.tagName} ${each.innerText || each.name}`)"""
    )


def fill_institution(page: Page) -> None:
    page.get_by_label("机构名称").fill("集贤县小橡果托育服务有限公司")
    page.get_by_label("统一社会信用代码").fill("91230500ma0000001d")
    page.get_by_label("所在县区").select_option(label="集贤县")
    page.get_by_label("机构住所").fill("集贤县福利镇示例街1号")
    page.get_by_label("法定代表人姓名").fill("孙慧")
    page.get_by_label("法定代表人公民身份号码").fill(IDENTITY)
    page.get_by_label("机构负责人就是法定代表人").check()
    page.get_by_label("联系方式").fill("0469-0000000")
    page.get_by_label("全日托").check()


def fill_class(page: Page) -> None:
    row = page.locator("[id='classes.0']")
    row.get_by_label("托小班").check()
    row.get_by_label("婴幼儿人数").fill("15")
    row.get_by_label("保育人员人数").fill("3")


def go_on(page: Page) -> None:
    page.get_by_role("button", name="保存并继续").click()


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def file_it(page: Page, paper: Path, *, script: bool) -> None:
    """From the six questions to the number."""
    page.goto("/start/")
    page.get_by_label("营利性", exact=True).check()
    page.get_by_label("外部配送").check()
    page.get_by_role("button", name="生成我的材料单").click()
    expect(page.get_by_role("listitem").filter(has_text="供餐合同").first).to_be_visible()
    page.get_by_role("button", name="开始填写").click()
    heading(page, "机构")
    expect(page.get_by_label("营利性", exact=True)).to_be_checked()
    fill_institution(page)
    go_on(page)
    heading(page, "场地")
    go_on(page)
    heading(page, "班级")
    page.get_by_role("button", name="添加班级").click()
    fill_class(page)
    go_on(page)
    heading(page, "人员")
    expect(page.get_by_label("姓名").first).to_have_value("孙慧")
    go_on(page)
    heading(page, "安全与照护")
    expect(page.get_by_label("外部配送")).to_be_checked()
    go_on(page)
    heading(page, "上传材料")
    slot = page.locator("#slot-hygiene_report")
    slot.get_by_label("选择文件").set_input_files(paper)
    if not script:
        slot.get_by_role("button", name="上传").click()
    expect(page.locator("#slot-hygiene_report").get_by_text("卫生评价报告.pdf").first).to_be_visible()
    page.get_by_role("link", name="继续：核对承诺").click()
    heading(page, "核对承诺")
    expect(page.get_by_text("230502********0017").first).to_be_visible()
    assert IDENTITY not in page.content()
    page.get_by_role("button", name="确认属实，现在提交").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已提交")
    expect(page.locator(".case-number")).to_have_text(Case.objects.get().number)


def test_a_filing_from_the_first_question_to_its_number(page: Page, applicant: Person, paper: Path) -> None:
    an_office()
    sign_in(page)
    file_it(page, paper, script=True)
    page.get_by_role("link", name="看办理进度").click()
    expect(page.locator(".state-line")).to_contain_text("轮到集贤县卫生健康局")


def test_the_same_without_a_script(new_context: NewContext, applicant: Person, paper: Path) -> None:
    an_office()
    page = new_context(java_script_enabled=False).new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page)
    file_it(page, paper, script=False)


def test_the_panel_measures_while_one_types(page: Page, applicant: Person) -> None:
    case = start_draft(procedure="childcare.filing.v2019", person=applicant)
    sign_in(page)
    page.goto(f"/mine/{case.pk}/form/classes/")
    fill_class(page)
    row = page.locator("[id='classes.0']")
    row.get_by_label("婴幼儿人数").fill("16")
    row.get_by_label("婴幼儿人数").blur()
    expect(page.locator("#live")).to_contain_text("16人，不超过15人")
    assert Case.objects.get(pk=case.pk).draft == {}


def test_a_wrong_value_is_led_to_from_the_summary(page: Page, applicant: Person) -> None:
    case = start_draft(procedure="childcare.filing.v2019", person=applicant)
    sign_in(page)
    page.goto(f"/mine/{case.pk}/form/institution/")
    page.get_by_label("统一社会信用代码").fill("91230500MA00000019")
    go_on(page)
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("有1处需要更正")
    summary.get_by_role("link").click()
    wrong = page.get_by_label("统一社会信用代码")
    expect(wrong).to_be_focused()
    expect(wrong).to_have_value("91230500MA00000019")


def test_enter_saves_but_never_submits_or_removes(page: Page, applicant: Person) -> None:
    case = start_draft(procedure="childcare.filing.v2019", person=applicant)
    Case.objects.filter(pk=case.pk).update(draft={"staff": [{"key": "p1", "name": "赵云", "post": "cook"}]})
    sign_in(page)
    page.goto(f"/mine/{case.pk}/form/staff/")
    page.get_by_label("姓名").first.fill("赵晓云")
    page.get_by_label("姓名").first.press("Enter")
    expect(page.get_by_label("姓名").first).to_have_value("赵晓云")
    heading(page, "人员")
    case.refresh_from_db()
    assert case.draft["staff"][0]["name"] == "赵晓云"


def test_what_does_not_apply_is_put_away(page: Page, applicant: Person) -> None:
    case = start_draft(procedure="childcare.filing.v2019", person=applicant)
    sign_in(page)
    page.goto(f"/mine/{case.pk}/form/premises/")
    page.get_by_label("自有").check()
    expect(page.get_by_label("租赁开始日期")).to_be_hidden()
    page.get_by_label("租赁", exact=True).check()
    expect(page.get_by_label("租赁开始日期")).to_be_visible()
    assert page.get_by_label("租赁开始日期").get_attribute("inputmode") == "numeric"


def test_a_correction_asks_only_the_failed_lines(page: Page, applicant: Person, paper: Path) -> None:
    journey = Journey(an_office(), applicant=applicant)
    journey.upload_all()
    journey.submit()
    journey.ask_correction(hygiene_report="报告没有印章")
    sign_in(page)
    page.get_by_role("link", name="补正").click()
    expect(page.locator(".points > li")).to_have_count(1)
    expect(page.get_by_text("其余内容和材料已核对")).to_be_visible()
    page.get_by_role("button", name="补正并重新提交").click()
    expect(page.get_by_role("alert")).to_contain_text("还没有补正")
    page.locator(".points").get_by_label("选择文件").set_input_files(paper)
    page.get_by_role("button", name="补正并重新提交").click()
    expect(page.locator(".state-line")).to_contain_text("轮到集贤县卫生健康局")
    assert journey.state == "submitted"


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_breaks_a_rule_of_wcag(
    page: Page, applicant: Person, axe: Callable[[Page], None], width: int, clock: Any
) -> None:
    office = an_office()
    blank = start_draft(procedure="childcare.filing.v2019", person=applicant).pk
    draft = Journey(office, applicant=applicant, changes={"premises.lease_end": "2027-09-30", "institution.uscc": "9123"})
    corrected = Journey.at("receive", office, applicant=applicant)
    corrected.ask_correction(hygiene_report="报告没有印章", scope="没有写托育服务")
    verified = Journey.at("verify", office, applicant=applicant)
    unmet = Journey.at("verify", office, applicant=applicant)
    unmet.verify(class_size="超员", qualification_valid="过期")
    unmet.sign()
    unmet.work("background")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/sign-up/")
    axe(page)
    sign_in(page)
    topics = ("institution", "premises", "classes", "staff", "safety")
    addresses = [
        "/mine/", "/start/", "/start/?meals=delivered&premises.built_year=1990",
        *(f"/mine/{pk}/form/{key}/" for pk in (blank, draft.case_id) for key in topics),
        *(f"/mine/{draft.case_id}/{name}/" for name in ("form", "papers", "review", "people", "discard")),
        *(f"/mine/{each.case_id}/" for each in (corrected, verified, unmet)),
        f"/mine/{corrected.case_id}/answer/", f"/mine/{unmet.case_id}/answer/", f"/mine/{corrected.case_id}/withdraw/",
        f"/mine/{verified.case_id}/submitted/",
    ]  # fmt: skip
    for address in addresses:
        page.goto(address)
        axe(page)
        assert sideways(page) == 0, address
        assert not low_targets(page), (address, low_targets(page))
    page.goto(f"/mine/{verified.case_id}/answer/")
    axe(page)


@pytest.mark.parametrize("size", ["normal", "largest"])
def test_nothing_is_cut_at_320_pixels(new_context: NewContext, applicant: Person, size: str) -> None:
    office = an_office()
    draft = Journey(office, applicant=applicant)
    corrected = Journey.at("receive", office, applicant=applicant)
    corrected.ask_correction(hygiene_report="报告没有印章", scope="没有写托育服务")
    page = new_context().new_page()
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"/display/?size={size}&next=/")
    sign_in(page)
    for address in (
        "/mine/", "/start/?meals=delivered", f"/mine/{draft.case_id}/form/", f"/mine/{draft.case_id}/form/staff/",
        f"/mine/{draft.case_id}/form/institution/", f"/mine/{draft.case_id}/papers/", f"/mine/{draft.case_id}/review/",
        f"/mine/{corrected.case_id}/", f"/mine/{corrected.case_id}/answer/",
    ):  # fmt: skip
        page.goto(address)
        assert sideways(page) == 0, address
