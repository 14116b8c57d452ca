"""Handing in: what is needed to know who files what where; an incomplete filing is possible and is told once."""

import pytest

from registry.models import Agent, Authority, Institution, NumberCounter, Site
from tests.builders.journey import Journey
from tests.builders.office import SINCE, Office, a_bureau, a_person
from workflows.services import drafts, grants, submission
from workflows.services.errors import NotPermitted, Unmet

CODE, OTHER_CODE = "91230500MA0000001D", "91230500MA0000002G"


def test_an_incomplete_submission_is_possible_when_the_applicant_says_so(office: Office) -> None:
    journey = Journey(office)
    with pytest.raises(Unmet, match="没有齐备") as refusal:
        journey.submit()
    assert "托育机构场地证明" in refusal.value.items
    assert journey.state == "draft"
    journey.submit(incomplete=True)
    assert journey.state == "submitted"
    journey.ask_correction(site_proof="未交", hygiene_report="未交")
    assert len(journey.papers("correction_notice")) == 1
    assert {point["key"] for point in journey.papers("correction_notice")[0].case.rounds.last().asked} == {
        "site_proof", "hygiene_report",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"institution.name": ""}, "institution.name"),
        ({"institution.uscc": ""}, "institution.uscc"),
        ({"institution.uscc": "91230500MA0000001X"}, "institution.uscc"),
        ({"institution.division": "230500"}, "institution.division"),
        ({"services": []}, "services"),
        ({"classes": []}, "classes"),
        ({"promises.filing": None}, "promises.filing"),
    ],
)
def test_without_these_nobody_can_tell_who_files_what_where(changes: dict, field: str, office: Office) -> None:
    journey = Journey(office, changes=changes)
    with pytest.raises(Unmet) as refusal:
        journey.submit(incomplete=True)
    assert field in refusal.value.fields
    assert (journey.state, journey.case.number) == ("draft", None)
    assert not NumberCounter.objects.filter(series="case:230521").exists(), "no number was used"


def test_a_division_without_an_authority_is_said_at_the_field(office: Office) -> None:
    Authority.objects.filter(act__code="childcare.filing", division__code="230521").delete()
    with pytest.raises(Unmet, match="权责表") as refusal:
        Journey(office).submit(incomplete=True)
    assert "institution.division" in refusal.value.fields


def test_the_authority_table_decides_who_handles_it(office: Office) -> None:
    journey = Journey(office, changes={"institution.division": "230502"})
    journey.submit(incomplete=True)
    assert journey.case.bureau == a_bureau("230502")
    assert journey.case.number == "2026-230502-0001"


def test_a_duplicate_code_by_another_applicant_does_not_rename_the_institution(office: Office) -> None:
    """The receipt decides what stands on record; until then nobody's submission binds another."""
    first = Journey(office, changes={"institution.name": "集贤县小橡果托育服务有限公司"})
    first.submit(incomplete=True)
    second = Journey(office, changes={"institution.name": "冒名托育公司"})
    second.submit(incomplete=True)
    first.receive()
    first.issue_receipt()
    assert Institution.objects.get(uscc=CODE).name == first.record.name == "集贤县小橡果托育服务有限公司"
    assert second.record.name == "冒名托育公司", "each filing keeps what was handed in; an officer sees both"
    assert first.case.applicant_id != second.case.applicant_id, "knowing a code gives no right over another's cases"
    with pytest.raises(NotPermitted):
        submission.withdraw(case_id=first.case_id, person=second.applicant)


def test_a_former_agent_files_for_himself_only(office: Office) -> None:
    first = Journey(office)
    first.submit(incomplete=True)
    former = a_person("前代办")
    Agent.objects.create(person=former, applicant=first.case.applicant, valid_from=SINCE, valid_to=SINCE)
    second = Journey(office, applicant=former)
    second.submit(incomplete=True)
    assert second.case.applicant_id != first.case.applicant_id


def test_one_filing_in_force_on_one_site(office: Office) -> None:
    same = {"institution.address": "集贤县福利镇繁荣街2号"}
    first, second = Journey(office, changes=same), Journey(office, changes=same)
    for journey in (first, second):
        journey.submit(incomplete=True)
        journey.receive()
    first.issue_receipt()
    with pytest.raises(Unmet, match="已有有效备案"):
        second.issue_receipt()
    with pytest.raises(Unmet, match="已有有效备案"):
        Journey(office, changes=same).submit(incomplete=True)
    second.withdraw()
    assert second.state == "withdrawn"


