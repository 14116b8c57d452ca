"""托育机构备案, read as the regulation: 国卫办人口发〔2019〕25号 §8 papers, §9 receipt and verification, §11 publicity."""

from datetime import date

import pytest

from registry.clock import today
from registry.models import Disclosure, Filing
from registry.selectors.filings import public_register
from tests.builders.journey import Journey
from tests.builders.office import Office
from tests.machines import Clock
from workflows.models import Document, Finding, Opinion, Round, TaskRoute
from workflows.selectors.watchdog import stuck_cases
from workflows.services.errors import Conflict, NotPermitted
from workflows.services.lapses import sweep

VERIFICATION = Filing.Verification


def test_complete_papers_are_received_receipted_verified_and_published(office: Office, clock: Clock) -> None:
    """§8 → §9 → §11: the plain way, with every paper uploaded and no step forced."""
    clock.go_to(date(2026, 11, 24))
    journey = Journey(office)
    journey.upload_all()
    journey.submit()
    assert (journey.state, journey.open_steps) == ("submitted", {"receive"})
    assert journey.record.number is None

    clock.advance(days=1)
    journey.receive()
    assert (journey.state, journey.open_steps) == ("received", {"receipt"})
    assert journey.case.received_on == date(2026, 11, 24), "received counts from the day of the last paper"

    journey.issue_receipt()
    filing = journey.record
    assert (journey.state, journey.open_steps) == ("in_hand", {"verify"})
    assert (filing.status, filing.verification, filing.filed_on) == ("in_force", "pending", date(2026, 11, 25))
    assert [line.number for line in public_register().rows] == ["集卫托备〔2026〕1号"], "listed from the receipt on (P7)"

    journey.verify()
    journey.sign()
    assert journey.state == "decided"
    journey.work()
    assert (journey.state, journey.open_steps, journey.case.outcome) == ("closed", set(), "已备案，核实符合")
    assert journey.record.verification == VERIFICATION.CONFORMING
    assert {paper.kind: paper.rendering for paper in Document.objects.filter(case=journey.case_id)} == {
        "notice_of_conditions": "ready",
        "filing_receipt": "ready",
    }
    assert journey.running() == set(), "every duty ended with its legal event"
    assert not stuck_cases()


def test_both_clocks_of_section_9_start_together_on_the_day_of_the_last_paper(office: Office) -> None:
    """§9: 5 and 15 working days; G.1: the day itself is not counted; Sunday 20 September 2026 is made up and counts."""
    journey = Journey.at("receive", office)
    receipt, verification = journey.duty("receipt"), journey.duty("verification")
    assert receipt.started_on == verification.started_on == date(2026, 9, 1)
    assert (receipt.due_legal, verification.due_legal) == (date(2026, 9, 8), date(2026, 9, 21))
    assert journey.route("receive").due_legal == date(2026, 9, 8), "the task inherits the most urgent duty"
    assert not receipt.estimated


def test_a_duty_ends_at_delivery_not_at_a_click(office: Office, clock: Clock) -> None:
    journey = Journey.at("verify", office)
    assert "receipt" in journey.running(), "issued, but the paper is not there yet"
    clock.advance(days=1)
    journey.work()
    assert (journey.duty("receipt").stopped_on, journey.duty("receipt").fulfilled) == (date(2026, 9, 2), True)


def test_corrected_once_then_published(office: Office, clock: Clock) -> None:
    """一次性告知: all that lacks is told in one numbered notice; received counts from the answer; §9 counts anew."""
    journey = Journey.at("receive", office)
    clock.advance(days=1)
    journey.ask_correction(site_proof="租期只有两年", hygiene_report="缺第2页")
    assert (journey.state, journey.open_steps, journey.case.round) == ("correcting", {"correct"}, 2)
    notice = journey.papers("correction_notice")[0]
    assert notice.number == "集卫托告〔2026〕1号"
    assert {point["title"] for point in notice.context["points"]} == {
        "托育机构场地证明", "评价为“合格”的《托幼机构卫生评价报告》",
    }  # fmt: skip
    assert journey.duty("receipt").fulfilled is False, "the papers were not complete: the clock of §9 was void"

    clock.advance(days=6)
    journey.upload("site_proof", option="lease")
    journey.answer(hygiene_report="已补第2页，见原件")
    assert (journey.state, journey.open_steps) == ("submitted", {"receive"})
    receipt, verification = journey.duty("receipt"), journey.duty("verification")
    assert (receipt.run, receipt.started_on, receipt.due_legal) == (2, date(2026, 9, 8), date(2026, 9, 15))
    assert (verification.run, verification.started_on) == (2, date(2026, 9, 8))

    clock.advance(days=1)
    journey.receive()
    assert journey.case.received_on == date(2026, 9, 8)
    journey.issue_receipt()
    journey.verify()
    journey.sign()
    journey.work("background", "publish")
    assert (journey.state, journey.record.verification) == ("closed", VERIFICATION.CONFORMING)
    journey.work()
    assert journey.running() == set()


