"""All pages. The rooms own their addresses; the house only says in which order they are asked."""

from django.urls import include, path

urlpatterns = [
    path("", include("workflows.urls")),
]

handler400 = "workflows.views.errors.bad_request"
handler403 = "workflows.views.errors.permission_denied"
handler404 = "workflows.views.errors.not_found"
handler500 = "workflows.views.errors.server_error"
