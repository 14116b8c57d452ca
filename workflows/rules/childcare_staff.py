"""People (C.6–C.12): 托育机构设置标准 §18, §22, 管理规范 §28, 托儿所幼儿园卫生保健管理办法 §§12, 14, 未成年人保护法 §62."""

from collections.abc import Callable
from datetime import date

from .checklist import Measurement, Outcome, Part
from .childcare_facts import Education, FilingFacts, Post, StaffMember
from .years import chinese_date, corresponding_day, full_years, term_text

HEAD_EXPERIENCE_YEARS = 3
CHILDREN_PER_HEALTH_WORKER = 150

Finding = tuple[Outcome, str, tuple[str, ...]]
PersonTest = Callable[[StaffMember], Finding]


def head_education(facts: FilingFacts, on: date) -> Measurement:
    """C.6: 大专 or above."""

    def test(person: StaffMember) -> Finding:
        if person.education is None:
            return Outcome.UNKNOWN, "学历未填", ("education",)
        fits = person.education.at_least(Education.COLLEGE)
        return _met(fits), person.education.label, ("education",)

    return _per_person(facts, "负责人具有大专及以上学历", (Post.HEAD,), test)


def head_experience(facts: FilingFacts, on: date) -> Measurement:
    """C.6: three full years in 儿童保育教育 or 卫生健康 management, on the day ``on``."""

    def test(person: StaffMember) -> Finding:
        since, years = person.experience_since, person.experience_years
        if since is None:
            if years is None:
                return Outcome.UNKNOWN, "从业时间未填", ("experience_since",)
            return _met(years >= HEAD_EXPERIENCE_YEARS), f"{years}年", ("experience_years",)
        if since > on:
            return Outcome.UNMET, f"开始日期{chinese_date(since)}在今天之后", ("experience_since",)
        yesterday = date.fromordinal(on.toordinal() - 1)
        fits = full_years(since, yesterday) >= HEAD_EXPERIENCE_YEARS
        return _met(fits), f"自{chinese_date(since)}起，{term_text(since, yesterday)}", ("experience_since",)

    return _per_person(facts, "负责人有3年以上儿童保育教育、卫生健康等相关管理工作经历", (Post.HEAD,), test)


def head_training(facts: FilingFacts, on: date) -> Measurement:
    """C.6: 岗位培训合格."""
    return _per_person(facts, "负责人经岗位培训合格", (Post.HEAD,), _training)


def carer_background(facts: FilingFacts, on: date) -> Measurement:
    """C.7: childcare experience or a related profession."""

    def test(person: StaffMember) -> Finding:
        return _stated(person.related_background, "有照护经验或相关专业背景", "related_background")

    return _per_person(facts, "保育人员有婴幼儿照护经验或相关专业背景", (Post.CARER,), test)


def carer_training(facts: FilingFacts, on: date) -> Measurement:
    """C.7: trained in infant care and in mental health; both."""

    def test(person: StaffMember) -> Finding:
        values = (person.training_passed, person.psychology_trained)
        fields = ("training_passed", "psychology_trained")
        if False in values:
            missing = "保育培训" if person.training_passed is False else "心理健康培训"
            return Outcome.UNMET, f"缺{missing}", fields
        return (Outcome.UNKNOWN, "培训情况未填", fields) if None in values else (Outcome.MET, "两项培训均有", fields)

    return _per_person(facts, "保育人员受过婴幼儿保育和心理健康知识培训", (Post.CARER,), test)


def health_worker_training(facts: FilingFacts, on: date) -> Measurement:
    """C.8: trained and passed by a 妇幼保健机构."""
    return _per_person(facts, "保健人员经妇幼保健机构培训合格", (Post.HEALTH,), _training)