def test_a_round_keeps_what_was_asked_and_what_was_answered(office: Office) -> None:
    journey = Journey.at("receive", office)
    journey.ask_correction(site_proof="租期只有两年")
    journey.upload("site_proof", option="lease")
    journey.answer()
    first, second = Round.objects.filter(case=journey.case_id)
    assert (first.reason, second.reason) == ("submission", "correction")
    assert [point["key"] for point in second.asked] == ["site_proof"]
    assert second.materials[0]["sha256"]
    assert first.facts["institution"]["name"] == second.facts["institution"]["name"]


def test_an_answer_before_the_notice_is_printed_leaves_no_clock_behind(office: Office) -> None:
    """The applicant reads the points on the page at once; a notice that is printed late must not touch the new clock."""
    journey = Journey.at("receive", office)
    journey.ask_correction(site_proof="缺页")
    journey.upload("site_proof", option="lease")
    journey.answer()
    assert (journey.duty("correction").run, journey.duty("correction").stopped_on) == (2, None)
    journey.work("render")
    assert journey.duty("correction").stopped_on is None, "the notice of round 1 does not answer round 2"
    journey.receive()
    journey.issue_receipt()
    assert "correction" not in journey.running()


def test_non_conforming_told_disclosed_rectified_verified_published(office: Office, clock: Clock) -> None:
    """§9: told with reasons and disclosed to the public; after rectification verified again and the disclosure resolved."""
    journey = Journey.at("verify", office)
    number = journey.record.number
    journey.verify(monitoring="二楼活动室没有监控")
    journey.sign()
    assert journey.record.verification == VERIFICATION.NONCONFORMING
    journey.work("background", "publish")
    assert (journey.state, journey.open_steps) == ("decided", {"rectify"})
    steps = {task.flow_task.name: task.status for task in journey.case.process.task_set.all()}
    assert (steps["notify"], steps["rectify"]) == ("DONE", "NEW"), "opening a round does not cancel the step that opens it"
    told = Disclosure.objects.get(filing=journey.record)
    assert (told.kind, told.resolved_at, told.reasons[0]["reason"]) == ("nonconforming", None, "二楼活动室没有监控")
    assert journey.papers("nonconformity_notice")[0].context["points"][0]["fact"] == "二楼活动室没有监控"
    assert journey.record.number == number, "the filing stays in force: a filing is not refused"
    assert "verification" in journey.running(), "§9 is met when the notice is delivered"
    journey.work("render")
    assert journey.duty("verification").fulfilled

    clock.advance(days=3)
    journey.answer(monitoring="已加装，照片见现场")
    assert (journey.state, journey.open_steps) == ("in_hand", {"verify"})
    assert journey.duty("reverification").started_on == date(2026, 9, 4)
    assert journey.route("verify").duty == "reverification"
    journey.verify()
    journey.sign()
    journey.work("background")
    assert (journey.state, journey.record.verification) == ("closed", VERIFICATION.CONFORMING)
    told.refresh_from_db()
    assert told.resolved_at is not None
    assert journey.running() == set()
    assert not stuck_cases()


def test_a_rectification_before_the_notice_is_printed_starts_the_second_verification(office: Office) -> None:
    journey = Journey.at("verify", office)
    journey.verify(monitoring="没有监控")
    journey.sign()
    journey.work("background")
    journey.answer(monitoring="已加装")
    assert journey.duty("verification").stopped_on is not None
    assert journey.route("verify").duty == "reverification"
    journey.work("render")
    assert "reverification" in journey.running(), "the late notice of the first finding is not the second result"


