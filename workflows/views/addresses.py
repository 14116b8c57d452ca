"""Where a request comes from: what sign-in and sign-up count by."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest, *_: object) -> str:
    """The address of the client. Behind proxies of ours (``settings.TRUSTED_PROXIES`` of them, counted from here) the one
    that the outermost of them saw; what a client writes into the header itself is further left and never believed.
    """
    direct = str(request.META.get("REMOTE_ADDR", ""))
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    trusted = settings.TRUSTED_PROXIES
    return hops[-trusted] if trusted and len(hops) >= trusted else direct
