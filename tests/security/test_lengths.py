"""What is typed is refused at its field before a column is too short for it."""

from typing import get_args, get_type_hints

import pytest

from registry.models import Applicant, Filing, Institution, Site
from tests.builders.journey import Journey
from tests.builders.office import Office
from workflows.models import Attachment
from workflows.rules import childcare_facts as facts
from workflows.services.errors import Unmet

COLUMNS = [
    (facts.Institution, "name", Institution, "name"),
    (facts.Institution, "name", Applicant, "name"),
    (facts.Institution, "name", Filing, "name"),
    (facts.Institution, "registration_authority", Institution, "registered_by"),
    (facts.Institution, "address", Site, "address"),
    (facts.Institution, "phone", Filing, "phone"),
    (facts.StaffMember, "key", Attachment, "subject"),
    (facts.HeldMaterial, "person", Attachment, "subject"),
    (facts.HeldMaterial, "slot", Attachment, "slot"),
    (facts.HeldMaterial, "option", Attachment, "option"),
]


@pytest.mark.parametrize(("kind", "name", "model", "column"), COLUMNS)
def test_no_text_is_longer_than_its_column(kind: type, name: str, model: type, column: str) -> None:
    fact = get_args(get_type_hints(kind, include_extras=True)[name])[1]
    assert fact.longest <= model._meta.get_field(column).max_length


@pytest.mark.parametrize(("path", "longest"), [("name", 120), ("address", 200), ("registration_authority", 120), ("phone", 40)])
def test_too_long_is_said_at_the_field(path: str, longest: int, office: Office) -> None:
    journey = Journey(office, changes={f"institution.{path}": "长" * (longest + 1)})
    with pytest.raises(Unmet) as refusal:
        journey.submit(incomplete=True)
    assert refusal.value.fields == {f"institution.{path}": f"太长，请写在{longest}字以内。"}
    journey.write({f"institution.{path}": "长" * longest})
    journey.submit(incomplete=True)


def test_a_paper_is_of_a_known_kind_and_of_a_known_person(office: Office) -> None:
    journey = Journey(office)
    for wrong in ({"option": "x" * 200}, {"subject": "x" * 200}, {"option": "lease"}):
        with pytest.raises(Unmet):
            journey.upload("registration_certificate", **wrong)
    with pytest.raises(Unmet):
        journey.upload("site_proof", option="x" * 200)
    with pytest.raises(Unmet):
        journey.upload("health_pass", subject="x" * 200)
