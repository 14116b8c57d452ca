"""The addresses of the pages, room by room. Each view declares who sees it (workflows/views/access.py)."""

from django.urls import include, path

urlpatterns = [
    path("", include("workflows.urls_public")),
    path("", include("workflows.urls_account")),
    path("", include("workflows.urls_applicant")),
    path("", include("workflows.urls_files")),
    path("", include("workflows.urls_officer")),
    path("", include("workflows.urls_administration")),
]
