"""The ledger of a case's duties: events are appended, dates are computed from them and the calendar."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from registry.selectors.calendar import working_calendar
from registry.selectors.promised import promised_by_duty
from registry.workdays import WorkingCalendar
from workflows.models import Case, ClockEvent, DutyClock
from workflows.rules.duties import ClockEntry, Duty, EventKind, of_duty
from workflows.services.rows import Table

DUTIES, EVENTS = Table(DutyClock), Table(ClockEvent)
_CHANGING = ("due_legal", "due_promised", "estimated", "stopped_on", "fulfilled", "notified_due")


@dataclass
class Clocks:
    """The duties of one case inside one step. Writes ledger rows and their cache in ``flush``."""

    case: Case
    procedure: Any
    at: datetime
    by: Any
    _rows: list[DutyClock] | None = None
    _new: list[DutyClock] = field(default_factory=list)
    _changed: dict[tuple[str, int], DutyClock] = field(default_factory=dict)
    _events: list[ClockEvent] = field(default_factory=list)

    @property
    def rows(self) -> list[DutyClock]:
        """Every run of every duty of the case, read once."""
        if self._rows is None:
            self._rows = DUTIES.load("case_id = %s", [self.case.pk], order="run")
        return self._rows

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """The calendar in force when the step began."""
        return working_calendar()

    @cached_property
    def promises(self) -> dict[str, int]:
        """Duty code → promised days, read once."""
        keys = {duty_key(self.procedure, duty): duty.code for duty in self.procedure.duties}
        return {keys[key]: days for key, days in promised_by_duty(keys, self.case.authority_id).items()}

    def running(self, code: str) -> DutyClock | None:
        """The run of this duty that has not ended."""
        return next((row for row in self.rows if row.duty == code and row.stopped_on is None), None)

    def start(self, code: str, *, on: date, basis: str) -> DutyClock:
        """Start a run of the duty with the legal event of ``on``. Counting begins the day after (G.1)."""
        duty = self.procedure.duty(code)
        run = 1 + max((row.run for row in self.rows if row.duty == code), default=0)
        row = DutyClock(
            case=self.case, duty=code, run=run, title=duty.title, clause=duty.clause, started_on=on,
        )  # fmt: skip
        self._event(row, ClockEvent.Kind.START, on, basis)
        fill_dates(row, duty, [ClockEntry(EventKind.START, on)], days=self.promises.get(code), calendar=self.calendar)
        self.rows.append(row)
        self._new.append(row)
        return row

    def stop(self, code: str, *, on: date, basis: str, fulfilled: bool = True) -> None:
        """End the running run with a legal event, if one runs. ``fulfilled`` False: it became void (papers incomplete)."""
        row = self.running(code)
        if row is None:
            return
        on = max(on, row.started_on)  # a machine's clock may be set back; a duty does not end before it began
        row.stopped_on, row.fulfilled = on, fulfilled
        self._event(row, ClockEvent.Kind.STOP, on, basis)
        self.touch(row)

    def happened(self, event: str, *, on: date, basis: str) -> None:
        """A legal event: every duty that ends with it stops, every duty that begins with it starts."""
        for duty in self.procedure.duties:
            if duty.until == event:
                self.stop(duty.code, on=on, basis=basis)
        for duty in self.procedure.duties:
            if duty.since == event:
                self.start(duty.code, on=on, basis=basis)

    def tell(self, code: str) -> date:
        """The date of the running duty, to be printed: from now on a later calendar never shortens it."""
        row = self.running(code)
        if row is None or row.due_legal is None:
            raise LookupError(f"期限 {code} 没有在计时")
        row.notified_due = row.due_legal
        self.touch(row)
        return row.due_legal

    def touch(self, row: DutyClock) -> None:
        """Write the dates of this run at the end, if it is not a new one anyway."""
        if row not in self._new:
            self._changed[(row.duty, row.run)] = row

    def _event(self, row: DutyClock, kind: str, on: date, basis: str) -> None:
        self._events.append(
            ClockEvent(case=self.case, duty=row.duty, run=row.run, kind=kind, on=on, basis=basis, by=self.by, at=self.at)
        )

    def flush(self) -> None:
        """Ledger rows, then the cache."""
        for row in self._changed.values():
            DUTIES.update(row, _CHANGING)
        EVENTS.insert(self._events)
        DUTIES.insert(self._new)


def duty_key(procedure: Any, duty: Duty) -> str:
    """How the table of promised times names a duty: 事项编码:期限编码."""
    return f"{procedure.name}:{duty.code}"


def fill_dates(row: DutyClock, duty: Duty, events: list[ClockEntry], *, days: int | None, calendar: WorkingCalendar) -> None:
    """Compute the legal and the promised date of a run from its ledger. A notified date is never shortened."""
    legal = of_duty(duty, events, on=row.started_on, calendar=calendar)
    row.due_legal, row.estimated = legal.due, legal.estimated
    if row.notified_due and row.due_legal and row.due_legal < row.notified_due:
        row.due_legal = row.notified_due
    promised = of_duty(duty, events, on=row.started_on, calendar=calendar, days=days) if days else None
    row.due_promised = promised.due if promised else None
    row.estimated = row.estimated or bool(promised and promised.estimated)
