"""C.6–C.12 工作人员：资格、数量、犯罪记录查询、健康合格证明。"""

from datetime import date

import pytest

from workflows.rules.checklist import Decision, Outcome

from .filing import classes, line, staff

HEAD, CARER, HEALTH, GUARD = 0, 1, 7, 8


@pytest.mark.parametrize(
    ("education", "met"),
    [("lower", False), ("senior_secondary", False), ("college", True), ("bachelor", True), ("postgraduate", True)],
)
def test_c6_the_head_has_college_education(education, met):
    assert line("head_education", {f"staff.{HEAD}.education": education}).met is met


@pytest.mark.parametrize(
    ("since", "on", "met"),
    [
        ("2023-11-24", date(2026, 11, 24), True),
        ("2023-11-25", date(2026, 11, 24), False),
        ("2024-02-29", date(2027, 3, 1), True),
        ("2024-02-29", date(2027, 2, 28), False),
        ("2023-03-01", date(2026, 3, 1), True),
        ("2023-03-01", date(2026, 2, 28), False),
        ("2026-11-25", date(2026, 11, 24), False),
    ],
)
def test_c6_three_full_years_are_over_on_the_anniversary(since, on, met):
    assert line("head_experience", {f"staff.{HEAD}.experience_since": since}, on=on).met is met


@pytest.mark.parametrize(("years", "met"), [(3, True), (2, False)])
def test_c6_years_count_when_no_beginning_is_given(years, met):
    changes = {f"staff.{HEAD}.experience_since": None, f"staff.{HEAD}.experience_years": years}
    assert line("head_experience", changes).met is met


def test_c6_the_head_is_trained():
    assert line("head_training", {f"staff.{HEAD}.training_passed": False}).met is False
    assert line("head_training", {f"staff.{HEAD}.training_passed": None}).outcome is Outcome.UNKNOWN


def test_c6_a_list_without_a_head_is_unknown():
    assert line("head_education", staff({"post": "cook", "name": "陈桂"})).outcome is Outcome.UNKNOWN


def test_c7_carers_have_experience_or_the_profession():
    assert line("carer_background").met is True
    found = line("carer_background", {f"staff.{CARER}.related_background": False})
    assert found.met is False
    assert found.measured.startswith("保育员赵云：")


@pytest.mark.parametrize(
    ("care", "mind", "outcome"),
    [(True, True, "met"), (False, True, "unmet"), (True, False, "unmet"), (True, None, "unknown")],
)
def test_c7_carers_are_trained_in_care_and_in_mental_health(care, mind, outcome):
    changes = {f"staff.{CARER}.training_passed": care, f"staff.{CARER}.psychology_trained": mind}
    assert line("carer_training", changes).outcome == outcome


@pytest.mark.parametrize(("until", "met"), [("2026-11-24", True), ("2026-11-23", False)])
def test_c7_a_certificate_counts_on_its_last_day(until, met):
    assert line("qualification_valid", {f"staff.{CARER}.qualification_until": until}).met is met


def test_c8_health_workers_are_trained():
    assert line("health_training").met is True
    assert line("health_training", {f"staff.{HEALTH}.training_passed": False}).met is False


@pytest.mark.parametrize(
    ("children", "full_time", "part_time", "met"),
    [
        (149, 0, 1, True),
        (149, 1, 0, True),
        (149, 0, 0, False),
        (150, 0, 1, False),
        (150, 1, 0, True),
        (151, 1, 0, False),
        (151, 2, 0, True),
        (300, 2, 0, True),
        (301, 2, 5, False),
    ],
)
def test_c9_health_workers_per_150_children(children, full_time, part_time, met):
    people = [{"post": "health", "full_time": True}] * full_time + [{"post": "health", "full_time": False}] * part_time
    rows = staff({"post": "head"}, *people) | classes(("older", children, 30))
    assert line("health_number", rows).met is met


def test_c9_unsaid_hours_are_unknown():
    rows = staff({"post": "health"}) | classes(("older", 150, 30))
    assert line("health_number", rows).outcome is Outcome.UNKNOWN


def test_c10_guards_hold_the_certificate_and_come_from_a_company():
    assert line("guard_certificate", {f"staff.{GUARD}.guard_certificate": False}).met is False
    assert line("guard_company", {f"staff.{GUARD}.guard_company": ""}).outcome is Outcome.UNKNOWN
    assert line("guard_company").decided_by is Decision.PERSON


@pytest.mark.parametrize(
    ("independent", "post", "outcome"),
    [(True, "guard", "met"), (True, "other", "unmet"), (False, "other", "not_applicable"), (None, "guard", "unknown")],
)
def test_c10_an_independent_institution_has_a_guard_on_duty(independent, post, outcome):
    changes = {"institution.independent": independent, f"staff.{GUARD}.post": post}
    assert line("guard_on_duty", changes).outcome == outcome


@pytest.mark.parametrize(
    ("queried", "on", "met"),
    [
        ("2025-11-24", date(2026, 11, 24), True),
        ("2025-11-23", date(2026, 11, 24), False),
        ("2024-02-29", date(2025, 2, 28), True),
        ("2024-02-29", date(2025, 3, 1), False),
        ("2026-11-24", date(2026, 11, 24), True),
        ("2026-11-25", date(2026, 11, 24), False),
    ],
)
def test_c11_the_last_query_is_at_most_a_year_old(queried, on, met):
    changes = {f"staff.{n}.criminal_check_on": str(on) for n in range(10)} | {f"staff.{CARER}.criminal_check_on": queried}
    assert line("criminal_check", changes, on=on).met is met


def test_c11_a_record_bars_from_the_post_whatever_the_date():
    found = line("criminal_check", {f"staff.{CARER}.criminal_check_clear": False, f"staff.{CARER}.criminal_check_on": None})
    assert found.measured == "保育员赵云：查询到记录，不得录用"


def test_c11_everybody_is_queried_the_cook_too():
    assert line("criminal_check", {"staff.9.criminal_check_on": None}).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(("until", "met"), [("2026-11-24", True), ("2026-11-23", False)])
def test_c12_the_health_pass_is_valid_on_its_last_day(until, met):
    assert line("health_pass", {f"staff.{CARER}.health_pass_until": until}).met is met


def test_c12_who_lacks_it_is_named():
    found = line("health_pass", {f"staff.{CARER}.health_pass_until": "2026-09-01"})
    assert found.measured == "保育员赵云：健康合格证明2026年9月1日到期"
    assert found.fields == (f"staff.{CARER}.health_pass_until",)
    assert found.parts[CARER].key == "p2"
