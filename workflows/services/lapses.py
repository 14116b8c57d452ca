"""The sweep: what falls due by itself, once, after any outage; and tasks that their holder lost."""

import logging
from collections.abc import Callable, Iterable
from traceback import format_tb

from django.db.models import Exists, OuterRef, QuerySet

from registry.clock import now, today
from registry.selectors.people import active_on
from workflows.catalogue import Outcome, all_procedures
from workflows.models import SweepRun, TaskRoute
from workflows.services.decisions import finish
from workflows.services.retry import retrying
from workflows.services.step import step_on

_logger = logging.getLogger(__name__)


def sweep() -> int:
    """Lapse every task whose duty ran out unanswered and whose flow says what follows. Returns how many.

    Tasks whose holder has lost the post go back to the pool. A case that fails is named in the log; the others go on.
    """
    handled = _each(_lapse, overdue())
    returned = _each(_return_to_pool, without_holder())
    SweepRun.objects.update_or_create(name="lapses", defaults={"finished_at": now(), "handled": handled + returned})
    return handled


def overdue() -> QuerySet[TaskRoute]:
    """Open tasks of nodes that lapse, past their legal date by a published calendar: an estimate ends nobody's term."""
    nodes = {node.name for each in all_procedures() for node in each.flow.instance.nodes() if getattr(node, "lapses", False)}
    late = TaskRoute.objects.filter(open=True, node__in=nodes, due_legal__lt=today(), due_estimated=False)
    return late.order_by("due_legal", "task_id")


def without_holder() -> QuerySet[TaskRoute]:
    """Open tasks claimed by an official who does not hold the post any more."""
    post = active_on(today()).filter(person=OuterRef("assignee"), bureau=OuterRef("bureau"), role=OuterRef("role"))
    claimed = TaskRoute.objects.filter(open=True, party=TaskRoute.Party.BUREAU, assignee__isnull=False)
    return claimed.exclude(Exists(post)).order_by("task_id")


def _each(verb: Callable[..., bool], routes: QuerySet[TaskRoute]) -> int:
    done = 0
    pairs: Iterable[tuple[int, int]] = list(routes.values_list("case_id", "task_id"))
    for case_id, task_id in pairs:
        try:
            done += verb(case_id=case_id, task_id=task_id)
        except Exception as error:  # one broken case must not hold up the others; the watchdog names it
            place = "".join(format_tb(error.__traceback__))
            _logger.error("sweep: case %s task %s failed: %s\n%s", case_id, task_id, type(error).__name__, place)
    return done


@retrying
def _lapse(*, case_id: int, task_id: int) -> bool:
    """One task, read again under the lock: somebody may have answered meanwhile."""
    with step_on(case_id, action="lapse") as step:
        route = step.open_routes.get(task_id)
        if route is None or route.due_legal is None or route.due_legal >= step.on or route.due_estimated:
            step.leave()
            return False
        step.route = route
        node = step.procedure.flow.instance.node(route.node)
        finish(step, Outcome("lapsed", "到期未办", "", does=node.lapse_effect))
    return True


@retrying
def _return_to_pool(*, case_id: int, task_id: int) -> bool:
    with step_on(case_id, action="return_to_pool") as step:
        route = step.open_routes.get(task_id)
        if route is None or not without_holder().filter(pk=task_id).exists():
            step.leave()
            return False
        former, route.assignee_id, route.claimed_at = route.assignee_id, None, None
        step.change_route(route)
        step.note("returned_to_pool", node=route.node, task=task_id, former=former)
    return True
