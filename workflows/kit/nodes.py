"""The nodes behind the words of ``workflows.kit``: viewflow's nodes, kept in memory while a step runs.

Each activation subclasses viewflow's. Tasks are created in the open unit of work and written by it, so a step costs one
statement per table; a node outside of a step raises ``LookupError``: the flow only moves through the door.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from viewflow import this
from viewflow.workflow.activation import Activation
from viewflow.workflow.base import Edge, Node
from viewflow.workflow.models import Task
from viewflow.workflow.nodes.end import End, EndActivation
from viewflow.workflow.nodes.if_gate import If, IfActivation
from viewflow.workflow.nodes.view import View, ViewActivation
from viewflow.workflow.status import PROCESS, STATUS

from registry.clock import now
from workflows.catalogue import Effect, Needs, Outcome, TaskSpec
from workflows.models import Case
from workflows.services.unit import current


class CaseLock:
    """viewflow's lock for every flow of ours: the case row, so that nothing moves a process beside the door.

    A plain wait: a deadlock's 40P01 reaches ``services.retry``, which viewflow's own lock would swallow.
    """

    @contextmanager
    def __call__(self, flow_class: Any, process_pk: int) -> Iterator[None]:
        with transaction.atomic():
            held = Case.objects.select_for_update(no_key=True).filter(process_id=process_pk)
            if not held.exists():
                raise Case.DoesNotExist(f"process {process_pk}")
            yield


class InUnit:
    """In front of a viewflow activation: create and finish in the unit of work."""

    task: Task
    flow_task: Any

    @classmethod
    def create(cls, flow_task: Any, prev_activation: Any, token: Any, data: Any = None, seed: Any = None) -> Any:
        unit = current()
        task = Task(process=unit.process, flow_task=flow_task, token=token, data=data or {})
        unit.add(task, prev_activation.task if prev_activation else None)
        activation = cls(task)  # type: ignore[call-arg]
        flow_task.on_created(activation, unit.step)
        return activation

    def finish(self) -> None:
        """Mark done, in memory."""
        self.task.finished = now()
        current().touch(self.task)

    def drop(self) -> None:
        """Cancel an unfinished task, in memory: its round is over, or it is not needed any more."""
        self.task.status, self.task.finished = STATUS.CANCELED, now()
        current().touch(self.task)


class WaitingActivation(InUnit, ViewActivation):
    """A task that waits: for a person, or for the worker."""

    def take(self, person: Any) -> None:
        """Start it. ``person`` is None for the worker."""
        self.task.owner, self.task.started = person, now()
        self.task.status = STATUS.STARTED

    @Activation.status.super()
    def complete(self) -> None:
        self.finish()

    @Activation.status.super()
    def create_next(self) -> Iterator[Any]:
        node = self.flow_task.way_out(self.task.data.get("outcome"))
        if node is not None:
            yield node._create(self, self.task.token)


class StartActivation(InUnit, ViewActivation):
    """The applicant's first submission."""

    @Activation.status.super()
    def complete(self) -> None:
        self.finish()

    @Activation.status.super()
    def create_next(self) -> Iterator[Any]:
        yield self.flow_task._next._create(self, self.task.token)


class WhenActivation(InUnit, IfActivation):
    """A question to the records, answered in the same step."""

    @Activation.status.super()
    def activate(self) -> None:
        self._condition_result = bool(self.flow_task._condition(current().step))

    @Activation.status.super()
    def complete(self) -> None:
        self.finish()


class FinishActivation(InUnit, EndActivation):
    """The end of one path; of the process, when nothing else waits."""

    @Activation.status.super()
    def activate(self) -> None:
        unit = current()
        self.task.started = now()
        if all(task.pk == self.task.pk for task in unit.unfinished()):
            unit.process.status, unit.process.finished = PROCESS.DONE, now()
            unit.process_changed = True

    @Activation.status.super()
    def complete(self) -> None:
        self.finish()


class Described:
    """A node that cites its clause."""

    spec: TaskSpec | None = None
    clause = ""

    def on_created(self, activation: Any, step: Any) -> None:
        """Called in the step that creates the task."""


