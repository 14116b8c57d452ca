"""Classes and carers (C.2–C.5): 托育机构设置标准 §19, §20. Results are named per class."""

from collections.abc import Callable
from datetime import date

from .checklist import Measurement, Outcome, Part
from .childcare_facts import ChildClass, ClassKind, FilingFacts

LARGEST_CLASS = {ClassKind.INFANT: 10, ClassKind.TODDLER: 15, ClassKind.OLDER: 20}
LARGEST_MIXED_CLASS = 18
YOUNGEST_IN_MIXED_CLASS = 18
CHILDREN_PER_CARER = {ClassKind.INFANT: 3, ClassKind.TODDLER: 5, ClassKind.OLDER: 7}
CHILDREN_PER_CARER_MIXED = 5
"""C.5: no national number; 1:5 is a parameter of this system until the city names one."""

ClassTest = Callable[[ChildClass], tuple[Outcome, str, tuple[str, ...]]]


def carers_needed(children: int, per_carer: int) -> int:
    """The fewest carers with which the ratio 1:``per_carer`` is not undercut: any part of a group needs one more."""
    return -(-children // per_carer)


def class_size(facts: FilingFacts, on: date) -> Measurement:
    """C.2: 乳儿班 10, 托小班 15, 托大班 20."""
    need = "乳儿班不超过10人，托小班不超过15人，托大班不超过20人"
    return _per_class(facts, need, tuple(LARGEST_CLASS), lambda each: _size(each, LARGEST_CLASS))


def mixed_class_size(facts: FilingFacts, on: date) -> Measurement:
    """C.3: a mixed class has at most 18 children."""
    largest = {ClassKind.MIXED: LARGEST_MIXED_CLASS}
    return _per_class(facts, "混合编班不超过18人", (ClassKind.MIXED,), lambda each: _size(each, largest))


def mixed_class_age(facts: FilingFacts, on: date) -> Measurement:
    """C.3: only children of 18 months and above may be mixed."""

    def age(each: ChildClass) -> tuple[Outcome, str, tuple[str, ...]]:
        months = each.youngest_months
        if months is None:
            return Outcome.UNKNOWN, "最小月龄未填", ("youngest_months",)
        fits = months >= YOUNGEST_IN_MIXED_CLASS
        text = f"最小{months}个月" if fits else f"最小{months}个月，须满{YOUNGEST_IN_MIXED_CLASS}个月"
        return Outcome.MET if fits else Outcome.UNMET, text, ("youngest_months",)

    return _per_class(facts, "满18个月才可混合编班", (ClassKind.MIXED,), age)


def carer_ratio(facts: FilingFacts, on: date) -> Measurement:
    """C.4: carers to children not below 1:3, 1:5, 1:7."""
    need = "保育人员与婴幼儿：乳儿班不低于1:3，托小班不低于1:5，托大班不低于1:7"
    return _per_class(facts, need, tuple(CHILDREN_PER_CARER), lambda each: _ratio(each, CHILDREN_PER_CARER))


def mixed_carer_ratio(facts: FilingFacts, on: date) -> Measurement:
    """C.5, a parameter and not law."""
    ratio = {ClassKind.MIXED: CHILDREN_PER_CARER_MIXED}
    need = f"混合编班按1:{CHILDREN_PER_CARER_MIXED}测算（国家没有规定）"
    return _per_class(facts, need, (ClassKind.MIXED,), lambda each: _ratio(each, ratio))


def carers_on_list(facts: FilingFacts, on: date) -> Measurement:
    """C.4: the carers named on the staff list are at least those that the classes need at one time."""
    listed = len([person for person in facts.staff if person.post and person.post.value == "carer"])
    wanted = [each.carers for each in facts.classes]
    where = ("classes", "staff")
    if not wanted or None in wanted:
        return Measurement(Outcome.UNKNOWN, "各班保育人员人数未填全", "名单上的保育人员不少于各班所填人数", where)
    total = sum(number or 0 for number in wanted)
    outcome = Outcome.MET if listed >= total else Outcome.UNMET
    return Measurement(outcome, f"各班共填{total}名，名单上{listed}名", "名单上的保育人员不少于各班所填人数", where)


def _size(each: ChildClass, largest: dict[ClassKind, int]) -> tuple[Outcome, str, tuple[str, ...]]:
    if each.kind is None or each.children is None:
        return Outcome.UNKNOWN, "人数未填", ("children",)
    limit = largest[each.kind]
    if each.children == 0:
        return Outcome.UNKNOWN, "0人，请填写计划招收的人数", ("children",)
    if each.children <= limit:
        return Outcome.MET, f"{each.children}人", ("children",)
    return Outcome.UNMET, f"{each.children}人，不超过{limit}人", ("children",)


def _ratio(each: ChildClass, per_carer: dict[ClassKind, int]) -> tuple[Outcome, str, tuple[str, ...]]:
    fields = ("children", "carers")
    if each.kind is None or not each.children or each.carers is None:
        return Outcome.UNKNOWN, "婴幼儿人数或保育人员人数未填", fields
    ratio = per_carer[each.kind]
    needed = carers_needed(each.children, ratio)
    text = f"{each.children}人，保育人员{each.carers}名"
    if each.carers >= needed:
        return Outcome.MET, text, fields
    return Outcome.UNMET, f"{text}，至少{needed}名（1:{ratio}）", fields


def _per_class(facts: FilingFacts, need: str, kinds: tuple[ClassKind, ...], test: ClassTest) -> Measurement:
    """One part per class of these kinds. A class whose kind is missing leaves the whole check unknown."""
    parts = []
    for n, (each, name) in enumerate(zip(facts.classes, facts.class_names, strict=True)):
        if each.kind is None and ClassKind.MIXED not in kinds:
            parts.append(Part(name, Outcome.UNKNOWN, "编班类型未填", (f"classes.{n}.kind",), str(n)))
        if each.kind not in kinds:
            continue
        outcome, measured, fields = test(each)
        parts.append(Part(name, outcome, measured, tuple(f"classes.{n}.{name}" for name in fields), str(n)))
    absent = Measurement(Outcome.NOT_APPLICABLE, "没有这一类班级", need, ("classes",))
    if not facts.classes:
        absent = Measurement(Outcome.UNKNOWN, "尚未填写班级", need, ("classes",))
    summary = "；".join(f"{part.subject}：{part.measured}" for part in parts)
    return Measurement.of_parts(parts, need=need, summary=summary, absent=absent)
