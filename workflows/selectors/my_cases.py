"""我的办件: what an applicant has going, what waits for him first. A constant number of queries."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from registry.models import Membership, Person
from registry.selectors.calendar import working_calendar
from workflows import catalogue
from workflows.models import Case, TaskRoute
from workflows.selectors.progress import Turn, Whose, turn_of
from workflows.selectors.visibility import visible_cases

PER_PAGE = 20
MOST_GOING = 100
ENDED = frozenset({Case.State.CLOSED, Case.State.WITHDRAWN})


@dataclass(frozen=True)
class MyCase:
    """One line of the list. ``turn`` is None for a draft. ``mine`` False: somebody lets me fill in."""

    case: Case
    procedure: str
    title: str
    turn: Turn | None
    updated_at: datetime
    mine: bool


@dataclass(frozen=True)
class MyCases:
    """``waiting`` for me (notices, then drafts), ``going`` on, ``ended``; ``more``: there are older ended ones."""

    waiting: tuple[MyCase, ...]
    going: tuple[MyCase, ...]
    ended: tuple[MyCase, ...]
    page: int
    more: bool

    @property
    def nothing(self) -> bool:
        return not (self.waiting or self.going or self.ended)


def my_cases(person: Person, memberships: list[Membership], on: date, *, page: int = 1) -> MyCases:
    """Five queries. ``page`` counts the ended ones from 1."""
    mine = (
        visible_cases(person, memberships, on)
        .exclude(state=Case.State.DRAFT, draft__isnull=True)
        .select_related("bureau")
        .defer("facts", "draft")
    )
    open_cases = list(mine.exclude(state__in=ENDED).order_by("-updated_at", "-pk")[:MOST_GOING])
    first = (page - 1) * PER_PAGE
    ended = list(mine.filter(state__in=ENDED).order_by("-closed_at", "-pk")[first : first + PER_PAGE + 1])
    routes: dict[int, list[TaskRoute]] = defaultdict(list)
    for route in TaskRoute.objects.filter(case__in=[case.pk for case in open_cases], open=True).select_related("bureau"):
        routes[route.case_id].append(route)
    calendar = working_calendar()

    def row(case: Case) -> MyCase:
        draft = case.state == Case.State.DRAFT
        turn = None if draft else turn_of(case, routes[case.pk], on, calendar=calendar)
        procedure = catalogue.get(case.procedure).title
        return MyCase(
            case, procedure, case.title or "还没有填写机构名称", turn, case.updated_at, case.created_by_id == person.pk
        )

    rows = [row(case) for case in open_cases]
    notices = [each for each in rows if each.turn and each.turn.whose is Whose.YOURS]
    drafts = [each for each in rows if each.turn is None]
    notices.sort(key=lambda each: (each.turn.due or date.max) if each.turn else date.max)
    going = [each for each in rows if each.turn and each.turn.whose is not Whose.YOURS]
    shown = tuple(row(case) for case in ended[:PER_PAGE])
    return MyCases((*notices, *drafts), tuple(going), shown, page, len(ended) > PER_PAGE)
