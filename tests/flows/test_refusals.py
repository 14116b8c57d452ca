"""What the bureau's side is refused, and why it is told so. Nothing is written but the refusal itself."""

from datetime import date, timedelta

import pytest

from registry.clock import today
from registry.models import Role
from registry.services.people import end_membership, set_active
from tests.builders.journey import Journey
from tests.builders.office import JIANSHAN, Office, a_bureau, a_person, an_officer
from tests.machines import Clock
from workflows.models import Opinion
from workflows.services import decisions
from workflows.services.decisions import Decision
from workflows.services.errors import Conflict, NotPermitted, Unmet


def strangers(office: Office, journey: Journey) -> dict[str, object]:
    expired = an_officer("旧经办", office.bureau, Role.CLERK, until=today() - timedelta(days=1))
    return {
        "another post": office.verifier,
        "no post": a_person("路人"),
        "the applicant": journey.applicant,
        "a post that ended yesterday": expired,
        "the same post of another bureau": an_officer("外县经办", a_bureau(JIANSHAN), Role.CLERK),
        "who only looks": an_officer("市监督", a_bureau("230500"), Role.SUPERVISOR),
    }


def test_only_the_post_acts(office: Office) -> None:
    journey = Journey.at("receive", office)
    for who, person in strangers(office, journey).items():
        for act in (lambda p: journey.claim("receive", by=p), lambda p: journey.receive(by=p)):
            with pytest.raises(NotPermitted, match="岗位") as refusal:
                act(person)
            assert "核对材料，收件" in refusal.value.message, who
    assert not Opinion.objects.filter(case=journey.case_id).exists()
    assert journey.route("receive").assignee is None
    assert journey.acts().count("refused") == 12


def test_a_post_counts_on_its_last_day(office: Office, clock: Clock) -> None:
    leaving = an_officer("调离人", office.bureau, Role.CLERK, until=today())
    journey = Journey.at("receive", office)
    journey.claim("receive", by=leaving)
    clock.advance(days=1)
    with pytest.raises(NotPermitted):
        journey.receive(by=leaving)


def test_a_task_of_another_case_is_not_there(office: Office) -> None:
    mine, other = Journey.at("receive", office), Journey.at("receive", office)
    with pytest.raises(Conflict, match="没有这一环节"):
        decisions.claim(case_id=mine.case_id, task_id=other.task("receive"), person=office.clerk)


def test_an_officer_cannot_do_the_applicants_step(office: Office) -> None:
    journey = Journey.at("receive", office)
    journey.ask_correction(site_proof="缺页")
    with pytest.raises(NotPermitted, match="申请人"):
        journey.decide("correct", "done", by=office.clerk)
    journey.applicant = office.clerk
    with pytest.raises(NotPermitted):
        journey.answer(site_proof="代答")


def test_nobody_takes_a_task_out_of_anothers_hand(office: Office) -> None:
    journey = Journey.at("receive", office)
    journey.claim("receive", by=office.clerk)
    with pytest.raises(Conflict, match="赵经办领办"):
        journey.claim("receive", by=office.other_clerk)
    with pytest.raises(Conflict, match="赵经办领办"):
        journey.receive(by=office.other_clerk)
    decisions.release(case_id=journey.case_id, task_id=journey.task("receive"), person=office.clerk)
    journey.receive(by=office.other_clerk)


@pytest.mark.parametrize("loses", ["post", "account"])
def test_a_task_left_behind_is_free_for_colleagues(loses: str, office: Office, clock: Clock) -> None:
    journey = Journey.at("receive", office)
    journey.claim("receive", by=office.clerk)
    if loses == "post":
        end_membership(membership=office.clerk.memberships.get(), last_day=today(), today=today())
        clock.advance(days=1)
    else:
        set_active(person=office.clerk, active=False)
    journey.receive(by=office.other_clerk)
    assert journey.state == "received"


@pytest.mark.parametrize(
    ("companions", "on", "words"),
    [
        ((), 0, "2人以上"),
        (("verifier",), 0, "不在名单"),
        (("head",), 0, "不在名单"),
        (("companion",), 1, "不能晚于今天"),
        (("companion",), None, "填写现场核实日期"),
        (("companion",), -1, "不能早于"),
    ],
)
def test_who_was_there_and_when(companions: tuple[str, ...], on: int | None, words: str, office: Office) -> None:
    """Two people, both of the list, on a day that has been and not before the papers came."""
    journey = Journey.at("verify", office)
    journey.judge("verify", by=office.verifier)
    with pytest.raises(Unmet, match=words):
        journey.decide(
            "verify", "done", by=office.verifier,
            visited_on=None if on is None else today() + timedelta(days=on),
            companions=tuple(getattr(office, name).pk for name in companions),
        )  # fmt: skip
    assert journey.open_steps == {"verify"}


def test_an_old_visit_does_not_prove_the_rectification(office: Office, clock: Clock) -> None:
    journey = Journey.at("verify", office)
    journey.verify(monitoring="没有监控")
    journey.sign()
    journey.work("background")
    clock.advance(days=5)
    journey.answer(monitoring="已加装")
    with pytest.raises(Unmet, match="不能早于"):
        journey.verify(on=date(2026, 9, 3))


def test_every_condition_is_judged_and_a_fault_has_its_reason(office: Office) -> None:
    journey = Journey.at("receive", office)
    with pytest.raises(Unmet, match="没有核对"):
        journey.decide("receive", "receive", by=office.clerk)
    journey.judge("receive", by=office.clerk, unmet={"site_proof": ""})
    with pytest.raises(Unmet, match="不符合的原因"):
        journey.decide("receive", "correct", by=office.clerk)
    with pytest.raises(Unmet, match="暂不能“收件”"):
        journey.decide("receive", "receive", by=office.clerk)
    journey.judge("receive", by=office.clerk)
    with pytest.raises(Unmet, match="没有不符合的项目"):
        journey.decide("receive", "correct", by=office.clerk)


def test_a_fault_found_on_the_spot_has_its_reason(office: Office) -> None:
    """The reason goes into the notice and onto the public page: it must not be empty, script or no script."""
    journey = Journey.at("verify", office)
    journey.judge("verify", by=office.verifier, unmet={"monitoring": ""})
    with pytest.raises(Unmet, match="请写明不符合的原因"):
        journey.decide("verify", "done", by=office.verifier, visited_on=today(), companions=(office.companion.pk,))


def test_a_recommendation_alone_is_no_ground_for_a_correction(office: Office) -> None:
    journey = Journey.at("receive", office)
    journey.judge("receive", by=office.clerk, unmet={"liability_insurance": "没有保险单"})
    with pytest.raises(Unmet, match="没有不符合的项目"):
        journey.decide("receive", "correct", by=office.clerk)


def test_lines_of_another_step_and_unknown_outcomes(office: Office) -> None:
    journey = Journey.at("receive", office)
    with pytest.raises(Unmet, match="没有这些核对项"):
        journey.judge("receive", by=office.clerk, unmet={"class_size": "超员"})
    for outcome in ("lapsed", "sign", ""):
        with pytest.raises(Unmet, match="办理结果"):
            journey.decide("receive", outcome, by=office.clerk)


def test_a_closed_step_says_who_and_when(office: Office) -> None:
    journey = Journey.at("receive", office)
    task = journey.task("receive")
    journey.receive()
    with pytest.raises(Conflict, match=r"赵经办处理（9月1日 09:0\d）"):
        decisions.decide(case_id=journey.case_id, task_id=task, person=office.other_clerk, decision=Decision("receive"))
