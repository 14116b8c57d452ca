"""The administrator's pages in Chromium: accessible, no wider than a phone, and one whole errand."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect

from registry.models import Membership, Person, Role
from tests.administration.test_administration import official, signed_in
from tests.registry.records import health

pytestmark = [pytest.mark.django_db(transaction=True)]

WIDTHS = (1280, 390)


@pytest.fixture
def desk(context: BrowserContext, live_server: object) -> Page:
    """The city's registry administrator, signed in."""
    session = signed_in(official("city-registrar", Role.REGISTRAR, "230500")).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": str(live_server)}])
    return context.new_page()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_break_no_rule_of_wcag(desk: Page, axe: Callable[[Page], None], width: int) -> None:
    clerk = official("clerk", Role.CLERK)
    post = clerk.memberships.get()
    desk.set_viewport_size({"width": width, "height": 900})
    for address in (
        "people/", "people/new/", f"people/{clerk.pk}/", f"posts/{post.pk}/end/", "bureaus/", f"bureaus/{health().pk}/",
        "calendar/",
    ):  # fmt: skip
        answer = desk.goto(f"/administration/{address}")
        assert answer is not None
        assert answer.status == 200, address
        axe(desk)
        assert desk.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0, address


def test_a_new_colleague_gets_an_account_and_a_later_end(desk: Page, axe: Callable[[Page], None]) -> None:
    desk.goto("/administration/people/")
    desk.get_by_role("link", name="添加人员").click()
    desk.get_by_role("button", name="添加并生成密码").click()
    summary = desk.get_by_role("alert")
    expect(summary).to_contain_text("有4处需要更正")
    axe(desk)
    desk.get_by_label("姓名").fill("周新来")
    desk.get_by_label("登录账号").fill("zhou")
    desk.get_by_label("部门").select_option(label="集贤县卫生健康局")
    desk.get_by_label("岗位").select_option(label="核实人")
    desk.get_by_role("button", name="添加并生成密码").click()
    password = desk.locator("code").inner_text()
    assert Person.objects.get(username="zhou").check_password(password)
    axe(desk)
    desk.get_by_role("link", name="已告知").click()
    desk.get_by_role("link", name="结束集贤县卫生健康局核实人岗位").click()
    desk.get_by_role("button", name="结束岗位").click()
    assert urlsplit(desk.url).path.startswith("/administration/people/")
    expect(desk.get_by_role("status")).to_contain_text("周新来的岗位到")
    assert Membership.objects.get(person__username="zhou").valid_to is not None
