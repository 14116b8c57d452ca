"""我的办件: the list, the six questions before a filing, and where one case stands."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registry.clock import today
from workflows import catalogue
from workflows.forms.book import NoFormError, fillable, form_of
from workflows.forms.reading import read_questions
from workflows.forms.sheets import sheet_of
from workflows.models import Case
from workflows.rules.checklist import Level, Line
from workflows.selectors.checks import Evaluated, evaluate
from workflows.selectors.my_cases import my_cases
from workflows.selectors.progress import Progress, Whose, progress_of
from workflows.selectors.visibility import may_edit
from workflows.services.drafts import discard_draft, save_draft, section_mark, start_draft, written
from workflows.services.errors import NotPermitted
from workflows.services.grants import owns
from workflows.services.submission import withdraw as take_back
from workflows.views.access import SignedInRequest, seen_by
from workflows.views.applicant_case import case_of, turn_more, turn_sentence, turn_state
from workflows.views.outcomes import tells_refusals

PLAIN_NEEDS = ("须提交", "每人一份")
"""Said by the list itself: not repeated at each paper."""
WITHDRAWABLE = frozenset({Case.State.SUBMITTED, Case.State.CORRECTING, Case.State.RECEIVED})


@seen_by("applicant")
@require_GET
def home(request: SignedInRequest) -> HttpResponse:
    """待我处理 first, then 在办, then 已办结."""
    number = request.GET.get("page", "1")
    page = max(1, int(number)) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    found = my_cases(request.user, request.memberships, today(), page=page)
    rows = {
        name: [
            {
                "row": row,
                "sentence": turn_sentence(row.turn) if row.turn else "",
                "state": turn_state(row.turn) if row.turn else "",
            }
            for row in getattr(found, name)
        ]
        for name in ("waiting", "going", "ended")
    }
    pager = {
        "previous": f"page={page - 1}" if page > 1 else "",
        "next": f"page={page + 1}" if found.more else "",
        "shown": f"第{page}页" if page > 1 or found.more else "",
    }
    return render(request, "applicant/home.html", {"cases": found, "pager": pager, **rows})


@seen_by("public")
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """先回答6个问题，看看需要哪些材料. Nothing is stored; an account is asked for only when one begins to fill in."""
    procedure = _procedure(request.GET.get("procedure", ""))
    form = form_of(procedure)
    read = read_questions({}, form.first, request.GET, form.facts, on=today())
    facts, faults = procedure.facts.parse_draft({"schema": 1, **read.draft})
    answered = bool(read.draft)
    context: dict[str, Any] = {
        "procedure": procedure,
        "several": len(fillable()) > 1,
        "sheet": sheet_of(form.facts, form.first, read.draft, faults),
        "answered": answered,
        "answers": [(name, value) for name in request.GET for value in request.GET.getlist(name) if name != "procedure"],
        "minutes": form.minutes,
    }
    if answered:
        context["papers"] = _papers(evaluate(procedure, facts, today()))
    return render(request, "applicant/start.html", context)


@seen_by("applicant")
@require_POST
@tells_refusals
def begin(request: SignedInRequest) -> HttpResponse:
    """A new draft with the answers carried over. A second click finds the draft of the first."""
    procedure = _procedure(request.POST.get("procedure", ""))
    form = form_of(procedure)
    untouched = Case.objects.filter(
        created_by=request.user, procedure=procedure.code, state=Case.State.DRAFT, title="", draft__isnull=False
    )
    case = untouched.order_by("-pk").first() or start_draft(procedure=procedure.code, person=request.user)
    before = written(case)
    read = read_questions(before, form.first, request.POST, form.facts, on=today())
    keys = {question.path.split(".")[0] for question in form.first}
    section = {key: read.draft[key] for key in keys if key in read.draft}
    if section != {key: before.get(key) for key in section}:
        save_draft(case_id=case.pk, person=request.user, section=section, seen=section_mark(before, section))
    return redirect("applicant:topic", case.pk, form.topics[0].key)


@seen_by("applicant")
@require_GET
def case(request: SignedInRequest, pk: int) -> HttpResponse:
    """Where the case stands: whose turn, by when, two clocks, what happened, papers, help."""
    found = case_of(request, pk)
    if found.state == Case.State.DRAFT:
        return redirect("applicant:overview", pk)
    progress = progress_of(found, today())
    return render(request, "applicant/case.html", _progress_context(request, progress))


@seen_by("applicant")
@require_GET
def submitted(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was handed in, its number, what comes next and by when."""
    found = case_of(request, pk)
    if found.state == Case.State.DRAFT:
        return redirect("applicant:overview", pk)
    progress = progress_of(found, today())
    return render(request, "applicant/submitted.html", _progress_context(request, progress))


