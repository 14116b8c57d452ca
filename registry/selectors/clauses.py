"""Clauses as they stand on a day."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Q, Value
from django.db.models.functions import Concat

from registry.models import Clause


def verification_of(refs: Iterable[object], on: date) -> Mapping[str, Clause]:
    """Citation → clause in force on ``on`` (latest version), for those on record. One query.

    A citation is written ``文号 §条`` (anything whose ``str`` is that will do); one without a row is absent: staff see it
    as 待核实.
    """
    wanted = {str(ref) for ref in refs}
    rows = (
        Clause.objects.annotate(citation=Concat("instrument__number", Value(" "), "article"))
        .filter(Q(in_force_to__isnull=True) | Q(in_force_to__gte=on), citation__in=wanted, in_force_from__lte=on)
        .select_related("instrument")
        .order_by("in_force_from", "version")
    )
    return {str(clause): clause for clause in rows}
