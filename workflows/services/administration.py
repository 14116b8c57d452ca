"""What a registry administrator (名录管理员) changes: people, posts, bureaus, promised times, the calendar.

Each verb looks at its reach (his own place and those below it), does one thing on record and adds one link to the audit
chain ``registry``, all in one transaction. Nobody changes his own posts or account: that takes a second administrator.
"""

from datetime import date
from secrets import choice

from django.db import transaction
from django.db.models import Q

from registry.models import Bureau, Division, Membership, NumberFormat, Person, PromisedTime, Role
from registry.selectors.officials import bureaus_kept_by, officials_kept_by
from registry.selectors.people import memberships_of
from registry.services.calendar import Imported, import_notice, read_notice
from registry.services.people import ALONE, PeopleError, add_person, appoint, end_membership, set_active
from workflows.models import Document
from workflows.services.audit import record
from workflows.services.errors import NotPermitted
from workflows.services.outbox import send_later

CHAIN = "registry"
# Without characters that are taken for one another when read aloud or copied by hand.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def first_password() -> str:
    """Twelve random characters in three groups, to be told once."""
    return "-".join("".join(choice(LETTERS) for _ in range(4)) for _ in range(3))


@transaction.atomic
def add_official(
    *, by: Person, on: date, username: str, name: str, phone: str, bureau: Bureau, role: Role | str, valid_from: date
) -> tuple[Person, str]:
    """A new account with its first post. Returns the person and the password to be told once. Raises PeopleError."""
    _require_bureau(by, on, bureau)
    password = first_password()
    person = add_person(username=username, name=name, password=password, phone=phone, to_be_changed=True)
    record(CHAIN, "official_added", actor=by, person=person.pk, username=person.username)
    _give(by=by, on=on, person=person, bureau=bureau, role=role, valid_from=valid_from, valid_to=None, acting_for=None)
    return person, password


@transaction.atomic
def give_post(
    *,
    by: Person,
    on: date,
    person: Person,
    bureau: Bureau,
    role: Role | str,
    valid_from: date,
    valid_to: date | None = None,
    acting_for: Person | None = None,
) -> Membership:
    """One more post, or with ``acting_for`` a substitution (授权代签). Raises PeopleError, NotPermitted."""
    _require_other(by, person)
    _require_official(by, on, person)
    _require_bureau(by, on, bureau)
    return _give(
        by=by, on=on, person=person, bureau=bureau, role=role, valid_from=valid_from, valid_to=valid_to, acting_for=acting_for
    )


@transaction.atomic
def end_post(*, by: Person, on: date, membership: Membership, last_day: date) -> None:
    """End a post after ``last_day``. Raises PeopleError, NotPermitted."""
    _require_other(by, membership.person)
    _require_bureau(by, on, membership.bureau)
    end_membership(membership=membership, last_day=last_day, today=on)
    record(CHAIN, "post_ended", actor=by, membership=membership.pk, last_day=last_day.isoformat())


@transaction.atomic
def switch_account(*, by: Person, on: date, person: Person, active: bool) -> None:
    """Switch an official's account off (it acts for nobody from now on) or on again. Raises NotPermitted."""
    _require_account(by, on, person)
    set_active(person=person, active=active)
    record(CHAIN, "account_on" if active else "account_off", actor=by, person=person.pk)


@transaction.atomic
def renew_password(*, by: Person, on: date, person: Person) -> str:
    """A new password, to be told once; open sessions of the account end. Raises NotPermitted."""
    _require_account(by, on, person)
    password = first_password()
    person.set_password(password)
    person.must_change_password = True
    person.save(update_fields=["password", "must_change_password"])
    record(CHAIN, "password_renewed", actor=by, person=person.pk)
    return password


@transaction.atomic
def set_contact(*, by: Person, on: date, bureau: Bureau, section: str, phone: str, address: str) -> None:
    """What notices print about a bureau."""
    _require_bureau(by, on, bureau)
    bureau.section, bureau.phone, bureau.address = section.strip(), phone.strip(), address.strip()
    bureau.save(update_fields=["section", "phone", "address"])
    record(CHAIN, "contact_set", actor=by, bureau=bureau.pk, section=section, phone=phone, address=address)


