"""Signing in and out. django-axes counts the failures and locks; its page is registration/locked_out.html."""

from typing import Any, cast

from django.contrib.auth import logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from registry.clock import today
from registry.models import Person, Role
from registry.selectors.people import memberships_of
from workflows.views.access import seen_by

APPLICANT_HOME = "applicant:home"
# Where a post begins its day; who holds several begins at the first of these.
HOME_OF_POST = {
    Role.CLERK: "officer:todo",
    Role.VERIFIER: "officer:todo",
    Role.HEAD: "officer:todo",
    Role.SUPERVISOR: "officer:supervision",
    Role.REGISTRAR: "administration:people",
    Role.AUDITOR: "officer:audit",
}


class SignInForm(AuthenticationForm):
    """Account and password; the failure does not say which of the two was wrong."""

    error_messages = {
        "invalid_login": _("账号或密码不对，请重新输入。连续输错5次，该账号在本机锁定15分钟。"),
        "inactive": _("这个账号已停用，请联系本单位名录管理员。"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("账号")
        self.fields["password"].label = _("密码")
        for field in self.fields.values():
            field.widget.attrs["class"] = "width-code"


class SignIn(LoginView):
    """Leads to the page that was asked for, else to one's own: that of one's post, or 我的办件 for applicants."""

    template_name = "registration/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        held = {post.role for post in memberships_of(cast(Person, self.request.user), today())}
        return resolve_url(next((page for role, page in HOME_OF_POST.items() if role in held), APPLICANT_HOME))


@seen_by("public")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the form; on success open the session."""
    return cast(HttpResponse, SignIn.as_view()(request))


@require_POST
@seen_by("public")
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and go to the front page."""
    logout(request)
    return redirect("public:home")
