"""Numbers without gaps under real concurrency (engine_traps N1, N5; regulation G.8)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import TypeVar

import pytest
from django.db import connection, transaction

from registry.models import Bureau, Division, NumberCounter, NumberFormat
from registry.services.numbers import FormatMissingError, OutsideTransactionError, take_case_number, take_number

T = TypeVar("T")
RECEIPT, NOTICE = "filing_receipt", "notice_of_conditions"
PATIENCE = 30  # seconds until a test that hangs fails


def health(code: str) -> Bureau:
    return Bureau.objects.get(kind__code="health", division__code=code)


def in_own_connection(work: Callable[[], T]) -> Callable[[], T]:
    def run() -> T:
        try:
            return work()
        finally:
            connection.close()

    return run


class RolledBackError(Exception):
    """What makes an approval fail after its number was taken."""


@pytest.mark.django_db(transaction=True)
def test_fifty_approvals_of_which_ten_roll_back_leave_no_gap() -> None:
    bureau = health("230521")
    together = Barrier(10)

    def approve(turn: int) -> int | None:
        together.wait(PATIENCE)
        try:
            with transaction.atomic():
                number = take_number(bureau=bureau, kind=RECEIPT, year=2026)
                if turn % 5 == 0:
                    raise RolledBackError
                return number.sequence
        except RolledBackError:
            return None

    with ThreadPoolExecutor(10) as pool:
        approvals = [pool.submit(in_own_connection(lambda turn=turn: approve(turn))) for turn in range(50)]
        taken = [each.result(PATIENCE) for each in approvals]
    kept = sorted(sequence for sequence in taken if sequence is not None)
    assert kept == list(range(1, 41))
    assert NumberCounter.objects.get(year=2026, series__contains=RECEIPT).last == 40


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("other", ["another bureau", "another kind", "another year"])
def test_other_series_do_not_wait(other: str) -> None:
    mine, theirs = health("230521"), health("230502")
    taken, release = Event(), Event()

    def slow() -> None:
        with transaction.atomic():
            take_number(bureau=mine, kind=RECEIPT, year=2026)
            taken.set()
            assert release.wait(PATIENCE)

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(in_own_connection(slow))
        assert taken.wait(PATIENCE)
        try:
            with transaction.atomic():
                connection.cursor().execute("SET LOCAL lock_timeout = '2s'")
                number = {
                    "another bureau": lambda: take_number(bureau=theirs, kind=RECEIPT, year=2026),
                    "another kind": lambda: take_number(bureau=mine, kind=NOTICE, year=2026),
                    "another year": lambda: take_number(bureau=mine, kind=RECEIPT, year=2027),
                }[other]()
            assert number.sequence == 1
        finally:
            release.set()
            holding.result(PATIENCE)


@pytest.mark.django_db(transaction=True)
def test_a_number_outside_a_transaction_is_refused() -> None:
    with pytest.raises(OutsideTransactionError, match="同一事务"):
        take_number(bureau=health("230521"), kind=RECEIPT, year=2026)
    assert not NumberCounter.objects.exists()


@pytest.mark.django_db
def test_numbers_are_printed_without_leading_zeros_in_hexagonal_brackets() -> None:
    texts = [take_number(bureau=health("230521"), kind=RECEIPT, year=2026).text for _ in range(2)]
    assert texts == ["集卫托备〔2026〕1号", "集卫托备〔2026〕2号"]
    assert take_number(bureau=health("230521"), kind=RECEIPT, year=2027).text == "集卫托备〔2027〕1号"
    assert take_number(bureau=health("230524"), kind=NOTICE, year=2026).text == "饶卫托知〔2026〕1号"


@pytest.mark.django_db
def test_a_changed_issuer_code_goes_on_counting() -> None:
    bureau = health("230521")
    take_number(bureau=bureau, kind=RECEIPT, year=2026)
    NumberFormat.objects.filter(bureau=bureau, kind=RECEIPT).update(prefix="集卫健托备", confirmed=True)
    assert take_number(bureau=bureau, kind=RECEIPT, year=2026).text == "集卫健托备〔2026〕2号"


@pytest.mark.django_db
def test_a_bureau_without_an_issuer_code_takes_no_number() -> None:
    city = health("230500")
    with pytest.raises(FormatMissingError, match=r"双鸭山市卫生健康委员会.*发文机关代字"):
        take_number(bureau=city, kind=RECEIPT, year=2026)


@pytest.mark.django_db
def test_the_eight_places_have_distinct_issuer_codes_and_none_is_confirmed() -> None:
    formats = NumberFormat.objects.filter(kind=RECEIPT)
    assert {each.prefix[0] for each in formats} == set("尖岭四山集友宝饶")
    assert not formats.filter(confirmed=True).exists()


@pytest.mark.django_db
def test_case_numbers_name_year_and_division() -> None:
    county = Division.objects.get(code="230521")
    assert [take_case_number(division=county, year=2026) for _ in range(2)] == ["2026-230521-0001", "2026-230521-0002"]
    assert take_case_number(division=county, year=2027) == "2027-230521-0001"
    NumberCounter.objects.filter(series__endswith="230521", year=2026).update(last=9999)
    assert take_case_number(division=county, year=2026) == "2026-230521-10000"
