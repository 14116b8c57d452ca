"""Who holds which post on a day, substitutes (授权代签) included."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from registry.models import Bureau, Membership, Person, Role


def memberships_of(person: Person, on: date) -> QuerySet[Membership]:
    """The posts ``person`` may act in on ``on``; ``acting_for`` is set on a substitution. One query.

    A substitution ends with the post of the one it stands for; an account switched off holds nothing.
    """
    return active_on(on).filter(person=person)


_POSTS = """
SELECT m.* FROM registry_membership m JOIN registry_person p ON p.id = m.person_id
WHERE m.person_id = %(person)s AND p.is_active
  AND m.valid_from <= %(on)s AND (m.valid_to IS NULL OR m.valid_to >= %(on)s)
  AND (m.acting_for_id IS NULL OR EXISTS (
      SELECT 1 FROM registry_membership q JOIN registry_person r ON r.id = q.person_id
      WHERE q.person_id = m.acting_for_id AND q.bureau_id = m.bureau_id AND q.role = m.role AND q.acting_for_id IS NULL
        AND r.is_active AND q.valid_from <= %(on)s AND (q.valid_to IS NULL OR q.valid_to >= %(on)s)))
ORDER BY m.bureau_id, m.role, m.person_id
"""


def posts_of(person: Person, on: date) -> list[Membership]:
    """``memberships_of`` without people and bureaus: what each step of a case asks. A test compares the two."""
    return list(Membership.objects.raw(_POSTS, {"person": person.pk, "on": on}))


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