class ApplicantStart(Described, View):
    """Where a case's flow begins."""

    activation_class = StartActivation
    task_type = "START"
    bpmn_element = "startEvent"
    shape = {"width": 50, "height": 50, "svg": '<circle class="event" cx="25" cy="25" r="25"/>'}

    def __init__(self, spec: TaskSpec, *, does: Effect) -> None:
        super().__init__(view=None)
        self.spec, self.clause, self.task_title, self.does = spec, spec.clause, spec.title, does


class PersonTask(Described, View):
    """A task for an officer or the applicant, with one or more ways out."""

    activation_class = WaitingActivation

    def __init__(self, spec: TaskSpec, *, does: Effect | None = None) -> None:
        super().__init__(view=None)
        self.spec, self.clause, self.task_title = spec, spec.clause, spec.title
        self._does = does
        self._ways: list[tuple[Outcome, Any]] = []
        self._lapse: tuple[Any, Effect | None] | None = None

    def on_created(self, activation: Any, step: Any) -> None:
        step.open_route(activation.task, self.spec)

    def Next(self, node: Any, label: str = "提交", *, needs: Needs = Needs.NOTHING) -> "PersonTask":  # noqa: N802
        """The only way out."""
        return self.On(label, node, key="done", does=self._does, needs=needs)

    def On(  # noqa: N802
        self, label: str, node: Any, *, key: str, does: Effect | None = None, needs: Needs = Needs.NOTHING,
        remark: bool = False, solid: bool = True,
    ) -> "PersonTask":  # fmt: skip
        """One of several ways out: the button's words, where it leads, what it does, what it needs."""
        outcome = Outcome(key, label, "", does=does or self._does, needs=needs, remark=remark, solid=solid)
        self._ways.append((outcome, node))
        return self

    def Lapses(self, node: Any, *, does: Effect | None = None) -> "PersonTask":  # noqa: N802
        """Where the case goes when the task's duty runs out unanswered; fired by the sweep."""
        self._lapse = (node, does)
        return self

    def _resolve(self, instance: Any) -> None:
        super()._resolve(instance)
        self._ways = [(outcome, this.resolve(instance, node)) for outcome, node in self._ways]
        if self._lapse:
            self._lapse = (this.resolve(instance, self._lapse[0]), self._lapse[1])

    def _outgoing(self) -> Iterator[Edge]:
        for outcome, node in self._ways:
            yield Edge(src=self, dst=node, edge_class="next", label=outcome.label)
        if self._lapse:
            yield Edge(src=self, dst=self._lapse[0], edge_class="lapse", label="到期未办")

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The ways out, in the order of the file."""
        return tuple(outcome for outcome, _ in self._ways)

    @property
    def lapse_effect(self) -> Effect | None:
        return self._lapse[1] if self._lapse else None

    @property
    def lapses(self) -> bool:
        return self._lapse is not None

    def way_out(self, key: str | None) -> Node | None:
        """The node an outcome leads to. ``lapsed`` is the sweep's outcome."""
        if key == "lapsed" and self._lapse:
            return self._lapse[0]
        for outcome, node in self._ways:
            if outcome.key == key:
                return node
        raise LookupError(f"{self.name} 没有结果 {key}")


class BackgroundTask(Described, View):
    """A step of the worker: parked as an outbox row, done after commit, once."""

    activation_class = WaitingActivation
    task_type = "BACKGROUND"
    bpmn_element = "serviceTask"

    def __init__(self, title: str, *, clause: str, does: Effect) -> None:
        super().__init__(view=None)
        self.clause, self.task_title, self.does = clause, title, does

    def on_created(self, activation: Any, step: Any) -> None:
        step.later("background", key=f"task:{activation.task.pk}", task=activation.task.pk)

    def way_out(self, key: str | None) -> Node | None:
        return self._next


class When(Described, If):
    """A fork by what the records say."""

    activation_class = WhenActivation

    def __init__(self, condition: Any, *, title: str, clause: str) -> None:
        super().__init__(condition)
        self.task_title, self.clause = title, clause

    def _resolve(self, instance: Any) -> None:
        super()._resolve(instance)


class Finish(Described, End):
    """The end."""

    activation_class = FinishActivation
