"""引导填报: the task list, and one page per topic. Every page saves; wrong values come back as typed."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from workflows.forms.answers import read_back, topic_states
from workflows.forms.questions import Question, Topic, take
from workflows.forms.reading import Read, read_questions, read_topic
from workflows.forms.sheets import Row, Sheet, fresh_sheet, rows_of, sheet_of
from workflows.models import Attachment, Case
from workflows.rules.border import FieldError
from workflows.selectors.asked import Opened
from workflows.selectors.checks import panel
from workflows.services.attachments import detach
from workflows.services.drafts import save_draft, section_mark
from workflows.services.errors import Conflict
from workflows.services.grants import owns
from workflows.views.access import SignedInRequest, seen_by
from workflows.views.applicant_case import STEPS, Answering, Page, answering, case_of, divisions, page_of
from workflows.views.outcomes import UNPROCESSABLE, tells_refusals

CONFLICT = 409


@dataclass(frozen=True)
class Shown:
    """A topic's controls as they go to the template."""

    sheet: Sheet
    rows: tuple[Row, ...]
    fresh: Sheet | None
    locked: tuple[Question, ...]

    def targets(self) -> list[tuple[str, str]]:
        """For the error summary: every control with a fault, rows named."""
        of_rows = [(control, f"{row.title}，{words}") for row in self.rows for control, words in row.sheet.targets()]
        return [*self.sheet.targets(), *of_rows]


@seen_by("applicant")
@require_GET
@tells_refusals
def overview(request: SignedInRequest, pk: int) -> HttpResponse:
    """任务清单: each topic 未填, 填了一半 or 已填; then papers, then the promise."""
    page = page_of(case_of(request, pk))
    if page.case.state != Case.State.DRAFT:
        return redirect("applicant:case", pk)
    answering(request, page)
    found = page.checked()
    papers = panel(found, [line for line in found.materials if line.key == line.slot and line.needed is not False])
    context = {
        "page": page,
        "steps": STEPS,
        "topics": topic_states(page.form, page.draft, page.faults),
        "papers": papers,
        "open_items": found.open_titles(),
        "owner": owns(page.case, request.user, page.on),
    }
    return render(request, "applicant/overview.html", context)


@seen_by("applicant")
@require_http_methods(["GET", "POST"])
@tells_refusals
def topic(request: SignedInRequest, pk: int, key: str) -> HttpResponse:
    """One topic: show it, or save it and go on."""
    page = page_of(case_of(request, pk))
    asked = _topic(page, key)
    open_now = answering(request, page)
    if not any(open_now.opened.touches(path) for path in asked.paths()):
        messages.info(request, "这一页已核对，无需再改。")
        return redirect("applicant:answer", pk)
    if request.method == "POST":
        return _save(request, page, asked, open_now)
    return _render(request, page, asked, open_now)


@seen_by("applicant")
@require_POST
@tells_refusals
def check(request: SignedInRequest, pk: int, key: str) -> HttpResponse:
    """The live panel for what stands on the page just now; nothing is saved."""
    page = page_of(case_of(request, pk))
    asked = _topic(page, key)
    read = read_topic(page.draft, asked, request.POST, page.form.facts, on=page.on)
    return render(request, "applicant/live_panel.html", panel_context(page.with_draft(read.draft), asked))


def panel_context(page: Page, asked: Topic | None) -> dict[str, Any]:
    """The lines that look at this topic first, the others folded; without a topic all of them, papers included."""
    found = page.checked()
    if asked is None:
        papers = [line for line in found.materials if line.key == line.slot and line.needed is not False]
        shown = panel(found, (*papers, *found.standards))
        near = tuple(line for line in shown.lines if line.slot == line.key or line.state == "late")
        return {"panel": shown, "near": near, "others": tuple(line for line in shown.lines if line not in near)}
    shown = panel(found, found.standards)
    near = tuple(line for line in shown.lines if line.about(asked.paths()))
    return {"panel": shown, "near": near, "others": tuple(line for line in shown.lines if line not in near)}


def _topic(page: Page, key: str) -> Topic:
    try:
        return page.form.topic(key)
    except LookupError as error:
        raise Http404(str(error)) from error


def _open_questions(asked: Topic, opened: Opened) -> tuple[Question, ...]:
    return tuple(question for question in asked.questions if opened.touches(question.path))


def _read(request: SignedInRequest, page: Page, asked: Topic, opened: Opened) -> Read:
    """Only what is open is read: a locked field cannot be written by sending it."""
    if asked.rows and opened.allows(asked.rows.path):
        narrowed = Topic(asked.key, asked.title, questions=_open_questions(asked, opened), rows=asked.rows)
        return read_topic(page.draft, narrowed, request.POST, page.form.facts, on=page.on)
    return read_questions(page.draft, _open_questions(asked, opened), request.POST, page.form.facts, on=page.on)


