"""Files of a case: shown or downloaded by whoever may see the case, by nobody else. They have no other address."""

from typing import Any

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from registry.clock import today
from workflows import catalogue
from workflows.selectors.visibility import visible_attachments, visible_documents
from workflows.services.access_log import record_reading
from workflows.views.access import SignedInRequest, seen_by

SHOWN = frozenset({"application/pdf", "image/jpeg", "image/png"})
PDF_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
"""A file of somebody else's has the address of our pages: it may load nothing, send nothing and run nothing."""
FILE_POLICY = f"{PDF_POLICY}; sandbox"
"""A sandbox too; the browser's own reader of PDF does not start in one."""


@seen_by("signed_in")
@require_GET
def attachment(request: SignedInRequest, pk: Any) -> FileResponse:
    """A paper that the applicant handed in. An official's look at it goes to the access log."""
    mine = visible_attachments(request.user, request.memberships, today())
    paper = get_object_or_404(mine.select_related("case"), pk=pk)
    if request.memberships:
        record_reading(
            person=request.user,
            case=paper.case,
            what=f"材料：{catalogue.get(paper.case.procedure).materials.slot(paper.slot).title}",
        )
    return _served(request, paper.file, paper.name, paper.content_type)


@seen_by("signed_in")
@require_GET
def document(request: SignedInRequest, pk: Any) -> FileResponse:
    """A paper of ours, once it is there."""
    mine = visible_documents(request.user, request.memberships, today())
    paper = get_object_or_404(mine.select_related("case"), pk=pk)
    if not paper.file:
        raise Http404("文书正在生成，请稍后再来")
    if request.memberships:
        record_reading(person=request.user, case=paper.case, what=f"文书：{paper.title}")
    return _served(request, paper.file, f"{paper.title}（{paper.number}）.pdf", "application/pdf")


def _served(request: SignedInRequest, file: Any, name: str, kind: str) -> FileResponse:
    """Inline only for what a browser shows safely, and never guessed at; anything else, or ``?download``, is saved."""
    save = kind not in SHOWN or "download" in request.GET
    try:
        content = file.open("rb")
    except FileNotFoundError as error:
        raise Http404("文件不在存储中") from error
    response = FileResponse(content, as_attachment=save, filename=name, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = PDF_POLICY if kind == "application/pdf" else FILE_POLICY
    return response
