"""办件查询: the cases a person may see, by name, number, credit code, state, bureau; newest first, a page by key."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from registry.models import Bureau, Membership, Person
from registry.selectors.calendar import working_calendar
from workflows import catalogue
from workflows.models import Case, TaskRoute
from workflows.rules.whole_numbers import whole_number
from workflows.selectors.casefile import staff_state
from workflows.selectors.inbox import Clock, clock_of
from workflows.selectors.visibility import visible_cases

PAGE = 25
STATES: tuple[tuple[str, str], ...] = (
    ("", "全部状态"),
    ("open", "在办"),
    ("late", "已超期"),
    ("correcting", "待申请人补正"),
    ("received", "已收件，待出回执"),
    ("in_hand", "核实、审签中"),
    ("decided", "已有结果，未办结"),
    ("closed", "已办结"),
    ("withdrawn", "申请人撤回"),
)
_ENDED = (Case.State.CLOSED, Case.State.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What was asked for. ``bureau`` is an id or None."""

    query: str = ""
    state: str = ""
    bureau: int | None = None

    @classmethod
    def read(cls, get: Mapping[str, str]) -> "CaseFilter":
        """From the address; what is not known counts as not asked."""
        state, bureau = get.get("state", ""), get.get("bureau", "")
        known = {key for key, _ in STATES}
        return cls(get.get("q", "").strip()[:60], state if state in known else "", whole_number(bureau))

    def as_query(self) -> dict[str, str]:
        """For the address of the next page."""
        return {"q": self.query, "state": self.state, "bureau": str(self.bureau or "")}


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case. ``state`` is its icon, ``words`` where it stands in the words of the office."""

    pk: int
    number: str
    title: str
    procedure: str
    bureau: str
    submitted_at: datetime
    words: str
    holder: str
    clock: Clock
    closed: bool


@dataclass(frozen=True)
class CasesPage:
    """``bureau`` names the one asked for. ``after`` leads to the next page, empty on the last."""

    rows: tuple[CaseRow, ...]
    bureau: str
    after: str


def cases_page(person: Person, memberships: list[Membership], wanted: CaseFilter, after: str, on: date) -> CasesPage:
    """One page. Four statements, whatever the number of cases."""
    rows = _filtered(visible_cases(person, memberships, on).exclude(state=Case.State.DRAFT), wanted, on)
    place = _read(after)
    if place:
        moment, key = place
        rows = rows.filter(Q(submitted_at__lt=moment) | Q(submitted_at=moment, pk__lt=key), submitted_at__lte=moment)
    keys = list(rows.order_by("-submitted_at", "-pk").values_list("submitted_at", "pk")[: PAGE + 1])
    shown, more = keys[:PAGE], len(keys) > PAGE
    cases = Case.objects.filter(pk__in=[pk for _, pk in shown]).select_related("bureau").defer("facts", "draft")
    routes = TaskRoute.objects.filter(case__in=[pk for _, pk in shown], open=True).select_related("assignee")
    open_routes = {route.case_id: route for route in routes.order_by("-due", "-task_id")}
    calendar = working_calendar()
    found = [_row(case, open_routes.get(case.pk), on, calendar) for case in cases.order_by("-submitted_at", "-pk")]
    bureau = Bureau.objects.filter(pk=wanted.bureau).values_list("name", flat=True).first() if wanted.bureau else ""
    last = shown[-1] if more else None
    return CasesPage(tuple(found), bureau or "", f"{last[0]:%Y-%m-%dT%H:%M:%S.%f%z}_{last[1]}" if last else "")


def _filtered(rows: QuerySet[Case], wanted: CaseFilter, on: date) -> QuerySet[Case]:
    for word in wanted.query.split():
        rows = rows.filter(Q(title__icontains=word) | Q(number__icontains=word) | Q(applicant__uscc=word.upper()))
    if wanted.bureau is not None:
        rows = rows.filter(bureau=wanted.bureau)
    if wanted.state == "open":
        return rows.exclude(state__in=_ENDED)
    if wanted.state == "late":
        late = TaskRoute.objects.filter(case=OuterRef("pk"), open=True, party=TaskRoute.Party.BUREAU, due_legal__lt=on)
        return rows.filter(Exists(late))
    return rows.filter(state=wanted.state) if wanted.state else rows


def _row(case: Case, route: TaskRoute | None, on: date, calendar: object) -> CaseRow:
    clock = Clock(None, None, None, False, "", "")
    if route is not None and route.duty:
        clock = clock_of(route.due_promised, route.due_legal, route.due_estimated, on, calendar)  # type: ignore[arg-type]
    return CaseRow(
        pk=case.pk,
        number=case.number or "",
        title=case.title,
        procedure=catalogue.get(case.procedure).title,
        bureau=str(case.bureau),
        submitted_at=case.submitted_at or case.created_at,
        words=staff_state(case, route),
        holder=str(route.assignee) if route and route.assignee and route.party == TaskRoute.Party.BUREAU else "",
        clock=clock,
        closed=case.state in _ENDED,
    )


def _read(text: str) -> tuple[datetime, int] | None:
    when, _, key = text.rpartition("_")
    try:
        moment = datetime.fromisoformat(when)
    except ValueError:
        return None
    number = whole_number(key)
    # A year at the end of the calendar leaves it when the moment is told in another zone.
    return (moment, number) if moment.tzinfo and 1 < moment.year < 9999 and number is not None else None
