"""审计: chains verified on the spot, anchors, and the log of who looked. Read only."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render

from registry.clock import today
from workflows.models import Case
from workflows.rules.whole_numbers import whole_number
from workflows.selectors import audit as records
from workflows.selectors.casefile import case_seen_by
from workflows.services.access_log import record_reading
from workflows.services.audit_check import CASE, check_anchors, check_chain
from workflows.views.access import SignedInRequest, seen_by

CHAIN_NAMES = {"registry": "名录管理", "access": "查看记录"}
CHECKED_ANCHORS = 60
MOST_ENTRIES = 2**31 - 1


@seen_by("auditor")
def audit(request: SignedInRequest) -> HttpResponse:
    """Find a case; the chains without a case; the last anchor."""
    query = request.GET.get("q", "").strip()[:60]
    context = {
        "query": query,
        "cases": records.cases_to_audit(request.user, request.memberships, query, today()),
        "chains": [(head, CHAIN_NAMES.get(head.chain, "其他记录")) for head in records.named_chains()],
        "anchor": records.anchors().first(),
        "most": records.PAGE,
    }
    record_reading(person=request.user, case=None, what=f"审计·查找办件：{query}")
    return render(request, "officer/audit.html", context)


@seen_by("auditor")
def case_chain(request: SignedInRequest, pk: int) -> HttpResponse:
    """The chain of one case with the result of checking it now, and who looked at the case."""
    try:
        case = case_seen_by(request.user, request.memberships, pk, today())
    except Case.DoesNotExist as error:
        raise Http404("没有这个办件") from error
    context = _chain(request, f"{CASE}{case.pk}")
    context |= {"case": case, "title": case.title, "readings": records.readings(case)}
    record_reading(person=request.user, case=case, what="审计·办件记录")
    return render(request, "officer/audit_chain.html", context)


@seen_by("auditor")
def named_chain(request: SignedInRequest, name: str) -> HttpResponse:
    """A chain that belongs to no case, e.g. what the registry administrators did."""
    if not records.named_chains().filter(chain=name).exists():
        raise Http404("没有这条记录链")
    context = _chain(request, name) | {"title": CHAIN_NAMES.get(name, "其他记录")}
    return render(request, "officer/audit_chain.html", context)


@seen_by("auditor")
def anchors(request: SignedInRequest) -> HttpResponse:
    """The daily anchors; the last of them are checked against the rows now."""
    rows = list(records.anchors()[:CHECKED_ANCHORS])
    faults = check_anchors(list(reversed(rows)), whole=len(rows) < CHECKED_ANCHORS)
    return render(request, "officer/audit_anchors.html", {"rows": rows, "faults": faults})


@seen_by("auditor")
def readings(request: SignedInRequest) -> HttpResponse:
    """Who looked at whose data, the last first."""
    rows = records.readings(before=whole_number(request.GET.get("before", "")) or 0, limit=records.PAGE + 1)
    shown = rows[: records.PAGE]
    following = urlencode({"before": shown[-1].pk}) if len(rows) > records.PAGE else ""
    pager = {"shown": f"本页{len(shown)}条" if shown else "", "next": following, "previous": ""}
    return render(request, "officer/audit_readings.html", {"rows": shown, "pager": pager})


def _chain(request: SignedInRequest, chain: str) -> dict[str, Any]:
    after = whole_number(request.GET.get("after", ""), MOST_ENTRIES) or 0
    rows, following = records.entries_of(chain, after)
    report = check_chain(chain)
    faulty: dict[int, list[str]] = {}
    for fault in report.faults:
        faulty.setdefault(fault.sequence, []).append(fault.what)
    pager = {
        "shown": f"本页{len(rows)}条，共{report.entries}条" if rows else "",
        "next": urlencode({"after": following}) if following else "",
        "previous": "after=" if after else "",
    }
    return {"rows": [(row, faulty.get(row.sequence, [])) for row in rows], "report": report, "pager": pager}
