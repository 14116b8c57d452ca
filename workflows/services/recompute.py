"""Compute the dates of running duties anew from the ledger and the calendar in force: after a notice was imported."""

from dataclasses import dataclass
from datetime import date

from workflows.models import Case, ClockEvent, DutyClock
from workflows.rules.duties import ClockEntry, EventKind
from workflows.services.clocks import Clocks, fill_dates
from workflows.services.retry import retrying
from workflows.services.step import FAR, Step, step_on


@dataclass(frozen=True)
class Dates:
    """The cached dates of one run of a duty."""

    legal: date | None
    promised: date | None
    estimated: bool

    @classmethod
    def of(cls, row: DutyClock) -> "Dates":
        return cls(row.due_legal, row.due_promised, row.estimated)

    def plain(self) -> dict[str, object]:
        """For the audit."""
        days = {"legal": self.legal, "promised": self.promised}
        return {key: day.isoformat() if day else None for key, day in days.items()} | {"estimated": self.estimated}


@dataclass(frozen=True)
class Moved:
    """One duty whose dates changed."""

    case_id: int
    number: str
    duty: str
    run: int
    old: Dates
    new: Dates


def recompute_clocks(*, case_id: int | None = None) -> list[Moved]:
    """Bring the dates of every running duty, and of the open tasks it bounds, in line with ledger and calendar.

    Each case under its lock, in a transaction of its own, old and new logged in its audit chain. A date that was told to
    somebody (``notified_due``) is never shortened. Ended duties keep the dates by which they were judged.
    """
    running = DutyClock.objects.filter(stopped_on=None)
    if case_id is not None:
        running = running.filter(case=case_id)
    cases = running.order_by("case_id").values_list("case_id", flat=True).distinct()
    return [moved for pk in list(cases) for moved in _recompute_case(pk)]


@retrying
def _recompute_case(case_id: int) -> list[Moved]:
    with step_on(case_id, action="recompute") as step:
        moved = [found for row in step.clocks.rows if row.stopped_on is None and (found := _recompute_run(step, row))]
        routes_changed = _follow(step)
        if not moved and not routes_changed:
            step.leave()
        for each in moved:
            step.note("due_recomputed", duty=each.duty, run=each.run, old=each.old.plain(), new=each.new.plain())
    return moved


def _recompute_run(step: Step, row: DutyClock) -> Moved | None:
    old = Dates.of(row)
    clocks: Clocks = step.clocks
    duty = step.procedure.duty(row.duty)
    fill_dates(row, duty, _ledger(step.case, row), days=clocks.promises.get(row.duty), calendar=clocks.calendar)
    new = Dates.of(row)
    if new == old:
        return None
    clocks.touch(row)
    return Moved(step.case.pk, str(step.case), row.duty, row.run, old, new)


def _ledger(case: Case, row: DutyClock) -> list[ClockEntry]:
    events = ClockEvent.objects.filter(case=case, duty=row.duty, run=row.run).order_by("pk")
    return [ClockEntry(EventKind(event.kind), event.on, event.days) for event in events]


def _follow(step: Step) -> bool:
    """Open tasks show the dates of the duty that bounds them."""
    changed = False
    for route in step.open_routes.values():
        row = step.clocks.running(route.duty) if route.duty else None
        if row is None:
            continue
        due = min((day for day in (row.due_promised, row.due_legal) if day), default=FAR)
        wanted = (due, row.due_legal, row.due_promised, row.estimated)
        if wanted != (route.due, route.due_legal, route.due_promised, route.due_estimated):
            route.due, route.due_legal, route.due_promised, route.due_estimated = wanted
            step.change_route(route)
            changed = True
    return changed
