"""待办事项 and 办件查询: what waits for an officer, and every case he may see."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from registry.clock import today
from workflows.models import Case
from workflows.rules.whole_numbers import whole_number
from workflows.selectors.case_search import STATES, CaseFilter, cases_page
from workflows.selectors.inbox import MOST_COUNTED, InboxPage, Tab
from workflows.selectors.inbox import page as inbox_page
from workflows.selectors.visibility import visible_cases
from workflows.services.decisions import claim as claim_task
from workflows.services.decisions import release as release_task
from workflows.services.errors import Conflict, Refused
from workflows.views.access import SignedInRequest, seen_by
from workflows.views.outcomes import tells_refusals

TABS: tuple[tuple[Tab, str, str], ...] = (
    (Tab.MINE, "我的", ""),
    (Tab.POOL, "待领办", ""),
    (Tab.SOON, "临期", "soon"),
    (Tab.LATE, "已超期", "late"),
    (Tab.APPLICANT, "待申请人", ""),
    (Tab.DONE, "已办", ""),
)
MOST_AT_ONCE = 50


@seen_by("officer")
def todo(request: SignedInRequest) -> HttpResponse:
    """One tab of the list. Without a tab: one's own, or what may be claimed when nothing is in hand."""
    asked, query, after = request.GET.get("tab", ""), _words(request), request.GET.get("after", "")
    tab = Tab(asked) if asked in set(Tab) else Tab.MINE
    page = inbox_page(request.user, request.memberships, tab, after, query, today())
    if not asked and not page.rows and page.counts[Tab.POOL]:
        tab = Tab.POOL
        page = inbox_page(request.user, request.memberships, tab, after, query, today())
    trail = [place for place in request.GET.get("trail", "").split(",") if place][-40:]
    asked_for = {"tab": tab.value, "q": query}
    several = len({post.bureau_id for post in request.memberships}) > 1
    context = {
        "page": page,
        "tab": tab.value,
        "tabs": [_tab(page, each, words, state) for each, words, state in TABS],
        "query": query,
        "today": today(),
        "several_bureaus": several,
        "pager": _pager(asked_for, after, trail, page.after, len(page.rows), "件"),
        "claimable": tab in {Tab.POOL, Tab.SOON, Tab.LATE} and any(row.claimable for row in page.rows),
        "here": request.get_full_path(),
        "empty": _empty(page, query),
    }
    return render(request, "officer/todo.html", context)


@require_POST
@seen_by("officer")
def claim(request: SignedInRequest) -> HttpResponse:
    """领办 of one task or of those ticked; what failed is named, the rest stays claimed."""
    wanted = [request.POST["one"]] if "one" in request.POST else request.POST.getlist("task")
    pairs = sorted({pair for pair in map(_pair, wanted) if pair})[:MOST_AT_ONCE]
    seen = visible_cases(request.user, request.memberships, today()).filter(pk__in=[case_id for case_id, _ in pairs])
    visible = set(seen.values_list("pk", flat=True))
    tasks = [pair for pair in pairs if pair[0] in visible]
    taken, failed, last = 0, [], None
    for case_id, task_id in tasks:
        try:
            last = claim_task(case_id=case_id, task_id=task_id, person=request.user)
            taken += 1
        except Refused as refusal:
            failed.append((case_id, refusal))
    if not tasks:
        messages.warning(request, "没有选择办件。请先在要领办的行前打勾。")
    if failed:
        messages.error(request, _said_of_failures(failed, taken))
    elif taken == 1 and last is not None and "one" in request.POST:
        messages.success(request, "已领办1件，可以开始办理。")
        return redirect("officer:case", pk=last.case_id)
    elif taken:
        messages.success(request, f"已领办{taken}件。")
    return redirect(_back(request))


