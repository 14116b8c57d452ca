"""Who takes part in a journey, each at a browser of his own, and what is watched for on every page they see."""

from collections.abc import Callable, Generator, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from config.places import ROOT
from registry.models import Person
from tests.browsers import WAIT_MILLISECONDS
from tests.builders.office import Office, a_person, an_office
from tests.journeys.watching import Watch
from tests.machines import Clock, Worker

BEGIN = datetime(2026, 10, 19, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
"""A Monday from which every day of a filing falls into a year whose holidays are published."""
PASSWORD = "zhongwen-2026"
FAILED = pytest.StashKey[bool]()
expect.set_options(timeout=WAIT_MILLISECONDS)

Desk = Callable[..., Page]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture
def office(transactional_db: None, clock: Clock, worker: Worker) -> Office:
    """集贤县卫生健康局 with two people in each post, on a day in October 2026; a real worker prints its papers."""
    clock.go_to(BEGIN)
    return an_office()


@pytest.fixture
def applicant() -> Person:
    return a_person("郑申请")


@pytest.fixture(scope="session")
def seen() -> set[str]:
    """The kinds of pages that were looked at: the same page need not be looked at in every journey."""
    return set()


@pytest.fixture
def watch(axe: Callable[[Page], None], seen: set[str]) -> Iterator[Watch]:
    watching = Watch(axe, seen)
    yield watching
    assert not watching.errors, "\n".join(watching.errors)


@pytest.fixture
def desk(new_context: Callable[..., BrowserContext], watch: Watch, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """``desk()`` is a stranger's browser, ``desk(person)`` one in which he signed in. More words go to the context."""
    pages: list[Page] = []

    def sit_down(person: Person | None = None, **arguments: Any) -> Page:
        page = new_context(**arguments).new_page()
        watch.listen(page)
        pages.append(page)
        if person is not None:
            sign_in(page, person)
        return page

    yield sit_down
    if request.node.stash.get(FAILED, False):
        _take_pictures(pages, request.node.name)


def sign_in(page: Page, person: Person) -> None:
    """By name and password, as everybody does."""
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    page.goto("/sign-in/")
    page.get_by_label("账号").fill(person.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录").click()


def _take_pictures(pages: list[Page], test: str) -> None:
    folder = Path(ROOT / "test-results")
    folder.mkdir(exist_ok=True)
    for number, page in enumerate(pages, start=1):
        page.screenshot(path=folder / f"{test}-{number}.png", full_page=True)
