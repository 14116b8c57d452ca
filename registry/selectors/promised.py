"""Promised times (承诺时限, practice.md P12) beside the legal ones."""

from collections.abc import Iterable, Mapping

from django.db.models import Q

from registry.models import Bureau, PromisedTime


def promised_days(duty: str, bureau: Bureau) -> int | None:
    """Days promised for ``duty`` (``事项编码:期限编码``), in the duty's own unit. The bureau's promise wins over the city's."""
    return promised_by_duty([duty], bureau).get(duty)


def promised_by_duty(duties: Iterable[str], bureau: Bureau | int) -> Mapping[str, int]:
    """The same for several duties in one query; a duty nobody promised anything for is absent."""
    rows = PromisedTime.objects.filter(Q(bureau=bureau) | Q(bureau__isnull=True), duty__in=set(duties))
    # The city's promise comes first, so that the bureau's own overwrites it.
    ranked = sorted(rows.values_list("duty", "bureau_id", "days"), key=lambda row: row[1] is not None)
    return {duty: days for duty, _, days in ranked}
