"""All pages. The rooms own their addresses; the house only says in which order they are asked."""

from django.urls import include, path

urlpatterns = [
    path("", include("workflows.urls")),
]
