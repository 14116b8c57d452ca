"""The conditions an officer checks after the receipt (C.1–C.18): 托育机构设置标准（试行）, 托育机构管理规范（试行）,
国卫人口发〔2019〕58号, and the laws beside them. An unmet mandatory line makes the filing 不符合; no line refuses it.

``MATERIALS`` (the papers of §8) stands in ``childcare_materials``.
"""

from datetime import date

from .checklist import Check, Checklist, Decision, Level, Measurement, Outcome
from .childcare_classes import (
    carer_ratio,
    carers_on_list,
    class_size,
    mixed_carer_ratio,
    mixed_class_age,
    mixed_class_size,
)
from .childcare_facts import Emergency, FilingFacts, Tenure
from .childcare_materials import MATERIALS
from .childcare_staff import (
    carer_background,
    carer_training,
    criminal_check,
    guard_certificate,
    guard_company,
    guard_on_duty,
    head_education,
    head_experience,
    head_training,
    health_pass,
    health_worker_number,
    health_worker_training,
    qualification_valid,
)
from .years import chinese_date, last_day_of_term, term_text

__all__ = ["MATERIALS", "STANDARDS"]

SETTING = "国卫人口发〔2019〕58号·设置标准"
MANAGEMENT = "国卫人口发〔2019〕58号·管理规范"
HEALTH_CARE = "卫生部、教育部令第76号"
MINORS = "未成年人保护法"
EVALUATION = "WS/T 821-2023"
HOME_CARE = "国卫人口发〔2023〕28号"

LEASE_YEARS = 3
MONITORING_DAYS = 90
OUTDOOR_HOURS = 2
MOST_CHILDREN_AT_HOME = 5


def lease_term(facts: FilingFacts, on: date) -> Measurement:
    """C.1: own site, or a lease of at least three years, both days included."""
    place, need = facts.premises, "自有，或租期不少于3年"
    where = ("premises.lease_start", "premises.lease_end")
    if place.tenure is None:
        return Measurement(Outcome.UNKNOWN, "场地性质未填", need, ("premises.tenure",))
    if place.tenure is Tenure.OWN:
        return Measurement(Outcome.MET, "自有房屋", need, ("premises.tenure",))
    start, end = place.lease_start, place.lease_end
    if start is None or end is None:
        return Measurement(Outcome.UNKNOWN, "租赁起止日期未填", need, where)
    span = f"{chinese_date(start)}至{chinese_date(end)}"
    if end < start:
        return Measurement(Outcome.UNMET, f"{span}，结束早于开始", need, where)
    measured = f"{span}，{term_text(start, end)}"
    if end < on:
        return Measurement(Outcome.UNMET, f"{measured}，已到期", need, where)
    if end >= last_day_of_term(start, LEASE_YEARS):
        return Measurement(Outcome.MET, measured, need, where)
    why = "租期少于3年。请与出租人重新签订或签订补充协议后再上传。"
    return Measurement(Outcome.UNMET, measured, need, where, why=why)


def not_home_care(facts: FilingFacts, on: date) -> Measurement:
    """A0.4: a dwelling with at most five children is a 家庭托育点 with a form of its own (fact P9)."""
    need, where = "利用住宅、不超过5人的，是家庭托育点，另有备案表", ("premises.dwelling", "classes")
    if facts.premises.dwelling is False:
        return Measurement(Outcome.NOT_APPLICABLE, "不是利用住宅", need, where)
    children = facts.capacity
    if facts.premises.dwelling is None or children is None:
        return Measurement(Outcome.UNKNOWN, "是否利用住宅或收托规模未填", need, where)
    fits = children > MOST_CHILDREN_AT_HOME
    why = "" if fits else "请改用家庭托育点备案。"
    return Measurement(Outcome.MET if fits else Outcome.UNMET, f"利用住宅，收托{children}人", need, where, why=why)


