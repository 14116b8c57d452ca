"""The public pages as people meet them: on a desk and on a phone, enlarged, without a script, with the keyboard."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from registry.models import Disclosure, Filing, Person
from registry.services.filings import disclose
from tests.registry.records import AT, filing_in_force
from workflows.views.errors import conflict, csrf_failure, permission_denied, server_error

pytestmark = pytest.mark.django_db(transaction=True)

NewContext = Callable[..., BrowserContext]
GUIDE = "/guide/childcare.filing.v2019/"
PAGES = {
    "front page": "/",
    "register": "/register/",
    "register, nothing found": "/register/?q=没有这家",
    "guides": "/guide/",
    "guide": GUIDE,
    "accessibility": "/accessibility/",
    "site map": "/sitemap/",
    "sign-in": "/sign-in/",
    "not found": "/no-such-page/",
}
WIDTHS = (1280, 390)


@pytest.fixture
def filing() -> Filing:
    """A filing that was verified, found not to conform, and published with the reason."""
    filing = filing_in_force(name="集贤县晨星托育中心", on=date(2026, 11, 19))
    filing.conditions = [
        {
            "title": "场地自有或租期不少于3年",
            "clause": "国卫人口发〔2019〕58号·设置标准 §11",
            "measured": "租期3年",
            "met": True,
        }
    ]
    filing.services, filing.places, filing.phone = ["全日托"], 35, "0469-0000000"
    filing.find_nonconforming(on=date(2026, 11, 24))
    filing.save()
    reason = {
        "title": "场地自有或租期不少于3年",
        "clause": "国卫人口发〔2019〕58号·设置标准 §11",
        "reason": "租期为2年，少于3年。",
    }
    disclose(filing=filing, kind=Disclosure.Kind.NONCONFORMING, reasons=[reason], at=AT)
    return filing


def sideways(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("address", PAGES.values(), ids=list(PAGES))
def test_a_page_breaks_no_rule_of_wcag(page: Page, axe: Callable[[Page], None], address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address)
    axe(page)
    assert sideways(page) == 0


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_of_a_filing_breaks_no_rule_of_wcag(
    page: Page, axe: Callable[[Page], None], filing: Filing, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"/register/{filing.pk}/")
    axe(page)
    page.goto("/register/")
    axe(page)


@pytest.mark.parametrize("size", ["normal", "large", "largest"])
def test_nothing_scrolls_sideways_at_320_pixels(new_context: NewContext, filing: Filing, size: str) -> None:
    page = new_context().new_page()
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"/display/?size={size}&next=/")
    for address in [*PAGES.values(), f"/register/{filing.pk}/"]:
        page.goto(address)
        assert page.locator("html").get_attribute("data-size") == size
        assert sideways(page) == 0, address


def test_high_contrast_breaks_no_rule_of_wcag(page: Page, axe: Callable[[Page], None], filing: Filing) -> None:
    page.goto("/")
    page.get_by_role("link", name="高对比").click()
    expect(page.locator("html")).to_have_attribute("data-contrast", "high")
    for address in ["/", "/register/", f"/register/{filing.pk}/", GUIDE, "/sign-in/"]:
        page.goto(address)
        axe(page)


def test_a_parent_finds_a_place_and_reads_its_state_without_a_script(new_context: NewContext, filing: Filing) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/")
    page.get_by_role("searchbox").fill("晨星")
    page.get_by_role("button", name="查询").click()
    page.get_by_role("link", name="集贤县晨星托育中心").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("集贤县晨星托育中心")
    expect(page.locator(".state-line")).to_contain_text("已备案，核实不符合")
    expect(page.locator("main")).to_contain_text("租期为2年，少于3年。")
    page.locator("summary", has_text="菜单").click()
    page.get_by_role("link", name="办事指南", exact=True).click()
    page.get_by_role("link", name="托育机构备案（新办）").click()
    expect(page.locator("main")).to_contain_text("营业执照或其他法人登记证书")
    expect(page.locator("main")).to_contain_text("不收费")


def test_text_size_stays_from_page_to_page_and_reading_goes_on(new_context: NewContext) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/register/?division=230521")
    page.get_by_role("link", name="特大").click()
    assert page.url.endswith("/register/?division=230521")
    page.goto("/guide/")
    expect(page.locator("html")).to_have_attribute("data-size", "largest")
    expect(page.get_by_role("link", name="特大")).to_have_attribute("aria-current", "true")


def test_the_first_tab_leads_to_the_content(page: Page) -> None:
    page.goto("/register/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到主要内容")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_list_is_read_page_by_page_and_back(page: Page) -> None:
    for n in range(45):
        filing_in_force(name=f"托育园{n:02}", on=date(2026, 11, 24) - timedelta(days=n))
    page.goto("/register/")
    expect(page.locator("tbody tr").first).to_contain_text("托育园00")
    page.get_by_role("link", name="下一页").click()
    expect(page.locator("tbody tr").first).to_contain_text("托育园20")
    page.get_by_role("link", name="下一页").click()
    expect(page.locator("tbody tr")).to_have_count(5)
    expect(page.get_by_role("link", name="下一页")).to_have_count(0)
    page.get_by_role("link", name="上一页").click()
    expect(page.locator("tbody tr").first).to_contain_text("托育园20")
    page.get_by_role("link", name="上一页").click()
    expect(page.locator("tbody tr").first).to_contain_text("托育园00")
    expect(page.get_by_role("link", name="上一页")).to_have_count(0)


def test_a_wrong_password_is_told_on_top_and_at_the_field(page: Page, axe: Callable[[Page], None]) -> None:
    page.goto("/sign-in/")
    page.get_by_label("账号").fill("nobody")
    page.get_by_label("密码").fill("wrong-password")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("账号或密码不对")
    expect(page.get_by_label("账号")).to_have_value("nobody")
    axe(page)


def test_five_wrong_passwords_lock_the_account_and_say_so(page: Page, axe: Callable[[Page], None]) -> None:
    Person.objects.create_user("locked", password="right-password-1", name="王小明")
    for _attempt in range(5):
        page.goto("/sign-in/")
        page.get_by_label("账号").fill("locked")
        page.get_by_label("密码").fill("wrong-password")
        page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("账号暂时锁定")
    axe(page)


def test_a_missing_page_says_what_to_do_and_has_a_number(client: Client) -> None:
    response = client.get("/no-such-page/")
    assert response.status_code == 404
    assert "现在可以做什么" in response.content.decode()
    assert "错误编号" in response.content.decode()


def test_our_own_fault_is_told_with_a_number_that_the_log_has(rf: RequestFactory, caplog: pytest.LogCaptureFixture) -> None:
    response = server_error(rf.get("/register/"))
    number = re.search(r"错误编号(\d{4}-[0-9A-F]{6})", response.content.decode())
    assert response.status_code == 500
    assert number
    assert number[1] in caplog.text


def test_a_refusal_and_a_conflict_tell_their_reason(rf: RequestFactory) -> None:
    refused = permission_denied(rf.get("/"), PermissionDenied("您的岗位不能签发：核实人和签发人须不同"))
    stale = conflict(rf.get("/"), "该办件已由王丽处理（10:21）", back="/o/")
    assert (refused.status_code, stale.status_code) == (403, 409)
    assert "核实人和签发人须不同" in refused.content.decode()
    assert "该办件已由王丽处理（10:21）" in stale.content.decode()
    assert 'href="/o/"' in stale.content.decode()


def test_a_form_that_came_too_late_says_how_to_go_on(rf: RequestFactory) -> None:
    response = csrf_failure(rf.post("/sign-in/"), "CSRF cookie not set.")
    assert response.status_code == 403
    assert "刷新后重新提交" in response.content.decode()
    assert "CSRF cookie" not in response.content.decode()


def test_the_spreadsheet_runs_no_formula(client: Client) -> None:
    filing_in_force(name='=HYPERLINK("http://x")')
    text = client.get(reverse("public:register_csv")).content.decode("utf-8-sig")
    assert text.startswith("机构名称,")
    assert "\"'=HYPERLINK" in text


def test_the_spreadsheet_and_the_data_answer_the_same_question(client: Client, filing: Filing) -> None:
    filing_in_force(name="宝清县百灵托育园", code="230523")
    data = client.get(reverse("public:register_json"), {"division": "230523"}).json()
    assert [row["name"] for row in data["filings"]] == ["宝清县百灵托育园"]
    text = client.get(reverse("public:register_csv"), {"division": "230523"}).content.decode()
    assert "百灵" in text
    assert "晨星" not in text


@pytest.mark.parametrize("back", ["//elsewhere.example/", "https://elsewhere.example/", "javascript:alert(1)"])
def test_display_settings_lead_nowhere_else(client: Client, back: str) -> None:
    response = client.get(reverse("public:display_settings"), {"size": "large", "next": back})
    assert response["Location"] == "/"
    assert response.cookies["size"].value == "large"


def test_an_unknown_display_setting_is_not_kept(client: Client) -> None:
    response = client.get(reverse("public:display_settings"), {"size": "huge"})
    assert "size" not in response.cookies


def test_a_place_that_was_not_given_out_starts_the_list_again(client: Client, filing: Filing) -> None:
    response = client.get(reverse("public:register"), {"after": "nonsense"})
    assert response.status_code == 200
    assert filing.name in response.content.decode()
    assert "翻页位置无效" in response.content.decode()
