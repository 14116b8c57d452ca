"""The sweep: what falls due by itself, once, after any outage."""

from registry.clock import now, today
from workflows.catalogue import Outcome, all_procedures
from workflows.models import SweepRun, TaskRoute
from workflows.services.decisions import finish
from workflows.services.retry import retrying
from workflows.services.step import step_on


def sweep() -> int:
    """Lapse every task whose duty ran out unanswered and whose flow says what follows. Returns how many."""
    nodes = {node.name for procedure in all_procedures() for node in procedure.flow.instance.nodes() if getattr(node, "lapses", False)}
    overdue = (
        TaskRoute.objects.filter(open=True, node__in=nodes, due_legal__lt=today(), due_estimated=False)
        .order_by("due_legal", "task_id")
        .values_list("case_id", "task_id")
    )
    handled = sum(_lapse(case_id=case_id, task_id=task_id) for case_id, task_id in overdue)
    SweepRun.objects.update_or_create(name="lapses", defaults={"finished_at": now(), "handled": handled})
    return handled


@retrying
def _lapse(*, case_id: int, task_id: int) -> bool:
    """One task, read again under the lock: somebody may have answered meanwhile."""
    with step_on(case_id, action="lapse") as step:
        route = step.open_routes.get(task_id)
        if route is None or route.due_legal is None or route.due_legal >= step.on:
            step.leave()
            return False
        step.route = route
        node = step.procedure.flow.instance.node(route.node)
        finish(step, Outcome("lapsed", "到期未办", "", does=node.lapse_effect))
    return True
