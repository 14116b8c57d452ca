"""The applicant's writing: start a draft, save it, throw it away. Nothing typed is ever lost."""

from typing import Any

from django.db import transaction

from registry.clock import now, today
from registry.models import Person
from registry.selectors.people import memberships_of
from workflows import catalogue
from workflows.models import Attachment, Case
from workflows.rules.border import FieldError
from workflows.selectors.facts import papers_on_hand, with_papers
from workflows.selectors.visibility import may_edit
from workflows.services.errors import Conflict, NotPermitted
from workflows.services.step import Step, step_on

WRITABLE = frozenset({Case.State.DRAFT, Case.State.CORRECTING, Case.State.DECIDED})


def start_draft(*, procedure: str, person: Person) -> Case:
    """A new, empty draft of a procedure. Officials do not apply for themselves: ``NotPermitted``."""
    catalogue.get(procedure)
    if memberships_of(person, today()):
        raise NotPermitted("工作人员账号不能提交申请，请用申请人账号登录。")
    at = now()
    return Case.objects.create(procedure=procedure, created_by=person, draft={}, created_at=at, updated_at=at)


def save_draft(
    *, case_id: int, person: Person, section: dict[str, Any], version: int | None = None
) -> tuple[Case, tuple[FieldError, ...]]:
    """Put the fields of one page into the draft and return the errors of the whole draft.

    Wrong values are stored as typed and come back as errors: the page shows them again. ``version`` is the one the page
    was loaded with; when somebody else saved meanwhile the same fields, ``Conflict`` names it and nothing is lost.
    """
    with step_on(case_id, person=person, action="save_draft") as step:
        require_writable(step)
        draft = dict(step.case.draft if step.case.draft is not None else step.case.facts or {})
        if version is not None and version != step.case.version and _clashes(draft, section):
            raise Conflict("这份草稿刚在别处改过，请刷新后核对再保存。您刚填的内容仍在本页。")
        draft.update(section)
        step.case.draft = draft
        step.case.title = str((draft.get("institution") or {}).get("name") or step.case.title)[:160]
        step.changed("draft", "title")
    papers = papers_on_hand(step.case)
    _facts, errors = step.procedure.facts.parse_draft(with_papers(step.case.draft, papers))
    return step.case, errors


def _clashes(draft: dict[str, Any], section: dict[str, Any]) -> bool:
    return any(key in draft and draft[key] != value for key, value in section.items())


@transaction.atomic
def discard_draft(*, case_id: int, person: Person) -> None:
    """Delete a draft that was never submitted, with its files. A submitted case is never deleted."""
    case = Case.objects.select_for_update().get(pk=case_id)
    if case.created_by_id != person.pk:
        raise NotPermitted("只有填写人可以删除草稿。")
    if case.state != Case.State.DRAFT or case.audit.exists():
        raise NotPermitted("已提交过的办件不能删除，可以撤回。")
    for paper in Attachment.objects.filter(case=case):
        transaction.on_commit(lambda file=paper.file: file.delete(save=False))
    Attachment.objects.filter(case=case).delete()
    case.delete()


def require_writable(step: Step) -> None:
    """The applicant's part is open to this person now. Raises ``NotPermitted`` with the reason."""
    person = step.actor.person
    if person is None or not may_edit(person, step.case, step.on):
        raise NotPermitted("您可以查看这个办件，但不能代申请人填写。")
    if step.case.state not in WRITABLE or (step.case.state == Case.State.DECIDED and not applicant_route(step)):
        raise NotPermitted("材料正在办理中，现在不能修改。需要修改时，经办人会一次性告知您。")


def applicant_route(step: Step) -> Any:
    """The applicant's open task, if there is one."""
    return next((route for route in step.open_routes.values() if route.party == "applicant"), None)
