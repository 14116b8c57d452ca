"""审计: the chains, the anchors and the log of who looked, for auditors."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from registry.models import Membership, Person
from workflows import catalogue
from workflows.models import AccessEntry, Anchor, AuditEntry, AuditHead, Case
from workflows.selectors.deeds import deed
from workflows.selectors.visibility import visible_cases

PAGE = 50


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One audit row, in words and as it stands. ``step`` names the step of the flow it belongs to."""

    sequence: int
    at: datetime
    who: str
    bureau: str
    what: str
    more: str
    data: object
    digest: str
    previous: str


def entries_of(chain: str, after: int = 0) -> tuple[tuple[EntryRow, ...], int]:
    """A page of a chain in its order from behind ``after``, and the place of the next page (0: none)."""
    related = ("actor", "acting_for", "bureau", "case")
    rows = list(
        AuditEntry.objects.filter(chain=chain, sequence__gt=after).select_related(*related).order_by("sequence")[: PAGE + 1]
    )
    titles = _titles(rows[0].case) if rows and rows[0].case else {}
    return tuple(_row(row, titles) for row in rows[:PAGE]), rows[PAGE - 1].sequence if len(rows) > PAGE else 0


def cases_to_audit(person: Person, memberships: list[Membership], query: str, on: date) -> list[Case]:
    """Cases by number, name or credit code, the last changed first, at most one page."""
    rows = visible_cases(person, memberships, on).exclude(state=Case.State.DRAFT)
    for word in query.split():
        rows = rows.filter(Q(title__icontains=word) | Q(number__icontains=word) | Q(applicant__uscc=word.upper()))
    keys = list(rows.order_by("-updated_at", "-pk").values_list("pk", "updated_at")[:PAGE])
    found = Case.objects.filter(pk__in=[key for key, _ in keys]).select_related("bureau").defer("facts", "draft")
    return list(found.order_by("-updated_at", "-pk"))


def named_chains() -> QuerySet[AuditHead]:
    """The chains that belong to no case."""
    return AuditHead.objects.order_by("chain")


def anchors() -> QuerySet[Anchor]:
    """The daily anchors, the last first, without the heads they list."""
    return Anchor.objects.defer("heads").order_by("-on")


def readings(case: Case | None = None, *, before: int = 0, limit: int = PAGE) -> list[AccessEntry]:
    """Who looked, the last first: at one case, or at any; ``before`` is the id the page before ended with."""
    rows = AccessEntry.objects.select_related("person", "case").defer("case__facts", "case__draft")
    if case is not None:
        rows = rows.filter(case=case)
    if before:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-pk")[:limit])


def _titles(case: Case) -> dict[str, str]:
    flow = catalogue.get(case.procedure).flow.instance
    return {node.name: node.task_title for node in flow.nodes() if getattr(node, "task_title", "")}


def _row(row: AuditEntry, titles: dict[str, str]) -> EntryRow:
    done = deed(row.action, row.data, step=titles.get(row.node, ""))
    who = str(row.actor) if row.actor else "系统"
    return EntryRow(
        sequence=row.sequence, at=row.at, who=f"{who}（代{row.acting_for}）" if row.acting_for else who,
        bureau=row.bureau.name if row.bureau else "", what=done.what, more=done.more, data=row.data, digest=row.digest,
        previous=row.previous,
    )  # fmt: skip
