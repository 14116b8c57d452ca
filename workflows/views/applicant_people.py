"""共同填写人: who else may fill in this case, until when."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from registry.clock import today
from workflows.forms.reading import tidy_date
from workflows.models import CaseGrant
from workflows.services.errors import NotPermitted, Unmet
from workflows.services.grants import grant_edit, owns, revoke_edit
from workflows.views.access import SignedInRequest, seen_by
from workflows.views.applicant_case import case_of
from workflows.views.outcomes import UNPROCESSABLE, at_fields, tells_refusals


@seen_by("applicant")
@require_http_methods(["GET", "POST"])
@tells_refusals
def people(request: SignedInRequest, pk: int) -> HttpResponse:
    """The list, and one more."""
    case = case_of(request, pk)
    if not owns(case, request.user, today()):
        raise NotPermitted("只有填写人本人可以添加或取消共同填写人。")
    typed = {"username": request.POST.get("username", ""), "valid_to": request.POST.get("valid_to", "")}
    faults: dict[str, str] = {}
    if request.method == "POST":
        try:
            grant = grant_edit(
                case_id=pk, person=request.user, username=typed["username"], valid_to=_day(typed["valid_to"])
            )  # fmt: skip
        except Unmet as refusal:
            faults = refusal.fields
        else:
            messages.success(request, f"已添加账号{grant.user.username}。")
            return redirect("applicant:people", pk)
    context: dict[str, Any] = {
        "case": case,
        "grants": CaseGrant.objects.filter(content_object=case, permission__codename="edit_case")
        .select_related("user")
        .order_by("valid_to", "pk"),
        "today": today(),
        "typed": typed,
        "faults": faults,
        "errors": at_fields(faults),
    }
    return render(request, "applicant/people.html", context, status=UNPROCESSABLE if faults else 200)


@seen_by("applicant")
@require_POST
@tells_refusals
def end(request: SignedInRequest, pk: int, grant: int) -> HttpResponse:
    """Take a grant back."""
    case_of(request, pk)
    revoke_edit(case_id=pk, person=request.user, grant_id=grant)
    messages.success(request, "已取消。")
    return redirect("applicant:people", pk)


def _day(text: str) -> date | None:
    tidy = tidy_date(text.strip())
    if not tidy:
        return None
    try:
        return date.fromisoformat(tidy)
    except ValueError as error:
        message = "没有这一天，请按“20261001”的样子填写。"
        raise Unmet(message, fields={"valid_to": message}) from error
