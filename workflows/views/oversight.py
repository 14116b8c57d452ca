"""监督: the eight divisions side by side, for the city's supervisors. Read only."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render

from registry.clock import today
from workflows.selectors.oversight import overseen_bureaus, oversight
from workflows.views.access import SignedInRequest, seen_by

PERIODS = (("year", "今年"), ("month", "本月"))


@seen_by("officer")
def supervision(request: SignedInRequest) -> HttpResponse:
    """Figures per division, longest overdue first in the eye; each leads to its cases."""
    bureaus = overseen_bureaus(request.memberships)
    if not bureaus:
        raise PermissionDenied("统计监督由市级监督岗位查看。您可以在“办件查询”中看本单位的办件。")
    on, period = today(), request.GET.get("period", "year")
    begin = date(on.year, on.month if period == "month" else 1, 1)
    found = oversight(bureaus, begin, on)
    context = {
        "found": found,
        "rows": sorted(found.rows, key=lambda row: (-row.late, -row.over_promise)),
        "period": "month" if period == "month" else "year",
        "periods": PERIODS,
        "today": on,
    }
    return render(request, "officer/supervision.html", context)
