"""期限的算术（民法典第二百零一条、第二百零三条；行政许可法第四十五条、第八十二条）。"""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.rules.childcare_duties import DUTIES
from workflows.rules.duties import Allowance, ClockEntry, DayKind, EventKind, LedgerError, of_duty, standing

HOLIDAYS = {date(2026, 10, day) for day in range(1, 8)} | {date(2026, 9, day) for day in (25, 26, 27)}
WORKING_WEEKENDS = {date(2026, 9, 20), date(2026, 10, 10)}
START, PAUSE, RESUME, EXTEND, STOP = EventKind


class AutumnOf2026:
    """The State Council's autumn of 2026; from 2027 on Monday to Friday, as an estimate."""

    def works(self, day: date) -> bool:
        return day in WORKING_WEEKENDS or (day.weekday() < 5 and day not in HOLIDAYS)

    def add_working_days(self, start: date, count: int) -> SimpleNamespace:
        day, estimated = start, False
        while count:
            day += timedelta(days=1)
            estimated = estimated or day.year > 2026
            count -= self.works(day)
        return SimpleNamespace(date=day, estimated=estimated)

    def working_days_between(self, first: date, second: date) -> int:
        return sum(self.works(first + timedelta(days=n)) for n in range(1, (second - first).days + 1))


CALENDAR = AutumnOf2026()


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def clock(days: int, *events: tuple[EventKind, str], on: str, kind: DayKind = DayKind.WORKING) -> Allowance:
    return standing(days, kind, [ClockEntry(what, day(when)) for what, when in events], on=day(on), calendar=CALENDAR)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("09-18", 1, "09-20"),  # a working Sunday
        ("09-18", 5, "09-24"),
        ("09-18", 6, "09-28"),  # Mid-Autumn
        ("09-24", 5, "10-09"),  # National Day
        ("10-09", 1, "10-10"),  # a working Saturday
        ("11-24", 5, "12-01"),
        ("11-27", 1, "11-30"),
        ("11-28", 1, "11-30"),  # begun on a Saturday
    ],
)
def test_the_day_of_the_event_is_not_counted(start, days, due):
    assert clock(days, (START, start), on=start).due == day(due)


@pytest.mark.parametrize(
    ("on", "used", "remaining", "overdue"),
    [("11-24", 0, 5, 0), ("11-25", 1, 4, 0), ("11-29", 3, 2, 0), ("12-01", 5, 0, 0), ("12-02", 6, -1, 1)],
)
def test_what_is_used_and_what_remains(on, used, remaining, overdue):
    found = clock(5, (START, "11-24"), on=on)
    assert (found.used, found.remaining, found.overdue) == (used, remaining, overdue)


def test_before_the_start_nothing_runs():
    found = clock(5, on="11-24")
    assert (found.due, found.used, found.remaining, found.running) == (None, 0, 5, False)


def test_an_unanswered_pause_has_no_due_date():
    found = clock(15, (START, "11-24"), (PAUSE, "11-27"), on="12-31")
    assert (found.due, found.used, found.remaining, found.paused_since) == (None, 3, 12, day("11-27"))


def test_after_the_pause_the_rest_is_counted_from_the_next_day():
    found = clock(15, (START, "11-24"), (PAUSE, "11-27"), (RESUME, "12-11"), on="12-11")
    assert (found.remaining, found.due) == (12, day("12-29"))


def test_a_pause_on_the_last_day_leaves_the_day_of_resumption():
    found = clock(1, (START, "11-24"), (PAUSE, "11-25"), (RESUME, "11-30"), on="11-30")
    assert (found.remaining, found.due, found.overdue) == (0, day("11-30"), 0)


def test_a_pause_after_expiry_saves_nothing():
    found = clock(2, (START, "11-24"), (PAUSE, "11-30"), on="12-20")
    assert (found.due, found.overdue) == (day("11-26"), 2)


def test_an_extension_adds_its_days():
    events = [ClockEntry(START, day("11-24")), ClockEntry(EXTEND, day("11-30"), 10)]
    found = standing(20, DayKind.WORKING, events, on=day("11-30"), calendar=CALENDAR)
    assert (found.allowed, found.remaining) == (30, 26)


@pytest.mark.parametrize(("stop", "kept"), [("12-01", True), ("12-02", False)])
def test_delivery_on_the_last_day_keeps_the_limit(stop, kept):
    found = clock(5, (START, "11-24"), (STOP, stop), on="12-31")
    assert found.kept is kept
    assert found.stopped_on == day(stop)


def test_an_open_clock_is_neither_kept_nor_broken_until_it_is_late():
    assert clock(5, (START, "11-24"), on="12-01").kept is None
    assert clock(5, (START, "11-24"), on="12-02").kept is False


