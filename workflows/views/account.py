"""Signing in and out. django-axes counts the failures and locks; its page is registration/locked_out.html."""

from collections.abc import Iterable
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from registry.clock import today
from registry.models import Membership, Person, Role
from registry.selectors.people import memberships_of
from workflows.views.access import SignedInRequest, seen_by

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


class ChangePasswordForm(PasswordChangeForm):
    """The old password once, the new one twice. Rules: AUTH_PASSWORD_VALIDATORS."""

    error_messages = {
        "password_incorrect": _("原密码不对，请重新输入。"),
        "password_mismatch": _("两次输入的新密码不一样，请重新输入。"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"old_password": _("原密码"), "new_password1": _("新密码"), "new_password2": _("再输入一次新密码")}
        for name, label in labels.items():
            self.fields[name].label = label
            self.fields[name].help_text = ""
            self.fields[name].widget.attrs["class"] = "width-code"

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or self.cleaned_data
        if entered.get("new_password1") and entered["new_password1"] == entered.get("old_password"):
            self.add_error("new_password1", _("新密码不能与原密码相同。"))
        return entered


class SignIn(LoginView):
    """Leads to the page that was asked for, else to one's own: that of one's post, or 我的办件 for applicants."""

    template_name = "registration/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        return resolve_url(home_of(memberships_of(cast(Person, self.request.user), today())))


@seen_by("public")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the form; on success open the session."""
    return cast(HttpResponse, SignIn.as_view()(request))


@seen_by("signed_in")
@sensitive_post_parameters("old_password", "new_password1", "new_password2")
@require_http_methods(["GET", "POST"])
def change_password(request: SignedInRequest) -> HttpResponse:
    """修改密码: one's own; asked for at the first sign-in with a password that somebody else knows."""
    form = ChangePasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = form.save(commit=False)
        person.must_change_password = False
        person.save(update_fields=["password", "must_change_password"])
        update_session_auth_hash(request, person)
        messages.success(request, _("密码已修改。"))
        return redirect(home_of(request.memberships))
    status = 422 if form.is_bound else 200
    return render(request, "registration/change_password.html", {"form": form}, status=status)


def home_of(memberships: Iterable[Membership]) -> str:
    """The name of the page where somebody with these posts begins."""
    held = {post.role for post in memberships}
    return next((page for role, page in HOME_OF_POST.items() if role in held), APPLICANT_HOME)


@require_POST
@seen_by("public")
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and go to the front page."""
    logout(request)
    return redirect("public:home")
