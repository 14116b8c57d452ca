"""What the front page counts."""

from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from registry.models import Division, Filing


@dataclass(frozen=True)
class DivisionCount:
    """Institutions on the register (家) and their places (个) in one district or county."""

    division: str
    code: str
    institutions: int
    places: int


@dataclass(frozen=True)
class RegisterCounts:
    """All divisions in code order, zero included, and the whole city."""

    rows: tuple[DivisionCount, ...]
    institutions: int
    places: int


def register_counts() -> RegisterCounts:
    """Filings in force and their places by division. One query."""
    in_force = Q(sites__filings__status=Filing.Status.IN_FORCE)
    divisions = (
        Division.objects.exclude(level=Division.Level.CITY)
        .annotate(filed=Count("sites__filings", filter=in_force), filed_places=Sum("sites__filings__places", filter=in_force))
        .order_by("code")
    )
    rows = tuple(DivisionCount(each.name, each.code, each.filed, each.filed_places or 0) for each in divisions)
    return RegisterCounts(rows, sum(row.institutions for row in rows), sum(row.places for row in rows))
