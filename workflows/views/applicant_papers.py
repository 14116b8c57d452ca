"""上传材料: one row per slot; each file goes up by its own small form, so that it works without a script."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from workflows.forms.questions import PaperAsk, put, take
from workflows.forms.reading import tidy_date
from workflows.models import Attachment, Case
from workflows.services.attachments import attach, detach
from workflows.services.drafts import save_draft
from workflows.services.errors import Unmet
from workflows.views.access import SignedInRequest, seen_by
from workflows.views.applicant_case import STEPS, Page, answering, case_of, page_of
from workflows.views.applicant_form import panel_context
from workflows.views.applicant_slots import anchor_of, not_needed, slot_rows
from workflows.views.outcomes import UNPROCESSABLE, tells_refusals


@seen_by("applicant")
@require_GET
@tells_refusals
def papers(request: SignedInRequest, pk: int) -> HttpResponse:
    """Every paper of this filing, and the live check beside."""
    page = page_of(case_of(request, pk))
    answering(request, page)
    if page.case.state != Case.State.DRAFT:
        return redirect("applicant:answer", pk)
    return _render(request, page)


@seen_by("applicant")
@require_POST
@tells_refusals
def upload(request: SignedInRequest, pk: int, slot: str) -> HttpResponse:
    """Take the files of one row. The first replaces what is there (or not: ``beside``), the others go beside it."""
    page = page_of(case_of(request, pk))
    answering(request, page)
    subject = request.POST.get("subject", "")
    try:
        count = take_files(request, page, slot, subject)
        if not count:
            raise Unmet("请先选择文件或拍照。")
    except Unmet as refusal:
        fresh = page_of(page.case)
        if page.case.state != Case.State.DRAFT:
            messages.error(request, refusal.message)
            return redirect(f"{reverse('applicant:answer', args=[pk])}#{anchor_of(slot, subject)}")
        return _render(request, fresh, wrong={(slot, subject): refusal.message}, status=UNPROCESSABLE)
    messages.success(request, f"已上传{count}个文件。请点开核对是否清晰。")
    return redirect(f"{_page_address(page.case)}#{anchor_of(slot, subject)}")


@seen_by("applicant")
@require_POST
@tells_refusals
def remove(request: SignedInRequest, pk: int, paper: Any) -> HttpResponse:
    """Take back a file that was not submitted yet."""
    page = page_of(case_of(request, pk))
    try:
        detach(case_id=pk, person=request.user, attachment_id=paper)
    except Attachment.DoesNotExist as error:
        raise Http404("没有这个文件") from error
    messages.success(request, "已移除。")
    return redirect(_page_address(page.case))


def take_files(request: SignedInRequest, page: Page, slot: str, subject: str, *, prefix: str = "") -> int:
    """Attach the files of a row; how many. Controls are named ``<prefix>file``, ``photo``, ``option``, ``valid_until``,
    ``beside``. Raises ``Unmet``; files before a bad one stay."""
    files = [*request.FILES.getlist(f"{prefix}file"), *request.FILES.getlist(f"{prefix}photo")]
    if not files:
        return 0
    ask = page.form.papers.get(slot, PaperAsk())
    option = request.POST.get(f"{prefix}option", "")
    until = _until(request.POST.get(f"{prefix}valid_until", "")) if ask.dated else None
    for n, file in enumerate(files):
        attach(
            case_id=page.case.pk, person=request.user, slot=slot, option=option, subject=subject, upload=file,
            valid_until=until, beside=n > 0 or request.POST.get(f"{prefix}beside") == "1",
        )  # fmt: skip
    if ask.writes and option and take(page.draft, ask.follows) != ask_answer(ask, option):
        changed = put(page.draft, ask.follows, ask_answer(ask, option))
        key = ask.follows.split(".")[0]
        save_draft(case_id=page.case.pk, person=request.user, section={key: changed.get(key)})
    return len(files)


def ask_answer(ask: PaperAsk, option: str) -> str:
    """The answer that goes with a kind of paper."""
    return next((answer for answer, kind in ask.kinds.items() if kind == option), option)


def _until(text: str) -> date | None:
    tidy = tidy_date(text.strip())
    if not tidy:
        return None
    try:
        return date.fromisoformat(tidy)
    except ValueError as error:
        raise Unmet("有效期没有这一天，请按“20271001”的样子填写。长期有效的不填。") from error


def _page_address(case: Case) -> str:
    name = "applicant:papers" if case.state == Case.State.DRAFT else "applicant:answer"
    return reverse(name, args=[case.pk])


def _render(request: SignedInRequest, page: Page, *, wrong: Any = None, status: int = 200) -> HttpResponse:
    found = page.checked()
    rows = slot_rows(page, found, wrong=wrong)
    errors = [(anchor_of(*place), words) for place, words in (wrong or {}).items()]
    context = {
        "page": page,
        "steps": STEPS,
        "rows": rows,
        "not_needed": not_needed(page, found),
        "lacking": sum(row.lacking for row in rows if not row.weight),
        "errors": errors,
        **panel_context(page, None),
    }
    return render(request, "applicant/papers.html", context, status=status)
