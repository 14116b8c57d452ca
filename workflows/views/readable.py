"""The first look at a request: what no field may hold is refused before a page or the database stumbles over it."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

from workflows.rules.whole_numbers import whole_number
from workflows.views.errors import bad_request

NUL = "\x00"
"""PostgreSQL has no such character, no keyboard sends it."""


class BoundedRequests:
    """Middleware: 400 for a body that no form of ours sends, before a byte of it is read.

    Somebody with a session may send a file that is somewhat too large, and is told so at the file.
    """

    WITH_SESSION = 3 * settings.UPLOAD_MAX_BYTES
    WITHOUT = 1024 * 1024

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        known = settings.SESSION_COOKIE_NAME in request.COOKIES
        length = whole_number(request.META.get("CONTENT_LENGTH") or "0")
        if length is None or length > (self.WITH_SESSION if known else self.WITHOUT):
            return bad_request(request, BadRequest("发送的内容太大"))
        return self.get_response(request)


class ReadableRequests:
    """Middleware: 400 for a NUL in the address, the query or the form, names of fields included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _arguments: Any, parameters: dict[str, Any]) -> None:
        """Runs before the view, when the form may be read. Raises ``BadRequest``."""
        texts = [value for value in parameters.values() if isinstance(value, str)]
        for sent in (request.GET, request.POST):
            for name, values in sent.lists():
                texts += [name, *values]
        if any(NUL in text for text in texts):
            raise BadRequest("含有空字符")
