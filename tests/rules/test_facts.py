"""The border: what comes in becomes typed facts, or a Chinese message at its field."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.rules.border import FactsError, label_of
from workflows.rules.childcare_facts import (
    ChildClass,
    ClassKind,
    FilingFacts,
    Institution,
    Meals,
    Post,
    Premises,
    Service,
    StaffMember,
)

from .filing import complete, facts


def errors(changes: dict) -> dict[str, str]:
    _, found = FilingFacts.parse_draft(complete(changes))
    return {error.path: error.message for error in found}


def test_a_complete_filing_comes_back_as_it_went_in():
    found = facts()
    assert FilingFacts.parse(json.loads(json.dumps(found.to_json()))) == found
    assert found.capacity == 35
    assert found.class_names == ("托小班1号", "托大班1号")


def test_an_empty_draft_is_no_error():
    assert FilingFacts.parse({"schema": 1}) == FilingFacts()
    assert FilingFacts().to_json() == {"schema": 1}


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("premises.lease_end", "2026-02-30", "没有这一天"),
        ("premises.lease_end", "0026-10-01", "年份不对"),
        ("premises.tenure", "borrowed", "租赁"),
        ("premises.built_year", 1776, "不能小于1900"),
        ("premises.outdoor_area", "-1", "不能小于0"),
        ("premises.outdoor_area", "NaN", "应为数字"),
        ("premises.outdoor_area", "一百", "应为数字"),
        ("premises.outdoor_area", "1e999999", "数字太大"),
        ("premises.outdoor_area", "1e-999999", "小数最多4位"),
        ("classes.0.children", "15.5", "应为整数"),
        ("classes.0.children", True, "应为数字"),
        ("classes.0.children", 501, "不能大于500"),
        ("safety.one_key_alarm", "yes", "请选"),
        ("services", "full_day", "可以多选"),
        ("services", ["night"], "全日托"),
        ("staff", {}, "应为一个列表"),
        ("staff.0", "孙慧", "应为一组"),
        ("institution.uscc", "91230500MA0000002D", "不是有效的统一社会信用代码"),
        ("institution.division", "双鸭山", "6位"),
        ("institution.name", "名" * 301, "120字以内"),
        ("institution.name", "a\x00b", "无法打印"),
        ("institution.name", 5, "应为文字"),
        ("institution.fax", "1", "没有这一项"),
        ("staff.1.key", "p1", "重复"),
    ],
)
def test_a_wrong_value_is_told_at_its_field(path, value, says):
    assert says in errors({path: value})[path]


def test_a_wrong_field_leaves_the_rest_of_the_draft_usable():
    found, wrong = FilingFacts.parse_draft(complete({"classes.0.children": "many"}))
    assert len(wrong) == 1
    assert found.classes[0] == ChildClass(ClassKind.TODDLER, carers=3)
    assert found.capacity is None
    assert found.meals is Meals.COOKED_HERE


def test_every_wrong_field_is_told_at_once():
    with pytest.raises(FactsError) as refused:
        FilingFacts.parse(complete({"meals": "x", "premises.lease_end": "x", "classes.1.kind": "x"}))
    assert [error.path for error in refused.value.errors] == ["premises.lease_end", "classes.1.kind", "meals"]


@pytest.mark.parametrize("data", [None, [], "text", 5])
def test_what_is_no_object_is_refused(data):
    with pytest.raises(FactsError, match="应为一组"):
        FilingFacts.parse(data)


@pytest.mark.parametrize("version", [None, 0, 2, "1", True])
def test_another_schema_is_refused(version):
    with pytest.raises(FactsError, match="数据格式版本"):
        FilingFacts.parse(complete({"schema": version}))


def test_blank_text_and_blank_dates_are_missing_not_wrong():
    assert errors({"premises.lease_end": "", "classes.0.children": "", "meals": "", "institution.uscc": ""}) == {}


def test_people_without_a_number_get_one_and_keep_apart():
    found = FilingFacts.parse({"schema": 1, "staff": [{"name": "甲"}, {"name": "乙", "key": "k"}]})
    assert [person.key for person in found.staff] == ["row1", "k"]


def test_names_for_people():
    assert StaffMember(post=Post.CARER, name="赵某").named == "保育员赵某"
    assert StaffMember(post=Post.HEAD, name="孙某").named == "负责人孙某"
    assert StaffMember().named == "工作人员（姓名未填）"


def test_the_form_finds_the_name_of_a_field():
    assert label_of(Premises, "lease_end") == "租赁结束日期"
    assert label_of(Institution, "uscc") == "统一社会信用代码"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(["institution", "services", "premises", "classes", "staff", "meals", "safety", "materials", "x"])


@settings(max_examples=120, deadline=None, derandomize=True)
@given(st.dictionaries(names, anything, max_size=6))
def test_nothing_that_comes_in_crashes_the_border(data):
    found, _ = FilingFacts.parse_draft({"schema": 1, **data})
    assert FilingFacts.parse(found.to_json()) == found


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.frozensets(st.sampled_from(Service)), st.decimals(0, 200_000, places=2), st.dates())
def test_values_survive_the_way_out_and_in(services, area, day):
    if 1900 <= day.year <= 2100:
        body = {"services": [s.value for s in services], "premises": {"indoor_area": str(area), "lease_end": day.isoformat()}}
        found = FilingFacts.parse({"schema": 1, **body})
        assert found.premises.indoor_area == area
        assert FilingFacts.parse(found.to_json()) == found
