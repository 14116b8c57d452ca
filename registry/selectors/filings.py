"""The public register (已备案机构名单). Nothing here names a person or shows anything that is not public."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from registry.models import Division, Filing

PAGE = 20


class NotOnRegisterError(LookupError):
    """No public filing has this key. The message is Chinese."""


class CursorError(ValueError):
    """The place to go on from is not one this register gave out. The message is Chinese."""


@dataclass(frozen=True)
class PublicFiling:
    """One line of the register. ``status`` and ``verification`` are codes, the ``…_text`` words for people."""

    pk: int
    name: str
    number: str
    filed_on: date
    status: str
    status_text: str
    verification: str
    verification_text: str
    division: str
    address: str
    bureau: str
    nature: str
    services: tuple[str, ...]
    places: int
    phone: str


@dataclass(frozen=True)
class RegisterPage:
    """``after`` is passed back for the next page; empty on the last one. A page costs one query at any depth."""

    rows: tuple[PublicFiling, ...]
    after: str


@dataclass(frozen=True)
class PublicDisclosure:
    """What was found on the spot and published; ``resolved_at`` once rectified. ``reasons`` as disclosed."""

    kind: str
    kind_text: str
    reasons: tuple[Any, ...]
    published_at: datetime
    resolved_at: datetime | None


@dataclass(frozen=True)
class PublicDetail:
    """The register's page of one filing. ``classes`` and ``conditions`` as recorded at the receipt; no personal data."""

    filing: PublicFiling
    uscc: str
    verified_on: date | None
    published_at: datetime | None
    updated_at: datetime
    classes: tuple[Any, ...]
    conditions: tuple[Any, ...]
    disclosures: tuple[PublicDisclosure, ...]


def public_register(query: str = "", division: Division | None = None, after: str = "", limit: int = PAGE) -> RegisterPage:
    """Filings in force, newest first, from the receipt on (practice.md P7), a page of ``limit``.

    ``query`` is looked for in name, number, address and credit code. Raises CursorError for a foreign ``after``.
    """
    rows = _public().filter(status=Filing.Status.IN_FORCE)
    if division is not None:
        rows = rows.filter(site__division=division)
    for word in query.split():
        rows = rows.filter(
            Q(name__icontains=word)
            | Q(number__icontains=word)
            | Q(site__address__icontains=word)
            | Q(site__institution__uscc=word.upper())
        )
    if after:
        day, key = _read_cursor(after)
        rows = rows.filter(Q(filed_on__lt=day) | Q(filed_on=day, pk__lt=key), filed_on__lte=day)
    found = list(rows.order_by("-filed_on", "-pk")[: limit + 1])
    page, more = found[:limit], len(found) > limit
    return RegisterPage(tuple(map(_line, page)), f"{page[-1].filed_on:%Y%m%d}-{page[-1].pk}" if more else "")


def public_detail(pk: int) -> PublicDetail:
    """One filing that has or had force: a superseded or cancelled one is shown as such. Raises NotOnRegisterError."""
    filing = _public().filter(number__isnull=False, pk=pk).prefetch_related("disclosures").first()
    if filing is None:
        raise NotOnRegisterError("名单中没有这条备案记录")
    return PublicDetail(
        filing=_line(filing),
        uscc=filing.site.institution.uscc,
        verified_on=filing.verified_on,
        published_at=filing.published_at,
        updated_at=filing.updated_at,
        classes=tuple(filing.classes),
        conditions=tuple(filing.conditions),
        disclosures=tuple(
            PublicDisclosure(each.kind, each.get_kind_display(), tuple(each.reasons), each.published_at, each.resolved_at)
            for each in filing.disclosures.all()
        ),
    )


def _public() -> QuerySet[Filing]:
    return Filing.objects.select_related("site__institution", "site__division", "bureau")


def _read_cursor(text: str) -> tuple[date, int]:
    day, _, key = text.partition("-")
    try:
        return date.fromisoformat(day), int(key)
    except ValueError as error:
        raise CursorError("翻页位置无效，请从第一页重新查看") from error


def _line(filing: Filing) -> PublicFiling:
    assert filing.filed_on is not None  # a number is given together with the date: take_effect
    return PublicFiling(
        pk=filing.pk,
        name=filing.name,
        number=filing.number or "",
        filed_on=filing.filed_on,
        status=filing.status,
        status_text=filing.get_status_display(),
        verification=filing.verification,
        verification_text=filing.get_verification_display(),
        division=filing.site.division.name,
        address=filing.site.address,
        bureau=filing.bureau.name,
        nature=filing.site.institution.get_nature_display(),
        services=tuple(filing.services),
        places=filing.places,
        phone=filing.phone,
    )
