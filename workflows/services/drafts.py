"""The applicant's writing: start a draft, save it, throw it away. Nothing typed is ever lost."""

import hashlib
import json
from collections.abc import Iterable, Mapping
import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from registry.clock import now, today
from registry.models import Person
from registry.selectors.people import memberships_of
from workflows import catalogue
from workflows.models import Attachment, Case, Round
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


def save_draft(
    *, case_id: int, person: Person, section: dict[str, Any], seen: str = ""
) -> tuple[Case, tuple[FieldError, ...]]:
    """Put the fields of one page into the draft and return the errors of the whole draft.

    Wrong values are stored as typed and come back as errors: the page shows them again. ``seen`` is the ``section_mark``
    the page was loaded with: when somebody else changed the same part meanwhile, ``Conflict``, and nothing is lost.
    During a correction only what the notice asked for may change: ``NotPermitted`` names the rest.
    """
    with step_on(case_id, person=person, action="save_draft") as step:
        require_writable(step)
        before = written(step.case)
        if seen and seen != section_mark(before, section) and any(before.get(k) != v for k, v in section.items()):
            raise Conflict("这一部分刚在别处改过，请刷新后核对再保存。您刚填的内容仍在本页。")
        draft = {**before, **section}
        if step.case.state != Case.State.DRAFT:
            _require_asked(step.case, draft)
        step.case.draft = draft
        step.case.title = str((draft.get("institution") or {}).get("name") or step.case.title)[:160]
        step.changed("draft", "title")
    papers = papers_on_hand(step.case)
    _facts, errors = step.procedure.facts.parse_draft(with_papers(step.case.draft, papers))
    return step.case, errors


def written(case: Case) -> dict[str, Any]:
    """What stands in the form: the draft if one is being written, else what was last submitted."""
    return dict(case.draft if case.draft is not None else case.facts or {})


def section_mark(content: dict[str, Any], keys: Iterable[str]) -> str:
    """A short mark of one part of the form as it stands; a page carries it to tell whether that part changed since."""
    part = {key: content.get(key) for key in sorted(keys)}
    canonical = json.dumps(part, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _require_asked(case: Case, draft: dict[str, Any]) -> None:
    """Checked papers and answers stay as they are: a correction touches only what was asked for."""
    asked = Round.objects.get(case=case, number=case.round).asked
    open_parts = {_part(path) for point in asked for path in point.get("fields", ())}
    open_parts |= {OPTION_FIELDS[point["slot"]] for point in asked if point.get("slot") in OPTION_FIELDS}
    changed = {part for part in _parts(draft) | _parts(case.facts or {}) if _at(draft, part) != _at(case.facts or {}, part)}
    if changed - open_parts:
        raise NotPermitted("只能修改告知书中列出的内容，其余内容已核对，无需再改。")


OPTION_FIELDS = {"fire_proof": "fire_proof", "site_proof": "premises.tenure", "food_licence": "meals"}
"""Slots whose paper goes with an answer of the form: who is asked for the paper may change the answer."""


def _part(path: str) -> str:
    """A field as far as it is locked: a whole list (``classes``), or one entry of a group (``premises.lease_end``)."""
    names = path.split(".")
    return names[0] if len(names) == 1 or names[1].isdigit() else ".".join(names[:2])


def _parts(content: dict[str, Any]) -> set[str]:
    return {
        part
        for key, value in content.items()
        for part in ([f"{key}.{name}" for name in value] if isinstance(value, dict) else [key])
    }


def _at(content: dict[str, Any], part: str) -> Any:
    key, _, name = part.partition(".")
    value = content.get(key)
    return value.get(name) if name and isinstance(value, dict) else value


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
    transaction.on_commit(lambda: [paper.file.delete(save=False) for paper in papers])
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
