"""The form of a childcare filing (备案书, fact B.10, and what the standards C.1–C.18 measure), topic by topic."""

from workflows.forms.questions import Keypad, PaperAsk, ProcedureForm, Question, Rows, Statement, Topic, When, Width
from workflows.rules.childcare_facts import ChildClass, FilingFacts, FireProof, StaffMember

DATE_HINT = "例：20261001 或 2026-10-01"


def _date(path: str, hint: str = "", **more: object) -> Question:
    shown = f"{hint}。{DATE_HINT}" if hint else DATE_HINT
    return Question(path, hint=shown, width=Width.SHORT, keypad=Keypad.WHOLE, **more)  # type: ignore[arg-type]


def _number(path: str, unit: str, hint: str = "", *, keypad: Keypad = Keypad.WHOLE, **more: object) -> Question:
    return Question(path, hint=hint, unit=unit, width=Width.SHORT, keypad=keypad, **more)  # type: ignore[arg-type]


def _posts(*codes: str) -> frozenset[str]:
    return frozenset(codes)


_LEASED = When("premises.tenure", frozenset({"leased"}))
_MIXED = frozenset({"mixed"})

NATURE = Question("institution.nature", hint="按营业执照或登记证书上的类型选。")
TENURE = Question("premises.tenure")
DWELLING = Question("premises.dwelling", hint="利用住宅、收托不超过5人的是家庭托育点，另有备案表。")
BUILT = _number("premises.built_year", "年", "超过20年的房屋要交结构安全性鉴定报告。")
MEALS = Question("meals", hint="决定要不要交《食品经营许可证》。")
FIRE = Question("fire_proof", hint="有哪一种就选哪一种，交一种即可。还没有的，先选打算办的那一种。")

INSTITUTION = Topic(
    "institution",
    "机构",
    "照营业执照或登记证书填写。",
    (
        Question("institution.name", hint="与登记证书一致，含“托育”字样。", group="登记信息"),
        Question("institution.uscc", hint="18位，字母大写。", width=Width.CODE),
        Question("institution.division", divisions=True, width=Width.CODE, hint="决定由哪个卫生健康局办理。"),
        Question("institution.address", hint="与登记证书上的住所一致。", complete="street-address"),
        NATURE,
        _date("institution.registered_on"),
        Question("institution.registration_authority", hint="例：集贤县市场监督管理局", width=Width.CODE),
        Question("institution.business_scope", hint="须写明“托育服务”或“3岁以下婴幼儿照护服务”。"),
        Question("institution.independent", hint="附设在幼儿园等机构内的选“否”。"),
        Question(
            "institution.legal_representative.name", label="法定代表人姓名", width=Width.SHORT, group="法定代表人和负责人"
        ),
        Question(
            "institution.legal_representative.id_number",
            label="法定代表人公民身份号码",
            hint="加密保存，页面上只显示前6位和后4位。",
            width=Width.CODE,
            sealed=True,
        ),
        Question("institution.head", label="机构负责人就是法定代表人", copies="institution.legal_representative"),
        Question("institution.head.name", label="机构负责人姓名", width=Width.SHORT),
        Question(
            "institution.head.id_number",
            label="机构负责人公民身份号码",
            hint="加密保存，页面上只显示前6位和后4位。",
            width=Width.CODE,
            sealed=True,
        ),
        Question("institution.contact", width=Width.SHORT, group="联系和服务"),
        Question(
            "institution.phone",
            hint="手机或座机。列入已备案机构名单，家长会看到。",
            width=Width.CODE,
            keypad=Keypad.PHONE,
            complete="tel",
        ),
        Question("services", hint="可以多选。"),
    ),
)

PREMISES = Topic(
    "premises",
    "场地",
    "照不动产权证、租赁合同和图纸填写。",
    (
        TENURE,
        _date("premises.lease_start", when=_LEASED),
        _date("premises.lease_end", "租期不少于3年", when=_LEASED),
        DWELLING,
        BUILT,
        Question("premises.original_papers", hint="施工图、竣工验收等资料。不全的，可用结构安全性鉴定报告代替。"),
        FIRE,
        _number("premises.building_area", "", keypad=Keypad.DECIMAL, group="面积和楼层"),
        _number("premises.indoor_area", "", keypad=Keypad.DECIMAL),
        _number("premises.outdoor_area", "", "没有的填0。", keypad=Keypad.DECIMAL),
        _number("premises.lowest_storey", "层", "婴幼儿睡觉、活动的房间在几层。地下一层填-1。", keypad=Keypad.TEXT),
        _number("premises.highest_storey", "层", "都在一层的，也填1。", keypad=Keypad.TEXT),
    ),
)

CLASSES = Topic(
    "classes",
    "班级",
    "按计划招收的人数填写，一个班一行。不用填孩子的名单。",
    rows=Rows(
        "classes",
        ChildClass,
        "班级",
        lambda facts: facts.class_names,
        (
            Question("kind"),
            Question("name", hint="不填的，按类型编号。", width=Width.CODE, optional=True),
            _number("children", "人"),
            _number("carers", "名", "同一时间在班的保育人员。"),
            _number("youngest_months", "个月", "混合编班须满18个月。"),
        ),
        by="kind",
        only={"youngest_months": _MIXED},
    ),
)

