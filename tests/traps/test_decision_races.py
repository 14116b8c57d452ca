"""Two people act on one case at the same moment, or from a page that is old: one legal act, the other is told."""

from functools import partial

from registry.clock import today
from registry.models import Filing, Role
from tests.builders.counts import times
from tests.builders.journey import Journey
from tests.builders.office import Office, an_officer
from tests.builders.races import at_once, done, refused
from tests.machines import Clock
from workflows.models import AuditEntry, Case, Document, Opinion, Outbox, TaskRoute
from workflows.services import decisions
from workflows.services.decisions import Decision
from workflows.services.errors import Conflict, NotPermitted


def test_r1_two_contradictory_decisions(office: Office) -> None:
    """R1: two heads hold the form; one signs, the other returns, at the same moment: one decision, one successor."""
    journey = Journey.at("sign", office)
    for _ in range(times(50, soak=500)):
        journey = at_sign_again(journey)
        task, rounds = journey.task("sign"), journey.case.round

        def post(person, decision: Decision, journey=journey, task=task):
            return decisions.decide(case_id=journey.case_id, task_id=task, person=person, decision=decision)

        results = at_once(
            lambda: post(office.head, Decision("sign")), lambda: post(office.other_head, Decision("return", remark="再看"))
        )
        assert (len(done(results)), [type(each) for each in refused(results)]) == (1, [Conflict])
        winner = office.head if results[0] is done(results)[0] else office.other_head
        assert str(winner) in str(refused(results)[0]), "the loser is told who"
        assert Opinion.objects.filter(route=task).count() == 1
        signed = Outbox.objects.filter(case=journey.case_id, topic="background").count()
        returned = journey.case.round - rounds
        assert (signed, returned) in {(1, 0), (0, 1)}
        assert journey.state == ("decided" if signed else "in_hand")


def at_sign_again(journey: Journey) -> Journey:
    """A returned case comes to the signature once more; a signed one makes room for the next."""
    if journey.open_steps == {"verify"}:
        office = journey.office
        journey.decide("verify", "done", by=office.verifier, visited_on=today(), companions=(office.companion.pk,))
        return journey
    return journey if journey.open_steps == {"sign"} else Journey.at("sign", journey.office)


def test_r1_a_stale_page(office: Office, clock: Clock) -> None:
    """R1: ten minutes later, from a page loaded before: a conflict that names who and when; nothing is written twice."""
    journey = Journey.at("sign", office)
    task = journey.task("sign")
    journey.sign()
    clock.advance(minutes=10)
    for outcome in ("sign", "return"):
        result = at_once(
            lambda outcome=outcome: decisions.decide(
                case_id=journey.case_id, task_id=task, person=office.other_head, decision=Decision(outcome, remark="不同意")
            )
        )
        assert isinstance(result[0], Conflict)
        assert "李签发处理（9月1日 09:0" in result[0].message
    journey.work("background")
    assert len(journey.opinions("sign")) == 1


def test_r1_the_same_click_three_times(office: Office) -> None:
    """R1: one officer clicks three times: one receipt, one number."""
    for _ in range(times(5, soak=100)):
        journey = Journey.at("receipt", office)
        task = journey.task("receipt")
        click = partial(decisions.decide, case_id=journey.case_id, task_id=task, person=office.clerk, decision=Decision("done"))
        results = at_once(click, click, click)
        assert (len(done(results)), len(refused(results))) == (1, 2)
        assert Document.objects.filter(case=journey.case_id, kind="filing_receipt").count() == 1


def test_r8_five_submissions_at_once(office: Office) -> None:
    """R8: the applicant posts five times: one case number, the same in all replies, one record, one process."""
    for _ in range(times(5, soak=100)):
        journey = Journey(office)
        replies = at_once(*[lambda journey=journey: journey.submit(incomplete=True)] * 5)
        assert not refused(replies)
        assert {reply.number for reply in replies} == {journey.case.number}
        assert Filing.objects.filter(case_number=journey.case.number).count() == 1
        assert TaskRoute.objects.filter(case=journey.case_id).count() == 1
        assert journey.acts().count("submitted") == 1


def test_r8_five_answers_at_once(office: Office) -> None:
    """R8: the same for the answer to a notice."""
    journey = Journey.at("receive", office)
    journey.ask_correction(site_proof="缺页")
    replies = at_once(*[lambda: journey.answer(site_proof="见原件")] * 5)
    assert not refused(replies)
    assert journey.acts().count("answered") == 1
    assert journey.open_steps == {"receive"}


