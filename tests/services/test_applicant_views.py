"""The applicant's pages through HTTP: nothing typed is lost, only what is open is written, nobody sees another's."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from registry.models import Person
from tests.builders.journey import PROCEDURE, Journey
from tests.builders.office import a_person, an_office
from tests.builders.uploads import a_pdf, a_picture
from tests.services.applicant_pages import GOOD_NUMBER, WRONG_NUMBER, at, institution, signed_in
from workflows.models import AuditEntry, Case
from workflows.services.drafts import start_draft
from workflows.services.sealing import masked, unseal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def applicant() -> Person:
    return a_person("郑申请")


@pytest.fixture
def client(applicant: Person) -> Client:
    return signed_in(applicant)


@pytest.fixture
def draft(applicant: Person) -> Case:
    return start_draft(procedure=PROCEDURE, person=applicant)


class TestHome:
    def test_without_cases_it_says_what_to_do_next(self, client: Client) -> None:
        page = client.get(at("home"))
        assert "先回答6个问题" in page.content.decode()

    def test_what_waits_for_me_comes_first(self, client: Client, applicant: Person) -> None:
        office = an_office()
        Journey.at("receive", office, applicant=applicant)
        waiting = Journey(office, applicant=applicant)
        waiting.submit(incomplete=True)
        waiting.ask_correction(hygiene_report="报告没有印章")
        start_draft(procedure=PROCEDURE, person=applicant)
        page = client.get(at("home"))
        assert [each["row"].case.state for each in page.context["waiting"]] == ["correcting", "draft"]
        assert [each["row"].case.state for each in page.context["going"]] == ["submitted"]

    @pytest.mark.parametrize("cases", [1, 20])
    def test_queries_do_not_grow(
        self, client: Client, applicant: Person, cases: int, django_assert_max_num_queries: Any
    ) -> None:
        office = an_office()
        for _ in range(cases):
            Journey.at("receive", office, applicant=applicant)
        with django_assert_max_num_queries(11):
            client.get(at("home"))


class TestSixQuestions:
    def test_anybody_may_ask_and_sees_what_is_not_needed_and_why(self) -> None:
        page = Client().get(at("start"), {"meals": "delivered", "premises.built_year": "2020"})
        papers = page.context["papers"]
        assert "供餐合同" in {paper["title"] for paper in papers["needed"]}
        lines = {paper["title"]: paper["why"] for paper in papers["not_needed"]}
        assert "所以不需要" in lines["《食品经营许可证》"]
        assert "房屋建筑结构安全性鉴定报告" in lines

    def test_answers_are_carried_over_and_a_second_click_makes_no_second_draft(self, client: Client) -> None:
        answers = {"procedure": PROCEDURE, "meals": "delivered", "institution.nature": "for_profit"}
        first = client.post(at("begin"), answers)
        second = client.post(at("begin"), answers)
        assert first.url == second.url
        case = Case.objects.get()
        assert case.draft == {"meals": "delivered", "institution": {"nature": "for_profit"}}

    def test_an_official_files_nothing(self) -> None:
        page = signed_in(an_office().clerk).post(at("begin"), {"procedure": PROCEDURE})
        assert page.status_code == 403


class TestForm:
    def test_a_page_saves_and_leads_on(self, client: Client, draft: Case) -> None:
        answer = client.post(at("topic", draft.pk, "institution"), institution())
        assert answer.url == at("topic", draft.pk, "premises")
        draft.refresh_from_db()
        assert draft.title == "集贤县小橡果托育服务有限公司"

    def test_a_wrong_value_comes_back_as_typed_with_its_error(self, client: Client, draft: Case) -> None:
        answer = client.post(at("topic", draft.pk, "institution"), institution(institution__uscc="91230500MA00000019"))
        text = answer.content.decode()
        assert answer.status_code == 422
        assert 'value="91230500MA00000019"' in text
        assert 'href="#id_institution.uscc"' in text
        draft.refresh_from_db()
        assert draft.draft["institution"]["uscc"] == "91230500MA00000019"

    def test_later_saves_what_is_wrong_too(self, client: Client, draft: Case) -> None:
        given = institution(institution__uscc="9123")
        del given["continue"]
        answer = client.post(at("topic", draft.pk, "institution"), {**given, "later": "1"})
        assert answer.url == at("overview", draft.pk)
        assert "有错误" in client.get(answer.url).content.decode()

    def test_a_page_that_somebody_else_changed_is_not_overwritten(self, client: Client, draft: Case) -> None:
        address = at("topic", draft.pk, "institution")
        seen = client.get(address).context["seen"]
        client.post(address, institution(institution__name="先保存的"))
        answer = client.post(address, institution(institution__name="后保存的", seen=seen))
        assert answer.status_code == 409
        assert 'value="后保存的"' in answer.content.decode()
        draft.refresh_from_db()
        assert draft.title == "先保存的"

    def test_saving_another_page_is_no_conflict(self, client: Client, draft: Case) -> None:
        address = at("topic", draft.pk, "institution")
        seen = client.get(address).context["seen"]
        client.post(at("topic", draft.pk, "safety"), {"meals": "none", "continue": "1"})
        assert client.post(address, institution(seen=seen)).status_code == 302

    def test_dates_may_be_typed_as_people_write_them(self, client: Client, draft: Case) -> None:
        given = {"premises.tenure": "leased", "premises.lease_start": "2026年10月1日", "premises.lease_end": "20290930"}
        client.post(at("topic", draft.pk, "premises"), {**given, "continue": "1"})
        draft.refresh_from_db()
        assert draft.draft["premises"]["lease_start"] == "2026-10-01"
        assert draft.draft["premises"]["lease_end"] == "2029-09-30"

    def test_the_panel_measures_what_is_not_saved(self, client: Client, draft: Case) -> None:
        given = {"classes.count": "1", "classes.0.kind": "toddler", "classes.0.children": "16", "classes.0.carers": "4"}
        panel = client.post(at("check", draft.pk, "classes"), given).content.decode()
        assert "16人，不超过15人" in panel
        assert "待核实" in panel
        draft.refresh_from_db()
        assert draft.draft == {}

    def test_rows_come_and_go_without_a_script(self, client: Client, draft: Case) -> None:
        address = at("topic", draft.pk, "staff")
        client.post(address, {"staff.count": "0", "staff.new.post": "carer", "staff.new.name": "赵云", "add": "1"})
        client.post(
            address,
            {
                **row_of(draft, 0, training_passed="true"),
                "staff.count": "1",
                "staff.new.post": "cook",
                "staff.new.name": "陈桂",
                "add": "1",
            },
        )
        draft.refresh_from_db()
        assert [person["name"] for person in draft.draft["staff"]] == ["赵云", "陈桂"]
        assert draft.draft["staff"][0]["training_passed"] is True
        client.post(address, {**row_of(draft, 0), **row_of(draft, 1), "staff.count": "2", "remove": "0"})
        draft.refresh_from_db()
        assert [person["name"] for person in draft.draft["staff"]] == ["陈桂"]

    def test_who_leaves_the_list_takes_his_papers_along(self, client: Client, draft: Case) -> None:
        address = at("topic", draft.pk, "staff")
        client.post(address, {"staff.count": "0", "staff.new.post": "cook", "staff.new.name": "陈桂", "add": "1"})
        draft.refresh_from_db()
        key = draft.draft["staff"][0]["key"]
        client.post(at("upload", draft.pk, "staff_health_pass"), {"subject": key, "file": a_picture()})
        assert draft.attachments.count() == 1
        client.post(address, {**row_of(draft, 0), "staff.count": "1", "remove": "0"})
        assert draft.attachments.count() == 0

    @pytest.mark.parametrize("people", [1, 20])
    def test_queries_do_not_grow(self, client: Client, draft: Case, people: int, django_assert_max_num_queries: Any) -> None:
        staff = [{"key": f"p{n}", "name": f"保育{n}", "post": "carer"} for n in range(people)]
        Case.objects.filter(pk=draft.pk).update(draft={"staff": staff})
        for name, most in (("topic", 10), ("papers", 10)):
            args = (draft.pk, "staff") if name == "topic" else (draft.pk,)
            with django_assert_max_num_queries(most):
                assert client.get(at(name, *args)).status_code == 200
        with django_assert_max_num_queries(10):
            assert client.get(at("review", draft.pk)).status_code == 200


def row_of(case: Case, n: int, **answers: str) -> dict[str, str]:
    case.refresh_from_db()
    person = case.draft["staff"][n]
    given = {"key": person["key"], "name": person["name"], "post": person["post"], **answers}
    return {f"staff.{n}.{name}": value for name, value in given.items()}


class TestIdentityNumbers:
    def test_the_draft_keeps_a_token_and_the_page_shows_a_mask(self, client: Client, draft: Case) -> None:
        address = at("topic", draft.pk, "institution")
        given = {**institution(), "institution.legal_representative.id_number": GOOD_NUMBER}
        client.post(address, given)
        draft.refresh_from_db()
        token = draft.draft["institution"]["legal_representative"]["id_number"]
        assert GOOD_NUMBER not in str(draft.draft)
        assert unseal(token) == GOOD_NUMBER
        for page in (client.get(address), client.get(at("review", draft.pk))):
            text = page.content.decode()
            assert GOOD_NUMBER not in text
            assert token not in text
            assert masked(token) in text

    def test_after_a_clash_it_is_asked_for_again(self, client: Client, draft: Case) -> None:
        """The page was not saved and the number is not sent back, so the field says so."""
        address = at("topic", draft.pk, "institution")
        seen = client.get(address).context["seen"]
        client.post(address, institution(institution__name="先保存的"))
        given = {**institution(seen=seen), "institution.legal_representative.id_number": GOOD_NUMBER}
        answer = client.post(address, given)
        assert answer.status_code == 409
        assert GOOD_NUMBER not in answer.content.decode()
        assert "没有保存，请再填一次" in answer.content.decode()

    def test_left_empty_it_stays(self, client: Client, draft: Case) -> None:
        address = at("topic", draft.pk, "institution")
        client.post(address, {**institution(), "institution.legal_representative.id_number": GOOD_NUMBER})
        client.post(address, {**institution(), "institution.legal_representative.id_number": ""})
        draft.refresh_from_db()
        assert unseal(draft.draft["institution"]["legal_representative"]["id_number"]) == GOOD_NUMBER

    def test_a_wrong_one_is_told_and_stored_nowhere(self, client: Client, draft: Case) -> None:
        address = at("topic", draft.pk, "institution")
        answer = client.post(address, {**institution(), "institution.legal_representative.id_number": WRONG_NUMBER})
        assert answer.status_code == 422
        assert "校验位不符" in answer.content.decode()
        draft.refresh_from_db()
        assert WRONG_NUMBER[:17] not in str(draft.draft)

    def test_the_head_may_be_the_same_person(self, client: Client, draft: Case) -> None:
        given = {
            **institution(),
            "institution.legal_representative.name": "孙慧",
            "institution.legal_representative.id_number": GOOD_NUMBER,
            "institution.head.same": "true",
        }
        client.post(at("topic", draft.pk, "institution"), given)
        draft.refresh_from_db()
        body = draft.draft["institution"]
        assert body["head"] == body["legal_representative"]


class TestPapers:
    def test_up_look_replace_add_remove(self, client: Client, draft: Case) -> None:
        address = at("upload", draft.pk, "hygiene_report")
        assert client.post(address, {"file": a_pdf(pages=2)}).status_code == 302
        assert client.post(address, {"file": a_picture(), "beside": "1"}).status_code == 302
        papers = draft.attachments.filter(superseded_at=None)
        assert papers.count() == 2
        paper = papers.get(content_type="application/pdf")
        shown = client.get(reverse("files:attachment", args=[paper.pk]))
        assert shown["Content-Disposition"].startswith("inline")
        assert shown["X-Content-Type-Options"] == "nosniff"
        assert client.get(reverse("files:attachment", args=[paper.pk]), {"download": "1"})["Content-Disposition"].startswith(
            "attachment"
        )
        assert client.post(address, {"photo": a_picture()}).status_code == 302
        assert papers.count() == 1
        assert client.post(at("remove", draft.pk, papers.get().pk)).status_code == 302
        assert papers.count() == 2

    def test_a_bad_file_is_told_at_its_row(self, client: Client, draft: Case) -> None:
        bad = a_picture()
        bad.file.truncate(30)
        bad.size = 30
        answer = client.post(at("upload", draft.pk, "hygiene_report"), {"file": bad})
        assert answer.status_code == 422
        assert 'href="#slot-hygiene_report"' in answer.content.decode()

    def test_the_kind_of_fire_proof_is_answered_once(self, client: Client, draft: Case) -> None:
        given = {"file": a_picture(), "option": "fire_safety_check"}
        client.post(at("upload", draft.pk, "fire_proof"), given)
        draft.refresh_from_db()
        assert draft.draft["fire_proof"] == "fire_safety_check"

    def test_until_when_it_is_valid(self, client: Client, draft: Case) -> None:
        Case.objects.filter(pk=draft.pk).update(draft={"meals": "cooked_here"})
        client.post(at("upload", draft.pk, "food_licence"), {"file": a_picture(), "valid_until": "20311019"})
        assert draft.attachments.get().valid_until.isoformat() == "2031-10-19"


class TestSubmission:
    def test_open_items_are_named_and_the_applicant_chooses(self, client: Client, applicant: Person) -> None:
        journey = Journey(an_office(), applicant=applicant)
        page = client.get(at("review", journey.case_id))
        text = page.content.decode()
        assert "补齐后再提交" in text
        assert "现在提交" in text
        refused = client.post(at("review", journey.case_id))
        assert refused.status_code == 422
        done = client.post(at("review", journey.case_id), {"incomplete": "1"})
        assert done.url == at("submitted", journey.case_id)
        said = client.get(done.url).content.decode()
        assert journey.case.number in said
        assert "最晚" in said or "预计" in said

    def test_complete_it_goes_by_one_button_and_a_second_click_changes_nothing(self, client: Client, applicant: Person) -> None:
        journey = Journey(an_office(), applicant=applicant)
        journey.upload_all()
        assert "确认属实并提交" in client.get(at("review", journey.case_id)).content.decode()
        client.post(at("review", journey.case_id))
        number = journey.case.number
        again = client.post(at("review", journey.case_id), follow=True)
        assert f"编号{number}" in again.content.decode()
        assert AuditEntry.objects.filter(case=journey.case_id, action="submitted").count() == 1

    def test_without_the_identity_fields_it_says_which(self, client: Client, draft: Case) -> None:
        answer = client.post(at("review", draft.pk), {"incomplete": "1"})
        assert answer.status_code == 422
        assert "请填写统一社会信用代码" in answer.content.decode()


class TestProgress:
    def test_whose_turn_and_both_clocks(self, client: Client, applicant: Person, clock: Any) -> None:
        journey = Journey.at("receive", an_office(), applicant=applicant)
        clock.advance(days=7)
        journey.ask_correction(hygiene_report="没有印章")
        clock.advance(days=14)
        page = client.get(at("case", journey.case_id))
        clocks = page.context["progress"].clocks
        assert clocks.ours == 5
        assert clocks.yours == 10
        assert "需要您补正" in page.content.decode()
        assert journey.office.clerk.name not in page.content.decode()

    def test_queries_do_not_grow(self, client: Client, applicant: Person, django_assert_max_num_queries: Any) -> None:
        journey = Journey.at("receive", an_office(), applicant=applicant)
        with django_assert_max_num_queries(18):
            client.get(at("case", journey.case_id))
        for _ in range(4):
            journey.ask_correction(hygiene_report="没有印章")
            journey.answer(hygiene_report="已补盖")
        journey.receive()
        journey.issue_receipt()
        with django_assert_max_num_queries(18):
            client.get(at("case", journey.case_id))

    def test_taken_back(self, client: Client, applicant: Person) -> None:
        journey = Journey.at("receive", an_office(), applicant=applicant)
        assert client.get(at("withdraw", journey.case_id)).status_code == 200
        client.post(at("withdraw", journey.case_id))
        assert journey.state == "withdrawn"
        assert "您已撤回" in client.get(at("case", journey.case_id)).content.decode()


def test_no_identity_number_reaches_the_log(client: Client, draft: Case, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    given = {**institution(), "institution.legal_representative.id_number": GOOD_NUMBER}
    client.post(at("topic", draft.pk, "institution"), given)
    assert not re.search(GOOD_NUMBER, caplog.text)
