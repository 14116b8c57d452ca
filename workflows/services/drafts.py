"""The applicant's writing: start a draft, save it, throw it away. Nothing typed is ever lost."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from django.db import transaction

from registry.clock import now, today
from registry.models import Person
from registry.selectors.people import memberships_of
from workflows import catalogue
from workflows.models import Attachment, Case
from workflows.rules import characters
from workflows.rules.border import FieldError
from workflows.selectors.asked import asking_round, changed_paths, opened, points_of
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


def save_draft(*, case_id: int, person: Person, section: dict[str, Any], seen: str = "") -> tuple[Case, tuple[FieldError, ...]]:
    """Put the fields of one page into the draft and return the errors of the whole draft.

    Wrong values are stored as typed and come back as errors: the page shows them again. ``seen`` is the ``section_mark``
    the page was loaded with: when somebody else changed the same part meanwhile, ``Conflict``, and nothing is lost.
    After a notice only what it opened may change (``workflows.selectors.asked``): else ``NotPermitted``.
    """
    with step_on(case_id, person=person, action="save_draft") as step:
        require_writable(step)
        before = written(step.case)
        if seen and seen != section_mark(before, section) and any(before.get(k) != v for k, v in section.items()):
            raise Conflict("这一部分刚在别处改过，请刷新后核对再保存。您刚填的内容仍在本页。")
        draft = {**before, **section}
        _require_open(step, before, draft)
        step.case.draft = draft
        name = characters.composed(str((draft.get("institution") or {}).get("name") or ""))
        if name and not characters.fault(name):  # a wrong name is kept in the draft, and stands in no list
            step.case.title = name[:160]
        step.changed("draft", "title")
    papers = papers_on_hand(step.case)
    _facts, errors = step.procedure.facts.parse_draft(with_papers(step.case.draft, papers))
    return step.case, errors


def written(case: Case) -> dict[str, Any]:
    """What stands in the form: the draft if one is being written, else what was last submitted."""
    return dict(case.draft if case.draft is not None else case.facts or {})


def section_mark(content: Mapping[str, Any], keys: Iterable[str]) -> str:
    """A short mark of one part of the form as it stands; a page carries it to tell whether that part changed since."""
    part = {key: content.get(key) for key in sorted(keys)}
    canonical = json.dumps(part, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _require_open(step: Step, before: dict[str, Any], after: dict[str, Any]) -> None:
    """What was checked already stays as it is while the applicant answers a notice."""
    if step.case.state == Case.State.DRAFT:
        return
    open_now = opened(step.case, points_of(asking_round(step.case)), step.on)
    if any(not open_now.allows(path) for path in changed_paths(before, after)):
        raise NotPermitted("只能修改告知书中列出的内容，其余内容已核对，无需再改。")


@transaction.atomic
def discard_draft(*, case_id: int, person: Person) -> None:
    """Throw away a draft that was never submitted, with its files. A submitted case is never deleted.

    What was refused or shared on it stands in the audit chain for ever: such a draft is emptied (``draft`` is null from
    then on, no page shows it) and its row stays.
    """
    case = Case.objects.select_for_update(no_key=True).get(pk=case_id)
    if case.created_by_id != person.pk:
        raise NotPermitted("只有填写人可以删除草稿。")
    if case.state != Case.State.DRAFT:
        raise NotPermitted("已提交过的办件不能删除，可以撤回。")
    papers = list(Attachment.objects.filter(case=case))
    for paper in papers:
        transaction.on_commit(partial(paper.file.delete, save=False))
    Attachment.objects.filter(case=case).delete()
    case.grants.all().delete()
    if case.audit_sequence:
        case.draft, case.title = None, ""
        case.save(update_fields=["draft", "title"])
    else:
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
