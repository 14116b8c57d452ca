"""Where everybody begins: the page of his post, or the applicant's own."""

from django.http import HttpResponse
from django.shortcuts import redirect

from workflows.views.access import SignedInRequest, seen_by
from workflows.views.account import APPLICANT_HOME, HOME_OF_POST


@seen_by("signed_in")
def landing(request: SignedInRequest) -> HttpResponse:
    """Officers to 待办事项, supervisors to 监督, auditors to 审计, registrars to 名录管理, applicants to 我的办件."""
    held = {post.role for post in request.memberships}
    return redirect(next((page for role, page in HOME_OF_POST.items() if role in held), APPLICANT_HOME))
