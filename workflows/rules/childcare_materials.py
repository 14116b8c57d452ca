"""What a childcare filing must hand in: 托育机构登记和备案办法（试行）§8, 国卫办人口发〔2019〕25号.

§8 is counted differently in the copies at hand (the food licence as an item of the list, or as a paragraph after it):
it is cited as §8(食品经营许可), to be verified before it is printed. Local extras stand under §8(六), weigh as 参考,
and may follow later; papers of fire, health, food and structure may not (fact E.9).
"""

from collections.abc import Callable
from datetime import date

from .checklist import Check, Checklist, Decision, Level, Measurement, Need, Option, Outcome, Slot
from .childcare_facts import FilingFacts, FireProof, Meals, Nature, Post, StaffMember, Tenure

FILING_RULE = "国卫办人口发〔2019〕25号"
PLAN = "双鸭山市“一老一小”整体解决方案"
OLD_BUILDING_YEARS = 20

_QUALIFIED_POSTS = (Post.HEAD, Post.CARER, Post.HEALTH, Post.GUARD)
_SCOPE_WORDS = ("托育", "婴幼儿照护")


def _when_meals(meals: Meals, *, needed: str) -> Callable[[FilingFacts, date], Need]:
    def when(facts: FilingFacts, on: date) -> Need:
        if facts.meals is None:
            return Need(None, "先填写供餐方式，才知道是否需要。", ("meals",))
        if facts.meals is meals:
            return Need(True, needed)
        return Need(False, f"您填写的是“{facts.meals.label}”，所以不需要这一项。")

    return when


def _when_old_or_papers_lost(facts: FilingFacts, on: date) -> Need:
    place = facts.premises
    if place.original_papers is False:
        return Need(True, "房屋原始资料不全，可用房屋建筑结构安全性鉴定报告代替（本市方案附件1(二)4）。")
    if place.built_year is None:
        return Need(None, "先填写房屋建成年份，才知道是否需要。", ("premises.built_year",))
    age = on.year - place.built_year
    if age > OLD_BUILDING_YEARS:
        return Need(True, f"房屋{place.built_year}年建成，已{age}年，超过{OLD_BUILDING_YEARS}年。")
    return Need(False, f"房屋{place.built_year}年建成，{age}年，未超过{OLD_BUILDING_YEARS}年，所以不需要。")


def _when_original_acceptance(facts: FilingFacts, on: date) -> Need:
    if facts.fire_proof is None:
        return Need(None, "先选择消防证明的种类，才知道是否需要。", ("fire_proof",))
    if facts.fire_proof is FireProof.ORIGINAL_UNALTERED:
        return Need(True, "用原建筑消防验收文件时，须同时声明房屋没有改动。")
    return Need(False, f"您选择的是“{facts.fire_proof.label}”，所以不需要声明。")


def _qualified_staff(facts: FilingFacts) -> tuple[StaffMember, ...]:
    return tuple(person for _, person in facts.staff_at(*_QUALIFIED_POSTS))


def _all_staff(facts: FilingFacts) -> tuple[StaffMember, ...]:
    return facts.staff