def health_worker_number(facts: FilingFacts, on: date) -> Measurement:
    """C.9: fewer than 150 children: one, full- or part-time; from 150: one full-time per 150, any part of a further
    150 counting as one more (our reading of 比例; to be confirmed with the bureau)."""
    need = "不足150名婴幼儿：至少1名专职或兼职；150名及以上：每150名至少1名专职"
    children, where = facts.capacity, ("staff", "classes")
    if children is None or not facts.staff:
        return Measurement(Outcome.UNKNOWN, "收托规模或工作人员未填", need, where)
    workers = [person for _, person in facts.staff_at(Post.HEALTH)]
    full_time = sum(person.full_time is True for person in workers)
    unsaid = sum(person.full_time is None for person in workers)
    measured = f"{children}名婴幼儿，保健人员{len(workers)}名，其中专职{full_time}名"
    if children < CHILDREN_PER_HEALTH_WORKER:
        return Measurement(_met(bool(workers)), measured, need, where)
    needed = -(-children // CHILDREN_PER_HEALTH_WORKER)
    if full_time < needed <= full_time + unsaid:
        return Measurement(Outcome.UNKNOWN, f"{measured}，还有{unsaid}名未填是否专职", need, where)
    return Measurement(_met(full_time >= needed), f"{measured}，至少{needed}名专职", need, where)


def guard_certificate(facts: FilingFacts, on: date) -> Measurement:
    """C.10: every guard holds the 保安员证."""

    def test(person: StaffMember) -> Finding:
        return _stated(person.guard_certificate, "持有保安员证", "guard_certificate")

    return _per_person(facts, "保安人员持有《保安员证》", (Post.GUARD,), test)


def guard_company(facts: FilingFacts, on: date) -> Measurement:
    """C.10: guards are sent by a licensed company; whether it is licensed a person checks."""

    def test(person: StaffMember) -> Finding:
        company = person.guard_company
        return (Outcome.MET if company else Outcome.UNKNOWN), company or "保安服务公司未填", ("guard_company",)

    return _per_person(facts, "保安人员由取得许可的保安服务公司派出", (Post.GUARD,), test)


def guard_on_duty(facts: FilingFacts, on: date) -> Measurement:
    """C.10: an independently set up institution has at least one guard on duty."""
    need, where = "独立设置的机构至少有1名保安人员在岗", ("institution.independent", "staff")
    independent = facts.institution.independent
    if independent is False:
        return Measurement(Outcome.NOT_APPLICABLE, "不是独立设置", need, where)
    if independent is None or not facts.staff:
        return Measurement(Outcome.UNKNOWN, "是否独立设置或工作人员未填", need, where)
    guards = len(facts.staff_at(Post.GUARD))
    return Measurement(_met(guards >= 1), f"保安人员{guards}名", need, where)


def criminal_check(facts: FilingFacts, on: date) -> Measurement:
    """C.11: queried before hiring and every year: the last query is at most one year old, and found nothing."""

    def test(person: StaffMember) -> Finding:
        queried, clear = person.criminal_check_on, person.criminal_check_clear
        fields = ("criminal_check_on", "criminal_check_clear")
        if clear is False:
            return Outcome.UNMET, "查询到记录，不得录用", fields
        if queried is None:
            return Outcome.UNKNOWN, "查询日期未填", fields
        if queried > on:
            return Outcome.UNMET, f"查询日期{chinese_date(queried)}在今天之后", fields
        if on > corresponding_day(queried, 1):
            return Outcome.UNMET, f"{chinese_date(queried)}查询，已超过1年", fields
        if clear is None:
            return Outcome.UNKNOWN, f"{chinese_date(queried)}查询，结果未填", fields
        return Outcome.MET, f"{chinese_date(queried)}查询，无记录", fields

    need = "录用前和每年查询性侵害、虐待、拐卖、暴力伤害等违法犯罪记录，有记录的不得录用"
    return _per_person(facts, need, (), test)


def health_pass(facts: FilingFacts, on: date) -> Measurement:
    """C.12: everybody's 健康合格证明 is valid on the day ``on``, its last day included."""

    def test(person: StaffMember) -> Finding:
        until, where = person.health_pass_until, ("health_pass_until",)
        if until is None:
            return Outcome.UNKNOWN, "健康合格证明有效期未填", where
        if until < on:
            return Outcome.UNMET, f"健康合格证明{chinese_date(until)}到期", where
        return Outcome.MET, f"健康合格证明有效至{chinese_date(until)}", where

    return _per_person(facts, "上岗前和每年健康检查，人人持有效的健康合格证明", (), test)


def qualification_valid(facts: FilingFacts, on: date) -> Measurement:
    """C.6–C.8: a professional certificate with an end date has not run out."""

    def test(person: StaffMember) -> Finding:
        until, where = person.qualification_until, ("qualification", "qualification_until")
        if until is not None and until < on:
            return Outcome.UNMET, f"资格证明{chinese_date(until)}到期", where
        named = person.qualification or "资格证明未填"
        return (Outcome.MET if person.qualification else Outcome.UNKNOWN), named, where

    return _per_person(facts, "专业资格证明在有效期内", (Post.HEAD, Post.CARER, Post.HEALTH), test)


def _training(person: StaffMember) -> Finding:
    return _stated(person.training_passed, "培训合格", "training_passed")


def _stated(value: bool | None, what: str, name: str) -> Finding:
    if value is None:
        return Outcome.UNKNOWN, f"是否{what}未填", (name,)
    return (Outcome.MET, what, (name,)) if value else (Outcome.UNMET, f"未达到：{what}", (name,))


def _met(fits: bool) -> Outcome:
    return Outcome.MET if fits else Outcome.UNMET


def _per_person(facts: FilingFacts, need: str, posts: tuple[Post, ...], test: PersonTest) -> Measurement:
    """One part per person at ``posts`` (all staff when empty). Nobody there is not a pass: head and carers must be
    named; guards and health workers are counted by their own check, so here they are not applicable."""
    parts = []
    for n, person in facts.staff_at(*posts):
        outcome, measured, fields = test(person)
        parts.append(Part(person.named, outcome, measured, tuple(f"staff.{n}.{name}" for name in fields), person.key))
    met = sum(part.outcome is Outcome.MET for part in parts)
    counted = set(posts) <= {Post.GUARD, Post.HEALTH} and bool(posts) and bool(facts.staff)
    post = "、".join(post.label for post in posts) or "工作人员"
    outcome = Outcome.NOT_APPLICABLE if counted else Outcome.UNKNOWN
    absent = Measurement(outcome, f"名单上没有{post}", need, ("staff",))
    summary = parts[0].measured if len(parts) == 1 else f"{len(parts)}人中{met}人符合"
    return Measurement.of_parts(parts, need=need, summary=summary, absent=absent)
