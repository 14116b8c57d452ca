"""The facts of a case: what the applicant wrote, with the papers that are on hand."""

from datetime import date
from typing import Any

from registry.clock import local_date
from workflows import catalogue
from workflows.models import Attachment, Case, Round


def papers_on_hand(case: Case) -> list[Attachment]:
    """The current paper of each slot: superseded ones left out."""
    return list(Attachment.objects.filter(case=case, superseded_at=None).order_by("slot", "subject", "uploaded_at"))


def with_papers(written: dict[str, Any] | None, papers: list[Attachment]) -> dict[str, Any]:
    """The JSON of the facts with its ``materials`` taken from the files, never from what somebody typed."""
    materials = [
        {
            "slot": paper.slot,
            "option": paper.option,
            "person": paper.subject,
            "title": paper.name,
            **({"valid_until": paper.valid_until.isoformat()} if paper.valid_until else {}),
        }
        for paper in papers
    ]
    return {"schema": 1, **(written or {}), "materials": materials}


def facts_of(case: Case, *, draft: bool = False, papers: list[Attachment] | None = None) -> Any:
    """The typed facts last submitted, or those being written. Wrong fields of a draft are left out."""
    papers = papers_on_hand(case) if papers is None else papers
    written = (case.draft if case.draft is not None else case.facts) if draft else case.facts
    facts, _errors = catalogue.get(case.procedure).facts.parse_draft(with_papers(written, papers))
    return facts


def last_handed_in(case: Case) -> date:
    """The day on which the applicant's last papers came in. The case must have been submitted."""
    answered = Round.objects.filter(case=case, answered_at__isnull=False).latest("number").answered_at
    assert answered is not None
    return local_date(answered)