def test_an_address_filed_elsewhere_is_said_at_the_field(office: Office) -> None:
    """Only a receipt binds: a withdrawn or wrong submission elsewhere holds nobody up."""
    same, elsewhere = {"institution.address": "富锦路1号"}, {"institution.division": "230502"}
    wrong = Journey(office, changes={**same, **elsewhere})
    wrong.submit(incomplete=True)
    wrong.withdraw()
    right = Journey(office, changes=same)
    right.submit(incomplete=True)
    right.receive()
    right.issue_receipt()
    with pytest.raises(Unmet, match="请核对所在县"):
        Journey(office, changes={**same, **elsewhere}).submit(incomplete=True)


def test_a_corrected_code_leads_to_the_right_institution(office: Office) -> None:
    """A wrong code typed at first: the filing must not stay with the institution of that code."""
    journey = Journey(office)
    journey.submit(incomplete=True)
    wrong = journey.case.site
    journey.ask_correction(address_matches="代码与证书不一致")
    journey.write({"institution.uscc": OTHER_CODE, "institution.address": "集贤县福利镇新街9号"})
    journey.answer()
    site = Site.objects.get(pk=journey.case.site_id)
    assert (site.institution.uscc, site.address) == (OTHER_CODE, "集贤县福利镇新街9号")
    assert journey.record.site_id == site.pk != wrong.pk
    assert journey.case.applicant.uscc == OTHER_CODE


def test_a_correction_does_not_move_the_case_to_another_bureau(office: Office) -> None:
    journey = Journey(office)
    journey.submit(incomplete=True)
    journey.ask_correction(address_matches="地址与证书不一致")
    with pytest.raises(NotPermitted, match="已核对"):
        journey.write({"institution.division": "230502"})
    journey.upload("registration_certificate")
    journey.answer()
    assert journey.case.bureau == office.bureau


def test_every_point_must_be_answered_somehow(office: Office) -> None:
    journey = Journey.at("receive", office)
    journey.ask_correction(site_proof="缺页", hygiene_report="缺页")
    journey.upload("site_proof", option="lease")
    with pytest.raises(Unmet, match="还有1项没有补正"):
        journey.answer()
    journey.answer(hygiene_report="见原件")
    journey.answer(hygiene_report="第二次点击")
    assert journey.case.rounds.last().answers == {"hygiene_report": "见原件"}
    assert journey.acts().count("answered") == 1


def test_what_was_handed_in_is_closed_until_it_is_asked_for(office: Office) -> None:
    """N3: the file a decision rests on is not replaced behind its back; a new one needs a correction round."""
    journey = Journey(office)
    paper = journey.upload("site_proof", option="lease")
    journey.submit(incomplete=True)
    with pytest.raises(NotPermitted, match="正在办理"):
        journey.upload("site_proof", option="lease")
    with pytest.raises(NotPermitted, match="正在办理"):
        journey.write({"institution.phone": "1"})
    journey.ask_correction(hygiene_report="缺页")
    with pytest.raises(NotPermitted, match="已核对"):
        journey.upload("site_proof", option="lease")
    journey.upload("hygiene_report")
    journey.answer()
    kept = {item["slot"]: item["sha256"] for item in journey.case.rounds.first().materials}
    assert kept == {"site_proof": paper.sha256}


def test_a_granted_co_editor_writes_until_the_last_day(office: Office, clock) -> None:
    journey, friend = Journey(office), a_person("帮忙人")
    with pytest.raises(NotPermitted):
        drafts.save_draft(case_id=journey.case_id, person=friend, section={"meals": "none"})
    until = journey.case.created_at.date()
    grants.grant_edit(case_id=journey.case_id, person=journey.applicant, username=friend.username, valid_to=until)
    drafts.save_draft(case_id=journey.case_id, person=friend, section={"meals": "delivered"})
    clock.advance(days=1)
    with pytest.raises(NotPermitted):
        drafts.save_draft(case_id=journey.case_id, person=friend, section={"meals": "cooked_here"})


def test_officials_do_not_apply_for_themselves(office: Office) -> None:
    with pytest.raises(NotPermitted, match="工作人员"):
        drafts.start_draft(procedure="childcare.filing.v2019", person=office.clerk)


def test_a_case_is_submitted_once(office: Office) -> None:
    journey = Journey.at("receive", office)
    number = journey.case.number
    assert journey.submit(incomplete=True).number == number
    journey.receive()
    assert journey.submit(incomplete=True).number == number, "a late second click gets the same number"
    assert journey.acts().count("submitted") == 1
    journey.withdraw()
    with pytest.raises(NotPermitted):
        journey.submit(incomplete=True)


def test_a_switched_off_account_submits_nothing(office: Office) -> None:
    journey = Journey(office)
    journey.applicant.is_active = False
    journey.applicant.save()
    with pytest.raises(NotPermitted):
        journey.submit(incomplete=True)