@seen_by("applicant")
@require_http_methods(["GET", "POST"])
@tells_refusals
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask once more, then take the case back."""
    found = case_of(request, pk)
    if not owns(found, request.user, today()):
        raise NotPermitted("撤回由填写人本人办理。")
    if request.method == "POST":
        take_back(case_id=pk, person=request.user)
        messages.success(request, "已撤回。材料保留，可以随时重办。")
        return redirect("applicant:case", pk)
    if found.state not in WITHDRAWABLE:
        messages.warning(request, "这个办件现在不能撤回。")
        return redirect("applicant:case", pk)
    return render(request, "applicant/withdraw.html", {"case": found})


@seen_by("applicant")
@require_http_methods(["GET", "POST"])
@tells_refusals
def discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask once more, then throw a draft away."""
    found = case_of(request, pk)
    if request.method == "POST":
        discard_draft(case_id=pk, person=request.user)
        messages.success(request, "草稿和已上传的文件已删除。")
        return redirect("applicant:home")
    if found.state != Case.State.DRAFT:
        return redirect("applicant:case", pk)
    return render(request, "applicant/discard.html", {"case": found})


def _procedure(code: str) -> catalogue.Procedure:
    """The procedure asked for, the first that can be filled in when none was; 404 for one that cannot."""
    try:
        procedure = catalogue.get(code) if code else fillable()[0]
        form_of(procedure)
    except (catalogue.UnknownProcedureError, NoFormError, IndexError) as error:
        raise Http404(str(error)) from error
    return procedure


def _papers(found: Evaluated) -> dict[str, list[dict[str, Any]]]:
    """The applicant's own list: needed, local extras, perhaps, not needed, each with why."""
    groups: dict[str, list[dict[str, Any]]] = {"needed": [], "local": [], "maybe": [], "not_needed": []}
    names = {True: "needed", None: "maybe", False: "not_needed"}
    for line in found.materials:
        if line.key == line.slot:
            name = "local" if line.needed and line.level is not Level.MANDATORY else names[line.needed]
            groups[name].append(_paper(found, line))
    return groups


def _paper(found: Evaluated, line: Line) -> dict[str, Any]:
    return {
        "title": line.title, "why": line.why, "need": "" if line.need in PLAIN_NEEDS else line.need,
        "clause": found.clause_words(line.clause), "deferrable": line.deferrable, "verified": line.verified,
    }  # fmt: skip


def _progress_context(request: SignedInRequest, progress: Progress) -> dict[str, Any]:
    found, turn, bureau = progress.case, progress.turn, progress.case.bureau
    phone = bureau.phone if bureau else ""
    over = turn.whose is Whose.NOBODY
    return {
        "case": found,
        "procedure": catalogue.get(found.procedure),
        "progress": progress,
        "turn": turn,
        "state": progress.events[0].state if over and progress.events else turn_state(turn),
        "sentence": turn_sentence(turn),
        "more": turn_more(turn, phone),
        "events": [_event(event) for event in progress.events],
        "papers": [_issued(paper) for paper in progress.papers],
        "bureau": bureau,
        "yours": turn.whose is Whose.YOURS and may_edit(request.user, found, today()),
        "may_withdraw": found.state in WITHDRAWABLE,
        "owner": owns(found, request.user, today()),
    }


def _event(event: Any) -> dict[str, Any]:
    return {
        "what": event.what, "more": event.more, "state": event.state, "at": event.at, "since": event.since,
        "papers": [(paper.title, reverse("files:document", args=[paper.pk])) for paper in event.papers if paper.file],
    }  # fmt: skip


def _issued(paper: Any) -> dict[str, Any]:
    """For components/document_row.html."""
    actions = [("下载", reverse("files:document", args=[paper.pk]) + "?download=1")] if paper.file else []
    if paper.public:
        actions.append(("核验", f"{reverse('public:verify_number')}?{urlencode({'number': paper.number})}"))
    return {"row": {"title": paper.title, "number": paper.number, "issued_on": paper.issued_on, "actions": actions,
                    "note": "" if paper.file else "正在生成，稍后可下载"}}  # fmt: skip
