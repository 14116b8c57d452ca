"""Records for the tests of this folder, written as the registry itself writes them."""

from datetime import UTC, date, datetime
from itertools import count

from registry.models import Bureau, Division, Filing, Institution
from registry.services.institutions import record_site

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
USCC = "91230500MA0000001D"
_turn = count(1)


def health(code: str = "230521") -> Bureau:
    return Bureau.objects.select_related("division").get(kind__code="health", division__code=code)


def submitted_filing(*, name: str = "小树苗托育中心", code: str = "230521", address: str = "", uscc: str = USCC) -> Filing:
    """A filing without its receipt, at a site of its own."""
    turn = next(_turn)
    site = record_site(
        name=name,
        uscc=uscc,
        nature=Institution.Nature.FOR_PROFIT,
        registered_by="集贤县市场监督管理局",
        registered_on=date(2026, 9, 1),
        division=Division.objects.get(code=code),
        address=address or f"试验路{turn}号",
        at=AT,
    )
    return Filing.objects.create(
        site=site, bureau=health(code), case_number=f"试-{turn}", name=name, submitted_at=AT, updated_at=AT, places=60
    )


def filing_in_force(*, on: date = date(2026, 11, 24), number: str = "", **about: str) -> Filing:
    filing = submitted_filing(**about)
    filing.take_effect(number=number or f"试卫托备〔2026〕{filing.pk}号", on=on)
    filing.save()
    return filing
