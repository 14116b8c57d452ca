"""C.1 场地自有，或租期不少于3年（设置标准第十一条）；家庭托育点另有办法（A0.4）。"""

import pytest

from workflows.rules.checklist import Level, Outcome

from .filing import classes, line


@pytest.mark.parametrize(
    ("start", "end", "met"),
    [
        ("2026-10-01", "2029-09-30", True),
        ("2026-10-01", "2029-09-29", False),
        ("2026-10-01", "2029-10-01", True),
        ("2026-01-01", "2028-12-31", True),
        ("2026-01-01", "2028-12-30", False),
        ("2024-02-29", "2027-02-28", True),
        ("2024-02-29", "2027-02-27", False),
        ("2025-03-01", "2028-02-29", True),
        ("2025-03-01", "2028-02-28", False),
        ("2026-10-01", "2026-09-30", False),
    ],
)
def test_a_lease_of_three_years_counts_both_days(start, end, met):
    found = line("lease_term", {"premises.lease_start": start, "premises.lease_end": end})
    assert found.met is met
    assert found.level is Level.MANDATORY


def test_a_lease_that_has_run_out_does_not_count():
    found = line("lease_term", {"premises.lease_start": "2020-01-01", "premises.lease_end": "2026-11-23"})
    assert found.met is False
    assert "已到期" in found.measured


def test_a_lease_still_counts_on_its_last_day():
    found = line("lease_term", {"premises.lease_start": "2020-01-01", "premises.lease_end": "2026-11-24"})
    assert found.met is True


def test_the_page_shows_the_dates_and_the_length():
    assert line("lease_term").measured == "2026年10月1日至2029年9月30日，3年"
    short = line("lease_term", {"premises.lease_end": "2029-09-29"})
    assert short.measured == "2026年10月1日至2029年9月29日，2年11个月29天"
    assert short.fields == ("premises.lease_start", "premises.lease_end")
    assert "重新签订" in short.why


def test_own_rooms_need_no_lease():
    assert line("lease_term", {"premises.tenure": "own", "premises.lease_end": None}).met is True


@pytest.mark.parametrize("path", ["premises.tenure", "premises.lease_start", "premises.lease_end"])
def test_what_is_not_filled_in_is_unknown(path):
    found = line("lease_term", {path: None})
    assert found.outcome is Outcome.UNKNOWN
    assert path in found.fields


@pytest.mark.parametrize(("children", "met"), [(5, False), (6, True)])
def test_a_dwelling_with_at_most_five_children_is_home_care(children, met):
    found = line("not_home_care", {"premises.dwelling": True, **classes(("toddler", children, 2))})
    assert found.met is met


def test_home_care_is_no_question_outside_a_dwelling():
    assert line("not_home_care", classes(("toddler", 3, 1))).needed is False
