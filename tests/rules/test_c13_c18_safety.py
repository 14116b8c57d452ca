"""C.13–C.18 监控、报警、户外活动、入托检查、报告公示、应急预案和消防安全管理人（管理规范）。"""

import pytest

from workflows.rules.checklist import Decision, Level, Outcome

from .filing import line

SIX = ["disaster", "infection", "food_poisoning", "stampede", "fire", "violence"]


@pytest.mark.parametrize("path", ["safety.monitoring_always_on", "safety.monitoring_full_coverage"])
def test_c13_monitoring_runs_always_and_covers_all(path):
    assert line("monitoring").met is True
    assert line("monitoring", {path: False}).met is False
    assert line("monitoring", {path: None}).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(("days", "met"), [(90, True), (89, False), (0, False)])
def test_c13_recordings_are_kept_90_days(days, met):
    found = line("recordings", {"safety.monitoring_days": days})
    assert found.met is met
    assert found.measured == f"{days}天"


def test_c14_one_key_alarm_is_an_evaluation_item_and_never_makes_a_filing_nonconforming():
    found = line("one_key_alarm", {"safety.one_key_alarm": False})
    assert found.met is False
    assert found.level is Level.EVALUATION
    assert not found.blocks


@pytest.mark.parametrize(("hours", "met"), [("2", True), ("2.0", True), ("1.9", False), (0, False)])
def test_c15_two_hours_outdoors(hours, met):
    assert line("outdoor_hours", {"safety.outdoor_hours": hours}).met is met


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("entry_checks", "promises.entry_checks"),
        ("information", "promises.information"),
        ("annual_report", "promises.annual_report"),
        ("publicity", "promises.publicity"),
    ],
)
def test_c16_c17_recurring_duties_are_promised_and_seen_by_a_person(key, path):
    assert line(key).met is True
    assert line(key, {path: False}).met is False
    assert line(key, {path: None}).outcome is Outcome.UNKNOWN
    assert line(key).decided_by is Decision.PERSON


@pytest.mark.parametrize("missing", SIX)
def test_c18_each_of_the_six_plans_is_needed(missing):
    found = line("emergency_plans", {"safety.emergency_plans": [each for each in SIX if each != missing]})
    assert found.met is False
    assert found.measured.startswith("缺1种：")


def test_c18_six_plans_suffice_and_none_is_unknown():
    assert line("emergency_plans", {"safety.emergency_plans": SIX}).met is True
    assert line("emergency_plans", {"safety.emergency_plans": []}).outcome is Outcome.UNKNOWN


def test_c18_the_fire_safety_manager_is_named():
    assert line("fire_manager").measured == "已明确"
    assert line("fire_manager", {"safety.fire_safety_manager": ""}).outcome is Outcome.UNKNOWN