STAFF = Topic(
    "staff",
    "人员",
    "在岗的每一名工作人员都要填，一人一行。",
    rows=Rows(
        "staff",
        StaffMember,
        "人员",
        lambda facts: tuple(person.named for person in facts.staff),
        (
            Question("name", width=Width.SHORT),
            Question("post", width=Width.CODE),
            Question("full_time"),
            Question("education", width=Width.CODE),
            _date("experience_since", "从这一天起从事相关管理工作"),
            Question("related_background"),
            Question("training_passed"),
            Question("psychology_trained"),
            Question("qualification", hint="证书名称，例：保育师职业技能等级证书", width=Width.CODE),
            _date("qualification_until", "长期有效的不填", optional=True),
            Question("guard_certificate"),
            Question("guard_company", hint="须取得保安服务许可。", width=Width.CODE),
            _date("health_pass_until"),
            _date("criminal_check_on", "录用前和每年查询"),
            Question("criminal_check_clear"),
        ),
        fresh=("post", "name"),
        by="post",
        only={
            "education": _posts("head"),
            "experience_since": _posts("head"),
            "related_background": _posts("carer"),
            "training_passed": _posts("head", "carer", "health"),
            "psychology_trained": _posts("carer"),
            "qualification": _posts("head", "carer", "health"),
            "qualification_until": _posts("head", "carer", "health"),
            "guard_certificate": _posts("guard"),
            "guard_company": _posts("guard"),
        },
        starts_from={"name": "institution.head.name"},
        starts_with={"post": "head"},
        keyed=True,
    ),
)

SAFETY = Topic(
    "safety",
    "安全与照护",
    "照实际情况填写，现场核实时查看。",
    (
        MEALS,
        Question("safety.monitoring_always_on", group="监控和报警"),
        Question("safety.monitoring_full_coverage"),
        _number("safety.monitoring_days", "天", "不少于90天。"),
        Question("safety.one_key_alarm"),
        Question("safety.emergency_plans", hint="有哪几种选哪几种，六种都要有。", group="预案和照护"),
        Question("safety.fire_safety_manager", hint="姓名", width=Width.SHORT),
        _number("safety.outdoor_hours", "", "不少于2小时。", keypad=Keypad.DECIMAL),
        Question("promises.entry_checks", group="日常管理：能否做到"),
        Question("promises.information"),
        Question("promises.annual_report"),
        Question("promises.publicity"),
    ),
)

STATEMENT = Statement(
    "备案承诺",
    (
        "所填内容和所交材料真实、准确、完整，复印件与原件一致。",
        "已了解托育机构设置标准和管理规范，按规定开展服务。",
        "备案内容变化的，及时办理变更；停止服务的，办理注销。",
        "接受卫生健康等部门的监督检查。承诺不实的，依法承担责任。",
        "同意以电子方式送达文书。",
    ),
    "promises.filing",
)

PAPERS = {
    "registration_certificate": PaperAsk("能看清名称、统一社会信用代码、住所、经营（业务）范围和登记机关印章。"),
    "site_proof": PaperAsk(
        "能看清地址、面积、权利人或双方名称、租期和签章。合同多页的，扫描成一个PDF，或逐页拍照。",
        follows="premises.tenure",
        kinds={"own": "title_deed", "leased": "lease"},
    ),
    "staff_qualification": PaperAsk("证书的姓名、类别、编号、发证单位和日期都能看清。"),
    "staff_health_pass": PaperAsk("能看清姓名、检查日期、有效期和检查机构印章。"),
    "hygiene_report": PaperAsk("报告结论为“合格”，有评价机构印章和日期。还没有的，向县（区）妇幼保健院申请评价。"),
    "fire_proof": PaperAsk(
        "文号、建筑名称和地址、出具单位印章都能看清，地址与备案场地一致。",
        follows="fire_proof",
        kinds={each.value: each.value for each in FireProof},
        writes=True,
    ),
    "unaltered_declaration": PaperAsk("写明房屋地址、原验收文件文号、“验收后未改动”，由产权人或承租人签名盖章。"),
    "food_licence": PaperAsk("主体业态含托育或集体用餐，地址与场地一致，在有效期内。", dated=True),
    "caterer_licence": PaperAsk("经营项目含集体用餐配送，在有效期内。", dated=True),
    "catering_contract": PaperAsk("能看清双方名称、供餐内容、期限和签章。", dated=True),
    "structural_report": PaperAsk("有鉴定机构资质章和鉴定结论。"),
    "liability_insurance": PaperAsk("能看清被保险人、险种和保险期间。", dated=True),
    "legal_representative_id": PaperAsk("正反两面，能看清。"),
    "floor_plan": PaperAsk("标明各房间用途和面积、安全出口、室外活动场地。"),
    "security_proof": PaperAsk("监控、一键报警的安装或联网证明。"),
}

FORM = ProcedureForm(
    "childcare.filing",
    FilingFacts,
    (NATURE, TENURE, MEALS, FIRE, BUILT, DWELLING),
    (INSTITUTION, PREMISES, CLASSES, STAFF, SAFETY),
    STATEMENT,
    PAPERS,
)
