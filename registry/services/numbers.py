"""Numbers of papers and files (regulation G.8): one series per issuing bureau, kind of paper and year, without gaps.

The counter's row is locked from the taking until the caller commits: take the number last, in a short transaction.
"""

from dataclasses import dataclass

from django.db import connection

from registry.models import Bureau, Division, NumberCounter, NumberFormat


class NumberError(Exception):
    """A number could not be taken. The message is Chinese."""


class OutsideTransactionError(NumberError):
    """Taken outside a transaction a number would stay used when the paper fails: a gap."""


class FormatMissingError(NumberError):
    """The bureau has no issuer code (发文机关代字) for this kind of paper."""


@dataclass(frozen=True)
class Number:
    """``text`` as printed, e.g. 集卫托备〔2026〕1号; ``sequence`` counts from 1 in ``year``."""

    text: str
    year: int
    sequence: int


def take_number(*, bureau: Bureau, kind: str, year: int) -> Number:
    """The next number of ``bureau`` for papers of ``kind``. A rolled back transaction gives its number back.

    Raises OutsideTransactionError, FormatMissingError.
    """
    prefix = NumberFormat.objects.filter(bureau=bureau, kind=kind).values_list("prefix", flat=True).first()
    if prefix is None:
        raise FormatMissingError(f"{bureau}还没有设置文种“{kind}”的发文机关代字，请名录管理员先设置")
    sequence = _next(series=f"paper:{bureau.pk}:{kind}", year=year)
    return Number(f"{prefix}〔{year}〕{sequence}号", year, sequence)


def take_case_number(*, division: Division, year: int) -> str:
    """The next file number (办件编号) of a division, e.g. 2026-230521-0018. Raises OutsideTransactionError."""
    return f"{year}-{division.code}-{_next(series=f'case:{division.code}', year=year):04d}"


def _next(*, series: str, year: int) -> int:
    if not connection.in_atomic_block:
        raise OutsideTransactionError("取号必须与出具文书在同一事务中，否则会出现空号")
    table = connection.ops.quote_name(NumberCounter._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS counter (series, year, last) VALUES (%s, %s, 1) "
            "ON CONFLICT (series, year) DO UPDATE SET last = counter.last + 1 RETURNING last",
            [series, year],
        )
        return int(cursor.fetchone()[0])
