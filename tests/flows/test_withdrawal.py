"""撤回: before the receipt the applicant may take the request back; after it the filing stands and is cancelled otherwise."""

import pytest

from tests.builders.journey import Journey
from tests.builders.office import Office, a_person
from workflows.models import Case, Document, TaskRoute
from workflows.services import drafts
from workflows.services.errors import NotPermitted


def at_stage(stage: str, office: Office) -> Journey:
    if stage == "correct":
        journey = Journey.at("receive", office)
        journey.ask_correction(site_proof="缺页")
        return journey
    return Journey.at(stage, office)


@pytest.mark.parametrize("stage", ["receive", "correct", "receipt"])
def test_withdrawn_before_the_receipt(stage: str, office: Office) -> None:
    journey = at_stage(stage, office)
    journey.withdraw()
    assert (journey.state, journey.open_steps, journey.record.status) == ("withdrawn", set(), "withdrawn")
    assert journey.running() == set()
    assert journey.record.number is None
    assert not Document.objects.filter(case=journey.case_id, kind="filing_receipt").exists()
    assert set(TaskRoute.objects.filter(case=journey.case_id).values_list("closing", flat=True)) <= {"done", "withdrawn"}
    assert journey.case.process.status == "CANCELED"
    journey.withdraw()
    assert journey.acts().count("withdrawn") == 1, "a second click changes nothing"


@pytest.mark.parametrize("stage", ["verify", "sign"])
def test_not_withdrawn_after_the_receipt(stage: str, office: Office) -> None:
    journey = at_stage(stage, office)
    with pytest.raises(NotPermitted, match="备案回执已经出具"):
        journey.withdraw()
    assert journey.open_steps == {stage}


def test_a_draft_is_deleted_not_withdrawn(office: Office) -> None:
    journey = Journey(office)
    with pytest.raises(NotPermitted, match="草稿"):
        journey.withdraw()
    drafts.discard_draft(case_id=journey.case_id, person=journey.applicant)
    assert journey.case.draft is None, "what was refused on it stays in the chain; nothing of the draft stays"


def test_only_the_applicants_side_withdraws(office: Office) -> None:
    journey = Journey.at("receive", office)
    for stranger in (a_person("外人"), office.clerk):
        with pytest.raises(NotPermitted):
            journey.withdraw(by=stranger)
    assert journey.state == "submitted"


def test_a_draft_that_nobody_saw_is_deleted_whole(office: Office) -> None:
    journey = Journey(office)
    drafts.discard_draft(case_id=journey.case_id, person=journey.applicant)
    assert not Case.objects.filter(pk=journey.case_id).exists()


def test_what_was_submitted_is_never_deleted(office: Office) -> None:
    journey = Journey.at("receive", office)
    with pytest.raises(NotPermitted, match="不能删除"):
        drafts.discard_draft(case_id=journey.case_id, person=journey.applicant)
