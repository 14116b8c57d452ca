"""What must never be: a live case for which nobody and nothing will do the next thing; work that was given up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from registry.clock import now, today
from registry.selectors.people import active_on
from workflows import catalogue
from workflows.models import Case, Outbox, SweepRun, TaskRoute

LIVE = (Case.State.SUBMITTED, Case.State.CORRECTING, Case.State.RECEIVED, Case.State.IN_HAND, Case.State.DECIDED)
WORKER_LATE = timedelta(minutes=5)
"""Longer than this nothing that is due may lie undone while a worker runs."""


@dataclass(frozen=True)
class Stuck:
    """One thing an operator must look at. ``why`` is Chinese; ``case_id`` is None for what concerns no case."""

    case_id: int | None
    number: str
    why: str

    def __str__(self) -> str:
        return f"{self.number or '（系统）'}：{self.why}"


def stuck_cases() -> list[Stuck]:
    """Live cases that wait for nobody, whose task nobody may do, or whose step the flow does not know. Empty when sound."""
    found = [Stuck(case.pk, str(case), "没有待办环节，也没有后台工作") for case in _without_next()]
    found += [Stuck(r.case_id, str(r.case), f"“{r.title}”没有人在岗，无人可办") for r in _without_people()]
    found += _unknown_steps()
    for case in Case.objects.filter(state__in=[Case.State.CLOSED, Case.State.WITHDRAWN], routes__open=True).distinct():
        found.append(Stuck(case.pk, str(case), "已办结，还有未关闭的待办环节"))
    return found


def alarms(at: datetime | None = None) -> list[Stuck]:
    """Stuck cases, and what the machines left lying: parked or late work, a sweep that stopped running."""
    at = at or now()
    found = stuck_cases()
    for row in Outbox.objects.select_related("case").exclude(parked_at=None):
        found.append(Stuck(row.case_id, str(row.case or ""), f"后台工作{row.key}多次失败（{row.error}），已停放"))
    late = Outbox.objects.select_related("case").filter(done_at=None, parked_at=None, due_at__lt=at - WORKER_LATE)
    for row in late:
        found.append(Stuck(row.case_id, str(row.case or ""), f"后台工作{row.key}应在{row.due_at:%F %T}做，还没有做"))
    for run in SweepRun.objects.filter(finished_at__lt=at - WORKER_LATE):
        found.append(Stuck(None, "", f"巡检“{run.name}”最后一次在{run.finished_at:%F %T}，已停"))
    return found


def _without_next() -> QuerySet[Case]:
    """No open human task; no background step that still has its row in the outbox."""
    routes = TaskRoute.objects.filter(case=OuterRef("pk"), open=True, task__finished=None)
    work = Outbox.objects.filter(case=OuterRef("pk"), topic="background", done_at=None, parked_at=None)
    return Case.objects.filter(state__in=LIVE).exclude(Exists(routes)).exclude(Exists(work)).order_by("pk")


def _without_people() -> QuerySet[TaskRoute]:
    holders = active_on(today()).filter(bureau=OuterRef("bureau"), role=OuterRef("role"))
    open_ones = TaskRoute.objects.filter(open=True, party=TaskRoute.Party.BUREAU).select_related("case")
    return open_ones.exclude(Exists(holders)).order_by("case_id")


def _unknown_steps() -> list[Stuck]:
    """Live tasks of a node that the deployed flow lacks: the release must keep it or move them."""
    found = []
    for procedure in catalogue.all_procedures():
        known = [node.name for node in procedure.flow.instance.nodes()]
        lost = TaskRoute.objects.filter(open=True, case__procedure=procedure.code).exclude(node__in=known)
        found += [Stuck(r.case_id, str(r.case), f"环节“{r.node}”在现行流程中不存在") for r in lost.select_related("case")]
    codes = [procedure.code for procedure in catalogue.all_procedures()]
    for case in Case.objects.filter(Q(state__in=LIVE) & ~Q(procedure__in=codes)):
        found.append(Stuck(case.pk, str(case), f"事项“{case.procedure}”不存在"))
    return found
