"""A real Chromium on the real pages. What a page must never do is watched for in every browser test."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
WAIT_MILLISECONDS = 15_000
# Of several such switches Chromium obeys the last: ours, so it repeats Playwright's. The two WebUI ones are the address
# bar's own pages, which nobody sees here and which cost a third of each test's time.
SWITCHED_OFF = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
    "AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay", "MediaRouter",
    "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch", "ThirdPartyStoragePartitioning",
)  # fmt: skip
QUIET = (
    f"--disable-features={','.join(SWITCHED_OFF)}",
    "--disable-dev-shm-usage",  # a small /dev/shm ends the browser
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-gpu",
    "--no-first-run",
    "--no-pings",
    "--no-proxy-server",
    "--font-render-hinting=none",
)

# Playwright's sync interface runs an event loop in this thread; Django would refuse the database there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def chromium() -> str | None:
    """The browser of this machine; the variable CHROMIUM names another one."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if chromium():
        return
    absent = pytest.mark.skip(reason="本机没有 Chromium：sudo apt-get install chromium")
    for item in items:
        if {"page", "browser", "context", "new_context"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(absent)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return browser_type_launch_args | {"executable_path": chromium(), "args": [*QUIET, *sandbox]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any], live_server: Any) -> dict[str, Any]:
    """Every context: the test's own server, a Chinese browser in the city, a desk's screen."""
    return browser_context_args | {
        "base_url": live_server.url,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 1280, "height": 900},
    }


@pytest.fixture
def new_context(new_context: Callable[..., BrowserContext], live_server: Any) -> Iterator[Callable[..., BrowserContext]]:
    """One browser profile per person. Each is watched: no request to another host, no script error, no CSP refusal."""
    seen: list[str] = []

    def watched(**arguments: Any) -> BrowserContext:
        context = new_context(**arguments)
        context.set_default_timeout(WAIT_MILLISECONDS)
        context.on("request", lambda request: _is_ours(request.url, live_server.url) or seen.append(f"request: {request.url}"))
        context.on("weberror", lambda error: seen.append(f"script error: {error.error}"))
        context.on("console", lambda line: "Content Security Policy" in line.text and seen.append(line.text))
        return context

    yield watched
    assert not seen, "\n".join(seen)


@pytest.fixture
def context(new_context: Callable[..., BrowserContext]) -> BrowserContext:
    return new_context()


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """`axe(page)`: the page as it stands breaks no rule of WCAG 2.2 A or AA."""

    def check(page: Page) -> None:
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]})
        assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"

    return check


def _is_ours(url: str, server: str) -> bool:
    """From our server, or from within the browser: it shows a PDF with a viewer of its own."""
    return url.startswith((server, "data:", "blob:", "about:", "chrome:", "chrome-extension:"))
