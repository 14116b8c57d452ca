"""核对承诺: everything read back, what is still open, the promise, and the button that hands it in."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from registry.selectors.bureaus import AuthorityError
from registry.selectors.divisions import UnknownDivisionError
from workflows.forms.answers import read_back
from workflows.forms.questions import put
from workflows.models import Case
from workflows.rules.checklist import Line
from workflows.selectors.checks import Evaluated, check_line
from workflows.services.errors import Unmet
from workflows.services.grants import owns
from workflows.services.submission import submit
from workflows.views.access import SignedInRequest, seen_by
from workflows.views.applicant_case import STEPS, Page, answering, case_of, divisions, page_of
from workflows.views.applicant_slots import slot_rows
from workflows.views.outcomes import UNPROCESSABLE, tells_refusals


@seen_by("applicant")
@require_http_methods(["GET", "POST"])
@tells_refusals
def review(request: SignedInRequest, pk: int) -> HttpResponse:
    """Read back, and hand in. ``incomplete`` says that the applicant wants to hand in with items still open."""
    page = page_of(case_of(request, pk))
    if page.case.state != Case.State.DRAFT:
        at = timezone.localtime(page.case.submitted_at)
        messages.info(request, f"您已于{at:%H:%M}提交（编号{page.case.number}），不用再交。")
        return redirect("applicant:submitted", pk)
    answering(request, page)
    if request.method == "POST":
        return _hand_in(request, page)
    return _render(request, page)


def _hand_in(request: SignedInRequest, page: Page) -> HttpResponse:
    try:
        # The button says 确认属实并提交: pressing it is the promise.
        incomplete = bool(request.POST.get("incomplete"))
        submit(case_id=page.case.pk, person=request.user, incomplete=incomplete, promised=True)
    except Unmet as refusal:
        return _render(request, page_of(case_of(request, page.case.pk)), refusal=refusal)
    except (AuthorityError, UnknownDivisionError) as error:
        return _render(request, page, refusal=Unmet(f"{error}。", fields={"institution.division": f"{error}。"}))
    return redirect("applicant:submitted", page.case.pk)


def _render(request: SignedInRequest, page: Page, *, refusal: Unmet | None = None) -> HttpResponse:
    promised = page.with_draft(put(page.draft, page.form.statement.path, True))
    found = promised.checked()
    places = divisions()
    topics = [
        {
            "topic": topic,
            "blocks": read_back(page.form, topic, page.draft, page.titles(topic), page.faults, places),
        }
        for topic in page.form.topics
    ]
    context = {
        "page": page,
        "steps": STEPS,
        "topics": topics,
        "rows": slot_rows(page, found),
        "open_items": _open_items(page, found),
        "faults": [_fault(page, fault.path, f"{fault.label}：{fault.message}") for fault in page.faults],
        "needed": [_fault(page, path, words) for path, words in (refusal.fields if refusal else {}).items()],
        "refusal": refusal,
        "owner": owns(page.case, request.user, page.on),
    }
    return render(request, "applicant/review.html", context, status=UNPROCESSABLE if refusal else 200)


def _open_items(page: Page, found: Evaluated) -> list[dict[str, Any]]:
    """What a rule decides, the law makes a condition, and is not met yet: with the page to mend it on."""
    lines = [line for line in (*found.materials, *found.standards) if line.blocks and line.decided_by.value == "rule"]
    return [{"line": check_line(found, line), "topic": _place(page, line)} for line in lines]


def _place(page: Page, line: Line) -> str:
    """The key of the topic page, or empty for the upload page."""
    for path in line.fields:
        topic = None if path.startswith("materials.") else page.form.topic_of(path)
        if topic:
            return topic.key
    return ""


def _fault(page: Page, path: str, words: str) -> dict[str, str]:
    topic = page.form.topic_of(path)
    return {"topic": topic.key if topic else "", "control": f"id_{path}", "words": words}
