"""The one door: every change of a case runs inside ``step_on``.

It locks the case row, reads everything again in later statements (never in the locking one), lets the caller move the
records and the flow, and writes audit, clock, routes, outbox and tasks before the transaction ends. Views, commands and
background tasks call the verbs built on it (``submission``, ``decisions``, ``withdrawal``, ``background``, ``lapses``)
and nothing else.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from viewflow.workflow.models import Process, Task

from registry.clock import local_date, now
from registry.models import Bureau, Membership, Person, Role
from registry.selectors.people import posts_of
from workflows import catalogue
from workflows.models import AuditEntry, Case, Finding, Opinion, Outbox, Round, TaskRoute
from workflows.services import audit
from workflows.services.clocks import Clocks
from workflows.services.errors import Refused
from workflows.services.outbox import wake_after_commit
from workflows.services.rows import Table
from workflows.services.unit import TASKS, Unit, opened

FAR = date(9999, 12, 31)
"""The due date of a task that nothing bounds: sorts last."""

_CASE_FIELDS = (
    "state", "round", "version", "updated_at", "received_on", "closed_at", "outcome", "audit_sequence", "audit_head",
)  # fmt: skip
_ROUTE_FIELDS = (
    "assignee", "claimed_at", "open", "closed_at", "closing", "closed_by", "due", "due_legal", "due_promised",
    "due_estimated", "mark",
)  # fmt: skip
CASES, ROUTES, OUTBOX, AUDIT, FINDINGS = Table(Case), Table(TaskRoute), Table(Outbox), Table(AuditEntry), Table(Finding)


@dataclass(frozen=True)
class Actor:
    """Who acts: a person, in which post, for whom. The system itself has no person."""

    person: Person | None = None
    membership: Membership | None = None

    @property
    def acting_for_id(self) -> int | None:
        return self.membership.acting_for_id if self.membership else None

    @property
    def bureau_id(self) -> int | None:
        return self.membership.bureau_id if self.membership else None

    def identities(self) -> set[int]:
        """The person and the principal: separation of duties looks at both."""
        return {pk for pk in (self.person.pk if self.person else None, self.acting_for_id) if pk is not None}


SYSTEM = Actor()


@dataclass
class Step:
    """One act on one case, from lock to commit. Collects rows; nothing is written before ``flush``.

    ``route`` is the task of a person being done, ``doing`` the id of one that the worker does.
    """

    case: Case
    actor: Actor
    at: datetime
    procedure: catalogue.Procedure
    memberships: list[Membership] = field(default_factory=list)
    route: TaskRoute | None = None
    doing: int | None = None
    opinion: Opinion | None = None
    record: Any = None
    left: bool = False
    _unit: Unit | None = None
    _clocks: Clocks | None = None
    _open_routes: dict[int, TaskRoute] | None = None
    _new_routes: list[TaskRoute] = field(default_factory=list)
    _changed_routes: dict[int, TaskRoute] = field(default_factory=dict)
    _audit: list[AuditEntry] = field(default_factory=list)
    _outbox: list[Outbox] = field(default_factory=list)
    _case_fields: set[str] = field(default_factory=set)
    _carried: dict[str, list[Finding]] = field(default_factory=dict)

    @property
    def on(self) -> date:
        """The local date of the act."""
        return local_date(self.at)

    @property
    def unit(self) -> Unit:
        """The tasks of the case's process, read on first use."""
        if self._unit is None:
            # Nothing of the process is read: its flow is the procedure's, and only its end is ever written.
            process = Process(pk=self.case.process_id, flow_class=self.procedure.flow)
            tasks = TASKS.load("process_id = %s", [process.pk])
            for task in tasks:
                task.process = process
            self._unit = Unit(self, process, tasks)
        return self._unit

    @property
    def clocks(self) -> Clocks:
        """The ledger of this case's duties."""
        if self._clocks is None:
            self._clocks = Clocks(self.case, self.procedure, at=self.at, by=self.actor.person)
        return self._clocks

    @property
    def open_routes(self) -> dict[int, TaskRoute]:
        """Open routes by task id, including those of this step."""
        if self._open_routes is None:
            rows = ROUTES.load("case_id = %s AND open", [self.case.pk])
            self._open_routes = {route.task_id: route for route in rows}
        return self._open_routes

    def legal_record(self) -> Any:
        """The procedure's record in the registry (e.g. the Filing), read again under the lock."""
        if self.record is None:
            self.record = self.procedure.record.objects.select_related("site__institution").get(case_number=self.case.number)
        return self.record

    def note(self, action: str, *, node: str = "", **data: Any) -> None:
        """Write an audit row at the end of the step. ``data`` must be JSON."""
        self._audit.append(
            AuditEntry(
                at=self.at,
                actor=self.actor.person,
                acting_for_id=self.actor.acting_for_id,
                bureau_id=self.actor.bureau_id,
                action=action,
                node=node,
                data=data,
            )
        )

    def later(self, topic: str, *, key: str, due_at: datetime | None = None, **payload: Any) -> None:
        """Have something done after commit, once per ``key``."""
        self._outbox.append(
            Outbox(key=key, topic=topic, payload=payload, case=self.case, created_at=self.at, due_at=due_at or self.at)
        )

    def open_route(self, task: Task, spec: catalogue.TaskSpec, *, bureau: Bureau | None = None) -> TaskRoute:
        """List a new human task for those who may do it. Its dates come from the duty that bounds it."""
        duty = next((row for row in map(self.clocks.running, spec.duties) if row is not None), None)
        dates = [day for day in (duty.due_promised, duty.due_legal) if day] if duty else []
        route = TaskRoute(
            task=task, case=self.case, round=self.case.round, node=task.flow_task.name, title=spec.title,
            party=spec.party, bureau_id=bureau.pk if bureau else self.case.authority_id, role=spec.role,
            duty=duty.duty if duty else "",
            due=min(dates, default=FAR), due_legal=duty.due_legal if duty else None,
            due_promised=duty.due_promised if duty else None, due_estimated=bool(duty and duty.estimated),
            mark=spec.mark, opened_at=self.at,
        )  # fmt: skip
        if spec.party == TaskRoute.Party.APPLICANT:
            route.assignee_id, route.claimed_at = self.case.created_by_id, self.at
        elif self._same_officer_goes_on(spec):
            route.assignee, route.claimed_at = self.actor.person, self.at
        self._new_routes.append(route)
        if self._open_routes is not None:
            self._open_routes[task.pk] = route
        return route

    def _same_officer_goes_on(self, spec: catalogue.TaskSpec) -> bool:
        """The officer who just acted keeps the file if he holds the next post too: one claim, not two."""
        previous = self.route
        return (
            previous is not None
            and previous.role == spec.role
            and previous.party == TaskRoute.Party.BUREAU
            and any(m.role == spec.role and m.bureau_id == self.case.bureau_id for m in self.memberships)
        )

    def leave(self) -> None:
        """Nothing to do: the act was done before. Nothing is written."""
        self.left = True

    def changed(self, *fields: str) -> None:
        """Write these columns of the case too (those that most steps leave alone)."""
        self._case_fields.update(fields)

    def close_route(self, route: TaskRoute, closing: str) -> None:
        """Take a task off the lists, saying how it ended."""
        route.open, route.closed_at, route.closing, route.closed_by = False, self.at, closing, self.actor.person
        self._changed_routes[route.task_id] = route
        if self._open_routes is not None:
            self._open_routes.pop(route.task_id, None)

    def change_route(self, route: TaskRoute) -> None:
        """Write a route that was changed but stays open."""
        self._changed_routes[route.task_id] = route

    def open_round(self, reason: str, *, asked: list[Any] | None = None) -> Round:
        """Open the next numbered round; open tasks of the one before are cancelled, joins included."""
        self.cancel_open_tasks(TaskRoute.Closing.SUPERSEDED)
        self.case.round += 1
        return Round.objects.create(
            case=self.case, number=self.case.round, reason=reason, opened_at=self.at,
            opened_by=self.actor.person or self.case.created_by, asked=asked or [],
        )  # fmt: skip

    def carry_over(self, node: str, findings: Iterable[Finding]) -> None:
        """When this step opens the node again, what was judged there stands in it again, by the same hand."""
        self._carried[node] = list(findings)

    def cancel_open_tasks(self, closing: str) -> None:
        """Cancel every unfinished task of the process but the one being done, and close their routes."""
        doing = self.route.task_id if self.route is not None else self.doing
        for task in self.unit.unfinished():
            if task.pk != doing:
                task.flow_task.activation_class(task).drop()
        for route in list(self.open_routes.values()):
            if route.task_id != doing:
                self.close_route(route, closing)

    def flush(self) -> None:
        """Write everything, updates before inserts; the case last, with the head of its chain."""
        if self._unit is not None:
            self._unit.flush()
        for route in self._changed_routes.values():
            if not route._state.adding:
                ROUTES.update(route, _ROUTE_FIELDS)
        ROUTES.insert(self._new_routes)
        for route in self._new_routes:
            FINDINGS.insert(_carried(finding, route) for finding in self._carried.get(route.node, ()))
        if self._clocks is not None:
            self._clocks.flush()
        if self._outbox:
            OUTBOX.insert(self._outbox, ignore_conflicts=True)
            wake_after_commit()
        AUDIT.insert(audit.link(self.case, self._audit))
        self.case.updated_at = self.at
        self.case.version += 1
        CASES.update(self.case, (*_CASE_FIELDS, *sorted(self._case_fields)))


