"""Requests nobody's browser sends: each is answered by a page, none by an error of ours."""

import logging
from base64 import urlsafe_b64encode
from datetime import timedelta

import pytest
from django.test import Client

from registry.clock import today
from registry.models import Person, Role
from tests.builders.journey import Journey
from tests.builders.office import CITY, Office, a_bureau, a_person, an_officer
from workflows.documents import offline
from workflows.documents.statement import TamperedStatementError, verify
from workflows.models import AccessEntry, AuditEntry
from workflows.rules.whole_numbers import whole_number
from workflows.selectors.case_search import CaseFilter, cases_page
from workflows.services import decisions, grants
from workflows.services.errors import NotPermitted, Unmet

HUGE = "99999999999999999999"
UNREADABLE = ["²", "١", "-1", "", " 1", "1_0", "abc", HUGE, "9" * 5000, str(2**63)]
DEEP = b"[" * 100_000


def by(person: Person) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_is_no_whole_number(text: str) -> None:
    assert whole_number(text) is None


def test_what_is_one() -> None:
    assert [whole_number(text) for text in ("0", "007", str(2**63 - 1))] == [0, 7, 2**63 - 1]
    assert whole_number("11", 10) is None


@pytest.mark.parametrize(
    "address", ["/register/?q=%00", "/register/?%00=1", "/sign-in/?next=%00", "/guide/%00/", "/v/%00/", "/v/%00"]
)
def test_a_nul_in_an_address(address: str, db: None) -> None:
    assert Client(raise_request_exception=False).get(address).status_code in {400, 404}


@pytest.mark.parametrize("address", ["/sign-up/", "/sign-in/"])
def test_a_nul_in_a_form(address: str, db: None) -> None:
    answer = Client(raise_request_exception=False).post(address, {"name": "a\x00", "username": "a\x00", "password": "\x00"})
    assert answer.status_code == 400
    assert "没有看懂" in answer.content.decode()


def test_numbers_that_are_none(office: Office) -> None:
    journey = Journey.at("receive", office)
    clerk, auditor = by(office.clerk), by(an_officer("审计员", a_bureau(CITY), Role.AUDITOR))
    case = f"/office/cases/{journey.case_id}/"
    for text in UNREADABLE:
        assert clerk.post("/office/todo/claim/", {"one": f"{text}:1"}).status_code == 302
        assert clerk.post("/office/todo/claim/", {"one": f"1:{text}"}).status_code == 302
        assert clerk.post(f"{case}release/", {"task": text}).status_code in {404, 409}
        assert clerk.post(case, {"task": text}).status_code == 404
        for address in ("/office/audit/readings/?before=", f"/office/audit/cases/{journey.case_id}/?after="):
            assert auditor.get(address + text).status_code == 200, address
    task = journey.task("receive")
    assert clerk.post(case, {"task": task, "companions": ["²", HUGE]}).status_code == 302
    ends = ["2026-01-01T00:00:00+08:00_²", "0001-01-01T00:00:00+23:00_1", "9999-12-31T23:59:59-23:00_1"]
    for after in (*ends, *(f"{end}_1".replace("+", "%2B") for end in ends)):
        for page in ("/office/cases/", "/office/todo/?tab=done&", "/office/todo/?tab=mine&"):
            assert clerk.get(page, {"after": after, "tab": "done"}).status_code == 200
        cases_page(office.clerk, list(office.clerk.memberships.all()), CaseFilter(), after, today())


def test_a_statement_that_is_too_deep() -> None:
    token = ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in (DEEP, bytes(64)))
    with pytest.raises(TamperedStatementError):
        verify(token, {})
    with pytest.raises(offline.NotTrustedError):
        offline.check(token, {})


