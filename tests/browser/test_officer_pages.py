"""The staff pages in Chromium: on a desk and on a phone, with and without a script, by keyboard alone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from registry.models import Person, Role
from tests.builders.journey import Journey
from tests.builders.office import CITY, Office, a_bureau, an_office, an_officer
from tests.builders.uploads import a_pdf

pytestmark = pytest.mark.django_db(transaction=True)

NewContext = Callable[..., BrowserContext]
WIDTHS = (1280, 390)


@pytest.fixture
def office() -> Office:
    return an_office()


@pytest.fixture
def journey(office: Office) -> Journey:
    """A filing with all its papers, waiting to be received; the registration certificate is a PDF of two pages."""
    journey = Journey(office)
    journey.upload_all()
    journey.upload("registration_certificate", file=a_pdf("营业执照.pdf", pages=2))
    journey.submit(incomplete=True)
    return journey


def sign_in(context: BrowserContext, person: Person, server: Any) -> Page:
    """A page of somebody who is signed in already."""
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}])
    return context.new_page()


def at(name: str, *args: Any) -> str:
    return reverse(f"officer:{name}", args=args)


def sideways(page: Page) -> int:
    """Pixels by which the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def judge_all(page: Page, **verdicts: str) -> None:
    """Every open line 符合, but for those named."""
    for line in page.locator("fieldset.judge-line").all():
        key = (line.get_attribute("id") or "").removeprefix("line-")
        line.locator(f"input[value={verdicts.get(key, 'met')}]").check(force=True)


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_of_an_officer(
    width: int, office: Office, journey: Journey, new_context: NewContext, live_server: Any, axe: Callable[[Page], None]
) -> None:
    page = sign_in(new_context(), office.clerk, live_server)
    page.set_viewport_size({"width": width, "height": 900})
    sections = ("paper", "facts", "rounds", "opinions", "documents", "clocks", "timeline", "letter")
    addresses = [at("todo"), f"{at('todo')}?tab=late", at("cases"), f"{at('cases')}?q=没有这家"]
    for address in [*addresses, *(f"{at('case', journey.case_id)}?show={each}" for each in sections)]:
        page.goto(address)
        expect(page.locator("h1")).to_have_count(1)
        assert sideways(page) <= 0, address
        axe(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_of_supervisor_and_auditor(
    width: int, office: Office, journey: Journey, new_context: NewContext, live_server: Any, axe: Callable[[Page], None]
) -> None:
    rooms = {
        Role.SUPERVISOR: [at("supervision"), at("cases"), at("case", journey.case_id)],
        Role.AUDITOR: [at("audit"), at("audit_case", journey.case_id), at("audit_anchors"), at("audit_readings")],
    }
    for role, addresses in rooms.items():
        context = new_context()
        page = sign_in(context, an_officer("某人", a_bureau(CITY), role), live_server)
        page.set_viewport_size({"width": width, "height": 900})
        for address in addresses:
            page.goto(address)
            expect(page.get_by_text("仅查看").first).to_be_visible()
            assert sideways(page) <= 0, address
            axe(page)
        context.close()


def test_from_the_list_to_the_receipt(office: Office, journey: Journey, new_context: NewContext, live_server: Any) -> None:
    """ux test 3: the most urgent is one click away; after the checklist the receipt takes two."""
    page = sign_in(new_context(), office.clerk, live_server)
    page.goto(at("todo"))
    page.get_by_role("button", name="领办").last.click()
    expect(page.get_by_text("已领办1件，可以开始办理")).to_be_visible()
    frame = page.frame_locator("iframe.paper")
    assert page.locator("iframe.paper").get_attribute("title") == "材料：营业执照.pdf"
    assert frame is not None
    receive, correct = page.get_by_role("button", name="收件", exact=True), page.get_by_role("button", name="一次性告知")
    expect(receive).to_be_disabled()
    expect(page.locator("#why-receive")).to_contain_text("项没有核对")
    page.get_by_role("button", name="按系统测算填入").click()
    expect(page.get_by_text("请逐项核对材料后再办理")).to_be_visible()
    judge_all(page)
    expect(receive).to_be_enabled()
    expect(correct).to_be_disabled()
    expect(page.locator("#why-correct")).to_have_text("没有不符合的项目")
    page.locator("#line-hygiene_passed input[value=unmet]").check(force=True)
    expect(page.get_by_role("button", name="一次性告知（1项不符合）")).to_be_enabled()
    expect(receive).to_be_disabled()
    expect(page.locator("#reason-hygiene_passed")).to_be_visible()
    page.locator("#line-hygiene_passed input[value=met]").check(force=True)
    expect(page.locator("#reason-hygiene_passed")).to_be_hidden()
    receive.click()
    expect(page.get_by_text("已收件。下一步：出具备案回执和告知书")).to_be_visible()
    page.get_by_role("button", name="出具备案回执").click()
    expect(page.get_by_text("托育机构备案回执 集卫托备〔")).to_be_visible()
    assert journey.open_steps == {"verify"}


def test_another_paper_keeps_what_was_judged(
    office: Office, journey: Journey, new_context: NewContext, live_server: Any
) -> None:
    page = sign_in(new_context(), office.clerk, live_server)
    page.goto(at("case", journey.case_id))
    page.locator("#line-scope input[value=met]").check(force=True)
    page.get_by_role("link", name="托育机构场地证明").click()
    expect(page.get_by_role("heading", name="托育机构场地证明").first).to_be_visible()
    expect(page.locator("#line-scope input[value=met]")).to_be_checked()


def test_without_a_script(office: Office, journey: Journey, new_context: NewContext, live_server: Any) -> None:
    """Save, then the outcome: one click more, nothing else."""
    page = sign_in(new_context(java_script_enabled=False), office.clerk, live_server)
    page.goto(at("todo"))
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="领办所选").click()
    expect(page.get_by_text("已领办1件。")).to_be_visible()
    page.goto(at("case", journey.case_id))
    expect(page.locator("[data-keys]").first).to_be_hidden()
    expect(page.get_by_role("button", name="收件", exact=True)).to_be_disabled()
    judge_all(page, hygiene_passed="unmet")
    page.locator("#reason-hygiene_passed").fill("没有结论页。")
    page.get_by_role("button", name="保存判断").first.click()
    expect(page.get_by_role("button", name="收件", exact=True)).to_be_disabled()
    page.get_by_role("button", name="一次性告知（1项不符合）").click()
    expect(page.get_by_text("已一次性告知")).to_be_visible()
    assert journey.state == "correcting"


