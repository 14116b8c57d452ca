"""办件页: paper beside checklist, judgments, the outcome of a task, and everything the case has on record."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from registry.clock import today
from registry.models import Division
from workflows import catalogue
from workflows.catalogue import Needs
from workflows.forms.reading import tidy_date
from workflows.models import Case, Document, Finding, Opinion, TaskRoute
from workflows.rules.whole_numbers import whole_number
from workflows.selectors import case_history, casefile
from workflows.selectors.companions import companions_for
from workflows.selectors.facts import facts_of
from workflows.selectors.read_back import read_back
from workflows.selectors.visibility import OFFICER_ROLES
from workflows.services.access_log import record_reading
from workflows.services.decisions import Decision, decide, judge
from workflows.services.errors import Conflict, NotPermitted, Unmet
from workflows.services.sealing import SealBrokenError, masked, unseal
from workflows.views.access import SignedInRequest, seen_by
from workflows.views.officer_acting import Acting, acting_of
from workflows.views.officer_judging import Judging, filled_in, judging_of
from workflows.views.outcomes import tells_refusals

SECTIONS = {
    "paper": "材料",
    "facts": "填报信息",
    "rounds": "历次告知和补正",
    "opinions": "意见",
    "documents": "文书",
    "clocks": "期限和计时",
    "timeline": "往来记录",
    "letter": "告知书预览",
}
UNPROCESSABLE = 422


@seen_by("officer")
@tells_refusals
def case(request: SignedInRequest, pk: int) -> HttpResponse:
    """The page; a POST saves judgments, fills in what was measured, or finishes the task with one of its outcomes."""
    found = _visible(request, pk)
    if request.method == "POST":
        return _act(request, found)
    return _page(request, found)


@require_POST
@seen_by("officer")
@tells_refusals
def reveal(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one identity number in full; who asked for it is on record before it is shown."""
    found = _visible(request, pk)
    if not any(post.role in OFFICER_ROLES and post.bureau_id == found.bureau_id for post in request.memberships):
        raise NotPermitted("只有主办单位的经办、核实、签发人员可以查看完整号码。")
    path = request.POST.get("path", "")
    answers = [answer for group in read_back(facts_of(found), {}) for answer in _all_answers(group)]
    answer = next((each for each in answers if each.token and each.path == path), None)
    if answer is None:
        raise Http404("没有这个号码")
    record_reading(person=request.user, case=found, what=f"完整号码·{answer.label}")
    try:
        number = unseal(answer.token)
    except SealBrokenError as error:
        raise Unmet(f"{answer.label}无法显示：{error}") from error
    return _page(request, found, section="facts", revealed={path: number})


def _visible(request: SignedInRequest, pk: int) -> Case:
    try:
        return casefile.case_seen_by(request.user, request.memberships, pk, today())
    except Case.DoesNotExist as error:
        raise Http404("没有这个办件") from error


def _act(request: SignedInRequest, found: Case) -> HttpResponse:
    """Save what was judged; then, if an outcome was pressed, finish the task. What was typed survives a refusal."""
    task_id, act = whole_number(request.POST.get("task", "")), request.POST.get("act", "save")
    route = next((each for each in casefile.routes_of(found) if each.task_id == task_id), None)
    if route is None or task_id is None:
        raise Http404("没有这个环节")
    if not route.open:
        raise Conflict.handled(str(route.closed_by or "系统"), route.closed_at)
    verdicts = _verdicts(request)
    if act == "fill":
        verdicts |= _fill(found, route, verdicts)
    try:
        if verdicts:
            judge(case_id=found.pk, task_id=task_id, person=request.user, verdicts=verdicts)
        if not act.startswith("outcome:"):
            _say_saved(request, act, len(verdicts))
            return redirect(_next(request, found, "letter" if act == "letter" else ""))
        decision = _decision(request, act.removeprefix("outcome:"))
        after = decide(case_id=found.pk, task_id=task_id, person=request.user, decision=decision)
    except Unmet as refusal:
        return _page(request, found, refused=refusal, status=UNPROCESSABLE)
    messages.success(request, _said_of(after, task_id))
    return redirect("officer:case", pk=found.pk)


def _verdicts(request: SignedInRequest) -> dict[str, tuple[str, str]]:
    """Line → (verdict, reason). A reason stays only with 不符合: elsewhere it was a draft nobody asked for."""
    found = {}
    for name in request.POST:
        kind, _, key = name.partition(".")
        value = request.POST.get(name, "")
        if kind == "verdict" and value:
            found[key] = (value, request.POST.get(f"reason.{key}", "") if value == "unmet" else "")
    return found