def test_claiming_what_another_county_has(office: Office) -> None:
    """The service asks for the post before it tells who handled what."""
    journey = Journey.at("receive", office)
    task = journey.task("receive")
    journey.receive()
    outsider = an_officer("外县经办", a_bureau("230502"), Role.CLERK)
    for task_id in (task, 999_999):
        with pytest.raises(NotPermitted) as refusal:
            decisions.claim(case_id=journey.case_id, task_id=task_id, person=outsider)
        assert office.clerk.name not in refusal.value.message
    before = AuditEntry.objects.count()
    page = by(outsider).post("/office/todo/claim/", {"one": f"{journey.case_id}:{task}"}, follow=True).content.decode()
    assert journey.case.title not in page
    assert office.clerk.name not in page
    assert AuditEntry.objects.count() == before


def test_a_number_is_shown_in_full_to_the_office_in_charge(office: Office) -> None:
    journey = Journey.at("receive", office)
    address = f"/office/cases/{journey.case_id}/reveal/"
    sent = {"path": "institution.legal_representative.id_number"}
    assert by(an_officer("市监督", a_bureau(CITY), Role.SUPERVISOR)).post(address, sent).status_code == 403
    assert by(an_officer("审计员", a_bureau(CITY), Role.AUDITOR)).post(address, sent).status_code == 403
    assert by(office.clerk).post(address, sent).status_code != 403


def test_who_looked_at_a_paper_is_on_record(office: Office) -> None:
    journey = Journey.at("receive", office)
    journey.ask_correction(site_proof="缺页")
    paper = journey.papers("correction_notice")[0]
    type(paper).objects.filter(pk=paper.pk).update(file="paper.pdf")
    by(office.clerk).get(f"/files/document/{paper.pk}/")
    assert AccessEntry.objects.filter(person=office.clerk, case=journey.case_id, what__startswith="文书：").count() == 1
    by(journey.applicant).get(f"/files/document/{paper.pk}/")
    assert not AccessEntry.objects.filter(person=journey.applicant).exists()
    auditor = an_officer("审计员", a_bureau(CITY), Role.AUDITOR)
    by(auditor).get("/office/audit/?q=小橡果")
    assert AccessEntry.objects.filter(person=auditor, what="审计·查找办件：小橡果").exists()


def test_files_of_others_may_do_nothing_here(office: Office) -> None:
    journey = Journey(office)
    paper = journey.upload("hygiene_report")
    answer = by(journey.applicant).get(f"/files/attachment/{paper.pk}/")
    assert answer["Content-Security-Policy"].startswith("default-src 'none';")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_co_editor_stays_an_account(office: Office) -> None:
    """Who knows a phone number does not learn whose it is, and does not ask without end."""
    journey, friend = Journey(office), a_person("王小明真名")
    client, address = by(journey.applicant), f"/mine/{journey.case_id}/people/"
    day = (today() + timedelta(days=5)).isoformat()
    page = client.post(address, {"username": friend.username, "valid_to": day}, follow=True).content.decode()
    assert friend.username in page
    assert friend.name not in page
    for n in range(grants.TRIES_PER_HOUR):
        client.post(address, {"username": f"1380000{n:04}", "valid_to": day})
    with pytest.raises(Unmet, match="次数太多"):
        grants.grant_edit(case_id=journey.case_id, person=journey.applicant, username=friend.username, valid_to=today())


def test_pages_of_a_person_are_kept_by_no_cache(office: Office) -> None:
    journey = Journey.at("receive", office)
    pages = {
        journey.applicant: ["/mine/", f"/mine/{journey.case_id}/"],
        office.clerk: ["/office/todo/", f"/office/cases/{journey.case_id}/"],
    }
    for person, addresses in pages.items():
        for address in addresses:
            assert by(person).get(address).get("Cache-Control") == "private, no-store", address
    assert "no-store" not in Client().get("/register/").get("Cache-Control", "")


@pytest.mark.parametrize("path", ["//evil.com", "/\\evil.com", "///evil.com"])
def test_the_way_back_stays_here(path: str, office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    journey = Journey.at("receive", office)
    answer = by(office.clerk).post(
        f"/office/cases/{journey.case_id}/release/", {"task": "999999"}, headers={"referer": f"http://testserver{path}"}
    )
    assert answer.status_code == 409
    assert 'href="//' not in answer.content.decode()
    assert 'href="/\\' not in answer.content.decode()