def monitoring(facts: FilingFacts, on: date) -> Measurement:
    """C.13: 24 hours, living and activity areas fully covered."""
    safety, need = facts.safety, "监控报警系统24小时运行，覆盖全部生活和活动区域"
    values = (safety.monitoring_always_on, safety.monitoring_full_coverage)
    where = ("safety.monitoring_always_on", "safety.monitoring_full_coverage")
    if False in values:
        faults = ("未24小时运行", "未全部覆盖")
        measured = "、".join(fault for value, fault in zip(values, faults, strict=True) if value is False)
        return Measurement(Outcome.UNMET, measured, need, where)
    if None in values:
        return Measurement(Outcome.UNKNOWN, "尚未填写", need, where)
    return Measurement(Outcome.MET, "24小时运行，全部覆盖", need, where)


def recordings_kept(facts: FilingFacts, on: date) -> Measurement:
    """C.13: recordings are kept at least 90 days."""
    days, need, where = facts.safety.monitoring_days, "录像保存不少于90天", ("safety.monitoring_days",)
    if days is None:
        return Measurement(Outcome.UNKNOWN, "尚未填写", need, where)
    return Measurement(Outcome.MET if days >= MONITORING_DAYS else Outcome.UNMET, f"{days}天", need, where)


def one_key_alarm(facts: FilingFacts, on: date) -> Measurement:
    """C.14."""
    return _yes(facts.safety.one_key_alarm, "已安装", "未安装", "安装一键式报警", "safety.one_key_alarm")


def outdoor_hours(facts: FilingFacts, on: date) -> Measurement:
    """C.15: at least two hours a day."""
    hours, need, where = facts.safety.outdoor_hours, "每日户外活动不少于2小时", ("safety.outdoor_hours",)
    if hours is None:
        return Measurement(Outcome.UNKNOWN, "尚未填写", need, where)
    outcome = Outcome.MET if hours >= OUTDOOR_HOURS else Outcome.UNMET
    return Measurement(outcome, f"每日{hours.normalize():f}小时", need, where)


def entry_checks(facts: FilingFacts, on: date) -> Measurement:
    """C.16, promised here and seen at visits."""
    need = "入托查验预防接种和健康检查；离开3个月以上返回时重新检查"
    return _yes(facts.promises.entry_checks, "已承诺", "未承诺", need, "promises.entry_checks")


def information_reported(facts: FilingFacts, on: date) -> Measurement:
    """C.17, a recurring duty."""
    return _yes(facts.promises.information, "已承诺", "未承诺", "定期向备案部门报送婴幼儿信息", "promises.information")


def annual_report(facts: FilingFacts, on: date) -> Measurement:
    """C.17, a recurring duty."""
    return _yes(facts.promises.annual_report, "已承诺", "未承诺", "每年年底报告年度工作", "promises.annual_report")


def publicity(facts: FilingFacts, on: date) -> Measurement:
    """C.17, a recurring duty."""
    need = "公示收费、照护、膳食、卫生、安全等信息"
    return _yes(facts.promises.publicity, "已承诺", "未承诺", need, "promises.publicity")


def emergency_plans(facts: FilingFacts, on: date) -> Measurement:
    """C.18: a plan for each of six events."""
    have, where = facts.safety.emergency_plans, ("safety.emergency_plans",)
    need = "六种应急预案：" + "、".join(each.label for each in Emergency)
    missing = [each.label for each in Emergency if each not in have]
    if not have:
        return Measurement(Outcome.UNKNOWN, "尚未填写", need, where)
    if missing:
        return Measurement(Outcome.UNMET, f"缺{len(missing)}种：{'、'.join(missing)}", need, where)
    return Measurement(Outcome.MET, "六种齐全", need, where)


def fire_safety_manager(facts: FilingFacts, on: date) -> Measurement:
    """C.18: named. What was measured becomes public with the filing, so the name itself is not in it."""
    name, where = facts.safety.fire_safety_manager, ("safety.fire_safety_manager",)
    return Measurement(Outcome.MET if name else Outcome.UNKNOWN, "已明确" if name else "尚未填写", "明确消防安全管理人", where)


def _yes(value: bool | None, yes: str, no: str, need: str, path: str) -> Measurement:
    if value is None:
        return Measurement(Outcome.UNKNOWN, "尚未填写", need, (path,))
    return Measurement(Outcome.MET if value else Outcome.UNMET, yes if value else no, need, (path,))


_M, _PERSON = Level.MANDATORY, Decision.PERSON
_QUALIFIED, _HEALTHY = "staff_qualification", "staff_health_pass"


