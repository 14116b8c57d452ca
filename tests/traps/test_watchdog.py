"""J5: a case for which nobody and nothing will do the next thing is found, before its applicant finds it."""

from io import StringIO

import pytest
from django.core.management import call_command

from registry.clock import today
from registry.services.people import end_membership, set_active
from tests.builders.journey import ORDER, Journey
from tests.builders.office import Office
from tests.machines import Clock
from workflows.models import Outbox
from workflows.selectors.watchdog import alarms, stuck_cases
from workflows.services.lapses import sweep


@pytest.mark.parametrize("stage", ORDER)
def test_j5_no_stage_is_dead(stage: str, office: Office) -> None:
    """J5: wherever a case stands, an open task or a row of the outbox will move it."""
    Journey.at(stage, office)
    assert stuck_cases() == []


def test_j5_not_even_between_signature_and_publication(office: Office) -> None:
    """J5: signed, the worker has not come yet: the row is what will move it. Without the row the alarm names the case."""
    journey = Journey.at("sign", office)
    journey.sign()
    assert stuck_cases() == []
    Outbox.objects.filter(case=journey.case_id, topic="background").delete()
    assert [(trouble.case_id, trouble.number) for trouble in stuck_cases()] == [(journey.case_id, journey.case.number)]
    said = StringIO()
    with pytest.raises(SystemExit):
        call_command("check_cases", stdout=said)
    assert f"{journey.case.number}：没有待办环节，也没有后台工作" in said.getvalue()


def test_j5_all_is_well_is_said(office: Office) -> None:
    """J5: and the command ends without error."""
    Journey.at("verify", office).work("publish", "render")
    said = StringIO()
    call_command("check_cases", stdout=said)
    assert "正常" in said.getvalue()


def test_c1_an_empty_pool_raises_an_alarm(office: Office, clock: Clock) -> None:
    """C1: the last two heads are gone: the case waits for a post that nobody holds."""
    journey = Journey.at("sign", office)
    set_active(person=office.head, active=False)
    assert stuck_cases() == []
    end_membership(membership=office.other_head.memberships.get(), last_day=today(), today=today())
    clock.advance(days=1)
    assert [(trouble.case_id, "无人可办" in trouble.why) for trouble in stuck_cases()] == [(journey.case_id, True)]


def test_c1_a_claimed_task_goes_back_to_the_pool(office: Office, clock: Clock) -> None:
    """C1: the holder's post ended with the form open: he is refused, the sweep returns the task, the chain says so."""
    journey = Journey.at("sign", office)
    journey.claim("sign", by=office.head)
    end_membership(membership=office.head.memberships.get(), last_day=today(), today=today())
    clock.advance(days=1)
    with pytest.raises(Exception, match="没有“签发核实结果”这一环节的岗位"):
        journey.sign(by=office.head)
    assert journey.route("sign").assignee == office.head
    sweep()
    assert journey.route("sign").assignee is None
    assert journey.acts()[-1] == "returned_to_pool"
    sweep()
    assert journey.acts().count("returned_to_pool") == 1
    journey.sign(by=office.other_head)


def test_c1_an_account_switched_off_while_the_form_is_open(office: Office) -> None:
    """C1: switched off between loading and posting: refused, also for whom it stands for; nothing is written."""
    journey = Journey.at("verify", office)
    journey.judge("verify", by=office.verifier)
    set_active(person=office.verifier, active=False)
    with pytest.raises(Exception, match="岗位"):
        journey.decide("verify", "done", by=office.verifier, visited_on=today(), companions=(office.companion.pk,))
    assert not journey.opinions("verify")


def test_alarms_name_late_work(office: Office, clock: Clock) -> None:
    """B2: nothing that is due lies longer than five minutes unseen."""
    journey = Journey.at("sign", office)
    journey.work("publish", "render")
    journey.sign()
    assert alarms() == []
    clock.advance(minutes=6)
    assert [trouble.case_id for trouble in alarms()] == [journey.case_id]