@require_POST
@seen_by("officer")
@tells_refusals
def release(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give a claimed task back to the pool."""
    if not visible_cases(request.user, request.memberships, today()).filter(pk=pk).exists():
        raise Http404("没有这个办件")
    release_task(case_id=pk, task_id=whole_number(request.POST.get("task", "")) or 0, person=request.user)
    messages.success(request, "已退回待领办，本单位同岗位人员可以领办。")
    return redirect("officer:todo")


@seen_by("officer")
def cases(request: SignedInRequest) -> HttpResponse:
    """办件查询: every case one may see, newest first."""
    wanted = CaseFilter.read(request.GET)
    page = cases_page(request.user, request.memberships, wanted, request.GET.get("after", ""), today())
    trail = [place for place in request.GET.get("trail", "").split(",") if place][-40:]
    context = {
        "page": page,
        "wanted": wanted,
        "states": STATES,
        "pager": _pager(wanted.as_query(), request.GET.get("after", ""), trail, page.after, len(page.rows), "件"),
    }
    return render(request, "officer/cases.html", context)


def _tab(page: InboxPage, tab: Tab, words: str, state: str) -> dict[str, Any]:
    count = page.counts[tab]
    return {
        "words": words,
        "url": f"{reverse('officer:todo')}?tab={tab}",
        "count": f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else count,
        "is_current": page.tab is tab,
        "state": state if count else "",
    }


def _empty(page: InboxPage, query: str) -> dict[str, str]:
    """What an empty tab says, and where to go from there."""
    if query:
        return {"words": f"这一栏里没有找到“{query}”。可以到“办件查询”里找全部办件。",
                "link": f"{reverse('officer:cases')}?{urlencode({'q': query})}", "link_words": "在全部办件中查询"}  # fmt: skip
    pool = page.counts[Tab.POOL]
    if page.tab is Tab.MINE and pool:
        return {"words": f"今天没有待办。待领办还有{pool}件。", "link": f"{reverse('officer:todo')}?tab=pool",
                "link_words": "看待领办"}  # fmt: skip
    words = {
        Tab.MINE: "今天没有待办，也没有待领办的办件。新的办件提交后会出现在“待领办”。",
        Tab.POOL: "没有待领办的办件。新的办件提交后会出现在这里。",
        Tab.SOON: "没有临期的办件。两个工作日内到期的会出现在这里。",
        Tab.LATE: "没有超期的办件。",
        Tab.APPLICANT: "没有等待申请人的办件。发出一次性告知或整改告知后会出现在这里。",
        Tab.DONE: "您还没有办结的环节。办完的会留在这里。",
    }
    return {"words": words[page.tab], "link": "", "link_words": ""}


def _said_of_failures(failed: list[tuple[int, Refused]], taken: int) -> str:
    """有1件已被他人领办：某机构（…），其余2件已归您。"""
    titles = dict(Case.objects.filter(pk__in=[case_id for case_id, _ in failed]).values_list("pk", "title"))
    conflicts = sum(isinstance(refusal, Conflict) for _, refusal in failed)
    kind = "已被他人领办" if conflicts == len(failed) else "没有领办"
    named = "；".join(f"{titles.get(case_id, '办件')}（{refusal.message.rstrip('。')}）" for case_id, refusal in failed)
    rest = f"其余{taken}件已归您。" if taken else ""
    return f"有{len(failed)}件{kind}：{named}。{rest}"


def _pair(text: str) -> tuple[int, int] | None:
    case_id, _, task_id = text.partition(":")
    case, task = whole_number(case_id), whole_number(task_id)
    return (case, task) if case is not None and task is not None else None


def _back(request: SignedInRequest) -> str:
    place = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(place, {request.get_host()}, require_https=request.is_secure())
    return place if place and safe else reverse("officer:todo")


def _words(request: SignedInRequest) -> str:
    return request.GET.get("q", "").strip()[:60]


def _pager(asked: dict[str, str], after: str, trail: list[str], following: str, shown: int, unit: str) -> dict[str, str]:
    """For components/pager.html: read by key, so the way back is carried along."""
    behind = [*trail, after] if after else trail
    ahead = {**asked, "after": following, "trail": ",".join(behind)}
    back = {**asked, "after": trail[-1] if trail else "", "trail": ",".join(trail[:-1])}
    return {
        "shown": f"本页{shown}{unit}" if shown else "",
        "next": urlencode({key: value for key, value in ahead.items() if value}) if following else "",
        "previous": (urlencode({key: value for key, value in back.items() if value}) or "after=") if after else "",
    }
