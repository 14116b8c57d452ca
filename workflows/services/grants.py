"""Co-editors (共同填写人): a person the applicant lets fill in one case, until a day. One guardian row per such grant."""

from datetime import date, timedelta

from django.contrib.auth.models import Permission
from django.core.cache import cache

from registry.models import Agent, Person
from registry.selectors.people import memberships_of
from workflows.models import Case, CaseGrant
from workflows.services.errors import NotPermitted, Unmet
from workflows.services.step import Step, step_on

LONGEST_DAYS = 366
MOST_PER_CASE = 10
TRIES_PER_HOUR = 20
HOUR = 3600


def grant_edit(*, case_id: int, person: Person, username: str, valid_to: date | None) -> CaseGrant:
    """Let somebody fill in this case until ``valid_to`` (included). A second grant to the same person moves the date.

    Who owns an account is told to nobody: pages show its name as it was typed, and one giver asks ``TRIES_PER_HOUR``
    times. Raises ``Unmet`` at the field, ``NotPermitted`` when it is not ``person``'s to give.
    """
    with step_on(case_id, person=person, action="grant_edit") as step:
        require_owner(step, "只有填写人本人可以添加或取消共同填写人。")
        _require_end(valid_to, step.on)
        _count(person)
        friend = Person.objects.filter(username=username.strip(), is_active=True).first()
        # One answer for a stranger and for an official: the form must not tell who has an account of which kind.
        if friend is None or memberships_of(friend, step.on).exists():
            raise _at("username", "没有这个申请人账号。请对方先注册，再填写他的账号。")
        if friend.pk in (person.pk, step.case.created_by_id):
            raise _at("username", "这是您自己或填写人本人的账号，不用添加。")
        if step.case.grants.exclude(user=friend).count() >= MOST_PER_CASE:
            raise _at("username", f"共同填写人最多{MOST_PER_CASE}名，请先取消不需要的。")
        grant, _created = CaseGrant.objects.update_or_create(
            user=friend, permission=_edit_permission(), content_object=step.case, defaults={"valid_to": valid_to}
        )
        step.note("granted", person=friend.pk, until=valid_to.isoformat() if valid_to else "")
    return grant


def revoke_edit(*, case_id: int, person: Person, grant_id: int) -> None:
    """End a grant at once. One that is gone already is no error."""
    with step_on(case_id, person=person, action="revoke_edit") as step:
        require_owner(step, "只有填写人本人可以添加或取消共同填写人。")
        grant = CaseGrant.objects.filter(pk=grant_id, content_object=step.case).first()
        if grant is None:
            step.leave()
            return
        step.note("grant_revoked", person=grant.user_id)
        grant.delete()


def owns(case: Case, person: Person, on: date) -> bool:
    """The author, or an agent of the applicant: who may share, submit and withdraw."""
    if case.created_by_id == person.pk:
        return True
    mine = Agent.objects.filter(person=person, applicant=case.applicant_id, valid_from__lte=on)
    return case.applicant_id is not None and mine.exclude(valid_to__lt=on).exists()


def require_owner(step: Step, words: str) -> None:
    """Raises ``NotPermitted`` with ``words`` when a co-editor, or anybody else, does what only the owner's side may."""
    person = step.actor.person
    if person is None or not person.is_active or not owns(step.case, person, step.on):
        raise NotPermitted(words)


def _require_end(valid_to: date | None, on: date) -> None:
    if valid_to is None:
        raise _at("valid_to", "请填写截止日期。")
    if valid_to < on:
        raise _at("valid_to", "截止日期不能早于今天。")
    if valid_to > on + timedelta(days=LONGEST_DAYS):
        raise _at("valid_to", "最长一年，到期可以再次添加。")


def _count(person: Person) -> None:
    key = f"grant-edit:{person.pk}"
    cache.add(key, 0, HOUR)
    if cache.incr(key) > TRIES_PER_HOUR:
        raise _at("username", "一小时内添加的次数太多，请稍后再试。")


def _edit_permission() -> Permission:
    return Permission.objects.get(codename="edit_case", content_type__app_label="workflows", content_type__model="case")


def _at(field: str, message: str) -> Unmet:
    return Unmet(message, fields={field: message})
