"""The first look at a request: what no field may hold is refused before a page or the database stumbles over it."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

NUL = "\x00"
"""PostgreSQL has no such character, no keyboard sends it."""


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
