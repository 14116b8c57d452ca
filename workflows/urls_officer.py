"""Pages of officers, city supervisors and auditors."""

from django.urls import path

from workflows.views import audit, officer, officer_case, oversight

app_name = "officer"
urlpatterns = [
    path("office/todo/", officer.todo, name="todo"),
    path("office/todo/claim/", officer.claim, name="claim"),
    path("office/cases/", officer.cases, name="cases"),
    path("office/cases/<int:pk>/", officer_case.case, name="case"),
    path("office/cases/<int:pk>/reveal/", officer_case.reveal, name="reveal"),
    path("office/cases/<int:pk>/release/", officer.release, name="release"),
    path("office/supervision/", oversight.supervision, name="supervision"),
    path("office/audit/", audit.audit, name="audit"),
    path("office/audit/cases/<int:pk>/", audit.case_chain, name="audit_case"),
    path("office/audit/chains/<slug:name>/", audit.named_chain, name="audit_chain"),
    path("office/audit/anchors/", audit.anchors, name="audit_anchors"),
    path("office/audit/readings/", audit.readings, name="audit_readings"),
]
