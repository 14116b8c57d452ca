"""Pages that anybody may see: front page, register, guides, display settings, accessibility, site map."""

import csv
from collections.abc import Iterator
from dataclasses import asdict
from io import StringIO
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from registry.clock import today
from registry.models import Division
from registry.selectors.filings import CursorError, NotOnRegisterError, PublicFiling, public_register
from workflows.selectors.front_page import register_counts
from workflows.selectors.guides import NoSuchGuideError, guide_rows
from workflows.selectors.guides import guide as guide_of
from workflows.selectors.register import filing_page
from workflows.templatetags.ui import DISPLAY_COOKIES
from workflows.views.access import seen_by

YEAR = 365 * 24 * 3600
# A page of the export, large enough to keep the number of statements small.
EXPORT_PAGE = 500
# A spreadsheet takes a cell that begins like this for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")
CSV_HEAD = (
    "机构名称",
    "备案编号",
    "备案日期",
    "备案状态",
    "核实结果",
    "县（区）",
    "地址",
    "备案机关",
    "机构性质",
    "服务",
    "托位",
    "电话",
)


@seen_by("public")
def home(request: HttpRequest) -> HttpResponse:
    """Search the register, check a paper, begin a filing, sign in."""
    return render(request, "public/home.html", {"counts": register_counts(), "guides": guide_rows(today()), "as_of": today()})


@seen_by("public")
def register(request: HttpRequest) -> HttpResponse:
    """已备案机构名单: newest first, a page at a time; ``trail`` holds the places the pages before began at."""
    query, division = _asked(request)
    after, trail = request.GET.get("after", ""), _trail(request)
    lost = ""
    try:
        page = public_register(query, division, after)
    except CursorError as error:
        page, after, trail, lost = public_register(query, division), "", [], str(error)
    asked = {"q": query, "division": division.code if division else ""}
    context = {
        "rows": page.rows,
        "query": query,
        "division": division,
        "counts": register_counts(),
        "lost_place": lost,
        "export": urlencode(asked),
        "page": _pager(asked, after, trail, page.after, len(page.rows)),
        "as_of": today(),
    }
    return render(request, "public/register.html", context)


@seen_by("public")
def register_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One filing: state first, then what was checked and what was found."""
    try:
        page = filing_page(pk, today())
    except NotOnRegisterError as error:
        raise Http404(str(error)) from error
    return render(request, "public/register_detail.html", {"page": page, "filing": page.filing, "detail": page.detail})


@seen_by("public")
def register_csv(request: HttpRequest) -> HttpResponse:
    """The same search as a spreadsheet (UTF-8 with byte order mark, so that Excel reads it)."""
    response = HttpResponse(_csv_text(*_asked(request)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="childcare-filings-{today():%Y%m%d}.csv"'
    return response


@seen_by("public")
def register_json(request: HttpRequest) -> JsonResponse:
    """The same search for programs: ``{"as_of": date, "filings": [PublicFiling, …]}``."""
    filings = [asdict(filing) for filing in _all_filings(*_asked(request))]
    body = {"as_of": today(), "count": len(filings), "filings": filings}
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


@seen_by("public")
def guides(request: HttpRequest) -> HttpResponse:
    """Every guide there is."""
    return render(request, "public/guides.html", {"guides": guide_rows(today())})


@seen_by("public")
def guide(request: HttpRequest, code: str) -> HttpResponse:
    """办事指南 of one procedure, made from its definition."""
    try:
        found = guide_of(code, today())
    except NoSuchGuideError as error:
        raise Http404(str(error)) from error
    return render(request, "public/guide.html", {"guide": found, "as_of": today()})


@seen_by("public")
def accessibility(request: HttpRequest) -> HttpResponse:
    """What was done for people who see, hear or move differently; and what is kept about a visitor."""
    return render(request, "public/accessibility.html")


@seen_by("public")
def sitemap(request: HttpRequest) -> HttpResponse:
    """All public pages on one page."""
    return render(request, "public/sitemap.html", {"guides": guide_rows(today())})


@seen_by("public")
def display_settings(request: HttpRequest) -> HttpResponse:
    """Remember 字号 or 高对比 in a cookie and go back. A plain link, so that it works without JavaScript."""
    back = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    for name, allowed in DISPLAY_COOKIES.items():
        if request.GET.get(name) in allowed:
            response.set_cookie(
                name, request.GET[name], max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure()
            )
    return response


def _asked(request: HttpRequest) -> tuple[str, Division | None]:
    """The words and the division of a search; an unknown division counts as none."""
    division = Division.objects.filter(code=request.GET.get("division", "")).first()
    return request.GET.get("q", "").strip()[:60], division


def _trail(request: HttpRequest) -> list[str]:
    return [place for place in request.GET.get("trail", "").split(",") if place][-40:]


def _pager(asked: dict[str, str], after: str, trail: list[str], following: str, shown: int) -> dict[str, Any]:
    """For components/pager.html. The register is read by key, so the way back is carried along."""
    behind = [*trail, after] if after else []
    ahead = {**asked, "after": following, "trail": ",".join(behind)}
    back = {**asked, "after": trail[-1] if trail else "", "trail": ",".join(trail[:-1])}
    return {
        "shown": f"本页{shown}家，备案日期近的在前" if shown else "",
        "next": urlencode({key: value for key, value in ahead.items() if value}) if following else "",
        "previous": (urlencode({key: value for key, value in back.items() if value}) or "after=") if after else "",
    }


def _all_filings(query: str, division: Division | None) -> Iterator[PublicFiling]:
    after = ""
    while True:
        page = public_register(query, division, after, EXPORT_PAGE)
        yield from page.rows
        after = page.after
        if not after:
            return


def _csv_text(query: str, division: Division | None) -> str:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(CSV_HEAD)
    writer.writerows([_cell(value) for value in _csv_row(filing)] for filing in _all_filings(query, division))
    return "\ufeff" + text.getvalue()


def _csv_row(filing: PublicFiling) -> tuple[object, ...]:
    return (
        filing.name,
        filing.number,
        filing.filed_on,
        filing.status_text,
        filing.verification_text,
        filing.division,
        filing.address,
        filing.bureau,
        filing.nature,
        "、".join(filing.services),
        filing.places,
        filing.phone,
    )


def _cell(value: object) -> str:
    """Text that no spreadsheet runs as a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
