from datetime import date

import pytest

from registry.models import Person, Role
from tests.builders.journey import Journey
from tests.builders.office import CITY, Office, a_bureau, an_office, an_officer
from tests.machines import Clock

TUESDAY = date(2026, 9, 1)


@pytest.fixture
def office(transactional_db: None, clock: Clock) -> Office:
    """集贤县卫生健康局 on a Tuesday; the working days of that autumn are published."""
    clock.go_to(TUESDAY)
    return an_office()


@pytest.fixture
def journey(office: Office) -> Journey:
    return Journey.at("receive", office)


@pytest.fixture
def supervisor(office: Office) -> Person:
    return an_officer("陈监督", a_bureau(CITY), Role.SUPERVISOR)


@pytest.fixture
def auditor(office: Office) -> Person:
    return an_officer("卫审计", a_bureau(CITY), Role.AUDITOR)
