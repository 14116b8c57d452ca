"""A filing and its first decision in browsers that run no script: nothing may depend on one."""

import pytest
from playwright.sync_api import expect

from registry.models import Person
from tests.builders.office import Office
from tests.journeys.conftest import Desk
from tests.journeys.filings import NAME, small_filing
from tests.journeys.officers import Officer
from tests.journeys.pages import Applicant
from tests.journeys.watching import Watch

pytestmark = pytest.mark.django_db(transaction=True)


def test_filed_and_received_without_a_script(office: Office, applicant: Person, desk: Desk, watch: Watch) -> None:
    filer = Applicant(desk(applicant, java_script_enabled=False), watch, small_filing(), script=False)
    number = filer.file()

    clerk = Officer(desk(office.clerk, java_script_enabled=False), watch, script=False)
    clerk.claim(NAME, "核对材料，收件")
    expect(clerk.page.get_by_role("button", name="收件", exact=True)).to_be_disabled()
    clerk.judge()
    clerk.finish("收件")

    filer.open_case(number)
    expect(filer.page.locator(".state-line")).to_contain_text("准备出具备案回执")
