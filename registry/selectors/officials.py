"""What a registry administrator (名录管理员) looks after: the bureaus of his place and of those below, and their people."""

from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from registry.models import Bureau, Membership, Person, Role
from registry.selectors.people import memberships_of


def bureaus_kept_by(registrar: Person, on: date) -> QuerySet[Bureau]:
    """Every bureau of the divisions in which ``registrar`` holds that post, and of the divisions under them."""
    own = memberships_of(registrar, on).filter(role=Role.REGISTRAR).values_list("bureau__division", flat=True)
    places = list(own)
    reach = Q(division__in=places) | Q(division__parent__in=places)
    return Bureau.objects.filter(reach).select_related("kind", "division").order_by("division__code", "kind__code")


def officials_kept_by(registrar: Person, on: date, query: str = "") -> QuerySet[Person]:
    """People who hold, held or will hold a post in those bureaus, with ``memberships`` loaded, by account.

    Applicants are not among them: their data is no concern of the administrator. ``query`` is part of a name, an
    account or a bureau's name.
    """
    posts = Membership.objects.filter(bureau__in=bureaus_kept_by(registrar, on))
    for word in query.split():
        posts = posts.filter(
            Q(person__name__icontains=word) | Q(person__username__icontains=word) | Q(bureau__name__icontains=word)
        )
    every_post = Membership.objects.select_related("bureau", "acting_for").order_by("-valid_from", "pk")
    people = Person.objects.filter(pk__in=posts.values("person"))
    return people.prefetch_related(Prefetch("memberships", queryset=every_post)).order_by("username")
