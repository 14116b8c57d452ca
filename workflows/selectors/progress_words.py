"""What an act of the audit chain is called to the applicant. An act that has no words here is internal: not shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Told:
    """``issues``: papers of the same step belong beside it. ``asks``: it lists what is to be mended."""

    what: str
    more: str = ""
    state: str = "ok"
    issues: bool = False
    asks: bool = False


ACTS: Mapping[str, Told] = {
    "filed": Told("备案回执已出具", "从这一天起列入已备案机构名单，状态是“核实中”。", issues=True),
    "result_published": Told("已备案，核实结果已公开"),
    "nonconformity_told": Told("有内容不符合要求，请整改", state="soon", issues=True, asks=True),
    "lapsed": Told("期限已到，没有收到整改情况", state="late"),
    "handed_over": Told("已移送卫生监督执法", state="late"),
    "withdrawn": Told("您已撤回", "材料保留，可以随时重办。", state="ended"),
}
DECISIONS: Mapping[tuple[str, str], Told | None] = {
    ("receive", "receive"): Told("已收件，开始计时", "材料齐全。"),
    ("receive", "correct"): Told("需要您补正", state="soon", issues=True, asks=True),
    ("receipt", "done"): None,
    ("verify", "done"): Told("现场核实已完成", "核实意见已提交，等待审签。"),
    ("sign", "sign"): Told("核实结果已审签"),
    ("sign", "return"): Told("审签后需要再次核实"),
    ("hand_over", "done"): None,
}
"""(node, outcome) → words; None where another act of the same step says it better."""


def told(action: str, node: str, data: Mapping[str, Any], *, title: str) -> Told | None:
    """The words for one act; ``title`` is the name of its step. None for what is internal."""
    if action == "submitted":
        papers = data.get("papers", 0)
        return Told("已提交", f"共{papers}份材料。" if papers else "没有上传材料。")
    if action == "answered":
        return Told(f"{title}已提交", "新旧材料都已保存。")
    if action == "decided":
        key = (node, str(data.get("outcome", "")))
        return DECISIONS[key] if key in DECISIONS else Told(f"{title}：{data.get('label', '')}")
    return ACTS.get(action)
