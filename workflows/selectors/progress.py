"""Where a case stands for its applicant: whose turn, by when, whose days went by, what happened, what was issued.

Bureaus are named, never persons. A constant number of queries per case.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from typing import Any

from registry.clock import local_date
from registry.selectors.calendar import working_calendar
from registry.workdays import WorkingCalendar
from workflows import catalogue
from workflows.models import AuditEntry, Case, ClockEvent, Document, DutyClock, Round, TaskRoute
from workflows.rules.duties import ClockEntry, EventKind, of_duty
from workflows.selectors.progress_words import Told, told

ANSWERING = frozenset({Round.Reason.CORRECTION, Round.Reason.RECTIFICATION})
OURS_TO_BOUND = frozenset({Case.State.RECEIVED, Case.State.IN_HAND})


class Whose(Enum):
    YOURS = "yours"
    BUREAU = "bureau"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Turn:
    """Who must act, and by when in law. ``remaining``: working days left, negative when late; None without a date.
    ``estimated``: a day on the way has no published calendar yet, nobody is late by it."""

    whose: Whose
    who: str
    doing: str
    step: str
    due: date | None = None
    promised: date | None = None
    remaining: int | None = None
    estimated: bool = False

    @property
    def late(self) -> bool:
        return self.remaining is not None and self.remaining < 0 and not self.estimated


@dataclass(frozen=True)
class Span:
    """Days on which the case waited for the applicant, after ``first`` up to ``last``; ``what`` he was asked for."""

    first: date
    last: date
    what: str
    open: bool


@dataclass(frozen=True)
class TwoClocks:
    """Working days gone by since the submission. ``checking`` + ``handling`` = ``ours``."""

    ours: int
    yours: int
    checking: int
    handling: int
    waits: tuple[Span, ...]


@dataclass(frozen=True)
class Bar:
    """The duty that bounds us now, for components/two_clocks.html."""

    used: int
    total: int
    start: date
    today: date
    promised_due: date | None
    legal_due: date
    late: bool
    estimated: bool
    used_percent: int
    promised_percent: int


@dataclass(frozen=True)
class Event:
    """One thing that happened, or is going on. ``since`` instead of ``at`` for what goes on. ``papers`` were issued by it."""

    what: str
    more: str
    state: str
    at: datetime | None = None
    since: datetime | None = None
    papers: tuple[Document, ...] = ()


@dataclass(frozen=True)
class Progress:
    """``events`` newest first; ``ahead``: titles of the steps to come if nothing is amiss."""

    case: Case
    turn: Turn
    clocks: TwoClocks | None
    bar: Bar | None
    events: tuple[Event, ...]
    ahead: tuple[str, ...]
    papers: tuple[Document, ...]


def progress_of(case: Case, on: date) -> Progress:
    """``case`` with ``bureau``. Eight queries whatever happened on it."""
    procedure = catalogue.get(case.procedure)
    calendar = working_calendar()
    routes = list(TaskRoute.objects.filter(case=case).select_related("bureau").order_by("opened_at", "task_id"))
    rounds = list(Round.objects.filter(case=case))
    papers = tuple(Document.objects.filter(case=case).order_by("-issued_at", "title"))
    turn = turn_of(case, [route for route in routes if route.open], on, calendar=calendar)
    return Progress(
        case=case,
        turn=turn,
        clocks=_clocks(case, rounds, routes, on, calendar),
        bar=_bar(case, procedure, routes, on, calendar),
        events=_events(case, procedure, rounds, routes, papers),
        ahead=_ahead(procedure, routes),
        papers=papers,
    )


def turn_of(case: Case, open_routes: Sequence[TaskRoute], on: date, *, calendar: WorkingCalendar) -> Turn:
    """Whose turn it is. ``open_routes`` with their ``bureau``."""
    if case.state == Case.State.CLOSED:
        return Turn(Whose.NOBODY, "", case.outcome, "已办结")
    if case.state == Case.State.WITHDRAWN:
        return Turn(Whose.NOBODY, "", "您已撤回", "已撤回")
    if not open_routes:
        return Turn(Whose.BUREAU, case.bureau.name if case.bureau else "", "正在办理", "正在办理")
    route = min(open_routes, key=lambda each: (each.party != TaskRoute.Party.APPLICANT, each.due, each.task_id))
    spec = catalogue.get(case.procedure).flow.instance.node(route.node).spec
    yours = route.party == TaskRoute.Party.APPLICANT
    return Turn(
        whose=Whose.YOURS if yours else Whose.BUREAU,
        who="您" if yours else route.bureau.name,
        doing=spec.public_words or route.title,
        step=route.title,
        due=route.due_legal,
        promised=route.due_promised,
        remaining=calendar.working_days_between(on, route.due_legal) if route.due_legal else None,
        estimated=route.due_estimated,
    )


def _clocks(
    case: Case, rounds: Iterable[Round], routes: Sequence[TaskRoute], on: date, calendar: WorkingCalendar
) -> TwoClocks | None:
    if case.submitted_at is None:
        return None
    begun, end = local_date(case.submitted_at), local_date(case.closed_at) if case.closed_at else on
    waits = tuple(_wait(round_, routes, end) for round_ in rounds if round_.reason in ANSWERING)

    def ours(first: date, last: date) -> int:
        waited = sum(
            calendar.working_days_between(max(span.first, first), min(span.last, last))
            for span in waits
            if span.last > first and span.first < last
        )
        return calendar.working_days_between(first, last) - waited

    yours = sum(calendar.working_days_between(span.first, span.last) for span in waits)
    received = min(case.received_on, end) if case.received_on else end
    checking = ours(begun, received)
    handling = ours(received, end)
    return TwoClocks(checking + handling, yours, checking, handling, waits)


def _wait(round_: Round, routes: Sequence[TaskRoute], end: date) -> Span:
    """From the notice to the answer; where none came, to the day on which the step was closed otherwise."""
    asked = next((route for route in routes if route.round == round_.number and route.party == TaskRoute.Party.APPLICANT), None)
    last = round_.answered_at or (asked.closed_at if asked else None)
    what = asked.title if asked else round_.get_reason_display()
    return Span(local_date(round_.opened_at), local_date(last) if last else end, what, open=last is None)


def _bar(
    case: Case, procedure: catalogue.Procedure, routes: Sequence[TaskRoute], on: date, calendar: WorkingCalendar
) -> Bar | None:
    """Only while we hold a received case: before that nothing counts from a receipt."""
    duties = {row.duty: row for row in DutyClock.objects.filter(case=case, stopped_on=None).order_by("run")}
    ledger = list(ClockEvent.objects.filter(case=case).order_by("pk"))
    route = next((each for each in routes if each.open and each.party == TaskRoute.Party.BUREAU), None)
    if route is None or case.received_on is None or case.state not in OURS_TO_BOUND:
        return None
    row = duties.get(route.duty) or max(
        (each for each in duties.values() if each.started_on == case.received_on and each.due_legal),
        key=lambda each: each.due_legal or date.max,
        default=None,
    )
    if row is None or row.due_legal is None or row.started_on != case.received_on:
        return None
    entries = [
        ClockEntry(EventKind(event.kind), event.on, event.days)
        for event in ledger
        if (event.duty, event.run) == (row.duty, row.run)
    ]
    stands = of_duty(procedure.duty(row.duty), entries, on=on, calendar=calendar)
    promised = calendar.working_days_between(row.started_on, row.due_promised) if row.due_promised else 0
    return Bar(
        used=stands.used,
        total=stands.allowed,
        start=row.started_on,
        today=on,
        promised_due=row.due_promised,
        legal_due=row.due_legal,
        late=stands.overdue > 0 and not row.estimated,
        estimated=row.estimated,
        used_percent=min(100, round(100 * stands.used / stands.allowed)),
        promised_percent=min(100, round(100 * promised / stands.allowed)),
    )


def _events(
    case: Case,
    procedure: catalogue.Procedure,
    rounds: Iterable[Round],
    routes: Sequence[TaskRoute],
    papers: Sequence[Document],
) -> tuple[Event, ...]:
    """Newest first, what goes on now on top."""
    asked = {round_.opened_at: round_.asked for round_ in rounds if round_.asked}
    titles = {node.name: getattr(node, "task_title", "") for node in procedure.flow.instance.nodes()}
    found = []
    for entry in AuditEntry.objects.filter(case=case).order_by("sequence").only("at", "action", "node", "data"):
        words = told(entry.action, entry.node, entry.data, title=titles.get(entry.node, ""))
        if words is not None:
            found.append(_event(words, entry, asked.get(entry.at, []), papers))
    for route in routes:
        if route.open:
            spec = procedure.flow.instance.node(route.node).spec
            yours = route.party == TaskRoute.Party.APPLICANT
            what = spec.public_words or route.title
            if yours and found and found[-1].what == what:
                continue
            who = "" if yours else f"由{route.bureau.name}办理。"
            found.append(Event(what, who, "soon" if yours else "active", since=route.opened_at))
    return tuple(reversed(found))


def _event(words: Told, entry: AuditEntry, asked: list[Any], papers: Sequence[Document]) -> Event:
    """Papers and points of the same step carry the same moment."""
    issued = tuple(paper for paper in papers if paper.issued_at == entry.at) if words.issues else ()
    if words.asks and asked:
        points = "；".join(
            f"{point['title']}（{point['reason'].rstrip('。')}）" if point.get("reason") else point["title"] for point in asked
        )
        words = replace(words, more=f"{len(asked)}项：{points}。")
    return Event(words.what, words.more, words.state, at=entry.at, papers=issued)


def _ahead(procedure: catalogue.Procedure, routes: Sequence[TaskRoute]) -> tuple[str, ...]:
    """The steps after the present one: at each node the first way out that the flow lists."""
    current = next((route.node for route in routes if route.open), None)
    if current is None:
        return ()
    node, passed, titles = procedure.flow.instance.node(current), {current}, []
    while (edge := next(iter(node._outgoing()), None)) is not None and edge.dst.name not in passed:
        node = edge.dst
        passed.add(node.name)
        if getattr(node, "spec", None) or hasattr(node, "does"):
            titles.append(node.task_title)
    return tuple(titles)
