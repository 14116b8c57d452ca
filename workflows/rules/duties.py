"""What the law bounds in time, and the arithmetic of a clock that may pause.

A duty runs from one legal event to another. Its ledger is a list of events; what is used and what remains is computed
from them and a calendar, never stored. The day of an event is not counted (民法典 §201): a clock that starts or resumes
on a day counts from the next one, and the day on which it pauses has been used.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from .clauses import ClauseRef
from .labelled import Labelled


class DayKind(Labelled):
    WORKING = "working", "工作日"
    CALENDAR = "calendar", "日"


SET_BY_BUREAU = "参数"
"""Stands in the article of a clause that leaves the number open."""


@dataclass(frozen=True)
class Duty:
    """``since`` and ``until`` name legal events. ``days`` counts in ``kind``.
    ``clause`` is written in full: instrument, space, article."""

    code: str
    title: str
    clause: str
    days: int
    kind: DayKind
    since: str
    until: str

    @property
    def ref(self) -> ClauseRef:
        return ClauseRef.parse(self.clause)

    @property
    def by_law(self) -> bool:
        """Whether a rule names the number of days; else the bureau sets it, and no page may call it 法定."""
        return SET_BY_BUREAU not in self.ref.article

    @property
    def allowed(self) -> str:
        """5个工作日 or 30日."""
        return f"{self.days}个工作日" if self.kind is DayKind.WORKING else f"{self.days}日"


class EventKind(Labelled):
    START = "start", "开始"
    PAUSE = "pause", "特别程序开始"
    RESUME = "resume", "特别程序结束"
    EXTEND = "extend", "延期"
    STOP = "stop", "结束"


@dataclass(frozen=True)
class ClockEntry:
    """One event of a duty's ledger: ``on`` is the local date; ``days`` only for EXTEND, in the duty's kind of day."""

    kind: EventKind
    on: date
    days: int = 0


class LedgerError(ValueError):
    """The events contradict each other (a pause before the start, two starts). The message is Chinese."""


Day = date


class LastDay(Protocol):
    """The last day of a term; ``estimated`` when no calendar was published yet for a day on the way."""

    @property
    def date(self) -> Day: ...
    @property
    def estimated(self) -> bool: ...


class Calendar(Protocol):
    """``registry.workdays.WorkingCalendar`` is one. The start is not counted; a term of 0 ends on its start;
    ``working_days_between`` counts the working days after ``first`` up to and including ``second``."""

    def add_working_days(self, start: date, count: int) -> LastDay: ...
    def working_days_between(self, first: date, second: date) -> int: ...


@dataclass(frozen=True)
class Allowance:
    """Where a duty stands on a day. ``used`` + ``remaining`` = ``allowed``, always. ``due`` is None before the start
    and during an unanswered pause; ``remaining`` goes below zero when late; ``overdue`` is that, never negative."""

    allowed: int
    used: int
    remaining: int
    due: date | None
    overdue: int
    estimated: bool
    started_on: date | None
    paused_since: date | None
    stopped_on: date | None

    @property
    def running(self) -> bool:
        return self.started_on is not None and self.paused_since is None and self.stopped_on is None

    @property
    def kept(self) -> bool | None:
        """True when the act was done in time, False when late; None while it is open and not late."""
        if self.overdue:
            return False
        return True if self.stopped_on else None


@dataclass(frozen=True)
class _Span:
    """The clock counts the days after ``after`` up to and including ``until`` (None: still running)."""

    after: date
    until: date | None


def standing(days: int, kind: DayKind, events: Sequence[ClockEntry], *, on: date, calendar: Calendar) -> Allowance:
    """Where a duty of ``days`` stands at the end of ``on``. Events may come unordered within a day only as given; they
    are read in their order. Raises LedgerError."""
    spans, paused, stopped = _spans(events)
    allowed = days + sum(event.days for event in events if event.kind is EventKind.EXTEND)
    counter = _Counter(kind, calendar)
    used = 0
    for span in spans:
        end = on if span.until is None else min(span.until, on)
        used += counter.between(span.after, end)
    due, estimated = _due(spans, allowed, counter, open_end=paused is None)
    late = used - allowed if kind is DayKind.WORKING else _days_past(due, spans, on, counter)
    return Allowance(
        allowed=allowed,
        used=used,
        remaining=allowed - used,
        due=due,
        overdue=max(late, 0),
        estimated=estimated,
        started_on=spans[0].after if spans else None,
        paused_since=paused,
        stopped_on=stopped,
    )


def of_duty(duty: Duty, events: Sequence[ClockEntry], *, on: date, calendar: Calendar, days: int | None = None) -> Allowance:
    """``standing`` for a duty; ``days`` overrides its number for a promised time (承诺时限), in the same kind of day."""
    return standing(duty.days if days is None else days, duty.kind, events, on=on, calendar=calendar)


def _spans(events: Iterable[ClockEntry]) -> tuple[list[_Span], date | None, date | None]:
    """The counted spans, the day of an unanswered pause, the day of the stop."""
    spans: list[_Span] = []
    running: date | None = None
    paused: date | None = None
    stopped: date | None = None
    last: date | None = None
    for event in events:
        _check_order(event, last, started=bool(spans) or running is not None, paused=paused, stopped=stopped)
        last = event.on
        if event.kind in (EventKind.START, EventKind.RESUME):
            running, paused = event.on, None
        elif event.kind in (EventKind.PAUSE, EventKind.STOP):
            if running is not None:
                spans.append(_Span(running, event.on))
            running = None
            paused = event.on if event.kind is EventKind.PAUSE else None
            stopped = event.on if event.kind is EventKind.STOP else None
    if running is not None:
        spans.append(_Span(running, None))
    return spans, paused, stopped


def _check_order(event: ClockEntry, last: date | None, *, started: bool, paused: date | None, stopped: date | None) -> None:
    fault = ""
    if last is not None and event.on < last:
        fault = "日期早于上一条记录"
    elif stopped is not None:
        fault = "期限已经结束"
    elif started == (event.kind is EventKind.START):
        fault = "期限已经开始" if started else "期限还没有开始"
    elif event.kind is EventKind.PAUSE and paused is not None:
        fault = "特别程序已经开始"
    elif event.kind is EventKind.RESUME and paused is None:
        fault = "没有正在进行的特别程序"
    elif event.days and event.kind is not EventKind.EXTEND:
        fault = "只有延期才写天数"
    elif event.kind is EventKind.EXTEND and event.days < 1:
        fault = "延期须写明天数"
    if fault:
        raise LedgerError(f"计时记录有矛盾：{event.on.isoformat()}“{event.kind.label}”——{fault}。")


def _due(spans: list[_Span], allowed: int, counter: "_Counter", *, open_end: bool) -> tuple[date | None, bool]:
    """The day on which the allowance runs out. A pause on or before that day keeps the rest for after it."""
    left = allowed
    for span in spans:
        due, estimated = counter.add(span.after, left)
        last = span is spans[-1] and open_end
        if span.until is None or due < span.until or last:
            return due, estimated
        left = max(left - counter.between(span.after, span.until), 0)
    return None, False


def _days_past(due: date | None, spans: list[_Span], on: date, counter: "_Counter") -> int:
    """Calendar days late, counted from the due day as moved over holidays."""
    if due is None or not spans:
        return 0
    end = spans[-1].until
    return counter.between(due, on if end is None else min(end, on))


@dataclass(frozen=True)
class _Counter:
    kind: DayKind
    calendar: Calendar

    def add(self, day: date, n: int) -> tuple[date, bool]:
        """The n-th counted day after ``day``; for calendar days moved to the next working day (民法典 §203)."""
        if self.kind is DayKind.WORKING:
            last = self.calendar.add_working_days(day, n)
        else:
            last = self.calendar.add_working_days(day + timedelta(days=n - 1), 1)
        return last.date, last.estimated

    def between(self, after: date, until: date) -> int:
        if until <= after:
            return 0
        return self.calendar.working_days_between(after, until) if self.kind is DayKind.WORKING else (until - after).days
