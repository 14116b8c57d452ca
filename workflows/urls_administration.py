"""Pages of the registry administrator."""

from django.urls import path

from workflows.views import administration as views

app_name = "administration"
urlpatterns = [
    path("administration/people/", views.people, name="people"),
    path("administration/people/new/", views.official_new, name="official_new"),
    path("administration/people/<int:pk>/", views.official, name="official"),
    path("administration/people/<int:pk>/switch/", views.account_switch, name="account_switch"),
    path("administration/people/<int:pk>/password/", views.password_renew, name="password_renew"),
    path("administration/posts/<int:pk>/end/", views.post_end, name="post_end"),
    path("administration/bureaus/", views.bureaus, name="bureaus"),
    path("administration/bureaus/<int:pk>/", views.bureau, name="bureau"),
    path("administration/calendar/", views.calendar, name="calendar"),
]
