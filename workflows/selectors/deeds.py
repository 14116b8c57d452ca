"""What the audit says, in words: one sentence per action of a case or of the registry, and a detail from its data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registry.models import Role
from workflows.models import Finding

_ACTIONS: Mapping[str, str] = {
    "submitted": "提交备案材料",
    "answered": "提交补正或整改",
    "attached": "上传材料",
    "detached": "撤下材料",
    "withdrawn": "撤回申请",
    "granted": "添加共同填写人",
    "grant_revoked": "取消共同填写人",
    "claimed": "领办",
    "released": "退回待领办",
    "judged": "核对",
    "decided": "作出办理结果",
    "issued": "出具文书",
    "delivered": "文书已送达",
    "filed": "备案生效",
    "published": "列入已备案机构名单",
    "result_published": "公开核实结果",
    "nonconformity_told": "告知不符合并公开",
    "lapsed": "到期未办",
    "handed_over": "移送卫生监督",
    "refused": "操作未获准",
    "due_recomputed": "按新的工作日历重算期限",
    "returned_to_pool": "岗位已不在，退回待领办",
    "official_added": "新增工作人员",
    "post_given": "任职",
    "post_ended": "岗位到期",
    "account_on": "启用账号",
    "account_off": "停用账号",
    "password_renewed": "重置密码",
    "contact_set": "修改部门联系方式",
    "issuer_code_confirmed": "确认发文机关代字",
    "promised": "设定承诺时限",
    "notice_taken": "导入放假安排",
}
_UNKNOWN = "系统记录"


@dataclass(frozen=True, slots=True)
class Deed:
    """``what`` was done, ``more`` about it, ``state`` for its icon."""

    what: str
    more: str
    state: str


def deed(action: str, data: Mapping[str, Any], *, step: str = "") -> Deed:
    """An audit row for people. ``step`` is the title of the node the row names."""
    what = _ACTIONS.get(action, _UNKNOWN)
    if step and action in {"claimed", "released", "returned_to_pool", "judged", "lapsed", "answered"}:
        what = f"{what}：{step}"
    if action == "decided":
        what = f"{step}：{data.get('label', '')}" if step else str(data.get("label", what))
    state = {"refused": "locked", "lapsed": "late", "nonconformity_told": "late", "released": "ended", "withdrawn": "ended"}
    return Deed(what, _more(action, data), state.get(action, "ok"))


def known(action: str) -> bool:
    """Whether there are words for this action."""
    return action in _ACTIONS


def _more(action: str, data: Mapping[str, Any]) -> str:
    if action == "decided":
        return _decided(data)
    if action == "judged":
        return _judged(data)
    if action == "refused":
        return str(data.get("why", ""))
    if action in {"issued", "delivered", "filed"}:
        return str(data.get("number", ""))
    if action == "submitted":
        return f"第{data.get('round', 1)}轮，材料{data.get('papers', 0)}件"
    if action == "answered":
        return f"第{data.get('round', '')}轮，答复{data.get('points', 0)}项"
    if action == "nonconformity_told":
        return f"{len(data.get('points', ()))}项不符合"
    if action == "post_given":
        return dict(Role.choices).get(data.get("role", ""), "")
    if action == "promised":
        days = data.get("days")
        return "取消本部门承诺" if days is None else f"{days}天"
    return str(data.get("source", "") or data.get("prefix", "") or data.get("phone", ""))


def _decided(data: Mapping[str, Any]) -> str:
    people = "、".join(person["name"] for person in data.get("people", ()))
    parts = [f"参加人：{people}" if len(data.get("people", ())) > 1 else "", str(data.get("remark", ""))]
    if data.get("unmet"):
        parts.insert(0, f"{len(data['unmet'])}项不符合")
    return "；".join(part for part in parts if part)


def _judged(data: Mapping[str, Any]) -> str:
    verdicts = list(data.get("lines", {}).values())
    counts = [(label, verdicts.count(value)) for value, label in Finding.Verdict.choices]
    return "，".join(f"{count}项{label}" for label, count in counts if count)
