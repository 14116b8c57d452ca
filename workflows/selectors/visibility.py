"""Who may see what: one queryset per kind of object, used by pages, files, search, counts, exports and messages."""

from datetime import date

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from registry.models import Division, Membership, Person, Role
from workflows.models import Attachment, Case, CaseGrant, Document, TaskRoute

OFFICER_ROLES = frozenset({Role.CLERK, Role.VERIFIER, Role.HEAD})


def visible_cases(person: Person, memberships: list[Membership], on: date) -> QuerySet[Case]:
    """The cases this person may see on this day: his own, those granted to him, and those of his posts.

    Officers see the cases of their bureau and those routed to it; a city supervisor those of the same kind of bureau in
    the divisions below; an auditor all that were submitted. A draft belongs to its author alone.
    """
    own = Q(created_by=person) | Q(pk__in=_granted(person, on).values("content_object"))
    own |= Q(Exists(_agencies(person, on).filter(applicant=OuterRef("applicant"))))
    return Case.objects.filter(own | (_of_posts(memberships) & ~Q(state=Case.State.DRAFT)))


def _of_posts(memberships: list[Membership]) -> Q:
    bureaus = {m.bureau_id for m in memberships if m.role in OFFICER_ROLES}
    reach = Q(pk__in=[])
    if bureaus:
        routed = TaskRoute.objects.filter(case=OuterRef("pk"), bureau__in=bureaus)
        reach |= Q(bureau__in=bureaus) | Q(Exists(routed))
    for membership in memberships:
        if membership.role == Role.SUPERVISOR:
            below = Division.objects.filter(Q(pk=membership.bureau.division_id) | Q(parent=membership.bureau.division_id))
            reach |= Q(bureau__kind=membership.bureau.kind_id, bureau__division__in=below)
        elif membership.role == Role.AUDITOR:
            reach |= ~Q(state=Case.State.DRAFT)
    return reach


def _granted(person: Person, on: date) -> QuerySet[CaseGrant]:
    return CaseGrant.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), user=person)


def _agencies(person: Person, on: date) -> QuerySet:
    return person.agencies.filter(Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on)


_SIDE = """
SELECT EXISTS (
    SELECT 1 FROM registry_agent WHERE person_id = %(person)s AND applicant_id = %(applicant)s
        AND valid_from <= %(on)s AND (valid_to IS NULL OR valid_to >= %(on)s)
) OR EXISTS (
    SELECT 1 FROM workflows_casegrant g JOIN auth_permission p ON p.id = g.permission_id
    WHERE g.user_id = %(person)s AND g.content_object_id = %(case)s AND p.codename = 'edit_case'
        AND (g.valid_to IS NULL OR g.valid_to >= %(on)s)
)
"""


def is_applicants_side(person: Person, case: Case, on: date) -> bool:
    """Whether he must keep away from the case as an official: author, agent or co-editor. Who only typed it in at the
    counter for somebody else need not.
    """
    author = case.created_by_id == person.pk and case.channel != Case.Channel.COUNTER
    return author or _speaks_for(person, case, on)


def may_edit(person: Person, case: Case, on: date) -> bool:
    """Whether he may write the applicant's part: the author, an agent of the applicant, or a granted co-editor."""
    return person.is_active and (case.created_by_id == person.pk or _speaks_for(person, case, on))


def _speaks_for(person: Person, case: Case, on: date) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_SIDE, {"person": person.pk, "applicant": case.applicant_id, "case": case.pk, "on": on})
        return bool(cursor.fetchone()[0])


def visible_attachments(person: Person, memberships: list[Membership], on: date) -> QuerySet[Attachment]:
    """Files of the cases he may see."""
    return Attachment.objects.filter(case__in=visible_cases(person, memberships, on))


def visible_documents(person: Person, memberships: list[Membership], on: date) -> QuerySet[Document]:
    """Papers of the cases he may see."""
    return Document.objects.filter(case__in=visible_cases(person, memberships, on))
