"""The facts of a childcare filing (托育机构备案), version 1: what 备案书 and the standards ask about one site.

Everything may be missing in a draft. Areas are ㎡, ages months, outdoor time hours a day. Child lists are not asked for
(个人信息保护法 §28): only numbers per class. Identity numbers are opaque sealed tokens here, never digits.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from stdnum.cn import uscc as uscc_number

from .border import Fact, FactsError, FieldError, read, write
from .labelled import Labelled

SCHEMA = 1


class Nature(Labelled):
    FOR_PROFIT = "for_profit", "营利性"
    NON_PROFIT = "non_profit", "非营利性（社会服务机构）"
    PUBLIC = "public_institution", "事业单位"


class Service(Labelled):
    FULL_DAY = "full_day", "全日托"
    HALF_DAY = "half_day", "半日托"
    HOURLY = "hourly", "计时托"
    TEMPORARY = "temporary", "临时托"


class Tenure(Labelled):
    OWN = "own", "自有"
    LEASED = "leased", "租赁"


class ClassKind(Labelled):
    INFANT = "infant", "乳儿班"
    TODDLER = "toddler", "托小班"
    OLDER = "older", "托大班"
    MIXED = "mixed", "混合编班"


class Post(Labelled):
    HEAD = "head", "负责人"
    CARER = "carer", "保育人员"
    HEALTH = "health", "保健人员"
    GUARD = "guard", "保安人员"
    COOK = "cook", "炊事人员"
    OTHER = "other", "其他人员"


class Education(Labelled):
    LOWER = "lower", "初中及以下"
    SENIOR_SECONDARY = "senior_secondary", "高中、中专、技校"
    COLLEGE = "college", "大专"
    BACHELOR = "bachelor", "本科"
    POSTGRADUATE = "postgraduate", "研究生"

    def at_least(self, other: "Education") -> bool:
        order = list(Education)
        return order.index(self) >= order.index(other)


class Meals(Labelled):
    COOKED_HERE = "cooked_here", "自行加工"
    DELIVERED = "delivered", "外部配送"
    NONE = "none", "不供餐"


class FireProof(Labelled):
    """Any one is enough (fact P8). Which of them the city accepts is still to be asked."""

    ACCEPTANCE = "fire_acceptance", "建设工程消防验收意见书"
    FILING_VOUCHER = "fire_filing_voucher", "建设工程消防验收备案凭证"
    SAFETY_CHECK = "fire_safety_check", "消防安全检查合格证明"
    NOTHING_NEEDED = "housing_statement", "住房和城乡建设局出具的“无需办理”说明"
    ORIGINAL_UNALTERED = "original_acceptance", "原建筑消防验收文件和“未改动”声明"


class Emergency(Labelled):
    DISASTER = "disaster", "自然灾害"
    INFECTION = "infection", "传染病"
    FOOD = "food_poisoning", "食物中毒"
    STAMPEDE = "stampede", "踩踏"
    FIRE = "fire", "火灾"
    VIOLENCE = "violence", "暴力侵害"


_TITLES = {
    Post.CARER: "保育员",
    Post.HEALTH: "保健员",
    Post.GUARD: "保安员",
    Post.COOK: "炊事员",
    Post.OTHER: "工作人员",
}


def _uscc_fault(value: str) -> str:
    return "" if uscc_number.is_valid(value) else "不是有效的统一社会信用代码，请对照营业执照或登记证书核对18位。"


def _division_fault(value: str) -> str:
    return "" if len(value) == 6 and value.isascii() and value.isdigit() else "应为6位行政区划代码，例如230521。"


@dataclass(frozen=True)
class Official:
    """Legal representative or head. ``id_number`` is a sealed token; only the vault can open it."""

    name: Annotated[str, Fact("姓名")] = ""
    id_number: Annotated[str, Fact("公民身份号码（已加密）")] = ""


@dataclass(frozen=True)
class Institution:
    name: Annotated[str, Fact("机构名称", longest=120)] = ""
    uscc: Annotated[str, Fact("统一社会信用代码", fault=_uscc_fault)] = ""
    address: Annotated[str, Fact("机构住所", longest=200)] = ""
    division: Annotated[str, Fact("所在县区", fault=_division_fault)] = ""
    registered_on: Annotated[date | None, Fact("机构登记日期")] = None
    registration_authority: Annotated[str, Fact("登记机关", longest=120)] = ""
    nature: Annotated[Nature | None, Fact("机构性质")] = None
    business_scope: Annotated[str, Fact("经营范围或业务范围")] = ""
    independent: Annotated[bool | None, Fact("独立设置（不附设在幼儿园等机构内）")] = None
    legal_representative: Annotated[Official, Fact("法定代表人")] = Official()
    head: Annotated[Official, Fact("机构负责人")] = Official()
    contact: Annotated[str, Fact("联系人")] = ""
    phone: Annotated[str, Fact("联系方式", longest=40)] = ""


@dataclass(frozen=True)
class Premises:
    tenure: Annotated[Tenure | None, Fact("服务场所性质")] = None
    dwelling: Annotated[bool | None, Fact("利用住宅")] = None
    lease_start: Annotated[date | None, Fact("租赁开始日期")] = None
    lease_end: Annotated[date | None, Fact("租赁结束日期")] = None
    built_year: Annotated[int | None, Fact("房屋建成年份", least=1900, most=2100)] = None
    original_papers: Annotated[bool | None, Fact("房屋原始建设资料齐全")] = None
    building_area: Annotated[Decimal | None, Fact("机构建筑面积（㎡）", least=0, most=200_000)] = None
    indoor_area: Annotated[Decimal | None, Fact("室内使用面积（㎡）", least=0, most=200_000)] = None
    outdoor_area: Annotated[Decimal | None, Fact("室外活动场地面积（㎡）", least=0, most=200_000)] = None
    lowest_storey: Annotated[int | None, Fact("婴幼儿生活用房最低楼层", least=-9, most=99)] = None
    highest_storey: Annotated[int | None, Fact("婴幼儿生活用房最高楼层", least=-9, most=99)] = None


@dataclass(frozen=True)
class ChildClass:
    """One class as planned: places, carers on duty, age in months of the youngest child it takes."""

    kind: Annotated[ClassKind | None, Fact("编班类型")] = None
    name: Annotated[str, Fact("班级名称")] = ""
    children: Annotated[int | None, Fact("婴幼儿人数", least=0, most=500)] = None
    carers: Annotated[int | None, Fact("保育人员人数", least=0, most=200)] = None
    youngest_months: Annotated[int | None, Fact("最小月龄", least=0, most=72)] = None


@dataclass(frozen=True)
class StaffMember:
    """``key`` ties papers to a person and stays when rows move; ``experience_years`` counts when no start is given."""

    key: Annotated[str, Fact("人员编号", longest=80)] = ""
    name: Annotated[str, Fact("姓名")] = ""
    post: Annotated[Post | None, Fact("岗位")] = None
    full_time: Annotated[bool | None, Fact("专职")] = None
    education: Annotated[Education | None, Fact("学历")] = None
    experience_since: Annotated[date | None, Fact("从事儿童保育教育、卫生健康等管理工作开始日期")] = None
    experience_years: Annotated[int | None, Fact("相关管理工作年限", least=0, most=70)] = None
    related_background: Annotated[bool | None, Fact("有婴幼儿照护经验或相关专业背景")] = None
    training_passed: Annotated[bool | None, Fact("岗位培训合格")] = None
    psychology_trained: Annotated[bool | None, Fact("受过心理健康知识培训")] = None
    qualification: Annotated[str, Fact("专业资格证明")] = ""
    qualification_until: Annotated[date | None, Fact("资格证明有效期至")] = None
    health_pass_until: Annotated[date | None, Fact("健康合格证明有效期至")] = None
    criminal_check_on: Annotated[date | None, Fact("违法犯罪记录查询日期")] = None
    criminal_check_clear: Annotated[bool | None, Fact("查询结果为无记录，且无虐童等禁入情形")] = None
    guard_certificate: Annotated[bool | None, Fact("持有保安员证")] = None
    guard_company: Annotated[str, Fact("派出的保安服务公司")] = ""

    @property
    def named(self) -> str:
        """保育员赵某; without a name the post alone."""
        title = _TITLES.get(self.post, self.post.label) if self.post else "工作人员"
        return f"{title}{self.name or '（姓名未填）'}"


@dataclass(frozen=True)
class Safety:
    monitoring_always_on: Annotated[bool | None, Fact("监控报警系统24小时运行")] = None
    monitoring_full_coverage: Annotated[bool | None, Fact("监控覆盖全部生活和活动区域")] = None
    monitoring_days: Annotated[int | None, Fact("监控录像保存天数", least=0, most=3650)] = None
    one_key_alarm: Annotated[bool | None, Fact("安装一键式报警")] = None
    emergency_plans: Annotated[frozenset[Emergency], Fact("应急预案")] = frozenset()
    fire_safety_manager: Annotated[str, Fact("消防安全管理人")] = ""
    outdoor_hours: Annotated[Decimal | None, Fact("每日户外活动时间（小时）", least=0, most=24)] = None


@dataclass(frozen=True)
class Promises:
    """Statements of the applicant; a visit, not this form, shows whether they are kept."""

    filing: Annotated[bool | None, Fact("已阅读并作出备案承诺")] = None
    entry_checks: Annotated[bool | None, Fact("入托查验预防接种和健康检查，离开3个月以上返回时重新检查")] = None
    information: Annotated[bool | None, Fact("定期报送婴幼儿信息")] = None
    annual_report: Annotated[bool | None, Fact("年底报告年度工作")] = None
    publicity: Annotated[bool | None, Fact("公示收费、照护、膳食、卫生、安全等信息")] = None


@dataclass(frozen=True)
class HeldMaterial:
    """A paper handed in for a slot of the checklist; ``person`` is a StaffMember key for papers per person."""

    slot: Annotated[str, Fact("材料", longest=60)] = ""
    option: Annotated[str, Fact("材料种类", longest=60)] = ""
    person: Annotated[str, Fact("人员编号", longest=80)] = ""
    title: Annotated[str, Fact("材料名称")] = ""
    issued_on: Annotated[date | None, Fact("出具日期")] = None
    valid_until: Annotated[date | None, Fact("有效期至")] = None


@dataclass(frozen=True)
class FilingFacts:
    institution: Annotated[Institution, Fact("机构")] = Institution()
    services: Annotated[frozenset[Service], Fact("服务范围")] = frozenset()
    premises: Annotated[Premises, Fact("场地")] = Premises()
    classes: Annotated[tuple[ChildClass, ...], Fact("班级")] = ()
    staff: Annotated[tuple[StaffMember, ...], Fact("工作人员")] = ()
    meals: Annotated[Meals | None, Fact("供餐方式")] = None
    fire_proof: Annotated[FireProof | None, Fact("消防证明种类")] = None
    safety: Annotated[Safety, Fact("安全和照护")] = Safety()
    promises: Annotated[Promises, Fact("承诺")] = Promises()
    materials: Annotated[tuple[HeldMaterial, ...], Fact("已提交材料")] = ()

    @classmethod
    def parse(cls, data: object) -> "FilingFacts":
        """Read a JSON object with ``"schema": 1``. Raises FactsError with one FieldError per wrong field."""
        facts, errors = cls.parse_draft(data)
        if errors:
            raise FactsError(errors)
        return facts

    @classmethod
    def parse_draft(cls, data: object) -> tuple["FilingFacts", tuple[FieldError, ...]]:
        """Like ``parse``, but wrong fields are left out of the facts and returned as errors."""
        body = dict(data) if isinstance(data, Mapping) else data
        version = body.pop("schema", None) if isinstance(body, dict) else SCHEMA
        facts, errors = read(cls, body, label="备案信息")
        if isinstance(version, bool) or version != SCHEMA:
            fault = f'应写明 "schema": {SCHEMA}（本事项的数据格式版本），现在是 {version!r}。'
            errors = (FieldError("schema", "数据格式版本", fault), *errors)
        errors = (*errors, *_double_keys(facts))
        return replace(facts, staff=_with_keys(facts.staff)), errors

    def to_json(self) -> dict[str, Any]:
        """JSON-ready, with the schema version; ``parse`` reads it back to equal facts."""
        return {"schema": SCHEMA, **write(self)}

    @property
    def capacity(self) -> int | None:
        """收托规模: the places of all classes; None while a class lacks its number or there is no class."""
        places = [each.children for each in self.classes]
        return None if not places or None in places else sum(number or 0 for number in places)

    @property
    def class_names(self) -> tuple[str, ...]:
        """How to call each class: its own name, else 托小班2号 (the second of its kind)."""
        seen: Counter[str] = Counter()
        names = []
        for each in self.classes:
            kind = each.kind.label if each.kind else "未定类型班级"
            seen[kind] += 1
            names.append(each.name or f"{kind}{seen[kind]}号")
        return tuple(names)

    def staff_at(self, *posts: Post) -> tuple[tuple[int, StaffMember], ...]:
        """Row number and person for everybody at one of ``posts``; all staff when none is given."""
        return tuple((n, person) for n, person in enumerate(self.staff) if not posts or person.post in posts)


def _with_keys(staff: tuple[StaffMember, ...]) -> tuple[StaffMember, ...]:
    """Everybody gets a key, so that papers per person can be told apart: row 3 without one becomes ``row3``."""
    return tuple(person if person.key else replace(person, key=f"row{n}") for n, person in enumerate(staff, start=1))


def _double_keys(facts: FilingFacts) -> tuple[FieldError, ...]:
    """Two people with one key would share their papers."""
    keys = [person.key for person in facts.staff]
    return tuple(
        FieldError(f"staff.{n}.key", "人员编号", f"“{key}”与前面的人员重复，请换一个编号。")
        for n, key in enumerate(keys)
        if key and key in keys[:n]
    )