def _fill(found: Case, route: TaskRoute, typed: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    judging = judging_of(found, route, casefile.findings_of(found), casefile.papers_of(found), today(), typed)
    return filled_in(judging)


def _decision(request: SignedInRequest, outcome: str) -> Decision:
    day = tidy_date(request.POST.get("visited_on", ""))
    try:
        visited = date.fromisoformat(day) if day else None
    except ValueError as error:
        fields = {"visited_on": "请按“20261001”或“2026-10-01”的样子填写现场核实日期。"}
        raise Unmet("现场核实日期看不明白。", fields=fields) from error
    ticked = map(whole_number, request.POST.getlist("companions"))
    companions = tuple(each for each in ticked if each is not None)
    return Decision(outcome, remark=request.POST.get("remark", ""), visited_on=visited, companions=companions)


def _say_saved(request: SignedInRequest, act: str, count: int) -> None:
    if act == "fill":
        messages.success(request, f"已保存{count}项判断。按系统测算填入的，请逐项核对材料后再办理。")
    elif act == "save":
        messages.success(request, f"已保存{count}项判断。" if count else "没有可保存的判断，请先选择“符合”“不符合”或“不适用”。")


def _next(request: SignedInRequest, found: Case, section: str) -> str:
    """Back to the page as it was; only the query of this very page is taken from the form."""
    here = reverse("officer:case", kwargs={"pk": found.pk})
    wanted = request.POST.get("next", "")
    if section:
        return f"{here}?{urlencode({'show': section})}"
    return f"{here}{wanted}" if wanted.startswith("?") else here


def _said_of(after: Case, task_id: int) -> str:
    """What the outcome brought about: its papers by number, and the next step."""
    opinion = Opinion.objects.get(route_id=task_id)
    papers = Document.objects.filter(case=after, issued_at=opinion.at).order_by("issued_at", "sequence")
    issued = "；".join(f"{paper.title} {paper.number}" for paper in papers)
    following = TaskRoute.objects.filter(case=after, open=True).first()
    words = [f"已{opinion.outcome}。"]
    if issued:
        words.append(f"文书正在生成：{issued}。")
    words.append(f"下一步：{following.title}。" if following else f"{casefile.staff_state(after, None)}。")
    return "".join(words)


def _page(
    request: SignedInRequest, found: Case, *, section: str = "", refused: Unmet | None = None,
    revealed: Mapping[str, str] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    on = today()
    routes, findings, papers = casefile.routes_of(found), casefile.findings_of(found), casefile.papers_of(found)
    bar = casefile.case_bar(found, routes, request.user, on)
    acting = acting_of(found, bar.open, request.memberships, request.user)
    facts = facts_of(found, papers=[paper for paper in papers if paper.superseded_at is None])
    judging = None
    if bar.open is not None and acting.judges:
        typed = _verdicts(request) if refused else None
        judging = judging_of(found, bar.open, findings, papers, on, typed)
    materials = casefile.materials_of(found, _lines(found, facts, on), _latest(findings), papers, _people(facts))
    wanted = section or request.GET.get("show", "")
    section = wanted if wanted in SECTIONS else "paper"
    context: dict[str, Any] = {
        "case": found, "bar": bar, "acting": acting, "judging": judging, "steps": casefile.steps_of(found, routes),
        "materials": materials, "section": section, "section_title": SECTIONS[section], "sections": _sections(found, section),
        "refused": refused, "here": f"?{request.GET.urlencode()}" if request.GET else "", "today": on,
        "typed": request.POST if refused else {}, "typed_companions": request.POST.getlist("companions") if refused else [],
        "companions": _companions(found, acting, request, on), **_foot(judging, acting),
        "findings": _last_judged(findings), "current": "todo" if acting.may else "cases",
    }  # fmt: skip
    context |= _section(request, found, section, materials, facts, on, revealed or {})
    record_reading(person=request.user, case=found, what=f"办件页·{SECTIONS[section]}")
    return render(request, "officer/case.html", context, status=status)


def _section(
    request: SignedInRequest, found: Case, section: str, materials: Any, facts: Any, on: date, revealed: Mapping[str, str]
) -> dict[str, Any]:
    """What the middle of the page shows; only the chosen part asks the database."""
    if section == "paper":
        return _paper(request, materials)
    if section == "facts":
        groups = read_back(facts, dict(Division.objects.values_list("code", "name")))
        return {"groups": groups, "numbers": _numbers(groups, revealed), "revealed": revealed}
    if section == "rounds":
        return {"rounds": case_history.rounds_of(found)}
    if section == "opinions":
        return {"opinions": case_history.opinions_of(found)}
    if section == "documents":
        return {"documents": case_history.papers_issued(found)}
    if section == "clocks":
        return {"clocks": case_history.clocks_of(found, on)}
    return {"timeline": case_history.timeline_of(found)} if section == "timeline" else {}


def _paper(request: SignedInRequest, materials: Any) -> dict[str, Any]:
    """The paper asked for by id; else the first one of the material asked for, or of the first that is not yet judged."""
    wanted, slot = request.GET.get("paper", ""), request.GET.get("slot", "")
    for material in materials:
        for paper in material.papers:
            if wanted in {paper.id, *(old.id for old in paper.older)}:
                shown = next((old for old in paper.older if old.id == wanted), paper)
                side_by_side = bool(request.GET.get("compare") and paper.older)
                return {"material": material, "paper": paper, "shown": shown, "compare": side_by_side}
    held = [material for material in materials if material.papers]
    order = {"late": 0, "open": 1}
    by_need = sorted(held, key=lambda material: order.get(material.state, 2))
    material = next((each for each in materials if each.key == slot), None) or next(iter(by_need), None)
    paper = material.papers[0] if material is not None and material.papers else None
    return {"material": material, "paper": paper, "shown": paper, "compare": False}


def _sections(found: Case, current: str) -> list[dict[str, Any]]:
    here = reverse("officer:case", kwargs={"pk": found.pk})
    return [
        {"title": title, "url": f"{here}?show={key}", "is_current": key == current}
        for key, title in SECTIONS.items()
        if key not in {"paper", "letter"}
    ]


def _foot(judging: Judging | None, acting: Acting) -> dict[str, Any]:
    """The buttons: the first one that is open and meant to be main is solid; the others are outlined."""
    closed = {button.key: button for button in judging.outcomes} if judging else {}
    rows, main_taken = [], False
    for outcome in acting.outcomes:
        shut = closed.get(outcome.key)
        why_not = shut.why_not if shut else ""
        main = outcome.solid and not why_not and not main_taken
        main_taken = main_taken or main
        label = shut.label if shut else outcome.label
        words = {"key": outcome.key, "plain": outcome.label, "label": label, "needs": outcome.needs.value}
        rows.append({**words, "why_not": why_not, "main": main})
    remarks = "、".join(f"“{outcome.label}”" for outcome in acting.outcomes if outcome.remark)
    return {
        "outcomes": rows,
        "needs_remark": f"（{remarks}时必填）" if remarks else "",
        "preview": any(row["needs"] in {Needs.SOME_UNMET.value, Needs.ALL_JUDGED.value} for row in rows),
    }


def _lines(found: Case, facts: Any, on: date) -> list[Any]:
    procedure = catalogue.get(found.procedure)
    return [line for name in ("materials", "standards") for line in procedure.lines(name, facts, on=on)]


def _latest(findings: Any) -> dict[str, str]:
    return {finding.key: finding.verdict for finding in findings}


def _last_judged(findings: Sequence[Finding]) -> list[Finding]:
    """The judgments of the task that judged last, what was found 不符合 first."""
    last = [finding for finding in findings if finding.route_id == findings[-1].route_id]
    return sorted(last, key=lambda finding: finding.verdict != Finding.Verdict.UNMET)


def _people(facts: Any) -> dict[str, str]:
    return {person.key: person.named for person in getattr(facts, "staff", ())}


def _companions(found: Case, acting: Acting, request: SignedInRequest, on: date) -> list[Any]:
    if acting.people < 2 or found.bureau is None:
        return []
    return [person for person in companions_for(found.bureau, on=on) if person.pk != request.user.pk]


def _numbers(groups: Any, revealed: Mapping[str, str]) -> dict[str, str]:
    """Identity numbers as shown: masked, or in full when just asked for."""
    return {
        answer.path: revealed.get(answer.path) or masked(answer.token)
        for group in groups
        for answer in _all_answers(group)
        if answer.token
    }


def _all_answers(group: Any) -> list[Any]:
    return [*group.answers, *(answer for _, answers in group.rows for answer in answers)]
