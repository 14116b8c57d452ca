"""A co-editor writes and uploads. Handing in, answering and taking back are the owner's: by service, not only by page."""

from datetime import timedelta

import pytest
from django.test import Client

from registry.clock import today
from registry.models import Agent, Person
from tests.builders.journey import Journey
from tests.builders.office import SINCE, Office, a_person
from tests.builders.races import at_once
from tests.builders.uploads import a_picture
from workflows.services import attachments, drafts, grants, submission
from workflows.services.errors import NotPermitted


def a_friend(journey: Journey) -> Person:
    friend = a_person("帮忙人")
    until = today() + timedelta(days=9)
    grants.grant_edit(case_id=journey.case_id, person=journey.applicant, username=friend.username, valid_to=until)
    return friend


def test_a_co_editor_hands_nothing_in(office: Office) -> None:
    journey = Journey(office)
    friend = a_friend(journey)
    drafts.save_draft(case_id=journey.case_id, person=friend, section={"meals": "none"})
    attachments.attach(case_id=journey.case_id, person=friend, slot="hygiene_report", upload=a_picture())
    with pytest.raises(NotPermitted, match="共同填写人"):
        submission.submit(case_id=journey.case_id, person=friend, incomplete=True)
    journey.submit(incomplete=True)
    with pytest.raises(NotPermitted, match="共同填写人"):
        submission.withdraw(case_id=journey.case_id, person=friend)
    journey.ask_correction(site_proof="缺页")
    with pytest.raises(NotPermitted, match="共同填写人"):
        submission.answer(case_id=journey.case_id, person=friend, answers={"site_proof": "见原件"})
    assert not Agent.objects.filter(person=friend).exists()
    assert journey.state == "correcting"


def test_an_agent_of_the_applicant_may(office: Office) -> None:
    journey = Journey.at("receive", office)
    agent = a_person("代办人")
    Agent.objects.create(person=agent, applicant=journey.case.applicant, valid_from=SINCE)
    journey.ask_correction(site_proof="缺页")
    submission.answer(case_id=journey.case_id, person=agent, answers={"site_proof": "见原件"})
    submission.withdraw(case_id=journey.case_id, person=agent)
    assert journey.state == "withdrawn"


def test_two_clicks_at_once_get_the_same_number(office: Office) -> None:
    journey = Journey(office, changes={"promises.filing": None})
    address = f"/mine/{journey.case_id}/review/"

    def click() -> tuple[int, str]:
        client = Client(raise_request_exception=False)
        client.force_login(journey.applicant, backend="django.contrib.auth.backends.ModelBackend")
        answer = client.post(address, {"incomplete": "1"})
        return answer.status_code, answer.headers.get("Location", "")

    assert set(at_once(*[click] * 4)) == {(302, f"/mine/{journey.case_id}/submitted/")}
    assert journey.case.facts["promises"]["filing"] is True
    assert journey.acts().count("submitted") == 1
