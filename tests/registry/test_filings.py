"""A filing's life in law (practice.md P7), and its record under a stale hand."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django_fsm import ConcurrentTransition, TransitionNotAllowed

from registry.models import Disclosure, Filing
from registry.services.filings import NotYetFiledError, disclose, publish, resolve_disclosures
from tests.registry.records import AT, filing_in_force, submitted_filing

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 24)
STATUS: dict[str, Callable[[Filing], None]] = {
    "take_effect": lambda filing: filing.take_effect(number="试〔2026〕1号", on=DAY),
    "withdraw": lambda filing: filing.withdraw(),
    "supersede": lambda filing: filing.supersede(),
    "cancel": lambda filing: filing.cancel(),
}
VERIFICATION: dict[str, Callable[[Filing], None]] = {
    "find_conforming": lambda filing: filing.find_conforming(on=DAY),
    "find_nonconforming": lambda filing: filing.find_nonconforming(on=DAY),
    "hand_over": lambda filing: filing.hand_over(),
}
ALLOWED_STATUS = {
    ("submitted", "take_effect"): "in_force",
    ("submitted", "withdraw"): "withdrawn",
    ("in_force", "supersede"): "superseded",
    ("in_force", "cancel"): "cancelled",
}
ALLOWED_VERIFICATION = {
    ("pending", "find_conforming"): "conforming",
    ("pending", "find_nonconforming"): "nonconforming",
    ("nonconforming", "find_conforming"): "conforming",
    ("nonconforming", "find_nonconforming"): "nonconforming",
    ("nonconforming", "hand_over"): "handed_over",
}


@pytest.mark.parametrize("verb", STATUS)
@pytest.mark.parametrize("source", Filing.Status.values)
def test_status(source: str, verb: str) -> None:
    filing = Filing(status=source)
    if (source, verb) in ALLOWED_STATUS:
        STATUS[verb](filing)
        assert filing.status == ALLOWED_STATUS[source, verb]
    else:
        with pytest.raises(TransitionNotAllowed):
            STATUS[verb](filing)
        assert filing.status == source


@pytest.mark.parametrize("status", Filing.Status.values)
@pytest.mark.parametrize("verb", VERIFICATION)
@pytest.mark.parametrize("source", Filing.Verification.values)
def test_verification_is_of_a_filing_in_force(source: str, verb: str, status: str) -> None:
    filing = Filing(status=status, verification=source)
    if status == "in_force" and (source, verb) in ALLOWED_VERIFICATION:
        VERIFICATION[verb](filing)
        assert filing.verification == ALLOWED_VERIFICATION[source, verb]
    else:
        with pytest.raises(TransitionNotAllowed):
            VERIFICATION[verb](filing)
        assert filing.verification == source


def test_a_state_is_not_written_by_hand() -> None:
    with pytest.raises(AttributeError):
        submitted_filing().status = Filing.Status.IN_FORCE


def test_two_hands_on_one_record_second_is_told() -> None:
    first = submitted_filing()
    second = Filing.objects.get(pk=first.pk)
    first.withdraw()
    first.save()
    second.take_effect(number="试〔2026〕2号", on=DAY)
    with pytest.raises(ConcurrentTransition), transaction.atomic():
        second.save()
    second.refresh_from_db()
    assert second.status == Filing.Status.WITHDRAWN
    assert second.number is None


def test_reading_a_deleted_row_again_keeps_protection_on() -> None:
    filing = submitted_filing()
    Filing.objects.filter(pk=filing.pk).delete()
    with pytest.raises(Filing.DoesNotExist):
        filing.refresh_from_db()
    assert all(Filing._meta.get_field(name).protected for name in ("status", "verification"))
    with pytest.raises(AttributeError):
        filing.status = Filing.Status.IN_FORCE


def test_reading_other_columns_again_does_not_hide_a_conflict() -> None:
    first = submitted_filing()
    second = Filing.objects.get(pk=first.pk)
    first.withdraw()
    first.save()
    second.take_effect(number="试〔2026〕3号", on=DAY)
    second.refresh_from_db(fields=["places"])
    with pytest.raises(ConcurrentTransition), transaction.atomic():
        second.save()


def test_refreshing_brings_columns_and_forgets_what_hung_on_them() -> None:
    filing = filing_in_force()
    stale = Filing.objects.select_related("site").get(pk=filing.pk)
    other = submitted_filing()
    Filing.objects.filter(pk=filing.pk).update(site=other.site, places=90)
    stale.refresh_from_db()
    assert (stale.places, stale.site) == (90, other.site)


def test_a_column_not_loaded_is_read_on_demand() -> None:
    filing = Filing.objects.only("pk", "status", "verification").get(pk=filing_in_force().pk)
    assert filing.places == 60


@pytest.mark.parametrize(
    "columns",
    [
        {"status": "in_force"},  # without number and date
        {"status": "unknown"},
        {"verification": "conforming"},  # never filed
        {"verification": "unknown"},
    ],
)
def test_the_database_refuses_what_the_law_does_not_know(columns: dict[str, str]) -> None:
    filing = submitted_filing()
    with pytest.raises(IntegrityError), transaction.atomic():
        Filing.objects.filter(pk=filing.pk).update(**columns)


def test_a_site_has_one_filing_in_force() -> None:
    filing = filing_in_force(address="同一处1号")
    second = submitted_filing(address="同一处1号")
    assert second.site == filing.site
    second.take_effect(number="试〔2026〕99号", on=DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()
    filing.supersede()
    filing.save()
    second.save()


def test_nothing_is_made_public_before_the_receipt() -> None:
    filing = submitted_filing()
    with pytest.raises(NotYetFiledError, match="还没有备案回执"):
        publish(filing=filing, at=AT)
    with pytest.raises(NotYetFiledError):
        disclose(filing=filing, kind=Disclosure.Kind.NONCONFORMING, reasons=["配比不足"], at=AT)


def test_the_first_publication_counts() -> None:
    filing = filing_in_force()
    publish(filing=filing, at=AT)
    publish(filing=filing, at=AT + timedelta(days=1))
    filing.refresh_from_db()
    assert filing.published_at == AT


def test_a_rectified_disclosure_stays_readable() -> None:
    filing = filing_in_force()
    disclose(filing=filing, kind=Disclosure.Kind.NONCONFORMING, reasons=["配比不足"], at=AT)
    later = AT + timedelta(days=9)
    assert resolve_disclosures(filing=filing, at=later) == 1
    assert resolve_disclosures(filing=filing, at=later) == 0
    disclosure = filing.disclosures.get()
    assert (disclosure.reasons, disclosure.resolved_at) == (["配比不足"], later)
