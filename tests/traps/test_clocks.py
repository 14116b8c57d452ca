"""Days and clocks: the local day decides, an unpublished year is an estimate, an outage loses nothing."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from registry.services.calendar import import_notice
from tests.builders.journey import Journey
from tests.builders.office import Office
from tests.machines import Clock
from workflows.models import AuditEntry, ClockEvent, DutyClock, SweepRun
from workflows.rules.childcare_facts import FilingFacts
from workflows.rules.duties import ClockEntry, EventKind, of_duty
from workflows.selectors.watchdog import alarms
from workflows.services.clocks import Clocks
from workflows.services.errors import Conflict
from workflows.services.lapses import sweep
from workflows.services.recompute import recompute_clocks
from workflows.services.step import step_on

MARCH_7 = (datetime(2026, 3, 7, 15, 59, 0, tzinfo=UTC), datetime(2026, 3, 7, 16, 0, 0, tzinfo=UTC))


def told_nonconforming(office: Office) -> Journey:
    journey = Journey.at("verify", office)
    journey.verify(monitoring="没有监控")
    journey.sign()
    journey.work("background")
    return journey


@pytest.mark.parametrize(("moment", "day"), [(MARCH_7[0], date(2026, 3, 7)), (MARCH_7[1], date(2026, 3, 8))])
def test_t3_the_local_day_counts(moment: datetime, day: date, office: Office, clock: Clock) -> None:
    """T3: 23:59 and 00:00 in Shanghai are two days, whatever the date in UTC is: papers, clocks, numbers."""
    journey = Journey(office)
    clock.go_to(moment)
    journey.submit(incomplete=True)
    assert journey.duty("receipt").started_on == day
    journey.receive()
    journey.issue_receipt()
    assert (journey.case.received_on, journey.record.filed_on, journey.papers("filing_receipt")[0].issued_on) == (day,) * 3


def test_t3_the_last_day_ends_at_midnight_in_shanghai(office: Office, clock: Clock) -> None:
    """T3: on the last evening the rectification is in time; a minute later the sweep lapses it."""
    in_time, late = told_nonconforming(office), told_nonconforming(office)
    last_day = in_time.route("rectify").due_legal
    assert last_day == date(2026, 10, 19)
    clock.go_to(datetime(2026, 10, 19, 15, 59, 0, tzinfo=UTC))
    assert sweep() == 0
    in_time.answer(monitoring="已加装")
    clock.go_to(datetime(2026, 10, 19, 16, 0, 0, tzinfo=UTC))
    assert sweep() == 1
    with pytest.raises(Conflict):
        late.answer(monitoring="已加装")
    assert in_time.open_steps == {"verify"}


def test_t3_a_date_is_no_moment(office: Office) -> None:
    """T3: a day of 1988, when China had summer time, comes back as it was written."""
    journey = Journey(office, changes={"staff.0.experience_since": "1988-06-01"})
    journey.submit(incomplete=True)
    stored = journey.case.rounds.get().facts
    assert FilingFacts.parse_draft({"schema": 1, **stored})[0].staff[0].experience_since == date(1988, 6, 1)


@pytest.fixture
def at_the_end_of_2026(office: Office, clock: Clock) -> None:
    clock.go_to(date(2026, 12, 30))


def the_notice_comes() -> None:
    """January 2027 is published: three days off, Saturday the 2nd made a working day. All of it fictitious."""
    off = {date(2027, 1, 1), date(2027, 1, 3)}
    days = {date(2027, 1, 1) + timedelta(days=n): True for n in range(90)}
    days = {day: day not in off and (day.weekday() < 5 or day == date(2027, 1, 2)) for day in days}
    import_notice(days=days, source="测试：2027年部分节假日安排")


@pytest.mark.usefixtures("at_the_end_of_2026")
def test_t4_a_year_without_calendar_is_an_estimate(office: Office) -> None:
    """T4: a provisional date and a flag, on the duty and on the list; nothing breaks in January."""
    journey = Journey.at("receive", office)
    duty, route = journey.duty("receipt"), journey.route("receive")
    assert (duty.due_legal, duty.estimated) == (date(2027, 1, 7), True)
    assert (route.due_legal, route.due_estimated) == (date(2027, 1, 7), True)


@pytest.mark.usefixtures("at_the_end_of_2026")
def test_t4_the_table_arrives(office: Office) -> None:
    """T4: running duties and the open tasks they bound are computed anew; old and new stand in the chain."""
    journey = Journey.at("receive", office)
    the_notice_comes()
    moved = {each.duty: each for each in recompute_clocks()}
    assert set(moved) == {"correction", "receipt", "verification"}
    assert (moved["receipt"].old.legal, moved["receipt"].new.legal) == (date(2027, 1, 7), date(2027, 1, 6))
    duty, route = journey.duty("receipt"), journey.route("receive")
    assert (duty.due_legal, duty.estimated) == (date(2027, 1, 6), False)
    assert (route.due_legal, route.due_estimated, route.due) == (date(2027, 1, 6), False, min(route.due, date(2027, 1, 6)))
    logged = AuditEntry.objects.get(case=journey.case_id, action="due_recomputed", data__duty="receipt")
    assert (logged.data["old"]["legal"], logged.data["new"]["legal"]) == ("2027-01-07", "2027-01-06")
    assert (logged.data["old"]["estimated"], logged.data["new"]["estimated"]) == (True, False)
    assert recompute_clocks() == [], "twice is as once"
    assert journey.acts().count("due_recomputed") == 3


@pytest.mark.usefixtures("at_the_end_of_2026")
def test_t4_a_notified_date_is_never_shortened(office: Office) -> None:
    """T4: the term stands printed in the notice: an earlier date by the table does not take a day of it away."""
    journey = told_nonconforming(office)
    told = journey.duty("rectification").notified_due
    the_notice_comes()
    recompute_clocks(case_id=journey.case_id)
    after = journey.duty("rectification")
    assert (after.due_legal, after.estimated) == (told, False)
    assert journey.route("rectify").due_legal == told


@pytest.mark.usefixtures("at_the_end_of_2026")
def test_t4_nobody_loses_by_an_estimate(office: Office, clock: Clock) -> None:
    """T4: the sweep waits for the published calendar, then lapses what is past."""
    journey = told_nonconforming(office)
    clock.go_to(journey.duty("rectification").due_legal + timedelta(days=3))
    assert sweep() == 0
    the_notice_comes()
    recompute_clocks()
    assert sweep() == 1


@pytest.mark.usefixtures("at_the_end_of_2026")
def test_t4_the_command_says_what_moved(office: Office) -> None:
    """T4: manage.py recompute_clocks prints each date, old → new."""
    journey, other = Journey.at("receive", office), Journey.at("receive", office)
    the_notice_comes()
    said = StringIO()
    call_command("recompute_clocks", "--case", journey.case.number, stdout=said)
    lines = said.getvalue().splitlines()
    assert f"{journey.case.number} receipt（第1次）：法定2027-01-07 承诺" in "".join(lines)
    assert "（预估） → 法定2027-01-06" in "".join(lines)
    assert lines[-1] == "重算完毕，3个期限有变动"
    assert other.duty("receipt").estimated, "the other case was not asked for"


@pytest.mark.usefixtures("at_the_end_of_2026")
def test_t4_what_has_ended_is_judged_by_its_own_date(office: Office) -> None:
    """T4: an ended duty keeps the date by which it was kept or not."""
    journey = Journey.at("receive", office)
    journey.withdraw()
    before = list(DutyClock.objects.filter(case=journey.case_id).values())
    the_notice_comes()
    assert recompute_clocks() == []
    assert list(DutyClock.objects.filter(case=journey.case_id).values()) == before


def test_t6_three_days_down_then_the_clock_set_back(office: Office, clock: Clock) -> None:
    """T6: what fell due meanwhile is done once, in the order in which it fell due; a clock set back stops nothing."""
    first = told_nonconforming(office)
    clock.advance(days=1)
    second = told_nonconforming(office)
    clock.go_to(date(2026, 10, 24))
    assert sweep() == 2
    lapsed = AuditEntry.objects.filter(action="lapsed").order_by("at")
    assert [entry.case_id for entry in lapsed] == [first.case_id, second.case_id]
    clock.advance(hours=-2)
    assert sweep() == 0
    third = told_nonconforming(office)
    clock.advance(days=90)
    assert sweep() == 1
    assert third.open_steps == {"hand_over"}


def test_t6_a_clock_set_back_over_midnight_contradicts_nothing(office: Office, clock: Clock) -> None:
    """T6: an act just after midnight, then the clock goes back to yesterday: a duty does not end before it began."""
    clock.go_to(datetime(2026, 9, 1, 16, 30, tzinfo=UTC))
    journey = Journey.at("receive", office)
    clock.advance(hours=-2)
    journey.withdraw()
    ended = journey.duty("receipt")
    assert (ended.started_on, ended.stopped_on) == (date(2026, 9, 2), date(2026, 9, 2))


def test_t6_an_old_sweep_raises_an_alarm(office: Office, clock: Clock) -> None:
    """T6: beat is dead: the watchdog says since when."""
    sweep()
    assert not alarms()
    clock.advance(minutes=6)
    assert ["巡检“lapses”" in trouble.why for trouble in alarms()] == [True]
    assert SweepRun.objects.get(name="lapses").handled == 0


def test_t7_days_are_computed_from_the_ledger_not_counted(office: Office, clock: Clock) -> None:
    """T7: however often a job looks, a working day counts once; a closed duty counts no further."""
    journey = Journey.at("receive", office)
    with step_on(journey.case_id) as step:
        procedure, calendar = step.procedure, Clocks(step.case, step.procedure, at=step.at, by=None).calendar
        step.leave()
    events = ClockEvent.objects.filter(case=journey.case_id, duty="receipt")

    def used(on: date) -> int:
        ledger = [ClockEntry(EventKind(event.kind), event.on) for event in events.order_by("pk")]
        return of_duty(procedure.duty("receipt"), ledger, on=on, calendar=calendar).used

    assert [used(date(2026, 9, day)) for day in (1, 2, 2, 3, 5, 7)] == [0, 1, 1, 2, 3, 4]
    clock.go_to(date(2026, 9, 4))
    recompute_clocks()
    recompute_clocks()
    journey.withdraw()
    assert used(date(2026, 9, 30)) == 3


def test_t5_a_left_step_leaves_no_timer_behind(office: Office, clock: Clock) -> None:
    """T5: rectified and found wanting again: exactly one term runs, the new one; the old one fires never more."""
    journey = told_nonconforming(office)
    clock.advance(days=20)
    journey.answer(monitoring="已加装")
    journey.verify(monitoring="仍有盲区")
    journey.sign()
    journey.work("background")
    assert DutyClock.objects.filter(case=journey.case_id, duty="rectification", stopped_on=None).count() == 1
    clock.go_to(date(2026, 10, 20))
    assert sweep() == 0, "the first term would have ended on the 19th"
    assert journey.route("rectify").due_legal > date(2026, 10, 20)
