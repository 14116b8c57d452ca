"""Pin a case to its procedure as it stands: graph, checklists, duties, papers, by hash."""

from datetime import datetime

from workflows.catalogue import Procedure
from workflows.models import Definition


def pin(procedure: Procedure, *, at: datetime) -> Definition:
    """The stored definition of the procedure's present content; stored on first use. Rows never change."""
    digest = procedure.digest()
    found = Definition.objects.filter(digest=digest).first()
    if found is not None:
        return found
    Definition.objects.bulk_create(
        [Definition(procedure=procedure.code, digest=digest, content=procedure.content(), recorded_at=at)],
        ignore_conflicts=True,
    )
    return Definition.objects.get(digest=digest)
