"""The QR code's address in a real Chromium: the browser verifies, else the server; the fragment never leaves it."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from workflows.services.papers import change_validity

from .papers_on_record import put_on_record, token_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.documents.urls"),
    pytest.mark.usefixtures("keys_dir"),
]
# As a browser of before 2025, or a page that came without https.
NO_ED25519 = "Object.defineProperty(window, 'isSecureContext', { value: false })"


def verdict_of(page: Page) -> Any:
    return page.locator("#verify-words")


def test_the_browser_verifies_and_asks_the_status(page: Page, axe: Callable[[Page], None]) -> None:
    document = put_on_record()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url.split('/', 3)[3]}"))
    page.goto(f"/v#{token_of(document)}")
    expect(verdict_of(page)).to_have_text("真实有效")
    expect(verdict_of(page)).to_be_focused()
    expect(page.locator("#verify-sentence")).to_have_text("集卫托备〔2026〕17号《托育机构备案回执》，由集贤县卫生健康局出具。")
    expect(page.locator("#verify-how")).to_contain_text("已在您的浏览器里验证签名，并查询了最新状态。")
    expect(page.locator("#verify-list dt")).to_have_text(["编号", "机构名称", "收托规模", "出具日期", "出具机关"])
    assert f"GET v/status/{document.pk}" in asked
    assert not [line for line in asked if "POST" in line or token_of(document)[:20] in line]
    axe(page)


@pytest.mark.parametrize(
    ("validity", "words"), [("superseded", "已变更，请看新回执"), ("cancelled", "已注销"), ("void", "已作废")]
)
def test_a_good_signature_does_not_outlive_the_paper(
    page: Page, axe: Callable[[Page], None], validity: str, words: str
) -> None:
    document = put_on_record()
    change_validity(document, to=validity)
    page.goto(f"/v#{token_of(document)}")
    expect(verdict_of(page)).to_have_text(words)
    axe(page)


def test_where_the_browser_can_not_the_server_verifies_and_that_is_said(context: BrowserContext) -> None:
    context.add_init_script(NO_ED25519)
    page = context.new_page()
    page.goto(f"/v#{token_of(put_on_record())}")
    expect(verdict_of(page)).to_have_text("真实有效")
    expect(page.locator("#verify-how")).to_contain_text("您的浏览器不能验证签名，已由服务器验证签名，并查询了最新状态。")
    expect(page.locator("#verify-list dd").first).to_have_text("集卫托备〔2026〕17号")


@pytest.mark.parametrize("script", ["", NO_ED25519], ids=["browser", "server"])
def test_a_changed_code_is_not_trusted(context: BrowserContext, axe: Callable[[Page], None], script: str) -> None:
    if script:
        context.add_init_script(script)
    page = context.new_page()
    token = token_of(put_on_record())
    page.goto(f"/v#{token[:60]}{'A' if token[60] != 'A' else 'B'}{token[61:]}")
    expect(verdict_of(page)).to_have_text("被改动，不可信")
    expect(page.locator("#verify-lines")).to_be_hidden()
    axe(page)


def test_without_the_network_the_signature_alone_is_reported(page: Page) -> None:
    page.route("**/v/status/**", lambda route: route.abort())
    page.goto(f"/v#{token_of(put_on_record())}")
    expect(verdict_of(page)).to_have_text("签名有效；当前状态未能查询")
    expect(page.locator("#verify-how")).to_contain_text("没有连上本平台")


@pytest.mark.parametrize("script", ["", NO_ED25519], ids=["browser", "server"])
def test_a_cut_code_is_asked_to_be_scanned_again(context: BrowserContext, axe: Callable[[Page], None], script: str) -> None:
    if script:
        context.add_init_script(script)
    page = context.new_page()
    page.goto(f"/v#{token_of(put_on_record())[:-9]}")
    expect(page.get_by_role("alert")).to_contain_text("二维码不完整，请擦净重拍")
    expect(page.locator("#verify-result")).to_be_hidden()
    axe(page)


def test_the_next_scan_in_the_same_tab_replaces_the_verdict(page: Page) -> None:
    document = put_on_record()
    page.goto(f"/v#{token_of(document)[:-9]}")
    expect(page.get_by_role("alert")).to_be_visible()
    page.evaluate("token => { location.hash = token }", token_of(document))
    expect(verdict_of(page)).to_have_text("真实有效")
    expect(page.get_by_role("alert")).to_be_hidden()


def test_without_a_script_the_number_serves(new_context: Callable[..., BrowserContext], axe: Callable[[Page], None]) -> None:
    put_on_record()
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/v")
    page.get_by_label("文书编号").fill("集卫托备[2026]17号")
    page.get_by_role("button", name="核验").click()
    expect(verdict_of(page)).to_have_text("真实有效")
    expect(page.locator("#verify-how")).to_contain_text("没有验证签名")


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_the_pages_fit_and_are_accessible(page: Page, axe: Callable[[Page], None], width: int) -> None:
    put_on_record()
    page.set_viewport_size({"width": width, "height": 844})
    for address in ("/v", "/v/number?number=集卫托备[2026]17号", "/v/number?number=", "/v/number?number=无", "/v/offline"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        axe(page)
