"""What the worker does from the outbox: steps of a flow, papers, the public register."""

from typing import Any

from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from workflows.models import Case
from workflows.services.filing import list_publicly
from workflows.services.outbox import handles
from workflows.services.papers import render_document
from workflows.services.recompute import recompute_clocks
from workflows.services.retry import retrying
from workflows.services.step import moving, step_on


@handles("background")
def run_background(payload: dict[str, Any]) -> None:
    """Do a background node of a flow and move on. A second call finds it done."""
    _run_task(int(payload["task"]))


@handles("render")
def render(payload: dict[str, Any]) -> None:
    """Render and deliver a paper."""
    render_document(payload["document"])


@handles("publish")
def publish(payload: dict[str, Any]) -> None:
    """List a filing publicly."""
    with step_on(int(payload["case"]), action="publish") as step:
        list_publicly(step)


@handles("recompute_clocks")
def recompute(payload: dict[str, Any]) -> None:
    """Bring running duties in line with a new calendar."""
    recompute_clocks()


@retrying
def _run_task(task_id: int) -> None:
    process_id = Task.objects.values_list("process_id", flat=True).get(pk=task_id)
    case_id = Case.objects.values_list("pk", flat=True).get(process_id=process_id)
    with step_on(case_id, action="background") as step:
        task = step.unit.tasks[task_id]
        if task.status != STATUS.NEW:
            step.leave()
            return
        step.doing = task_id
        with moving(step):
            task.flow_task.does(step)
            activation = task.flow_task.activation_class(task)
            activation.take(None)
            activation.execute()
