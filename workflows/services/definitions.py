"""Pin a case to its procedure as it stands: graph, form, checklists, duties, papers, clause versions, by hash."""

from datetime import date, datetime

from workflows.catalogue import Procedure
from workflows.models import Definition
from workflows.selectors.definitions import clauses_of, content_of, digest_of


def pin(procedure: Procedure, *, at: datetime, on: date) -> Definition:
    """The stored definition of the procedure's content on this day; stored on first use. Rows never change."""
    content = {**content_of(procedure), "clauses": clauses_of(procedure, on)}
    digest = digest_of(content)
    found = Definition.objects.filter(digest=digest).first()
    if found is not None:
        return found
    Definition.objects.bulk_create(
        [Definition(procedure=procedure.code, digest=digest, content=content, recorded_at=at)], ignore_conflicts=True
    )
    return Definition.objects.get(digest=digest)
