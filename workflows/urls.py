"""The addresses of the pages, room by room. Each room declares who sees what (workflows/views/access.py)."""

from importlib.util import find_spec

from django.urls import include, path

ROOMS = ("public", "account", "applicant", "files", "officer", "administration")

urlpatterns = [path("", include(f"workflows.urls_{room}")) for room in ROOMS if find_spec(f"workflows.urls_{room}") is not None]
