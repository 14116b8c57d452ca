from datetime import date

import pytest

from tests.builders.office import Office, an_office
from tests.machines import Clock

TUESDAY = date(2026, 9, 1)


@pytest.fixture
def office(transactional_db: None, clock: Clock) -> Office:
    """集贤县卫生健康局 on a Tuesday; the working days of that autumn are published."""
    clock.go_to(TUESDAY)
    return an_office()
