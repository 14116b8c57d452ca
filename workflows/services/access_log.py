"""Who looked at whose data: one row per page, apart from the audit and never under the lock of a case."""

from registry.clock import now
from registry.models import Person
from workflows.models import AccessEntry, Case


def record_reading(*, person: Person, case: Case | None, what: str) -> AccessEntry:
    """Somebody saw a page with personal data. ``what`` names the page or the number that was shown (80 characters)."""
    return AccessEntry.objects.create(person=person, case=case, what=what[:80], at=now())
