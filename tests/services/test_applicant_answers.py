"""Answering a notice, sharing a case, opening an account; and that nobody sees another's."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from registry.clock import today
from registry.models import Person
from tests.builders.journey import PROCEDURE, Journey
from tests.builders.office import a_person, an_office
from tests.builders.uploads import a_picture
from tests.services.applicant_pages import at, institution, signed_in
from workflows.models import Case, CaseGrant
from workflows.services.drafts import start_draft

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


class TestAnswer:
    def asked(self, applicant: Person, **unmet: str) -> Journey:
        journey = Journey.at("receive", an_office(), applicant=applicant)
        journey.ask_correction(**unmet)
        return journey

    def test_only_the_failed_points_are_asked(self, client: Client, applicant: Person) -> None:
        journey = self.asked(applicant, hygiene_report="没有印章", scope="没有写托育服务")
        page = client.get(at("answer", journey.case_id))
        assert [row.point.key for row in page.context["rows"]] == ["scope", "hygiene_report"]
        assert 'name="institution.business_scope"' in page.content.decode()
        assert 'name="institution.phone"' not in page.content.decode()

    def test_an_unanswered_point_is_named_and_what_was_typed_stays(self, client: Client, applicant: Person) -> None:
        journey = self.asked(applicant, hygiene_report="没有印章", scope="没有写托育服务")
        given = {"said.scope": "登记机关已受理变更", "institution.business_scope": "托育服务", "submit": "1"}
        page = client.post(at("answer", journey.case_id), given)
        text = page.content.decode()
        assert page.status_code == 422
        assert "还没有补正" in text
        assert "登记机关已受理变更" in text
        assert "登记机关已受理变更" in client.get(at("answer", journey.case_id)).content.decode()

    def test_a_new_paper_and_a_word_answer_it(self, client: Client, applicant: Person) -> None:
        journey = self.asked(applicant, hygiene_report="没有印章", scope="没有写托育服务")
        given = {
            "said.scope": "见附件", "institution.business_scope": "托育服务", "hygiene_report..file": a_picture(),
            "submit": "1",
        }  # fmt: skip
        done = client.post(at("answer", journey.case_id), given)
        assert done.url == at("case", journey.case_id)
        assert journey.state == "submitted"
        assert journey.case.rounds.get(number=2).answers == {"scope": "见附件"}

    def test_what_was_not_asked_for_cannot_be_changed(self, client: Client, applicant: Person) -> None:
        journey = self.asked(applicant, hygiene_report="没有印章")
        name = journey.case.facts["institution"]["name"]
        client.post(at("answer", journey.case_id), {"institution.name": "别的名字", "save": "1"})
        client.post(at("topic", journey.case_id, "institution"), institution(institution__name="别的名字"))
        assert (journey.case.draft or journey.case.facts)["institution"]["name"] == name
        upload = client.post(at("upload", journey.case_id, "registration_certificate"), {"file": a_picture()})
        assert upload.status_code == 403

    def test_one_persons_field_is_asked_for_by_name(self, client: Client, applicant: Person) -> None:
        changes = {"staff.1.qualification_until": "2020-01-01"}
        journey = Journey.at("verify", an_office(), applicant=applicant, changes=changes)
        journey.verify(qualification_valid="赵云的证书过期")
        journey.sign()
        journey.work("background")
        page = client.get(at("answer", journey.case_id))
        text = page.content.decode()
        assert "整改" in text
        assert 'name="staff.1.qualification_until"' in text
        assert 'name="staff.0.name"' not in text
        given = {"staff.1.qualification_until": "20300101", "submit": "1"}
        client.post(at("answer", journey.case_id), given)
        assert journey.case.facts["staff"][1]["qualification_until"] == "2030-01-01"

    def test_a_point_that_names_no_field_leaves_the_form_open(self, client: Client, applicant: Person) -> None:
        journey = self.asked(applicant, filing_form="联系电话打不通")
        page = client.get(at("answer", journey.case_id))
        assert at("topic", journey.case_id, "institution") in page.content.decode()
        client.post(at("topic", journey.case_id, "institution"), institution(institution__phone="0469-1111111"))
        assert journey.case.draft["institution"]["phone"] == "0469-1111111"

    def test_nothing_to_answer_is_403_with_the_reason(self, client: Client, applicant: Person) -> None:
        journey = Journey.at("receive", an_office(), applicant=applicant)
        page = client.get(at("answer", journey.case_id))
        assert page.status_code == 403
        assert "办理中" in page.content.decode()


class TestPeople:
    def test_a_co_editor_fills_in_until_his_day_and_does_not_hand_in(self, client: Client, draft: Case, clock: Any) -> None:
        friend = a_person("何帮手")
        his = signed_in(friend)
        assert his.get(at("overview", draft.pk)).status_code == 404
        until = today() + timedelta(days=3)
        client.post(at("people", draft.pk), {"username": friend.username, "valid_to": until.isoformat()})
        assert his.post(at("topic", draft.pk, "institution"), institution()).status_code == 302
        assert his.post(at("review", draft.pk), {"incomplete": "1"}).status_code == 403
        assert his.get(at("people", draft.pk)).status_code == 403
        clock.advance(days=4)
        assert his.get(at("overview", draft.pk)).status_code == 404

    def test_a_co_editor_neither_answers_nor_takes_back(self, client: Client, applicant: Person) -> None:
        journey = Journey.at("receive", an_office(), applicant=applicant)
        journey.ask_correction(hygiene_report="没有印章")
        friend = a_person("何帮手")
        given = {"username": friend.username, "valid_to": today().isoformat()}
        client.post(at("people", journey.case_id), given)
        his = signed_in(friend)
        assert his.post(at("withdraw", journey.case_id)).status_code == 403
        sent = {"hygiene_report..file": a_picture(), "submit": "1"}
        assert his.post(at("answer", journey.case_id), sent).status_code == 403
        assert journey.case.attachments.filter(round=2).exists()
        assert journey.state == "correcting"

    def test_taken_back_at_once(self, client: Client, draft: Case) -> None:
        friend = a_person("何帮手")
        client.post(at("people", draft.pk), {"username": friend.username, "valid_to": today().isoformat()})
        grant = CaseGrant.objects.get()
        client.post(at("people_end", draft.pk, grant.pk))
        assert signed_in(friend).get(at("overview", draft.pk)).status_code == 404

    @pytest.mark.parametrize(
        ("username", "until", "field"),
        [
            ("nobody", "20991231", "valid_to"),
            ("nobody", "20261130", "username"),
            ("", "", "valid_to"),
            ("x", "2026-13-01", "valid_to"),
        ],
    )
    def test_errors_stand_at_the_field(
        self, client: Client, draft: Case, clock: Any, username: str, until: str, field: str
    ) -> None:
        page = client.post(at("people", draft.pk), {"username": username, "valid_to": until})
        assert page.status_code == 422
        assert set(page.context["faults"]) == {field}

    def test_a_shared_draft_can_still_be_thrown_away(self, client: Client, draft: Case) -> None:
        friend = a_person("何帮手")
        client.post(at("people", draft.pk), {"username": friend.username, "valid_to": today().isoformat()})
        client.post(at("upload", draft.pk, "hygiene_report"), {"file": a_picture()})
        client.post(at("discard", draft.pk))
        assert draft.attachments.count() == 0
        assert client.get(at("overview", draft.pk)).status_code == 404
        assert client.get(at("home")).context["cases"].nothing


class TestSignUp:
    def given(self, **changes: str) -> dict[str, str]:
        return {
            "name": "孙慧",
            "phone": "13900000001",
            "password": "xiaoxiangguo-2026",
            "again": "xiaoxiangguo-2026",
            **changes,
        }

    def test_an_account_is_opened_and_signed_in(self) -> None:
        client = Client()
        answer = client.post(at("sign_up"), self.given(phone="139 0000 0001"))
        assert answer.url == at("home")
        assert client.get(at("home")).status_code == 200
        assert Person.objects.get(username="13900000001").name == "孙慧"

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"phone": "12345"}, "phone"),
            ({"name": ""}, "name"),
            ({"password": "12345678", "again": "12345678"}, "password"),
            ({"again": "other"}, "again"),
        ],
    )
    def test_errors_stand_at_the_field(self, changes: dict[str, str], field: str) -> None:
        page = Client().post(at("sign_up"), self.given(**changes))
        assert page.status_code == 422
        assert set(page.context["faults"]) == {field}

    def test_a_number_twice_is_told(self) -> None:
        Client().post(at("sign_up"), self.given())
        assert set(Client().post(at("sign_up"), self.given()).context["faults"]) == {"phone"}

    def test_one_address_does_not_try_for_ever(self) -> None:
        client = Client()
        answers = [client.post(at("sign_up"), self.given(phone="1")).status_code for _ in range(21)]
        assert answers[-1] == 429
        assert answers[-2] == 422

    def test_it_leads_back_but_not_elsewhere(self) -> None:
        assert Client().post(at("sign_up"), self.given(next="https://example.com/")).url == at("home")


def test_others_see_nothing(applicant: Person) -> None:
    """Every page of a case answers 404 to a stranger, whatever the method."""
    journey = Journey(an_office(), applicant=applicant)
    paper = journey.upload("hygiene_report")
    stranger = signed_in(a_person("路人"))
    pk = journey.case_id
    for name in ("case", "submitted", "withdraw", "discard", "overview", "papers", "review", "answer", "people"):
        assert stranger.get(at(name, pk)).status_code == 404, name
        assert stranger.post(at(name, pk)).status_code in {404, 405}, name
    assert stranger.post(at("topic", pk, "institution"), institution()).status_code == 404
    assert stranger.post(at("upload", pk, "hygiene_report"), {"file": a_picture()}).status_code == 404
    assert stranger.post(at("remove", pk, paper.pk)).status_code == 404
    assert stranger.get(reverse("files:attachment", args=[paper.pk])).status_code == 404
