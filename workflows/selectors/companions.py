"""Who may go along to a site: a county section has one or two people (practice.md P6)."""

from datetime import date

from registry.models import Bureau, Person, Role
from registry.selectors.people import active_on

HELPING_KINDS = ("health_supervision", "maternal_child")


def companions_for(bureau: Bureau, *, on: date) -> list[Person]:
    """Officers of the bureau itself, and those of health supervision and the maternal and child hospital beside it."""
    rows = active_on(on).filter(bureau__division=bureau.division_id, role__in=[Role.CLERK, Role.VERIFIER])
    people = {row.person_id: row.person for row in rows if row.bureau_id == bureau.pk or row.bureau.kind.code in HELPING_KINDS}
    return sorted(people.values(), key=lambda person: person.pk)
