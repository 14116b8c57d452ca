"""注册: an applicant opens an account of his own. Staff accounts come from the registry administrator."""

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from workflows.services.accounts import TooManyTries
from workflows.services.accounts import sign_up as open_account
from workflows.services.errors import Unmet
from workflows.views.access import seen_by
from workflows.views.account import APPLICANT_HOME
from workflows.views.addresses import client_address
from workflows.views.outcomes import UNPROCESSABLE, at_fields

TOO_MANY = 429
BACKEND = "django.contrib.auth.backends.ModelBackend"


@seen_by("public")
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Show the form; on success sign in and go where one was going."""
    following = _following(request)
    if request.user.is_authenticated:
        return redirect(following)
    faults: dict[str, str] = {}
    status, limit = 200, ""
    if request.method == "POST":
        try:
            person = open_account(
                name=request.POST.get("name", ""), phone=request.POST.get("phone", ""),
                password=request.POST.get("password", ""), again=request.POST.get("again", ""),
                address=client_address(request),
            )  # fmt: skip
        except Unmet as refusal:
            faults, status = refusal.fields, UNPROCESSABLE
        except TooManyTries as refusal:
            limit, status = refusal.message, TOO_MANY
        else:
            login(request, person, backend=BACKEND)
            return redirect(following)
    typed = {name: request.POST.get(name, "") for name in ("name", "phone")}
    context = {"typed": typed, "faults": faults, "errors": at_fields(faults), "limit": limit, "next": following}
    return render(request, "applicant/sign_up.html", context, status=status)


def _following(request: HttpRequest) -> str:
    asked = request.POST.get("next") or request.GET.get("next", "")
    if asked and url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure()):
        return asked
    return resolve_url(APPLICANT_HOME)
