"""Signing in and out: one door for applicants and staff."""

from django.urls import path

from workflows.views import account, landing

urlpatterns = [
    path("sign-in/", account.sign_in, name="sign_in"),
    path("password/", account.change_password, name="change_password"),
    path("sign-out/", account.sign_out, name="sign_out"),
    path("landing/", landing.landing, name="landing"),
]