@transaction.atomic
def confirm_issuer_code(*, by: Person, on: date, number_format: NumberFormat, issuer_code: str) -> None:
    """The issuer code (发文机关代字) as the bureau confirmed it; numbers taken before keep theirs. The series goes on."""
    _require_bureau(by, on, number_format.bureau)
    used = Document.objects.filter(number__startswith=f"{issuer_code.strip()}〔").exclude(issuer=number_format.bureau)
    if used.exists():
        raise PeopleError(f"代字“{issuer_code.strip()}”已被其他部门用过，不能再用：编号会重复。")
    number_format.prefix, number_format.confirmed = issuer_code.strip(), True
    number_format.save(update_fields=["prefix", "confirmed"])
    record(
        CHAIN,
        "issuer_code_confirmed",
        actor=by,
        bureau=number_format.bureau_id,
        kind=number_format.kind,
        issuer_code=number_format.prefix,
    )


@transaction.atomic
def promise(*, by: Person, on: date, bureau: Bureau, duty: str, days: int | None, source: str) -> None:
    """A bureau's own promised time (承诺时限) for ``事项:期限``; ``days`` None takes it back, then the city's counts."""
    _require_bureau(by, on, bureau)
    if days is None:
        PromisedTime.objects.filter(duty=duty, bureau=bureau).delete()
    else:
        PromisedTime.objects.update_or_create(duty=duty, bureau=bureau, defaults={"days": days, "source": source.strip()})
    record(CHAIN, "promised", actor=by, bureau=bureau.pk, duty=duty, days=days, source=source)


@transaction.atomic
def take_notice(*, by: Person, on: date, content: bytes, source: str) -> Imported:
    """The yearly notice into the working-day table. Raises NoticeError. The worker then recomputes what runs."""
    if not memberships_of(by, on).filter(role=Role.REGISTRAR, bureau__division__level=Division.Level.CITY).exists():
        raise NotPermitted("工作日历全市共用，由市级名录管理员写入。")
    imported = import_notice(days=read_notice(content), source=source.strip())
    entry = record(
        CHAIN, "notice_taken", actor=by, source=source, days=imported.listed, whole_years=list(imported.whole_years)
    )  # fmt: skip
    send_later("recompute_clocks", key=f"recompute:{entry.digest}")
    return imported


def _give(
    *,
    by: Person,
    on: date,
    person: Person,
    bureau: Bureau,
    role: Role | str,
    valid_from: date,
    valid_to: date | None,
    acting_for: Person | None,
) -> Membership:
    if role in ALONE:
        # Else one administrator could make a second one and be given by it what nobody may give himself.
        raise NotPermitted("名录管理员、审计员由系统运维人员在服务器上任命（manage.py create_registrar、create_auditor）。")
    if valid_from < on:
        raise PeopleError("岗位的起始日期不能早于今天。")
    membership = appoint(
        person=person, bureau=bureau, role=role, valid_from=valid_from, valid_to=valid_to, acting_for=acting_for
    )  # fmt: skip
    record(
        CHAIN,
        "post_given",
        actor=by,
        membership=membership.pk,
        person=person.pk,
        bureau=bureau.pk,
        role=str(role),
        valid_from=valid_from.isoformat(),
        valid_to=valid_to.isoformat() if valid_to else None,
        acting_for=acting_for.pk if acting_for else None,
    )
    return membership


def _require_other(by: Person, person: Person) -> None:
    if by.pk == person.pk:
        raise NotPermitted("不能办理自己的账号和岗位，请由另一名名录管理员办理。")


def _require_account(by: Person, on: date, person: Person) -> None:
    """The account as a whole is only for one who looks after every post it holds: else its other posts fell to him."""
    _require_other(by, person)
    _require_official(by, on, person)
    held = Membership.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), person=person)
    if not held.exists():
        raise NotPermitted(f"{person}已没有岗位，账号归本人使用，不能由名录管理员办理。")
    if held.exclude(bureau__in=bureaus_kept_by(by, on)).exists():
        raise NotPermitted(f"{person}还有您管理范围以外的岗位，请由上级名录管理员办理。")


def _require_bureau(by: Person, on: date, bureau: Bureau) -> None:
    if not bureaus_kept_by(by, on).filter(pk=bureau.pk).exists():
        raise NotPermitted(f"{bureau}不在您管理的范围内。")


def _require_official(by: Person, on: date, person: Person) -> None:
    if not officials_kept_by(by, on).filter(pk=person.pk).exists():
        raise NotPermitted("这个账号不在您管理的范围内。")
