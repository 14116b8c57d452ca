"""What every journey needs on its way: the receipt, the visit, the signature."""

from collections.abc import Mapping

from playwright.sync_api import Page

from tests.builders.office import Office
from tests.journeys.filings import NAME
from tests.journeys.officers import Officer
from tests.journeys.watching import Watch


def receive(clerk: Officer) -> None:
    """收件 and the receipt, for a case that the clerk has claimed."""
    clerk.judge()
    clerk.finish("收件")
    clerk.finish("出具备案回执")


def verify(page: Page, watch: Watch, office: Office, day: str, unmet: Mapping[str, str] | None = None) -> Officer:
    """The verifier and his companion see the site; every line is judged."""
    verifier = Officer(page, watch)
    verifier.claim(NAME, "现场核实（两人以上）")
    verifier.judge(unmet)
    verifier.visited(day, office.companion.name)
    verifier.finish("提交核实意见")
    return verifier


def sign(page: Page, watch: Watch) -> Officer:
    """The head signs what they found."""
    head = Officer(page, watch)
    head.claim(NAME, "签发核实结果")
    head.press("签发")
    return head
