"""A deadlock's victim tries again in a new transaction, at most three times; anything else is raised at once."""

import pytest
from django.db import Error, OperationalError, connection, transaction

from tests.builders.journey import Journey
from tests.builders.office import Office
from tests.builders.races import at_once, refused
from workflows.services import decisions
from workflows.services.errors import Refused
from workflows.services.retry import retrying


class Act:
    """An act that PostgreSQL ends with this error the first ``times`` times."""

    def __init__(self, code: str, times: int) -> None:
        self.code, self.times, self.tried = code, times, 0

    def __call__(self) -> str:
        self.tried += 1
        with transaction.atomic(), connection.cursor() as cursor:
            if self.tried <= self.times:
                cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'tried' USING ERRCODE = '{self.code}'; END $$")
        return "done"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("code", ["40P01", "40001"])
def test_j6_a_victim_tries_again(code: str) -> None:
    """J6: twice a victim, done at the third try; three times a victim, the error is shown."""
    act = Act(code, 2)
    assert retrying(act)() == "done"
    assert act.tried == 3
    act = Act(code, 3)
    with pytest.raises(OperationalError):
        retrying(act)()
    assert act.tried == 3


@pytest.mark.django_db(transaction=True)
def test_j6_what_would_fail_again_is_not_tried_again() -> None:
    """J6: a broken rule is no deadlock; inside a transaction of somebody else nothing can be tried again."""
    act = Act("23505", 1)
    with pytest.raises(Error):
        retrying(act)()
    assert act.tried == 1
    act = Act("40P01", 1)
    with pytest.raises(OperationalError), transaction.atomic():
        retrying(act)()
    assert act.tried == 1


def test_j6_many_cases_from_both_ends(office: Office) -> None:
    """J6: two officers work through the same list, one from each end: each case is had by one, nobody waits for ever."""
    journeys = [Journey.at("receive", office) for _ in range(8)]
    tasks = [(journey.case_id, journey.task("receive")) for journey in journeys]

    def claim_all(person, pairs) -> int:
        had = 0
        for case_id, task_id in pairs:
            try:
                decisions.claim(case_id=case_id, task_id=task_id, person=person)
                had += 1
            except Refused:
                continue
        return had

    results = at_once(lambda: claim_all(office.clerk, tasks), lambda: claim_all(office.other_clerk, tasks[::-1]))
    assert not refused(results)
    assert sum(results) == 8
