"""How a refusal of a service reaches the reader: 403 with the reason, 409 with the way back, 422 at the fields."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from workflows.services.errors import Conflict, NotPermitted, Refused
from workflows.views import errors

View = Callable[..., HttpResponse]
UNPROCESSABLE = 422


def tells_refusals(view: View) -> View:
    """What the view did not handle itself becomes a page: a missing row 404, ``NotPermitted`` 403, ``Conflict`` 409, any
    other ``Refused`` 422 with its sentence. ``Unmet`` belongs at the fields: a view with a form catches it and calls
    ``at_fields``."""

    @wraps(view)
    def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ObjectDoesNotExist as error:  # gone, or never there
            return errors.not_found(request, error)
        except NotPermitted as refusal:
            return errors.permission_denied(request, PermissionError(_reason(refusal)))
        except Conflict as refusal:
            return errors.conflict(request, refusal.message, back=_way_back(request))
        except Refused as refusal:
            context = {"reason": _reason(refusal), "back": _way_back(request)}
            return render(request, "refused.html", context, status=UNPROCESSABLE)

    return told


def at_fields(fields: Mapping[str, str], *, prefix: str = "id_") -> list[tuple[str, str]]:
    """For components/error_summary.html: (id of the control, words) per field of an ``Unmet``."""
    return [(f"{prefix}{path}", message) for path, message in fields.items()]


def _reason(refusal: Refused) -> str:
    return f"{refusal.message}（依据：{refusal.clause}）" if refusal.clause else refusal.message


def _way_back(request: HttpRequest) -> str:
    """The page the form stood on: its own address, or the one it was sent from on this site."""
    origin = request.headers.get("referer", "")
    here = f"{request.scheme}://{request.get_host()}/"
    return "/" + origin.removeprefix(here).lstrip("/\\") if origin.startswith(here) else request.path
