"""Who holds which post on a day, substitutes (授权代签) included."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from registry.models import Bureau, Membership, Person, Role


def memberships_of(person: Person, on: date) -> QuerySet[Membership]:
    """The posts ``person`` may act in on ``on``; ``acting_for`` is set on a substitution. One query.

    A substitution ends with the post of the one it stands for; an account switched off holds nothing.
    """
    return active_on(on).filter(person=person)


def holders_of(bureau: Bureau, role: Role | str, on: date) -> QuerySet[Membership]:
    """Memberships, with ``person`` and ``acting_for``, of those who may act in ``role`` for ``bureau`` on ``on``."""
    return active_on(on).filter(bureau=bureau, role=role)


def active_on(on: date) -> QuerySet[Membership]:
    """Every membership in force on a day, with person, principal and bureau."""
    principal = Membership.objects.filter(
        _on(on),
        person=OuterRef("acting_for"),
        person__is_active=True,
        bureau=OuterRef("bureau"),
        role=OuterRef("role"),
        acting_for__isnull=True,
    )
    return (
        Membership.objects.filter(_on(on), person__is_active=True)
        .filter(Q(acting_for__isnull=True) | Exists(principal))
        .select_related("person", "acting_for", "bureau__kind", "bureau__division")
    )


def _on(day: date) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))
