"""工作日: 民法典 §201 (the day a term starts is not counted), the notices of 2024–2026, and years without a notice."""

from datetime import date, timedelta

import pytest

from registry.festivals import days_off, fixed_days
from registry.workdays import Deadline, TermError, WorkingCalendar

PUBLISHED, ESTIMATED = False, True


@pytest.mark.parametrize(
    ("day", "workday"),
    [
        # 2026, by the State Council's notice (regulation G.3): each festival's edges and each made-up weekend
        ("2026-01-03", False), ("2026-01-04", True), ("2026-01-05", True),
        ("2026-02-13", True), ("2026-02-14", True), ("2026-02-15", False), ("2026-02-23", False), ("2026-02-24", True),
        ("2026-02-28", True), ("2026-03-01", False),
        ("2026-04-03", True), ("2026-04-06", False), ("2026-04-07", True),
        ("2026-05-05", False), ("2026-05-06", True), ("2026-05-09", True), ("2026-05-10", False),
        ("2026-06-19", False), ("2026-06-22", True),
        ("2026-09-19", False), ("2026-09-20", True), ("2026-09-25", False), ("2026-09-28", True),
        ("2026-09-30", True), ("2026-10-01", False), ("2026-10-07", False), ("2026-10-08", True), ("2026-10-10", True),
        # 2024 and 2025 too
        ("2024-02-04", True), ("2024-10-12", True), ("2025-01-28", False), ("2025-01-26", True), ("2025-10-11", True),
    ],
)  # fmt: skip
def test_published_years_follow_the_notice(day: str, workday: bool) -> None:
    assert WorkingCalendar().is_workday(date.fromisoformat(day)) == (workday, PUBLISHED)


@pytest.mark.parametrize(("year", "count"), [(2024, 251), (2025, 248), (2026, 248)])
def test_a_published_year_has_as_many_working_days_as_the_notice_gives(year: int, count: int) -> None:
    assert WorkingCalendar().working_days_between(date(year - 1, 12, 31), date(year, 12, 31)) == count


@pytest.mark.parametrize(
    ("start", "days", "due", "estimated"),
    [
        ("2026-09-18", 5, "2026-09-24", False),  # Friday; the Sunday after is worked (20 Sept)
        ("2026-09-18", 6, "2026-09-28", False),  # over 中秋
        ("2026-09-28", 2, "2026-09-30", False),
        ("2026-09-28", 3, "2026-10-08", False),  # over the National Day
        ("2026-09-30", 3, "2026-10-10", False),  # the Saturday after it is worked
        ("2026-02-13", 1, "2026-02-14", False),
        ("2026-02-13", 2, "2026-02-24", False),  # over 春节
        ("2026-12-24", 5, "2026-12-31", False),  # the last day of the last published year
        ("2026-12-25", 5, "2027-01-04", True),  # the next one rests on an estimate
        ("2026-11-24", 15, "2026-12-15", False),
        ("2026-09-19", 1, "2026-09-20", False),  # from a day of rest
        ("2026-09-18", 0, "2026-09-18", False),
    ],
)
def test_a_term_ends_on_its_last_working_day(start: str, days: int, due: str, estimated: bool) -> None:
    calendar = WorkingCalendar()
    deadline = calendar.add_working_days(date.fromisoformat(start), days)
    assert deadline == Deadline(date.fromisoformat(due), estimated)
    assert calendar.working_days_between(date.fromisoformat(start), deadline.date) == days


@pytest.mark.parametrize("days", [-1, 5001])
def test_a_term_no_law_has_is_refused(days: int) -> None:
    with pytest.raises(TermError, match="个工作日"):
        WorkingCalendar().add_working_days(date(2026, 9, 18), days)


def test_days_left_turn_negative_after_the_end() -> None:
    calendar = WorkingCalendar()
    friday, monday = date(2026, 11, 20), date(2026, 11, 23)
    assert calendar.working_days_between(friday, monday) == 1
    assert calendar.working_days_between(monday, friday) == -1
    assert calendar.working_days_between(friday, friday) == 0


@pytest.mark.parametrize(
    ("day", "workday"),
    [
        ("2027-01-01", False), ("2027-01-04", True),
        ("2027-02-04", True), ("2027-02-05", False), ("2027-02-08", False),  # 除夕 is a day off since 2025
        ("2027-02-09", False), ("2027-02-10", False), ("2027-02-11", True),  # 初一, 初二 fall on a weekend: made up (§6)
        ("2027-04-05", False), ("2027-04-06", True), ("2027-06-09", False), ("2027-09-15", False),
        ("2027-05-03", False), ("2027-05-04", False), ("2027-05-05", True),
        ("2027-10-04", False), ("2027-10-05", False), ("2027-10-06", True),
        ("2027-01-02", False), ("2027-01-03", False),
    ],
)  # fmt: skip
def test_a_year_without_a_notice_is_estimated_from_the_law(day: str, workday: bool) -> None:
    assert WorkingCalendar().is_workday(date.fromisoformat(day)) == (workday, ESTIMATED)


@pytest.mark.parametrize("year", range(2027, 2041))
def test_the_law_fixes_thirteen_days_a_year_unless_two_fall_together(year: int) -> None:
    together = {2028: "2028-10-03", 2031: "2031-10-01", 2039: "2039-10-02"}
    assert len(fixed_days(year)) == (12 if year in together else 13)
    assert sum(1 for day in days_off(year) if day.weekday() < 5) == len(fixed_days(year))


def test_beyond_the_table_of_lunar_days_the_solar_ones_remain() -> None:
    assert len(fixed_days(2041)) == 6


def test_the_own_table_wins_over_the_package_and_over_the_estimate() -> None:
    closed, opened = date(2026, 11, 24), date(2027, 2, 6)
    calendar = WorkingCalendar({closed: False, opened: True})
    assert calendar.is_workday(closed) == (False, PUBLISHED)
    assert calendar.is_workday(opened) == (True, PUBLISHED)
    assert calendar.add_working_days(closed - timedelta(days=1), 1).date == date(2026, 11, 25)


def test_a_calendar_can_not_be_changed() -> None:
    with pytest.raises(AttributeError):
        WorkingCalendar().table = {}  # type: ignore[misc]
