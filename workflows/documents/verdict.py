"""核验: what is said about a paper, from its signature and its present standing. Plain Python, no query."""

from dataclasses import dataclass
from enum import StrEnum


class Signature(StrEnum):
    """What the signature on the paper's QR code proved. ABSENT: the paper was looked up by its number."""

    GOOD = "good"
    BAD = "bad"
    ABSENT = "absent"


class Standing(StrEnum):
    """How the issuer holds the paper now. UNKNOWN: the issuer has no such paper; UNASKED: the issuer was not reached."""

    VALID = "valid"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    VOID = "void"
    UNKNOWN = "unknown"
    UNASKED = "unasked"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``words`` is the verdict, ``meaning`` one sentence below it, ``brief`` the line of the legend.

    ``state`` names the colour and icon of the theme.
    """

    code: str
    words: str
    meaning: str
    brief: str
    state: str


GENUINE = Verdict("genuine", "真实有效", "内容未被改动，现在有效。", "内容未被改动，现在有效", "ok")
ON_RECORD = Verdict(
    "on_record", "真实有效", "编号在册，现在有效。按编号查不验签名，请与纸面逐项对照。", "编号在册，现在有效", "ok"
)
REPLACED = Verdict(
    "replaced", "已变更，请看新回执", "这份文书是真的，内容已有新版本，以新的为准。", "编号是真的，内容已有新版本", "soon"
)
CANCELLED = Verdict("cancelled", "已注销", "这份文书是真的，机构已停止服务，文书不再有效。", "机构已停止服务", "ended")
VOID = Verdict("void", "已作废", "这份文书由出具机关作废，不再有效。", "由出具机关作废", "locked")
TAMPERED = Verdict("tampered", "被改动，不可信", "签名与内容不一致，请不要相信这份文书。", "签名与内容不一致", "late")
NOT_FOUND = Verdict("not_found", "查无此号", "没有出具过这份文书。请检查编号，或拨打12345。", "请检查编号，或拨打12345", "open")
SIGNED_ONLY = Verdict(
    "signed_only",
    "签名有效；当前状态未能查询",
    "内容未被改动；是否已变更、注销或作废，请联网后再查。",
    "没有网络时这样显示",
    "soon",
)

_BY_STANDING = {
    Standing.SUPERSEDED: REPLACED,
    Standing.CANCELLED: CANCELLED,
    Standing.VOID: VOID,
    Standing.UNKNOWN: NOT_FOUND,
}
LEGEND = (GENUINE, REPLACED, CANCELLED, VOID, TAMPERED, NOT_FOUND)
ALL = (*LEGEND, ON_RECORD, SIGNED_ONLY)


class NothingAskedError(ValueError):
    """Neither a signature nor the issuer's record was asked: there is no verdict."""


def verdict(signature: Signature, standing: Standing) -> Verdict:
    """The one verdict. A bad signature outweighs every record: the number may be genuine, this paper is not.

    Raises NothingAskedError when there was no signature and the issuer was not reached.
    """
    if signature is Signature.BAD:
        return TAMPERED
    if standing in _BY_STANDING:
        return _BY_STANDING[standing]
    if signature is Signature.GOOD:
        return GENUINE if standing is Standing.VALID else SIGNED_ONLY
    if standing is Standing.UNASKED:
        raise NothingAskedError
    return ON_RECORD