def _save(request: SignedInRequest, page: Page, asked: Topic, open_now: Answering) -> HttpResponse:
    read = _read(request, page, asked, open_now.opened)
    section = {key: read.draft.get(key) for key in asked.top_keys()}
    seen = request.POST.get("seen", "")
    try:
        case, faults = save_draft(case_id=page.case.pk, person=request.user, section=section, seen=seen)
    except Conflict as refusal:
        messages.error(request, refusal.message)
        saved_now = section_mark(page.draft, asked.top_keys())
        again = [*page.faults, *_type_again(request, asked)]
        return _render(request, page.with_draft(read.draft), asked, open_now, faults=again, seen=saved_now, status=CONFLICT)
    _drop_papers_of_removed(request, page, asked, read)
    act = request.POST
    if act.get("add") or "remove" in act:
        rows = len(take(read.draft, asked.rows.path) or []) if asked.rows else 0
        place = f"{asked.rows.path}.{rows - 1}" if asked.rows and act.get("add") and rows else "rows"
        return redirect(f"{reverse('applicant:topic', args=[page.case.pk, asked.key])}#{place}")
    here = [*read.faults, *(fault for fault in faults if _on_page(asked, fault))]
    if act.get("later"):
        messages.success(request, f"已保存 {timezone.localtime(case.updated_at):%H:%M}。可以随时接着填。")
        return redirect(_after_later(case))
    if here:
        return _render(request, page.with_draft(read.draft), asked, open_now, faults=here, typed=read, status=UNPROCESSABLE)
    if act.get("stay"):
        messages.success(request, f"已保存 {timezone.localtime(case.updated_at):%H:%M}。")
        return redirect("applicant:topic", page.case.pk, asked.key)
    return redirect(_next(page, asked))


def _type_again(request: SignedInRequest, asked: Topic) -> list[FieldError]:
    """Identity numbers of a page that was not saved: never sent back in full, so they are asked for once more."""
    lost = [question for question in asked.questions if question.sealed and request.POST.get(question.path)]
    return [FieldError(question.path, question.label, "没有保存，请再填一次。") for question in lost]


def _after_later(case: Case) -> str:
    name = "applicant:overview" if case.state == Case.State.DRAFT else "applicant:answer"
    return reverse(name, args=[case.pk])


def _next(page: Page, asked: Topic) -> str:
    if page.case.state != Case.State.DRAFT:
        return reverse("applicant:answer", args=[page.case.pk])
    following = page.form.after(asked)
    if following is None:
        return reverse("applicant:papers", args=[page.case.pk])
    return reverse("applicant:topic", args=[page.case.pk, following.key])


def _on_page(asked: Topic, fault: FieldError) -> bool:
    return any(fault.path == path or fault.path.startswith(f"{path}.") for path in asked.paths())


def _drop_papers_of_removed(request: SignedInRequest, page: Page, asked: Topic, read: Read) -> None:
    """The papers of somebody who is no longer on the list are not kept: they are his."""
    if asked.rows is None or not asked.rows.keyed or page.case.state != Case.State.DRAFT:
        return
    keys = {row.get("key") for row in take(read.draft, asked.rows.path) or []}
    for paper in Attachment.objects.filter(case=page.case).exclude(subject="").exclude(subject__in=keys):
        detach(case_id=page.case.pk, person=request.user, attachment_id=paper.pk)


def _shown(page: Page, asked: Topic, open_now: Answering, faults: list[FieldError], typed: Read | None) -> Shown:
    questions = _open_questions(asked, open_now.opened)
    places = divisions() if any(question.divisions for question in questions) else []
    sheet = sheet_of(page.form.facts, questions, page.draft, faults, typed=typed.typed if typed else None, divisions=places)
    rows = asked.rows if asked.rows and open_now.opened.allows(asked.rows.path) else None
    return Shown(
        sheet=sheet,
        rows=rows_of(rows, page.draft, page.titles(asked), faults) if rows else (),
        fresh=fresh_sheet(rows) if rows else None,
        locked=tuple(question for question in asked.questions if question not in questions and not question.copies),
    )


def _render(
    request: SignedInRequest, page: Page, asked: Topic, open_now: Answering, *, faults: list[FieldError] | None = None,
    typed: Read | None = None, seen: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    faults = list(page.faults) if faults is None else faults
    shown = _shown(page, asked, open_now, faults, typed)
    locked = [question.path for question in shown.locked]
    blocks = read_back(page.form, asked, page.draft, page.titles(asked), (), divisions() if locked else [])
    context = {
        "page": page,
        "steps": STEPS,
        "draft": page.case.state == Case.State.DRAFT,
        "topic": asked,
        "number": page.form.topics.index(asked) + 1,
        "shown": shown,
        "kept": [answer for block in blocks for answer in block.answers if answer.control[3:] in locked],
        "errors": shown.targets(),
        "seen": seen or section_mark(page.draft, asked.top_keys()),
        "check_url": reverse("applicant:check", args=[page.case.pk, asked.key]),
        **panel_context(page, asked),
    }
    return render(request, "applicant/topic.html", context, status=status)
