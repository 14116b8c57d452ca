"""C.2–C.5 班级人数和保育人员配比（设置标准第十九条、第二十条）。"""

import pytest

from workflows.rules.checklist import Level, Outcome
from workflows.rules.childcare_classes import carers_needed

from .filing import classes, line


@pytest.mark.parametrize(
    ("kind", "children", "met"),
    [
        ("infant", 10, True),
        ("infant", 11, False),
        ("toddler", 15, True),
        ("toddler", 16, False),
        ("older", 20, True),
        ("older", 21, False),
    ],
)
def test_c2_largest_class(kind, children, met):
    assert line("class_size", classes((kind, children, 9))).met is met


@pytest.mark.parametrize(("children", "met"), [(18, True), (19, False)])
def test_c3_a_mixed_class_has_at_most_18_children(children, met):
    assert line("mixed_class_size", classes(("mixed", children, 4, 18))).met is met


@pytest.mark.parametrize(("months", "met"), [(18, True), (17, False)])
def test_c3_only_children_of_18_months_may_be_mixed(months, met):
    assert line("mixed_class_age", classes(("mixed", 10, 2, months))).met is met


@pytest.mark.parametrize(
    ("kind", "children", "carers", "met"),
    [
        ("infant", 9, 3, True),
        ("infant", 10, 3, False),
        ("infant", 10, 4, True),
        ("infant", 3, 1, True),
        ("infant", 4, 1, False),
        ("toddler", 15, 3, True),
        ("toddler", 15, 2, False),
        ("toddler", 11, 2, False),
        ("toddler", 10, 2, True),
        ("older", 20, 3, True),
        ("older", 20, 2, False),
        ("older", 14, 2, True),
        ("older", 15, 2, False),
        ("older", 7, 1, True),
        ("older", 1, 0, False),
    ],
)
def test_c4_carers_are_rounded_up(kind, children, carers, met):
    assert line("carer_ratio", classes((kind, children, carers))).met is met


@pytest.mark.parametrize(("children", "ratio", "needed"), [(1, 3, 1), (3, 3, 1), (4, 3, 2), (20, 7, 3), (21, 7, 3), (22, 7, 4)])
def test_c4_ceiling(children, ratio, needed):
    assert carers_needed(children, ratio) == needed


@pytest.mark.parametrize(("listed", "met"), [(6, True), (7, False)])
def test_c4_the_staff_list_has_as_many_carers_as_the_classes_say(listed, met):
    assert line("carers_on_list", classes(("toddler", 15, listed))).met is met


@pytest.mark.parametrize(("carers", "met"), [(2, True), (1, False)])
def test_c5_mixed_ratio_is_a_parameter_and_never_blocks(carers, met):
    found = line("mixed_carer_ratio", classes(("mixed", 10, carers, 20)))
    assert found.met is met
    assert found.level is Level.SHOULD
    assert not found.blocks


def test_the_class_at_fault_is_named():
    found = line("class_size", classes(("toddler", 15, 3), ("toddler", 17, 4), ("older", 20, 3)))
    assert found.measured == "托小班2号：17人，不超过15人"
    assert found.fields == ("classes.1.children",)
    assert [part.outcome for part in found.parts] == [Outcome.MET, Outcome.UNMET, Outcome.MET]


def test_a_class_with_a_name_is_called_by_it():
    rows = {"classes": [{"kind": "toddler", "name": "苹果班", "children": 16, "carers": 4}]}
    assert line("class_size", rows).measured.startswith("苹果班：16人")


@pytest.mark.parametrize("key", ["class_size", "carer_ratio", "carers_on_list", "mixed_class_size"])
def test_no_class_is_unknown_not_passed(key):
    assert line(key, {"classes": []}).outcome is Outcome.UNKNOWN


def test_a_class_without_a_kind_or_a_number_is_unknown():
    assert line("class_size", classes(("toddler", None, 2))).outcome is Outcome.UNKNOWN
    assert line("class_size", {"classes": [{"children": 12}]}).outcome is Outcome.UNKNOWN
    assert line("class_size", classes(("toddler", 0, 0))).outcome is Outcome.UNKNOWN


def test_a_fault_outweighs_what_is_unknown():
    assert line("class_size", classes(("toddler", None, 2), ("older", 21, 3))).outcome is Outcome.UNMET


def test_mixed_rules_do_not_apply_without_a_mixed_class():
    assert line("mixed_class_size").needed is False
    assert line("mixed_carer_ratio").needed is False
