"""Pages that anybody may see."""

from django.urls import path

from workflows.views import public, verify

app_name = "public"
urlpatterns = [
    path("", public.home, name="home"),
    path("register/", public.register, name="register"),
    path("register/filings.csv", public.register_csv, name="register_csv"),
    path("register/filings.json", public.register_json, name="register_json"),
    path("register/<int:pk>/", public.register_detail, name="register_detail"),
    path("guide/", public.guides, name="guide"),
    path("guide/<str:code>/", public.guide, name="guide_detail"),
    path("accessibility/", public.accessibility, name="accessibility"),
    path("sitemap/", public.sitemap, name="sitemap"),
    path("display/", public.display_settings, name="display_settings"),
    *verify.routes,
]
