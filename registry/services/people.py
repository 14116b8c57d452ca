"""People and their posts (岗位), as the registrar keeps them. Nothing is deleted: an account is switched off, a post ends."""

from datetime import date, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from registry.models import Bureau, Membership, Person, Role
from registry.selectors.people import active_on


class PeopleError(ValueError):
    """What was asked for a person or a post is not possible. The message is Chinese."""


def add_person(*, username: str, name: str, password: str, phone: str = "", to_be_changed: bool = False) -> Person:
    """An account that can sign in. ``to_be_changed``: somebody else knows the password, it serves once.

    Raises PeopleError (name taken, password too weak).
    """
    person = Person(username=username.strip(), name=name.strip(), phone=phone.strip(), must_change_password=to_be_changed)
    if Person.objects.filter(username=person.username).exists():
        raise PeopleError(f"账号“{person.username}”已有人使用")
    try:
        person.full_clean(exclude=["password"])
        validate_password(password, person)
    except ValidationError as error:
        raise PeopleError("；".join(error.messages)) from error
    person.set_password(password)
    person.save()
    return person


def set_active(*, person: Person, active: bool) -> None:
    """Switch an account off or on. While off nobody acts through it, nor for it (engine_traps C1)."""
    person.is_active = active
    person.save(update_fields=["is_active"])


@transaction.atomic
def appoint(
    *,
    person: Person,
    bureau: Bureau,
    role: Role | str,
    valid_from: date,
    valid_to: date | None = None,
    acting_for: Person | None = None,
) -> Membership:
    """Give ``person`` a post, both days included; with ``acting_for`` a substitution (授权代签), which needs an end.

    Raises PeopleError: wrong days, nobody to stand for, or the post is held already on one of the days.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    membership = Membership(
        person=person, bureau=bureau, role=role, valid_from=valid_from, valid_to=valid_to, acting_for=acting_for
    )  # fmt: skip
    _check_substitution(membership)
    _check_apart(membership)
    try:
        membership.full_clean()
    except ValidationError as error:
        raise PeopleError(_in_words(membership) or "；".join(error.messages)) from error
    same = Membership.objects.filter(person=person, bureau=bureau, role=role, acting_for=acting_for)
    for other in same:
        if (other.valid_to or date.max) >= valid_from and (valid_to or date.max) >= other.valid_from:
            raise PeopleError(f"{person}在这段时间已是{bureau}的{membership.get_role_display()}")
    membership.save(force_insert=True)
    return membership


def end_membership(*, membership: Membership, last_day: date, today: date) -> None:
    """End a post; it still counts on ``last_day``. An end may be brought forward, never put off, nor laid into the past:
    a longer post is a new one, with its own entry. Raises PeopleError.

    To take a post back on its first day, switch the account off: what was done that day was done in that post.
    """
    if last_day < membership.valid_from:
        raise PeopleError(f"该岗位自{membership.valid_from}起，结束日期不能更早")
    if membership.valid_to is not None and last_day > membership.valid_to:
        raise PeopleError(f"该岗位到{membership.valid_to}结束，不能改晚。需要延长的，请另外任命。")
    if last_day < today - timedelta(days=1):
        raise PeopleError("结束日期不能早于昨天：已经办过的事要能说清是以什么岗位办的。")
    membership.valid_to = last_day
    membership.save(update_fields=["valid_to"])


def _check_substitution(membership: Membership) -> None:
    principal = membership.acting_for
    if principal is None:
        return
    if membership.valid_to is None:
        raise PeopleError("授权代签必须写明结束日期")
    holds = active_on(membership.valid_from).filter(
        person=principal, bureau=membership.bureau, role=membership.role, acting_for__isnull=True
    )
    if not holds.exists():
        raise PeopleError(
            f"{principal}在{membership.valid_from}不是{membership.bureau}的{membership.get_role_display()}，不能被代签"
        )


ALONE = frozenset({Role.REGISTRAR, Role.AUDITOR})
"""Posts that stand alone: who gives posts or audits holds no other on the same day."""


def _check_apart(membership: Membership) -> None:
    others = Membership.objects.filter(person=membership.person).exclude(role=membership.role)
    for other in others:
        together = (other.valid_to or date.max) >= membership.valid_from and (
            membership.valid_to or date.max
        ) >= other.valid_from
        if together and ALONE & {other.role, membership.role}:
            raise PeopleError("名录管理员、审计员不能兼任其他岗位。")


def _in_words(membership: Membership) -> str:
    if membership.valid_to is not None and membership.valid_to < membership.valid_from:
        return "结束日期不能早于开始日期"
    if membership.acting_for_id is not None and membership.acting_for_id == membership.person_id:
        return "不能代自己签"
    return ""