def test_c5_twenty_claim_at_once(office: Office) -> None:
    """C5: one owner, nineteen conflicts that name him, one row of the claim; the status is read again under the lock."""
    clerks = [an_officer(f"经办{n}", office.bureau, Role.CLERK) for n in range(20)]
    journey = Journey.at("receive", office)
    task = journey.task("receive")
    results = at_once(
        *[lambda clerk=clerk: decisions.claim(case_id=journey.case_id, task_id=task, person=clerk) for clerk in clerks]
    )
    owner = done(results)
    assert len(owner) == 1
    assert [type(each) for each in refused(results)] == [Conflict] * 19
    assert {str(owner[0].assignee) in str(each) for each in refused(results)} == {True}
    assert journey.route("receive").assignee_id == owner[0].assignee_id
    assert AuditEntry.objects.filter(case=journey.case_id, action="claimed").count() == 1


def test_r5_withdrawal_races_the_receipt(office: Office) -> None:
    """R5: one winner. If withdrawn: no open task, no number, no paper; if receipted: the withdrawal is refused."""
    for _ in range(times(15, soak=200)):
        journey = Journey.at("receipt", office)
        task = journey.task("receipt")
        click = partial(decisions.decide, case_id=journey.case_id, task_id=task, person=office.clerk, decision=Decision("done"))
        withdrawal, receipt = at_once(journey.withdraw, click)
        assert isinstance(withdrawal, Exception) != isinstance(receipt, Exception), (withdrawal, receipt)
        filing = journey.record
        if isinstance(withdrawal, Case):
            assert isinstance(receipt, Conflict)
            assert (journey.open_steps, filing.number, filing.status) == (set(), None, "withdrawn")
            assert not Document.objects.filter(case=journey.case_id).exists()
        else:
            assert isinstance(withdrawal, NotPermitted)
            assert (journey.open_steps, filing.status) == ({"verify"}, "in_force")
    numbers = sorted(Document.objects.filter(kind="filing_receipt").values_list("sequence", flat=True))
    assert numbers == list(range(1, len(numbers) + 1)), "a lost race leaves no gap"


def test_r5_withdrawal_races_the_signature(office: Office) -> None:
    """R5: after the receipt there is nothing to withdraw: the signature always stands."""
    journey = Journey.at("sign", office)
    withdrawal, signature = at_once(journey.withdraw, journey.sign)
    assert isinstance(withdrawal, NotPermitted)
    assert isinstance(signature, Case)


def test_r5_withdrawal_races_the_receiving_clerk(office: Office) -> None:
    for _ in range(times(5, soak=100)):
        journey = Journey.at("receive", office)
        journey.judge("receive", by=office.clerk)
        task, received = journey.task("receive"), Decision("receive")
        click = partial(decisions.decide, case_id=journey.case_id, task_id=task, person=office.clerk, decision=received)
        withdrawal, receipt = at_once(journey.withdraw, click)
        assert isinstance(withdrawal, Case), "before the receipt the applicant may always withdraw"
        assert journey.state == "withdrawn"
        assert journey.open_steps == set()
        assert isinstance(receipt, Case | Conflict)


def test_two_receipts_for_one_site(office: Office) -> None:
    """One filing in force per site, also when two clerks issue at the same moment: the second is told, in words."""
    same = {"institution.address": "集贤县福利镇繁荣街2号"}
    pair = [Journey(office, changes=same) for _ in range(2)]
    for journey in pair:
        journey.submit(incomplete=True)
        journey.receive()
    results = at_once(*[journey.issue_receipt for journey in pair])
    assert (len(done(results)), ["已有有效备案" in str(each) for each in refused(results)]) == (1, [True])


def test_r1_opinion_table_refuses_a_second_answer(office: Office) -> None:
    """R1: behind the lock stands the database: one opinion per task for ever."""
    journey = Journey.at("sign", office)
    journey.sign()
    given = journey.opinions("sign")[0]
    again = Opinion(**{f.attname: getattr(given, f.attname) for f in Opinion._meta.concrete_fields if not f.primary_key})
    result = at_once(again.save)
    assert "one_opinion_per_task" in str(result[0])