def test_only_what_the_law_makes_a_condition_can_make_it_non_conforming(office: Office) -> None:
    """A recommendation (WS/T 821-2023) may be noted as 不符合; the result stays 符合."""
    journey = Journey.at("verify", office)
    journey.verify(one_key_alarm="没有一键式报警")
    journey.sign()
    journey.work("background")
    assert journey.record.verification == VERIFICATION.CONFORMING
    assert Finding.objects.get(case=journey.case_id, key="one_key_alarm").verdict == "unmet", "the note stays readable"


def test_a_missing_local_extra_does_not_hold_up_the_receipt(office: Office) -> None:
    """§8(六) extras of the place may follow later (容缺): 不符合 there is no ground for a correction either."""
    journey = Journey.at("receive", office)
    journey.judge("receive", by=office.clerk, unmet={"liability_insurance": "没有保险单"})
    journey.decide("receive", "receive", by=office.clerk)
    assert journey.state == "received"


def test_never_rectified_lapses_the_day_after_the_term_and_the_head_hands_over(office: Office, clock: Clock) -> None:
    """人口与计划生育法 §41: after the term of 30 working days the head hands over to health supervision, publicly."""
    journey = Journey.at("verify", office)
    journey.verify(monitoring="没有监控")
    journey.sign()
    journey.work("background")
    last_day = date(2026, 10, 19)
    assert journey.duty("rectification").due_legal == journey.route("rectify").due_legal == last_day

    clock.go_to(last_day)
    assert sweep() == 0, "the last day belongs to the applicant"
    clock.go_to(date(2026, 10, 20))
    assert sweep() == 1
    assert sweep() == 0
    assert journey.open_steps == {"hand_over"}
    assert journey.duty("rectification").fulfilled is False
    assert TaskRoute.objects.get(case=journey.case_id, node="rectify").closing == "lapsed"

    with pytest.raises(Conflict):
        journey.answer(monitoring="太晚了")
    with pytest.raises(NotPermitted):
        journey.hand_over(by=office.verifier)
    journey.hand_over()
    assert (journey.state, journey.record.verification) == ("closed", VERIFICATION.HANDED_OVER)
    assert list(Disclosure.objects.filter(filing=journey.record).values_list("kind", flat=True)) == [
        "nonconforming",
        "handed_over",
    ]
    assert not stuck_cases()


def test_a_term_is_told_with_the_finding(office: Office) -> None:
    """Who is to lose something by a day must be told the day: it stands in the notice, and is never shortened."""
    journey = Journey.at("verify", office)
    journey.verify(monitoring="没有监控")
    journey.sign()
    journey.work("background")
    assert journey.duty("rectification").notified_due == date(2026, 10, 19)
    assert journey.papers("nonconformity_notice")[0].context["rectify_by_on"] == "2026-10-19"


def test_the_head_returns_it_to_the_verifiers(office: Office) -> None:
    """A return opens a round; the opinion stays readable as superseded; what was judged is there again to be mended."""
    journey = Journey.at("sign", office)
    journey.send_back("请补充二楼的情况")
    assert (journey.case.round, journey.open_steps) == (2, {"verify"})
    assert [opinion.standing for opinion in journey.opinions("verify")] == [Opinion.Standing.SUPERSEDED]
    assert journey.opinions("sign")[0].text == "请补充二楼的情况"
    before, now = TaskRoute.objects.filter(case=journey.case_id, node="verify").order_by("opened_at")
    assert before.closing == "done"
    assert dict(now.findings.values_list("key", "verdict")) == dict(before.findings.values_list("key", "verdict"))
    assert set(now.findings.values_list("by", flat=True)) == {office.verifier.pk}

    journey.decide("verify", "done", by=office.verifier, visited_on=today(), companions=(office.companion.pk,))
    journey.sign()
    journey.work("background")
    assert [opinion.standing for opinion in journey.opinions("verify")] == ["superseded", "given"]
    assert journey.state == "closed"


def test_a_return_needs_words(office: Office) -> None:
    journey = Journey.at("sign", office)
    with pytest.raises(Exception, match="意见或理由"):
        journey.send_back("  ")
