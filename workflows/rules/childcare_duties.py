"""The time limits of a childcare filing. Both clocks of §9 start on the day on which the last needed paper arrived."""

from .childcare_materials import FILING_RULE
from .duties import DayKind, Duty

_WORKING = DayKind.WORKING

DUTIES: tuple[Duty, ...] = (
    # The filing rule names no time for asking for missing papers; 行政许可法 §32(四) is applied by analogy.
    Duty(
        "correction",
        "材料不齐的，一次性告知",
        "行政许可法 §32(四)",
        5,
        _WORKING,
        since="submitted",
        until="correction_delivered",
    ),
    Duty(
        "receipt",
        "出具备案回执和基本条件告知书",
        f"{FILING_RULE} §9",
        5,
        _WORKING,
        since="papers_complete",
        until="receipt_delivered",
    ),
    Duty(
        "verification",
        "不符合的，告知理由并公开",
        f"{FILING_RULE} §9",
        15,
        _WORKING,
        since="papers_complete",
        until="result_delivered",
    ),
    Duty("publication", "主动公开备案信息", "政府信息公开条例 §26", 20, _WORKING, since="receipt_issued", until="published"),
    # What follows stands in no rule read so far: the bureau sets it (docs/coverage.md), shown to staff as 待核实.
    Duty(
        "rectification",
        "整改期限（由备案机关确定）",
        "人口与计划生育法 §41(整改期限·参数)",
        30,
        _WORKING,
        since="nonconformity_told",
        until="rectified",
    ),
    Duty(
        "reverification",
        "整改后复核",
        f"{FILING_RULE} §9(整改后复核·参数)",
        15,
        _WORKING,
        since="rectified",
        until="result_delivered",
    ),
)
