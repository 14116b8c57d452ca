"""托育机构备案 (childcare filing): 托育机构登记和备案办法（试行）, 国卫办人口发〔2019〕25号.

A filing is not a permit: no step of it refuses the applicant. The bureau receives complete papers, issues the receipt
(which *is* the filing), verifies on the spot, and publishes what it found.
"""

from viewflow import this

from registry.models import Filing, Role
from workflows import catalogue
from workflows.kit import (
    CaseFlow,
    Needs,
    applicant_start,
    applicant_task,
    background,
    end,
    officer_task,
    when,
)
from workflows.rules.childcare_duties import DUTIES
from workflows.rules.childcare_facts import FilingFacts
from workflows.rules.childcare_materials import MATERIALS
from workflows.rules.childcare_standards import STANDARDS
from workflows.services import filing

RULE = "国卫办人口发〔2019〕25号"


class ChildcareFilingFlow(CaseFlow):
    """托育机构备案（新办）"""

    submit = applicant_start(
        "提交备案材料", clause=f"{RULE} §8", does=filing.open_record,
    ).Next(this.receive)  # fmt: skip

    receive = (
        officer_task(
            "核对材料，收件", clause=f"{RULE} §8", role=Role.CLERK, duties=("receipt",), judges=("materials",),
            words="已提交，等待核对材料",
        )
        .On("收件", this.receipt, key="receive", does=filing.receive, needs=Needs.ALL_MET)
        .On("一次性告知", this.correct, key="correct", does=filing.ask_correction, needs=Needs.SOME_UNMET)
    )  # fmt: skip

    correct = applicant_task(
        "补正", clause="行政许可法 §32(四)", words="需要您补正", does=filing.corrected,
    ).Next(this.receive, "补正并重新提交")  # fmt: skip

    receipt = officer_task(
        "出具备案回执和告知书", clause=f"{RULE} §9", role=Role.CLERK, duties=("receipt",),
        words="已收件，准备出具备案回执", does=filing.issue_receipt,
    ).Next(this.verify, "出具备案回执")  # fmt: skip

    verify = officer_task(
        "现场核实（两人以上）", clause=f"{RULE} §9", role=Role.VERIFIER, duties=("verification", "reverification"),
        judges=("standards",), people=2, words="备案回执已出具，正在现场核实",
    ).Next(this.sign, "提交核实意见", needs=Needs.ALL_JUDGED)  # fmt: skip

    sign = (
        officer_task(
            "签发核实结果", clause=f"{RULE} §9", role=Role.HEAD, duties=("verification", "reverification"),
            not_by=("verify",), words="正在审签",
        )
        .On("签发", this.conforms, key="sign", does=filing.conclude)
        .On("退回核实人", this.verify, key="return", does=filing.send_back, remark=True, solid=False)
    )  # fmt: skip

    conforms = when(
        filing.conforming, title="是否符合", clause=f"{RULE} §9",
    ).Then(this.publish).Else(this.notify)  # fmt: skip

    publish = background("公开核实结果", clause=f"{RULE} §11", does=filing.publish_result).Next(this.end)

    notify = background("告知不符合并公开", clause=f"{RULE} §9", does=filing.notify_nonconformity).Next(this.rectify)

    rectify = (
        applicant_task(
            "整改", clause="人口与计划生育法 §41", duties=("rectification",), words="有内容不符合要求，请整改",
            does=filing.rectified,
        )
        .Next(this.verify, "提交整改情况")
        .Lapses(this.hand_over, does=filing.not_rectified)
    )  # fmt: skip

    hand_over = officer_task(
        "移送卫生监督执法", clause="人口与计划生育法 §41", role=Role.HEAD, words="逾期未整改，等待处理",
        does=filing.hand_over,
    ).Next(this.end, "移送")  # fmt: skip

    end = end()


catalogue.register(
    catalogue.Procedure(
        code="childcare.filing.v2019",
        title="托育机构备案（新办）",
        act="childcare.filing",
        flow=ChildcareFilingFlow,
        facts=FilingFacts,
        materials=MATERIALS,
        standards=STANDARDS,
        duties=DUTIES,
        record=Filing,
        papers=("correction_notice", "filing_receipt", "notice_of_conditions", "nonconformity_notice"),
        summary="开办后向县（区）卫生健康局备案",
    )
)