SLOTS: tuple[Slot[FilingFacts], ...] = (
    Slot(
        "registration_certificate",
        "营业执照或其他法人登记证书",
        "§8(一)",
        "证明机构已在市场监管、民政或机构编制部门登记。登记机关已推送的，不用再交。",
        shareable=True,
        sample="registration_certificate",
    ),
    Slot(
        "site_proof",
        "托育机构场地证明",
        "§8(二)",
        "自有房屋交不动产权证；租赁房屋交租期不少于3年的合同。",
        any_of=(
            Option("title_deed", "不动产权证书", "自有房屋"),
            Option("lease", "房屋租赁合同", "租赁房屋，租期不少于3年"),
        ),
        sample="site_proof",
    ),
    Slot(
        "staff_qualification",
        "工作人员专业资格证明",
        "§8(三)",
        "负责人、保育、保健、保安人员每人一份，按人上传。",
        people=_qualified_staff,
        sample="staff_qualification",
    ),
    Slot(
        "staff_health_pass",
        "工作人员健康合格证明",
        "§8(三)",
        "每名工作人员一份，须在有效期内，按人上传。",
        people=_all_staff,
        sample="staff_health_pass",
    ),
    Slot(
        "hygiene_report",
        "评价为“合格”的《托幼机构卫生评价报告》",
        "§8(四)",
        "由县区卫生健康局指定的机构（一般是妇幼保健院）评价后出具，结果须为“合格”。",
        sample="hygiene_report",
    ),
    Slot(
        "fire_proof",
        "消防证明（五选一）",
        "§8(五)",
        "有哪一种就交哪一种，交一种即可。",
        any_of=(
            Option(FireProof.ACCEPTANCE, FireProof.ACCEPTANCE.label, "特殊建设工程，由住房和城乡建设局出具"),
            Option(FireProof.FILING_VOUCHER, FireProof.FILING_VOUCHER.label, "其他建设工程"),
            Option(FireProof.SAFETY_CHECK, FireProof.SAFETY_CHECK.label, "2019年《备案办法》所称的证明"),
            Option(FireProof.NOTHING_NEEDED, FireProof.NOTHING_NEEDED.label, "没有施工，或施工在限额以下"),
            Option(FireProof.ORIGINAL_UNALTERED, FireProof.ORIGINAL_UNALTERED.label, "租用已验收的房屋且没有改动"),
        ),
        sample="fire_proof",
    ),
    Slot(
        "unaltered_declaration",
        "房屋未改动声明",
        "§8(五)",
        "与原建筑消防验收文件一并提交。",
        when=_when_original_acceptance,
        sample="unaltered_declaration",
    ),
    Slot(
        "food_licence",
        "《食品经营许可证》",
        "§8(食品经营许可)",
        "由机构自己加工并提供餐饮的，须有许可证。",
        when=_when_meals(Meals.COOKED_HERE, needed="您填写的是“自行加工”，所以需要本机构的许可证。"),
        sample="food_licence",
    ),
    Slot(
        "caterer_licence",
        "供餐单位《食品经营许可证》",
        "§8(食品经营许可)",
        "由外部单位送餐的，交供餐单位的许可证。",
        when=_when_meals(Meals.DELIVERED, needed="您填写的是“外部配送”，所以需要供餐单位的许可证。"),
    ),
    Slot(
        "catering_contract",
        "供餐合同",
        "§8(食品经营许可)",
        "由外部单位送餐的，交供餐合同。",
        when=_when_meals(Meals.DELIVERED, needed="您填写的是“外部配送”，所以需要供餐合同。"),
    ),
    Slot(
        "structural_report",
        "房屋建筑结构安全性鉴定报告",
        f"{PLAN} §附件1(二)4",
        "房屋较旧，或原始资料不全时，用来证明结构安全。",
        when=_when_old_or_papers_lost,
        level=Level.SHOULD,
    ),
    Slot(
        "legal_representative_id",
        "法定代表人身份证件复印件",
        "§8(六)",
        "地方附加材料，可以先承诺、后补交。",
        level=Level.SHOULD,
        deferrable=True,
    ),
    Slot("floor_plan", "场地平面图", "§8(六)", "地方附加材料，可以后补交。", level=Level.SHOULD, deferrable=True),
    Slot("security_proof", "技防设施证明", "§8(六)", "地方附加材料，可以后补交。", level=Level.SHOULD, deferrable=True),
    Slot("liability_insurance", "责任保险单", "§8(六)", "地方附加材料，可以后补交。", level=Level.SHOULD, deferrable=True),
)


def _form_fields(facts: FilingFacts) -> tuple[tuple[str, str, object], ...]:
    """Path, name on the form, and value of everything 备案书 asks for (fact B.10)."""
    body, place = facts.institution, facts.premises
    return (
        ("institution.name", "机构名称", body.name),
        ("institution.uscc", "统一社会信用代码", body.uscc),
        ("institution.address", "机构住所", body.address),
        ("institution.division", "所在县区", body.division),
        ("institution.registered_on", "机构登记日期", body.registered_on),
        ("institution.registration_authority", "登记机关", body.registration_authority),
        ("institution.nature", "机构性质", body.nature),
        ("institution.legal_representative.name", "法定代表人姓名", body.legal_representative.name),
        ("institution.legal_representative.id_number", "法定代表人公民身份号码", body.legal_representative.id_number),
        ("institution.head.name", "机构负责人姓名", body.head.name),
        ("institution.head.id_number", "机构负责人公民身份号码", body.head.id_number),
        ("institution.contact", "联系人", body.contact),
        ("institution.phone", "联系方式", body.phone),
        ("services", "服务范围", facts.services),
        ("premises.tenure", "服务场所性质", place.tenure),
        ("premises.building_area", "机构建筑面积", place.building_area),
        ("premises.indoor_area", "室内使用面积", place.indoor_area),
        ("premises.outdoor_area", "室外活动场地面积", place.outdoor_area),
        ("classes", "编班类型和收托规模", facts.capacity),
        ("meals", "供餐方式", facts.meals),
    )


def form_complete(facts: FilingFacts, on: date) -> Measurement:
    need = "备案书各项填写完整"
    missing = [(path, label) for path, label, value in _form_fields(facts) if value in (None, "", frozenset())]
    if missing:
        named = "、".join(label for _, label in missing)
        return Measurement(Outcome.UNKNOWN, f"还有{len(missing)}项没有填：{named}", need, tuple(p for p, _ in missing))
    return Measurement(Outcome.MET, "已填写完整", need)


def promise_made(facts: FilingFacts, on: date) -> Measurement:
    made, where = facts.promises.filing, ("promises.filing",)
    if made:
        return Measurement(Outcome.MET, "已作出承诺", "须作出备案承诺", where)
    outcome = Outcome.UNKNOWN if made is None else Outcome.UNMET
    return Measurement(outcome, "尚未承诺", "须作出备案承诺", where)


