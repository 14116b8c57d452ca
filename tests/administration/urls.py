from django.urls import include, path

urlpatterns = [
    path("", include("workflows.urls_public")),
    path("", include("workflows.urls_account")),
    path("", include("workflows.urls_administration")),
]