@pytest.mark.parametrize(
    ("start", "days", "due", "on", "overdue"),
    [
        ("11-24", 5, "11-30", "11-30", 0),  # 29 November is a Sunday
        ("11-24", 5, "11-30", "12-01", 1),
        ("11-24", 3, "11-27", "11-27", 0),
        ("09-23", 10, "10-08", "10-08", 0),
    ],
)
def test_calendar_days_move_over_a_day_off(start, days, due, on, overdue):
    found = clock(days, (START, start), on=on, kind=DayKind.CALENDAR)
    assert (found.due, found.overdue) == (day(due), overdue)


def test_a_term_into_a_year_without_a_calendar_is_an_estimate():
    assert clock(40, (START, "11-24"), on="11-24").estimated
    assert not clock(5, (START, "11-24"), on="11-24").estimated


@pytest.mark.parametrize(
    "events",
    [
        [(PAUSE, "11-24")],
        [(START, "11-24"), (START, "11-25")],
        [(START, "11-24"), (RESUME, "11-25")],
        [(START, "11-24"), (PAUSE, "11-25"), (PAUSE, "11-26")],
        [(START, "11-24"), (STOP, "11-25"), (PAUSE, "11-26")],
        [(START, "11-24"), (STOP, "11-23")],
        [(START, "11-24"), (EXTEND, "11-25")],
    ],
)
def test_a_ledger_that_contradicts_itself_is_refused(events):
    with pytest.raises(LedgerError, match="计时记录有矛盾"):
        clock(5, *events, on="12-31")


def test_a_filing_has_five_days_for_the_receipt_and_fifteen_for_the_result():
    by_code = {duty.code: duty for duty in DUTIES}
    assert (by_code["receipt"].days, by_code["receipt"].allowed) == (5, "5个工作日")
    assert by_code["verification"].days == 15
    assert by_code["receipt"].since == by_code["verification"].since == "papers_complete"


def test_the_promised_time_runs_beside_the_legal_one():
    events = [ClockEntry(START, day("11-24"))]
    receipt = next(duty for duty in DUTIES if duty.code == "receipt")
    legal = of_duty(receipt, events, on=day("11-24"), calendar=CALENDAR)
    promised = of_duty(receipt, events, on=day("11-24"), calendar=CALENDAR, days=3)
    assert (legal.due, promised.due) == (day("12-01"), day("11-27"))


gaps = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 40)), max_size=4)
kinds = st.sampled_from(DayKind)


def ledger(rests: list[tuple[int, int]]) -> list[ClockEntry]:
    """A clock started on 1 September that runs and rests in turn."""
    events, today = [ClockEntry(START, date(2026, 9, 1))], date(2026, 9, 1)
    for running, resting in rests:
        today += timedelta(days=running)
        events.append(ClockEntry(PAUSE, today))
        today += timedelta(days=resting)
        events.append(ClockEntry(RESUME, today))
    return events


@settings(max_examples=60, deadline=None, derandomize=True)
@given(days=st.integers(0, 40), kind=kinds, rests=gaps, later=st.integers(0, 120))
def test_used_and_remaining_make_the_allowance(days, kind, rests, later):
    events = ledger(rests)
    found = standing(days, kind, events, on=events[-1].on + timedelta(days=later), calendar=CALENDAR)
    assert found.used + found.remaining == found.allowed == days


@settings(max_examples=60, deadline=None, derandomize=True)
@given(days=st.integers(1, 40), kind=kinds, rests=gaps, running=st.integers(0, 20), resting=st.integers(0, 60))
def test_a_pause_never_changes_what_remains(days, kind, rests, running, resting):
    events = ledger(rests)
    pause = events[-1].on + timedelta(days=running)
    resume = pause + timedelta(days=resting)
    before = standing(days, kind, events, on=pause, calendar=CALENDAR)
    paused = [*events, ClockEntry(PAUSE, pause)]
    during = standing(days, kind, paused, on=resume, calendar=CALENDAR)
    after = standing(days, kind, [*paused, ClockEntry(RESUME, resume)], on=resume, calendar=CALENDAR)
    assert before.remaining == during.remaining == after.remaining


@settings(max_examples=60, deadline=None, derandomize=True)
@given(days=st.integers(1, 40), rests=gaps)
def test_at_the_due_date_nothing_is_overdue_and_on_the_next_working_day_one_is(days, rests):
    events = ledger(rests)
    due = standing(days, DayKind.WORKING, events, on=events[-1].on, calendar=CALENDAR).due
    if due is not None and due >= events[-1].on:
        next_day = CALENDAR.add_working_days(due, 1).date
        assert standing(days, DayKind.WORKING, events, on=due, calendar=CALENDAR).overdue == 0
        assert standing(days, DayKind.WORKING, events, on=next_day, calendar=CALENDAR).overdue == 1
