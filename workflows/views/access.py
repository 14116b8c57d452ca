"""Who may use a route. Every view declares its audience; a test fails for a route that does not.

The audience is the first gate only: what a person may see of an object is decided by the visibility querysets in
``workflows.selectors.visibility`` (invisible is 404), and what he may do by the services (403 with the reason).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_cache_control

from registry.clock import today
from registry.models import Membership, Person, Role
from registry.selectors.people import memberships_of

View = Callable[..., HttpResponseBase]


class SignedInRequest(HttpRequest):
    """What a view gets behind ``seen_by`` of any audience but the public: a person, and his posts of today."""

    user: Person
    memberships: list[Membership]


CHANGE_PASSWORD = "change_password"
PUBLIC = "public"
SIGNED_IN = "signed_in"
APPLICANT = "applicant"
STAFF = "staff"
AUDIENCES: dict[str, frozenset[str]] = {
    PUBLIC: frozenset(),
    SIGNED_IN: frozenset(),
    APPLICANT: frozenset(),
    STAFF: frozenset(Role.values),
    "officer": frozenset({Role.CLERK, Role.VERIFIER, Role.HEAD, Role.SUPERVISOR}),
    "registrar": frozenset({Role.REGISTRAR}),
    "auditor": frozenset({Role.AUDITOR}),
}


def seen_by(audience: str) -> Callable[[View], View]:
    """Declare who may use a view: a key of ``AUDIENCES``. Sends strangers to the sign-in page, others get a 403."""
    roles = AUDIENCES[audience]

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if audience == PUBLIC:
                return view(request, *args, **kwargs)
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if request.user.must_change_password and request.path != reverse(CHANGE_PASSWORD):
                return redirect(CHANGE_PASSWORD)
            request.memberships = list(memberships_of(request.user, today()))  # type: ignore[attr-defined]
            held = {membership.role for membership in request.memberships}  # type: ignore[attr-defined]
            if roles and not roles & held:
                raise PermissionDenied("您的岗位不能打开这个页面。请用有相应岗位的账号登录，或联系本单位名录管理员。")
            if audience == APPLICANT and held:
                raise PermissionDenied("这是申请人的页面。工作人员请从“待办事项”办理。")
            response = view(request, *args, **kwargs)
            if not response.has_header("Cache-Control"):  # a page about a person is kept by no cache, his own included
                patch_cache_control(response, private=True, no_store=True)
            return response

        guarded.audience = audience  # type: ignore[attr-defined]
        return guarded

    return decorate
