"""One filing as the public page shows it: the state in a sentence, what was checked, what was found."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from registry.models import Clause, Filing
from registry.selectors.clauses import verification_of
from registry.selectors.filings import PublicDetail, PublicFiling, public_detail
from workflows.rules.clauses import ClauseRef
from workflows.rules.years import chinese_date

Result = Filing.Verification


@dataclass(frozen=True)
class CheckedCondition:
    """A condition as recorded at the receipt. ``state`` and ``result`` are for a tag."""

    title: str
    measured: str
    basis: str
    state: str
    result: str


@dataclass(frozen=True)
class Reason:
    """Why a condition was found unmet."""

    title: str
    basis: str
    words: str


@dataclass(frozen=True)
class DisclosureRecord:
    """A published finding; ``resolved_at`` once it was mended."""

    kind: str
    state: str
    reasons: tuple[Reason, ...]
    published_at: datetime
    resolved_at: datetime | None


@dataclass(frozen=True)
class FilingPage:
    """``state``, ``sentence``, ``more``: the verdict that the page opens with."""

    filing: PublicFiling
    detail: PublicDetail
    state: str
    sentence: str
    more: str
    conditions: tuple[CheckedCondition, ...]
    disclosures: tuple[DisclosureRecord, ...]


def filing_page(pk: int, on: date) -> FilingPage:
    """The page of one filing on ``on``. Raises ``NotOnRegisterError``. Four statements, whatever the filing."""
    detail = public_detail(pk)
    cited = [*detail.conditions, *(reason for each in detail.disclosures for reason in each.reasons)]
    known = verification_of({item["clause"] for item in cited}, on)
    state, sentence, more = _verdict(detail)
    unmet = {reason["title"] for each in detail.disclosures if not each.resolved_at for reason in each.reasons}
    return FilingPage(
        filing=detail.filing,
        detail=detail,
        state=state,
        sentence=sentence,
        more=more,
        conditions=tuple(_condition(item, detail, unmet, known) for item in detail.conditions),
        disclosures=tuple(_disclosure(each, known) for each in reversed(detail.disclosures)),
    )


def _verdict(detail: PublicDetail) -> tuple[str, str, str]:
    filing = detail.filing
    receipt = f"{filing.bureau}已于{chinese_date(filing.filed_on)}出具备案回执"
    if filing.status == Filing.Status.SUPERSEDED:
        return "ended", "已变更，请看新的备案", f"{receipt}，后来备案内容有变更。"
    if filing.status == Filing.Status.CANCELLED:
        return "ended", "备案已注销", f"{receipt}，后来机构停止服务，备案已注销。"
    verified = f"{chinese_date(detail.verified_on)}核实" if detail.verified_on else "核实"
    state, sentence, end = {
        Result.PENDING: ("active", "已备案，正在核实", "正在核实。核实结果另行公开。"),
        Result.CONFORMING: ("ok", "已备案，核实符合", f"{verified}符合设置标准和管理规范。"),
        Result.NONCONFORMING: ("late", "已备案，核实不符合", f"{verified}不符合，已告知整改。原因见下。"),
        Result.HANDED_OVER: ("late", "已备案，核实不符合", f"{verified}不符合，没有整改，已移送卫生监督。"),
    }[Result(filing.verification)]
    return state, sentence, f"{receipt}，{end}"


def _condition(item: Mapping[str, Any], detail: PublicDetail, unmet: set[str], known: Mapping[str, Clause]) -> CheckedCondition:
    result = detail.filing.verification
    if item["title"] in unmet:
        state, words = "late", "核实不符合"
    elif result == Result.CONFORMING:
        state, words = "ok", "核实符合"
    elif item["met"]:
        state, words = "ok", "材料符合"
    else:
        state, words = ("active", "待核实") if result == Result.PENDING else ("ended", "未列为不符合")
    return CheckedCondition(item["title"], item["measured"], in_words(item["clause"], known), state, words)


def _disclosure(each: Any, known: Mapping[str, Clause]) -> DisclosureRecord:
    mended = each.resolved_at is not None or each.kind == Result.CONFORMING
    reasons = tuple(Reason(item["title"], in_words(item["clause"], known), item["reason"]) for item in each.reasons)
    return DisclosureRecord(each.kind_text, "ok" if mended else "late", reasons, each.published_at, each.resolved_at)


def in_words(citation: str, known: Mapping[str, Clause]) -> str:
    """国卫办人口发〔2019〕25号 §8(二) → 备案办法第八条第二项; the instrument's number where it is not on record."""
    ref = ClauseRef.parse(citation)
    clause = known.get(str(ref))
    return f"{clause.instrument.short_title if clause else ref.instrument}{ref.in_words}"
