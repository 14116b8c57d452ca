"""Pages for what went wrong: what happened, what to do now, and a number under which the log has it."""

import logging
import sys
from secrets import token_hex

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from registry.clock import today

logger = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the address or form cannot be read."""
    return _page(request, 400, exception)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: visible but not permitted. The words of the exception are the reason the reader sees."""
    return _page(request, 403, exception, reason=str(exception or ""))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form came without its token, mostly since the session had ended meanwhile."""
    return _page(request, 403, PermissionError(reason), template="403_csrf.html")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: not there, or not for this reader; the page does not say which."""
    return _page(request, 404, exception)


def conflict(request: HttpRequest, reason: str, *, back: str = "") -> HttpResponse:
    """409: somebody else acted meanwhile. ``reason`` is told, ``back`` is where the present state can be seen."""
    return _page(request, 409, RuntimeError(reason), reason=reason, back=back)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault. Works without database and session."""
    return _page(request, 500, sys.exc_info()[1])


def _page(
    request: HttpRequest, status: int, cause: BaseException | None, *, template: str = "", reason: str = "", back: str = ""
) -> HttpResponse:
    number = f"{today():%m%d}-{token_hex(3).upper()}"
    level, trace = (logging.ERROR, cause) if status == 500 else (logging.INFO, None)
    logger.log(level, "错误编号%s：%s %s %s：%s", number, status, request.method, request.path, cause, exc_info=trace)
    context = {"error_number": number, "reason": reason, "back": back}
    return render(request, template or f"{status}.html", context, status=status)
