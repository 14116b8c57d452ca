"""Files of cases, for whoever may see the case."""

from django.urls import path

from workflows.views import files

app_name = "files"
urlpatterns = [
    path("files/attachment/<uuid:pk>/", files.attachment, name="attachment"),
    path("files/document/<uuid:pk>/", files.document, name="document"),
]
