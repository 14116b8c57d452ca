"""Pages of the applicant."""

from django.urls import path

from workflows.views import (
    applicant,
    applicant_answer,
    applicant_form,
    applicant_papers,
    applicant_people,
    applicant_review,
    registration,
)

app_name = "applicant"
urlpatterns = [
    path("start/", applicant.start, name="start"),
    path("sign-up/", registration.sign_up, name="sign_up"),
    path("mine/", applicant.home, name="home"),
    path("mine/begin/", applicant.begin, name="begin"),
    path("mine/<int:pk>/", applicant.case, name="case"),
    path("mine/<int:pk>/submitted/", applicant.submitted, name="submitted"),
    path("mine/<int:pk>/withdraw/", applicant.withdraw, name="withdraw"),
    path("mine/<int:pk>/discard/", applicant.discard, name="discard"),
    path("mine/<int:pk>/form/", applicant_form.overview, name="overview"),
    path("mine/<int:pk>/form/<slug:key>/", applicant_form.topic, name="topic"),
    path("mine/<int:pk>/form/<slug:key>/check/", applicant_form.check, name="check"),
    path("mine/<int:pk>/papers/", applicant_papers.papers, name="papers"),
    path("mine/<int:pk>/papers/<slug:slot>/", applicant_papers.upload, name="upload"),
    path("mine/<int:pk>/papers/remove/<uuid:paper>/", applicant_papers.remove, name="remove"),
    path("mine/<int:pk>/review/", applicant_review.review, name="review"),
    path("mine/<int:pk>/answer/", applicant_answer.answer, name="answer"),
    path("mine/<int:pk>/people/", applicant_people.people, name="people"),
    path("mine/<int:pk>/people/<int:grant>/end/", applicant_people.end, name="people_end"),
]
