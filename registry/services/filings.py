"""What is made public about a filing. Its lifecycle (take_effect, find_conforming …) is on the record itself."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from registry.models import Disclosure, Filing


class NotYetFiledError(Exception):
    """Only what has its receipt may be made public. The message is Chinese."""


def publish(*, filing: Filing, at: datetime) -> None:
    """Note when the filing was made public (25号 §11). The first time counts.

    Raises NotYetFiledError.
    """
    _must_be_filed(filing)
    if filing.published_at is None:
        filing.published_at = filing.updated_at = at
        filing.save(update_fields=["published_at", "updated_at"])


def disclose(*, filing: Filing, kind: Disclosure.Kind, reasons: Sequence[Any] = (), at: datetime) -> Disclosure:
    """Publish what verification found, with its reasons (25号 §9). Raises NotYetFiledError."""
    _must_be_filed(filing)
    return Disclosure.objects.create(filing=filing, kind=kind, reasons=list(reasons), published_at=at)


def resolve_disclosures(*, filing: Filing, at: datetime) -> int:
    """Mark what was disclosed as 不符合 as rectified; it stays readable. Returns how many were open."""
    open_ones = Disclosure.objects.filter(filing=filing, kind=Disclosure.Kind.NONCONFORMING, resolved_at__isnull=True)
    return open_ones.update(resolved_at=at)


def _must_be_filed(filing: Filing) -> None:
    if filing.number is None:
        raise NotYetFiledError(f"{filing}还没有备案回执，不能公开")