def _check(key: str, title: str, clause: str, fact: str, test: object, **more: object) -> Check[FilingFacts]:
    return Check(key, title, clause, more.pop("level", _M), fact, more.pop("by", Decision.RULE), test, **more)  # type: ignore[arg-type]


STANDARDS: Checklist[FilingFacts] = Checklist(
    SETTING,
    checks=(
        _check("not_home_care", "不属于家庭托育点", f"{HOME_CARE} §待核(适用范围)", "A0.4", not_home_care),
        _check("lease_term", "场地自有或租期不少于3年", "§11", "C.1", lease_term, slot="site_proof"),
        _check("class_size", "各班人数", "§19", "C.2", class_size),
        _check("mixed_class_size", "混合编班人数", "§19(混合编班)", "C.3", mixed_class_size),
        _check("mixed_class_age", "混合编班月龄", "§19(混合编班)", "C.3", mixed_class_age),
        _check("carer_ratio", "保育人员配比", "§20", "C.4", carer_ratio),
        _check("carers_on_list", "保育人员名单与各班人数相符", "§20", "C.4", carers_on_list),
        _check(
            "mixed_carer_ratio",
            "混合编班保育人员配比",
            "§20(混合编班·参数)",
            "C.5",
            mixed_carer_ratio,
            level=Level.SHOULD,
        ),
        _check("head_education", "负责人学历", "§18(负责人)", "C.6", head_education, slot=_QUALIFIED),
        _check("head_experience", "负责人从业年限", "§18(负责人)", "C.6", head_experience, slot=_QUALIFIED),
        _check("head_training", "负责人岗位培训", "§18(负责人)", "C.6", head_training, slot=_QUALIFIED),
        _check("carer_background", "保育人员经验或专业", "§待核(保育人员)", "C.7", carer_background, slot=_QUALIFIED),
        _check("carer_training", "保育人员培训", "§待核(保育人员)", "C.7", carer_training, slot=_QUALIFIED),
        _check("qualification_valid", "专业资格证明有效", "§待核(保育人员)", "C.7", qualification_valid, slot=_QUALIFIED),
        _check("health_training", "保健人员培训", "§待核(保健人员)", "C.8", health_worker_training, slot=_QUALIFIED),
        _check("health_number", "保健人员数量", f"{HEALTH_CARE} §12", "C.9", health_worker_number),
        _check("guard_certificate", "保安员证", "§18(保安人员)", "C.10", guard_certificate, slot=_QUALIFIED),
        _check(
            "guard_company", "保安人员由保安服务公司派出", "§18(保安人员)", "C.10", guard_company, by=_PERSON, slot=_QUALIFIED
        ),
        _check("guard_on_duty", "保安人员在岗", "§22", "C.10", guard_on_duty),
        _check("criminal_check", "违法犯罪记录查询", f"{MINORS} §62", "C.11", criminal_check),
        _check("health_pass", "健康合格证明有效", f"{HEALTH_CARE} §14", "C.12", health_pass, slot=_HEALTHY),
        _check("monitoring", "监控报警系统", f"{MANAGEMENT} §32", "C.13", monitoring),
        _check("recordings", "监控录像保存", f"{MANAGEMENT} §32", "C.13", recordings_kept),
        _check(
            "one_key_alarm",
            "一键式报警",
            f"{EVALUATION} §待核(一键式报警)",
            "C.14",
            one_key_alarm,
            level=Level.EVALUATION,
        ),
        _check("outdoor_hours", "户外活动时间", f"{MANAGEMENT} §18", "C.15", outdoor_hours),
        _check("entry_checks", "入托健康检查", f"{MANAGEMENT} §11", "C.16", entry_checks, by=_PERSON),
        _check("information", "报送婴幼儿信息", f"{MANAGEMENT} §12", "C.17", information_reported, by=_PERSON),
        _check("annual_report", "年度报告", f"{MANAGEMENT} §38", "C.17", annual_report, by=_PERSON),
        _check("publicity", "公示信息", f"{MANAGEMENT} §15", "C.17", publicity, by=_PERSON),
        _check("emergency_plans", "应急预案", f"{MANAGEMENT} §31", "C.18", emergency_plans),
        _check("fire_manager", "消防安全管理人", f"{MANAGEMENT} §31", "C.18", fire_safety_manager),
    ),
)