def _carried(finding: Finding, route: TaskRoute) -> Finding:
    return Finding(
        case_id=finding.case_id, route=route, round=route.round, key=finding.key, title=finding.title, clause=finding.clause,
        verdict=finding.verdict, reason=finding.reason, measured=finding.measured, by_id=finding.by_id, at=finding.at,
    )  # fmt: skip


def lock(case_id: int) -> Case:
    """Lock the case row, then read it in a second statement: the first one may have waited with an old snapshot.

    ``NO KEY``: rows that only point to the case (an access log, an upload) need not wait for the step.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM workflows_case WHERE id = %s FOR NO KEY UPDATE", [case_id])
    for case in CASES.load("id = %s", [case_id]):
        return case
    raise Case.DoesNotExist(case_id)


@contextmanager
def step_on(case_id: int, *, person: Person | None = None, action: str = "") -> Iterator[Step]:
    """One act on a case: lock, read, yield the step, write, commit.

    A ``Refused`` raised inside rolls everything back and is then recorded in a transaction of its own.
    """
    try:
        with transaction.atomic():
            case = lock(case_id)
            at = now()
            memberships = posts_of(person, local_date(at)) if person else []
            step = Step(
                case=case, actor=Actor(person), at=at, procedure=catalogue.get(case.procedure),
                memberships=memberships,
            )  # fmt: skip
            yield step
            if not step.left:
                step.flush()
    except Refused as refusal:
        _record_refusal(case_id, person, action, refusal)
        raise


@contextmanager
def moving(step: Step) -> Iterator[Unit]:
    """Let the flow move inside a step: viewflow's nodes find the unit of work while this is open."""
    with opened(step.unit) as unit:
        yield unit


def _record_refusal(case_id: int, person: Person | None, action: str, refusal: Refused) -> None:
    """An act that was refused leaves a trace, in a transaction of its own."""
    with transaction.atomic():
        case = lock(case_id)
        entry = AuditEntry(
            at=now(), actor=person, action="refused", data={"of": action, "code": refusal.code, "why": refusal.message}
        )
        AUDIT.insert(audit.link(case, [entry]))
        CASES.update(case, ("audit_sequence", "audit_head"))


def posts_in(step: Step, *, bureau_id: int, role: str) -> list[Membership]:
    """The memberships by which the person holds this post today; his own before a substitution."""
    held = [m for m in step.memberships if m.bureau_id == bureau_id and m.role == role]
    return sorted(held, key=lambda m: m.acting_for_id is not None)


def is_reader_only(memberships: list[Membership]) -> bool:
    """City supervisors and auditors look, and never act."""
    return bool(memberships) and all(m.role in {Role.SUPERVISOR, Role.AUDITOR} for m in memberships)