def test_by_keyboard_alone(office: Office, journey: Journey, new_context: NewContext, live_server: Any) -> None:
    """Claim from the list and judge a line with Tab, arrows, Space and Enter; the focus is seen all the way."""
    page = sign_in(new_context(), office.clerk, live_server)
    page.goto(at("todo"))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到主要内容")).to_be_focused()
    _tab_to(page, "button[name=one]")
    page.keyboard.press("Enter")
    expect(page.get_by_text("已领办1件")).to_be_visible()
    _tab_to(page, "input[name='verdict.registration_certificate']")
    page.keyboard.press("Space")
    expect(page.locator("input[name='verdict.registration_certificate'][value=met]")).to_be_checked()
    page.keyboard.press("ArrowRight")
    expect(page.locator("input[name='verdict.registration_certificate'][value=unmet]")).to_be_checked()
    outlined = page.evaluate("getComputedStyle(document.activeElement.nextElementSibling).outlineStyle")
    assert outlined == "solid"
    _tab_to(page, "#remark", most=400)


def test_single_letter_keys_are_off_until_switched_on(
    office: Office, journey: Journey, new_context: NewContext, live_server: Any
) -> None:
    page = sign_in(new_context(), office.clerk, live_server)
    page.goto(at("case", journey.case_id))
    first = page.locator("fieldset.judge-line").first
    first.locator("input").first.focus()
    page.keyboard.press("2")
    expect(first.locator("input[value=unmet]")).not_to_be_checked()
    page.get_by_role("button", name="已关闭，点此打开").first.click()
    first.locator("input").first.focus()
    page.keyboard.press("2")
    expect(first.locator("input[value=unmet]")).to_be_checked()
    page.keyboard.press("]")
    expect(page.locator("fieldset.judge-line").nth(1).locator("input").first).to_be_focused()


def test_the_picture_and_its_older_one_side_by_side(
    office: Office, journey: Journey, new_context: NewContext, live_server: Any
) -> None:
    journey.ask_correction(hygiene_report="看不清。")
    journey.upload("hygiene_report")
    journey.answer()
    page = sign_in(new_context(), office.clerk, live_server)
    page.goto(f"{at('case', journey.case_id)}?slot=hygiene_report")
    page.get_by_role("link", name="新旧对照").click()
    pictures = page.locator(".compare img")
    expect(pictures).to_have_count(2)
    for n in range(2):
        assert pictures.nth(n).evaluate("image => image.complete && image.naturalWidth > 0")


def _tab_to(page: Page, selector: str, most: int = 120) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by Tab")
