"""Completed human steps per second and SQL statements per step: stock viewflow and this engine, in turn, one process."""

import statistics
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from viewflow.workflow.models import Task

from benchmarks.flows import ENGINE, StockFlow
from registry.clock import now
from registry.models import Bureau, Membership, Person, Role
from workflows.models import Case, TaskRoute
from workflows.services.decisions import Decision, decide
from workflows.services.step import step_on
from workflows.services.submission import begin

HUMAN_STEPS = 5
PATH = (("receive", Role.CLERK), ("receipt", Role.CLERK), ("verify", Role.VERIFIER), ("sign", Role.HEAD))


def run(*, rounds: int, cases: int) -> None:
    """Print the table."""
    people, bureau = _people()
    stock, engine = (lambda: _stock_case(people)), (lambda: _engine_case(people, bureau))
    for warm in (stock, engine):
        warm()
    rates: dict[str, list[float]] = {"stock": [], "engine": []}
    for number in range(rounds):
        order = [("stock", stock), ("engine", engine)]
        for name, one in order if number % 2 else reversed(order):
            rates[name].append(_rate(one, cases))
    sql = {"stock": _statements(stock), "engine": _statements(engine)}
    ratios = [mine / theirs for mine, theirs in zip(rates["engine"], rates["stock"], strict=True)]
    print(f"Steps: {rounds} rounds × {cases} cases × {HUMAN_STEPS} human steps, alternating, one process, one thread.")
    print("Shape: start → 4 tasks in a row → fork → automatic step → end; 0 parallel branches.")
    print("Commits per case: stock 9 (start; assign and complete for each of 4 tasks), engine 5 (one per step).")
    print("stock : viewflow's nodes, row lock; no membership check, no route, no clock, no audit, no opinion.")
    print("engine: the same plus membership, separation of duties, route, two duties, opinion, hash-chained audit;")
    print("        its automatic step is an outbox row for the worker, in stock it is a function in the request.")
    for name in ("stock", "engine"):
        middle, low, high = statistics.median(rates[name]), min(rates[name]), max(rates[name])
        print(f"  {name:6}  {middle:7.1f} steps/s [{low:.1f}–{high:.1f}]   {sql[name] / HUMAN_STEPS:5.1f} SQL per step")
    print(
        f"  engine : stock = {statistics.median(ratios):.2f} [{min(ratios):.2f}–{max(ratios):.2f}] in speed, "
        f"{sql['engine'] / sql['stock']:.2f} in statements"
    )


def _rate(one: Callable[[], None], cases: int) -> float:
    started = time.perf_counter()
    for _ in range(cases):
        one()
    return cases * HUMAN_STEPS / (time.perf_counter() - started)


def _statements(one: Callable[[], None]) -> int:
    """Statements of one whole case, BEGIN and COMMIT and the look-up of the next task included."""
    with CaptureQueriesContext(connection) as captured:
        one()
    return len(captured)


def _people() -> tuple[dict[str, Person], Bureau]:
    bureau = Bureau.objects.get(kind__code="health", division__code="230521")
    people = {}
    for role in (Role.CLERK, Role.VERIFIER, Role.HEAD):
        person = Person.objects.create(username=f"bench-{role}", name=f"基准{role.label}")
        Membership.objects.create(person=person, bureau=bureau, role=role, valid_from=date(2020, 1, 1))
        people[role.value] = person
    people["applicant"] = Person.objects.create(username="bench-applicant", name="基准申请人")
    return people, bureau


def _stock_case(people: dict[str, Person]) -> None:
    process = StockFlow.start.run()
    for name, role in PATH:
        task = Task.objects.get(process=process, flow_task=getattr(StockFlow, name), finished=None)
        person = people[role.value]
        with transaction.atomic(), StockFlow.lock(process.pk):
            task.refresh_from_db()
            _activation(task).assign(person)
        with transaction.atomic(), StockFlow.lock(process.pk):
            task.refresh_from_db()
            activation = _activation(task)
            activation.start(None)
            activation.execute()


def _activation(task: Task) -> Any:
    return task.flow_task.activation_class(task)


def _engine_case(people: dict[str, Person], bureau: Bureau) -> None:
    case = _begin(people["applicant"], bureau)
    for name, role in PATH:
        task_id = TaskRoute.objects.values_list("task_id", flat=True).get(case=case, node=name, open=True)
        decide(case_id=case.pk, task_id=task_id, person=people[role.value], decision=Decision("done"))


_number = iter(range(1, 10**9))


def _begin(person: Person, bureau: Bureau) -> Case:
    """A case as handed in. Its row is written in the start's own transaction, as stock writes its process."""
    at = now()
    with transaction.atomic():
        case = Case.objects.create(
            number=f"bench-{next(_number)}", procedure=ENGINE.code, created_by=person, bureau=bureau,
            division=bureau.division, facts={}, submitted_at=at, created_at=at, updated_at=at, round=1,
        )  # fmt: skip
        with step_on(case.pk, person=person, action="submit") as step:
            step.case.submit()
            step.changed("process")
            step.note("submitted", node="start")
            begin(step)
    return case