def scope_names_childcare(facts: FilingFacts, on: date) -> Measurement:
    scope, where = facts.institution.business_scope, ("institution.business_scope",)
    need = "经营范围或业务范围写明托育服务"
    if not scope:
        return Measurement(Outcome.UNKNOWN, "尚未填写", need, where)
    named = any(word in scope for word in _SCOPE_WORDS)
    why = "" if named else "请先向登记机关申请变更，写明“托育服务”或“3岁以下婴幼儿照护服务”。"
    return Measurement(Outcome.MET if named else Outcome.UNMET, scope, need, where, why=why)


def registered_with(facts: FilingFacts, on: date) -> Measurement:
    """Which authority registers which nature (§4); the name of the authority is compared by a person."""
    nature = facts.institution.nature
    where = ("institution.nature", "institution.registration_authority")
    if nature is None:
        return Measurement(Outcome.UNKNOWN, "尚未填写机构性质", "登记机关与机构性质一致", where)
    offices = {Nature.FOR_PROFIT: "市场监管部门", Nature.NON_PROFIT: "民政部门", Nature.PUBLIC: "机构编制部门"}
    authority = facts.institution.registration_authority or "登记机关未填"
    return Measurement(Outcome.UNKNOWN, f"{nature.label}；{authority}", f"应由{offices[nature]}登记", where)


def as_on_the_certificate(facts: FilingFacts, on: date) -> Measurement:
    """A person compares; the fields are named so that a correction opens them."""
    where = ("institution.name", "institution.uscc", "institution.address")
    return Measurement(Outcome.UNKNOWN, "须由工作人员核对", "备案书所填名称、代码、住所与登记证书相同", where)


def deed_fits_tenure(facts: FilingFacts, on: date) -> Measurement:
    """Own rooms are proved by the deed, leased ones by the lease."""
    tenure, need = facts.premises.tenure, "自有房屋交不动产权证，租赁房屋交租赁合同"
    held = {paper.option for paper in facts.materials if paper.slot == "site_proof" and paper.option}
    where = ("premises.tenure", "materials.site_proof")
    if tenure is None or not held:
        return Measurement(Outcome.UNKNOWN, "尚未填写或上传", need, where)
    wanted = "title_deed" if tenure is Tenure.OWN else "lease"
    fits = wanted in held
    measured = f"{tenure.label}房屋，" + ("种类一致" if fits else "所交证明的种类不一致")
    return Measurement(Outcome.MET if fits else Outcome.UNMET, measured, need, where)


def right_to_let(facts: FilingFacts, on: date) -> Measurement:
    if facts.premises.tenure is Tenure.OWN:
        return Measurement(Outcome.NOT_APPLICABLE, "自有房屋", fields=("premises.tenure",))
    return Measurement(Outcome.UNKNOWN, "须由工作人员核对", "出租人与不动产权证一致，或有权转租", ("premises.tenure",))


def fire_proof_fits_choice(facts: FilingFacts, on: date) -> Measurement:
    chosen, need, where = facts.fire_proof, "上传的消防证明与所选种类一致", ("fire_proof", "materials.fire_proof")
    held = {paper.option for paper in facts.materials if paper.slot == "fire_proof" and paper.option}
    if chosen is None or not held:
        return Measurement(Outcome.UNKNOWN, "尚未选择或上传", need, where)
    fits = chosen.value in held
    measured = f"已选“{chosen.label}”，" + ("种类一致" if fits else "上传的是另一种")
    return Measurement(Outcome.MET if fits else Outcome.UNMET, measured, need, where)


_M, _PERSON = Level.MANDATORY, Decision.PERSON

CHECKS: tuple[Check[FilingFacts], ...] = (
    Check("filing_form", "备案书填写完整", "§8", _M, "B.10", test=form_complete),
    Check("filing_promise", "备案承诺书", "§8", _M, "B.10", test=promise_made),
    Check(
        "scope",
        "登记的业务范围写明托育服务",
        "§5",
        _M,
        "A0.2",
        test=scope_names_childcare,
        slot="registration_certificate",
    ),
    Check(
        "registrar",
        "登记机关与机构性质一致",
        "§4",
        _M,
        "A0.1",
        _PERSON,
        registered_with,
        slot="registration_certificate",
    ),
    Check(
        "address_matches",
        "住所与登记证书一致",
        "§8(一)",
        _M,
        "B.4",
        _PERSON,
        as_on_the_certificate,
        slot="registration_certificate",
    ),
    Check("site_proof_kind", "场地证明种类与场地性质一致", "§8(二)", _M, "B.4", test=deed_fits_tenure, slot="site_proof"),
    Check("right_to_let", "出租人有权出租", "§8(二)", _M, "B.4", _PERSON, right_to_let, slot="site_proof"),
    Check(
        "hygiene_passed",
        "卫生评价结果为“合格”",
        "§8(四)",
        _M,
        "B.12",
        _PERSON,
        need="报告结论为“合格”",
        slot="hygiene_report",
    ),
    Check("fire_proof_kind", "消防证明种类一致", "§8(五)", _M, "B.4", test=fire_proof_fits_choice, slot="fire_proof"),
)

MATERIALS: Checklist[FilingFacts] = Checklist(FILING_RULE, SLOTS, CHECKS)
