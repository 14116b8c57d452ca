"""Who holds which post on a day, substitutes (授权代签) included."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from registry.models import Bureau, Membership, Person, Role

LENDING_KINDS = ("health_supervision", "maternal_child")


def memberships_of(person: Person, on: date) -> QuerySet[Membership]:
    """The posts ``person`` may act in on ``on``; ``acting_for`` is set on a substitution. One query.

    A substitution ends with the post of the one it stands for; an account switched off holds nothing.
    """
    return active_on(on).filter(person=person)


def holders_of(bureau: Bureau, role: Role | str, on: date) -> QuerySet[Membership]:
    """Memberships, with ``person`` and ``acting_for``, of those who may act in ``role`` for ``bureau`` on ``on``."""
    return active_on(on).filter(bureau=bureau, role=role)


def posts_beside(bureau: Bureau, on: date) -> QuerySet[Person]:
    """The people who may come along to a site beside an officer of ``bureau`` (practice.md P6).

    The bureau's own verifiers, and those of the health supervision and the 妇幼保健院 of the same division.
    """
    at_hand = active_on(on).filter(
        Q(bureau=bureau) | Q(bureau__division=bureau.division_id, bureau__kind__code__in=LENDING_KINDS),
        role=Role.VERIFIER,
        acting_for__isnull=True,
    )
    return Person.objects.filter(pk__in=at_hand.values("person")).order_by("name", "pk")


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
