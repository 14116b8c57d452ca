"""The staff pages through HTTP: what a page shows, what a reading leaves behind, search, supervision, audit."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.clock import today
from registry.models import Person
from registry.selectors.divisions import districts_and_counties
from registry.selectors.people import memberships_of
from tests.builders.journey import Journey
from tests.builders.office import JIANSHAN, Office, a_bureau
from tests.machines import Clock
from tests.services.officer_pages import NUMBER, at, signed_in, words
from workflows.models import AccessEntry
from workflows.selectors.deeds import known
from workflows.selectors.oversight import overseen_bureaus, oversight
from workflows.services.sealing import seal

pytestmark = pytest.mark.django_db(transaction=True)

# The case page: reading

SECTIONS = ("paper", "facts", "rounds", "opinions", "documents", "clocks", "timeline", "letter")


@pytest.mark.parametrize("section", SECTIONS)
def test_each_section_reads_without_codes(section: str, office: Office) -> None:
    journey = Journey.at("sign", office)
    journey.work("render")
    page = signed_in(office.clerk).get(at("case", journey.case_id), {"show": section})
    assert page.status_code == 200
    text = words(page)
    for code in ("receive", "verify", "childcare.filing", "met", "None", "filing_receipt", "sealed:", "bureau", "{"):
        assert code not in text, code


def test_one_reading_is_one_row(office: Office, journey: Journey) -> None:
    client = signed_in(office.clerk)
    client.get(at("case", journey.case_id))
    client.get(at("case", journey.case_id), {"show": "facts"})
    found = list(AccessEntry.objects.filter(case=journey.case_id).values_list("person", "what"))
    assert found == [(office.clerk.pk, "办件页·材料"), (office.clerk.pk, "办件页·填报信息")]


def test_an_identity_number_is_masked_until_asked_for_and_that_is_on_record(office: Office) -> None:
    journey = Journey(office)
    journey.write({"institution.legal_representative.id_number": seal(NUMBER)})
    journey.submit(incomplete=True)
    client = signed_in(office.clerk)
    masked = client.get(at("case", journey.case_id), {"show": "facts"}).content.decode()
    assert NUMBER not in masked
    assert "230502********0017" in masked
    path = "institution.legal_representative.id_number"
    shown = client.post(at("reveal", journey.case_id), {"path": path})
    assert NUMBER in shown.content.decode()
    assert AccessEntry.objects.filter(case=journey.case_id, what="完整号码·法定代表人公民身份号码").count() == 1
    assert client.post(at("reveal", journey.case_id), {"path": "institution.name"}).status_code == 404


def test_a_reading_does_not_wait_for_the_case(office: Office, journey: Journey) -> None:
    """The access log is written outside of any case lock: no statement of a reading locks the case row."""
    with CaptureQueriesContext(connection) as statements:
        signed_in(office.clerk).get(at("case", journey.case_id))
    assert not [each["sql"] for each in statements if "FOR UPDATE" in each["sql"] or "FOR NO KEY" in each["sql"]]


def test_statements_of_a_case_page_do_not_grow_with_its_papers(office: Office) -> None:
    bare, full = Journey.at("receive", office), Journey(office)
    full.upload_all()
    full.submit(incomplete=True)
    client = signed_in(office.clerk)
    client.get(at("case", bare.case_id))
    counts = []
    for each in (bare, full):
        with CaptureQueriesContext(connection) as statements:
            client.get(at("case", each.case_id))
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 30


# 办件查询, 监督


def test_search(office: Office, supervisor: Person) -> None:
    one, two = (Journey.at("receive", office, changes={"institution.name": name}) for name in ("晨星托育园", "向阳托育园"))
    two.withdraw()
    client = signed_in(supervisor)

    def titles(**asked: Any) -> list[str]:
        return re.findall(r'class="case-link"[^>]*>([^<]+)<', client.get(at("cases"), asked).content.decode())

    assert titles() == ["向阳托育园", "晨星托育园"]
    assert titles(q="晨星") == ["晨星托育园"]
    assert titles(q=two.case.number) == ["向阳托育园"]
    assert titles(state="withdrawn") == ["向阳托育园"]
    assert titles(state="open") == ["晨星托育园"]
    assert titles(bureau=office.bureau.pk) == ["向阳托育园", "晨星托育园"]
    assert titles(bureau=a_bureau(JIANSHAN).pk) == []
    assert titles(q="100%", state="nonsense", after="x_y") == []
    assert one.case.title


def test_search_pages_by_key(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.selectors.case_search.PAGE", 2)
    for n in range(5):
        Journey.at("receive", office, changes={"institution.name": f"第{n}托育园"})
    client, address, seen = signed_in(office.clerk), at("cases"), []
    while address:
        page = client.get(address).content.decode()
        seen += re.findall(r'class="case-link"[^>]*>([^<]+)<', page)
        following = re.search(r'rel="next" href="(\?[^"]+)"', page)
        address = at("cases") + following[1].replace("&amp;", "&") if following else ""
    assert seen == [f"第{n}托育园" for n in (4, 3, 2, 1, 0)]


def test_supervision_counts_the_bureaus_own_days(office: Office, supervisor: Person, clock: Clock) -> None:
    """Three working days in the bureau's hands, five in the applicant's: the median says three."""
    journey = Journey.at("receive", office)
    clock.advance(days=1)
    journey.ask_correction(hygiene_report="未上传。")
    clock.advance(days=7)
    journey.upload("hygiene_report")
    journey.answer()
    clock.advance(days=1)
    journey.receive()
    journey.issue_receipt()
    clock.advance(days=1)
    journey.verify()
    journey.sign()
    journey.work("background", "publish")
    assert journey.state == "closed"
    Journey.at("receive", office)
    clock.advance(days=25)
    found = oversight(overseen_bureaus(memberships_of(supervisor, today())), date(2026, 1, 1), today())
    row = next(each for each in found.rows if each.division == "集贤县")
    assert (row.open, row.late, row.closed, row.median, row.corrections, row.twice) == (1, 1, 1, 3, 1, 0)
    assert [each.division for each in found.rows] == [each.name for each in districts_and_counties()]
    page = words(signed_in(supervisor).get(at("supervision")))
    assert "全市有1件办件超过法定时限" in page
    assert "仅查看" in page


def test_supervision_is_one_statement(office: Office, supervisor: Person) -> None:
    bureaus = overseen_bureaus(memberships_of(supervisor, today()))
    with CaptureQueriesContext(connection) as statements:
        oversight(bureaus, date(2026, 1, 1), today())
    assert len(statements) == 2  # the calendar's stamp, the figures


# 审计


def test_the_auditor_sees_the_chain_checked(auditor: Person, journey: Journey) -> None:
    client = signed_in(auditor)
    assert journey.case.title in words(client.get(at("audit"), {"q": journey.case.number}))
    page = words(client.get(at("audit_case", journey.case_id)))
    assert "记录完整" in page
    assert "提交备案材料" in page
    assert AccessEntry.objects.filter(person=auditor, what="审计·办件记录").count() == 1
    assert auditor.name in words(client.get(at("audit_readings")))


def test_every_action_on_record_has_words() -> None:
    """A new action without words would show as 系统记录."""
    source = "".join(file.read_text(encoding="utf-8") for file in Path("workflows").rglob("*.py"))
    actions = set(re.findall(r'\.note\(\s*"(\w+)"', source)) | set(re.findall(r'record\(\s*CHAIN,\s*"(\w+)"', source))
    actions |= set(re.findall(r'action="(\w+)", data', source))
    assert {"submitted", "refused", "post_given", "decided"} <= actions
    assert not {action for action in actions if not known(action)}
