"""待办事项: every tab says what the plain question to the ORM says, in a constant number of statements, page by page."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from viewflow.workflow.models import Process, Task
from viewflow.workflow.token import Token

from registry.clock import now, today
from registry.models import Applicant, Bureau, Membership, Person, Role
from registry.selectors.calendar import working_calendar
from registry.selectors.people import memberships_of
from tests.builders.journey import PROCEDURE, Journey
from tests.builders.office import JIANSHAN, SINCE, Office, a_bureau, a_person, an_office, an_officer, substitute
from workflows.flows.childcare_filing_v2019 import ChildcareFilingFlow
from workflows.models import Case, TaskRoute
from workflows.selectors.inbox import FAR, MOST_COUNTED, PAGE, InboxPage, Place, Tab, clock_of, page
from workflows.selectors.visibility import visible_cases

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 60


def shown(person: Person, tab: Tab, *, after: str = "", query: str = "") -> InboxPage:
    return page(person, memberships_of(person, today()), tab, after, query, today())


def whole(person: Person, tab: Tab, query: str = "") -> list[int]:
    """The tasks of a tab, page after page."""
    found: list[int] = []
    after = ""
    while True:
        one = shown(person, tab, after=after, query=query)
        found += [row.task_id for row in one.rows]
        after = one.after
        if not after:
            return found


def plainly(person: Person, tab: Tab) -> list[int]:
    """The same, asked as a newcomer would: all rows, sorted in Python."""
    posts = [m for m in memberships_of(person, today()) if m.role in {Role.CLERK, Role.VERIFIER, Role.HEAD}]
    mine = pool = waiting = Q(pk__in=[])
    for post in posts:
        seat = Q(open=True, bureau=post.bureau_id, role=post.role)
        mine |= seat & Q(assignee__in={person.pk, post.acting_for_id} - {None})
        pool |= seat & Q(assignee=None)
        waiting |= Q(open=True, bureau=post.bureau_id, party="applicant")
    bureaus = {post.bureau_id for post in posts}
    soon = working_calendar().add_working_days(today(), 2).date
    rows = {
        Tab.MINE: mine,
        Tab.POOL: pool,
        Tab.SOON: (mine | pool) & Q(due__gte=today(), due__lte=soon),
        Tab.LATE: (mine | pool) & Q(due__lt=today()),
        Tab.APPLICANT: waiting,
        Tab.DONE: Q(open=False, closed_by=person, closing="done", party="bureau", bureau__in=bureaus),
    }[tab]
    found = list(TaskRoute.objects.filter(rows))
    if tab is Tab.DONE:
        found.sort(key=lambda route: (route.closed_at, route.task_id), reverse=True)
    else:
        found.sort(key=lambda route: (not (route.due_legal and route.due_legal < today()), route.due, route.task_id))
    return [route.task_id for route in found]


def fill(bureaus: list[Bureau], people: list[Person], count: int, seed: int = 1) -> None:
    """Rows of every kind straight into the tables: as many as the lists must cope with."""
    chance = Random(seed)
    author = a_person("郑申请")
    applicant, _ = Applicant.objects.get_or_create(uscc="91230500MA0000001D", defaults={"name": "某机构", "created_at": now()})
    processes = Process.objects.bulk_create([Process(flow_class=ChildcareFilingFlow) for _ in range(count)])
    node = ChildcareFilingFlow.instance.node("receive")
    tasks = Task.objects.bulk_create(
        [Task(process=each, flow_task=node, flow_task_type="HUMAN", token=Token("start")) for each in processes]
    )
    cases = Case.objects.bulk_create(
        [
            Case(
                procedure=PROCEDURE,
                number=f"2026-{n:06}",
                process=process,
                state="submitted",
                created_by=author,
                round=1,
                applicant=applicant,
                bureau=chance.choice(bureaus),
                title=f"第{n}托育园",
                facts={},
                created_at=now(),
                updated_at=now(),
                submitted_at=now(),
            )
            for n, process in enumerate(processes, start=Case.objects.count())
        ]
    )
    TaskRoute.objects.bulk_create(_route(case, task, chance, people) for case, task in zip(cases, tasks, strict=True))


def _route(case: Case, task: Task, chance: Random, people: list[Person]) -> TaskRoute:
    due = today() + timedelta(days=chance.randint(-12, 12))
    legal = due + timedelta(days=chance.choice((0, 2, 7))) if chance.random() < 0.8 else None
    if chance.random() < 0.1:
        due, legal = FAR, None
    open_ = chance.random() < 0.75
    applicants = chance.random() < 0.15
    taker = chance.choice([None, *people])
    closing = (
        {} if open_ else {"closed_at": now() - timedelta(minutes=chance.randint(1, 9)), "closed_by": chance.choice(people)}
    )
    return TaskRoute(
        task=task, case=case, round=1, node="receive", title="核对材料，收件", bureau=case.bureau,
        party="applicant" if applicants else "bureau",
        role="" if applicants else chance.choice((Role.CLERK, Role.VERIFIER, Role.HEAD)),
        assignee=case.created_by if applicants else taker, claimed_at=now() if applicants or taker else None, due=due,
        due_legal=legal, due_promised=due if due != FAR else None, open=open_, opened_at=now(),
        closing="" if open_ else chance.choice(("done", "done", "superseded")), **closing,
    )  # fmt: skip


@pytest.mark.parametrize("tab", Tab)
@pytest.mark.parametrize("seed", [1, 2])
def test_each_tab_is_the_list_asked_plainly(office: Office, tab: Tab, seed: int) -> None:
    """Two bureaus, two posts, a substitution: the merged walks say what one plain query says, in the same order."""
    other = an_office(JIANSHAN)
    clerk = office.clerk
    Membership.objects.create(person=clerk, bureau=other.bureau, role=Role.VERIFIER, valid_from=SINCE)
    substitute(clerk, of=office.head, bureau=office.bureau, role=Role.HEAD, until=today() + timedelta(days=3))
    fill([office.bureau, other.bureau], [clerk, office.other_clerk, office.head, other.verifier], 4 * MANY, seed)
    assert whole(clerk, tab) == plainly(clerk, tab)
    assert plainly(clerk, tab), "the tab is empty: it proves nothing"


@pytest.mark.parametrize("tab", Tab)
def test_what_the_list_shows_is_visible(office: Office, tab: Tab) -> None:
    fill([office.bureau, a_bureau(JIANSHAN)], [office.clerk, office.verifier], 2 * MANY)
    seen = set(visible_cases(office.clerk, list(memberships_of(office.clerk, today())), today()).values_list("pk", flat=True))
    assert {row.case_id for row in shown(office.clerk, tab).rows} <= seen


def test_statements_do_not_grow(office: Office, django_assert_num_queries: Callable) -> None:
    posts = list(memberships_of(office.clerk, today()))
    working_calendar()
    for rows in (0, 1, MANY, 5 * MANY):
        fill([office.bureau], [office.clerk], rows, seed=rows)
        for tab in Tab:
            with django_assert_num_queries(3):
                found = page(office.clerk, posts, tab, "", "", today())
            with django_assert_num_queries(0):
                [(row.clock, row.marks, row.holder, row.procedure) for row in found.rows]


def test_counts_stop_at_99(office: Office) -> None:
    fill([office.bureau], [office.clerk], 20 * MANY)
    counts = shown(office.clerk, Tab.MINE).counts
    for tab in Tab:
        assert counts[tab] == min(len(plainly(office.clerk, tab)), MOST_COUNTED)
    assert counts[Tab.LATE] == counts[Tab.POOL] == MOST_COUNTED


def test_a_broken_legal_limit_stands_first_and_a_broken_promise_is_said_as_such(office: Office) -> None:
    fill([office.bureau], [office.clerk], 5 * MANY)
    first = shown(office.clerk, Tab.LATE)
    rows = [*first.rows, *(shown(office.clerk, Tab.LATE, after=first.after).rows if first.after else ())]
    kinds = [row.clock.breach for row in rows]
    assert {"legal", "promised"} == set(kinds)
    assert kinds == sorted(kinds)  # legal before promised
    assert all(row.clock.words.startswith("超承诺") == (row.clock.breach == "promised") for row in rows)


@pytest.mark.parametrize(
    ("promised", "legal", "breach", "remaining"),
    [
        (date(2026, 11, 24), date(2026, 11, 26), "", 0),
        (date(2026, 11, 23), date(2026, 11, 26), "promised", -1),
        (date(2026, 11, 20), date(2026, 11, 23), "legal", -1),
        (None, date(2026, 11, 24), "", 0),
        (None, date(2026, 11, 27), "", 3),
        (date(2026, 11, 25), None, "", 1),
        (None, None, "", None),
    ],
)
def test_clock(promised: date | None, legal: date | None, breach: str, remaining: int | None) -> None:
    found = clock_of(promised, legal, False, date(2026, 11, 24), working_calendar())
    assert (found.breach, found.remaining) == (breach, remaining)
    assert found.words == ("超承诺1个工作日" if breach == "promised" else "")


def test_search_by_name_number_and_code(office: Office) -> None:
    fill([office.bureau], [office.clerk], MANY)
    wanted = TaskRoute.objects.filter(open=True, assignee=None, role=Role.CLERK).select_related("case").first()
    assert wanted is not None
    everything = whole(office.clerk, Tab.POOL)
    assert wanted.task_id in whole(office.clerk, Tab.POOL, query=wanted.case.title)
    assert whole(office.clerk, Tab.POOL, query=wanted.case.number or "") == [wanted.task_id]
    assert whole(office.clerk, Tab.POOL, query="91230500ma0000001d") == everything
    assert whole(office.clerk, Tab.POOL, query="%") == []
    assert whole(office.clerk, Tab.POOL, query="没有这家") == []


@pytest.mark.parametrize("after", ["", "x", "2026-11-24_0_", "2026-11-24_7_12", "2026-13-99_0_1", "_1_1", "0_0_0' OR 1=1"])
def test_a_foreign_place_begins_anew(office: Office, after: str) -> None:
    assert Place.read(after) is None
    fill([office.bureau], [office.clerk], MANY)
    assert shown(office.clerk, Tab.POOL, after=after).rows == shown(office.clerk, Tab.POOL).rows


def test_a_page_is_no_longer_than_a_page(office: Office) -> None:
    fill([office.bureau], [office.clerk], 10 * MANY)
    one = shown(office.clerk, Tab.POOL)
    assert len(one.rows) == PAGE
    assert one.after


def test_without_a_post_nothing_is_listed(office: Office) -> None:
    fill([office.bureau], [office.clerk], MANY)
    stranger = a_person("郑路人")
    supervisor = an_officer("陈监督", a_bureau("230500"), Role.SUPERVISOR)
    for person in (stranger, supervisor):
        found = shown(person, Tab.POOL)
        assert found.rows == ()
        assert set(found.counts.values()) == {0}


def test_a_post_that_ended_lists_nothing(office: Office) -> None:
    """engine_traps C1: what a revoked officer held is not in his list any more."""
    journey = Journey.at("receive", office)
    journey.claim("receive", by=office.clerk)
    assert [row.case_id for row in shown(office.clerk, Tab.MINE).rows] == [journey.case_id]
    Membership.objects.filter(person=office.clerk).update(valid_to=today() - timedelta(days=1))
    assert shown(office.clerk, Tab.MINE).rows == ()


def test_marks(office: Office) -> None:
    journey = Journey.at("receive", office)
    journey.ask_correction(hygiene_report="未上传。")
    assert [row.case_id for row in shown(office.clerk, Tab.APPLICANT).rows] == [journey.case_id]
    journey.upload("hygiene_report")
    journey.answer()
    row = shown(office.clerk, Tab.POOL).rows[0]
    assert [mark.words for mark in row.marks] == ["已补正"]
    substitute(office.verifier, of=office.clerk, bureau=office.bureau, role=Role.CLERK, until=today())
    journey.claim("receive", by=office.clerk)
    row = shown(office.verifier, Tab.MINE).rows[0]
    assert [mark.words for mark in row.marks] == ["已补正", f"代{office.clerk.name}办理"]


def test_a_deep_page_costs_what_the_first_costs(office: Office) -> None:
    fill([office.bureau], [office.clerk], 10 * MANY)
    first = shown(office.clerk, Tab.POOL)
    with CaptureQueriesContext(connection) as statements:
        second = shown(office.clerk, Tab.POOL, after=first.after)
    assert len(statements) == 4  # memberships, calendar, rows, counts
    assert not {row.task_id for row in first.rows} & {row.task_id for row in second.rows}
