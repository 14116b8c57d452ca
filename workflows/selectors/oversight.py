"""监督: what the city sees of each division: work in hand, limits broken, the bureaus' own time, corrections asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from registry.models import Bureau, Membership, Role
from registry.selectors.calendar import working_calendar
from registry.workdays import WorkingCalendar

LONGEST = timedelta(days=800)
"""How far back a case that was closed in the period may have begun for its time to be counted."""

WHOLE_CITY = 0
"""The id of the row that carries the city's own median: medians do not add up."""

_FIGURES = """
WITH days AS (SELECT * FROM unnest(%(days)s::date[], %(numbers)s::int[]) AS d(day, n)),
spent AS (
    SELECT r.bureau_id, r.case_id, sum(till.n - since.n) AS used
    FROM workflows_taskroute r
    JOIN workflows_case c ON c.id = r.case_id AND c.bureau_id = r.bureau_id
    JOIN days since ON since.day = (r.opened_at AT TIME ZONE %(zone)s)::date
    JOIN days till ON till.day = (r.closed_at AT TIME ZONE %(zone)s)::date
    WHERE r.bureau_id = ANY(%(bureaus)s) AND r.party = 'bureau' AND NOT r.open
        AND c.closed_at >= %(begin)s AND c.closed_at < %(end)s AND c.state = 'closed'
    GROUP BY r.bureau_id, r.case_id
)
SELECT b.id,
    (SELECT count(*) FROM workflows_case c WHERE c.bureau_id = b.id AND c.state NOT IN ('draft', 'closed', 'withdrawn')),
    (SELECT count(DISTINCT r.case_id) FROM workflows_taskroute r
        WHERE r.bureau_id = b.id AND r.open AND r.party = 'bureau' AND r.due_legal < %(today)s),
    (SELECT count(DISTINCT r.case_id) FROM workflows_taskroute r
        WHERE r.bureau_id = b.id AND r.open AND r.party = 'bureau' AND r.due < %(today)s
        AND (r.due_legal IS NULL OR r.due_legal >= %(today)s)),
    (SELECT count(*) FROM spent s WHERE s.bureau_id = b.id),
    (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY s.used) FROM spent s WHERE s.bureau_id = b.id),
    (SELECT count(*) FROM workflows_round n JOIN workflows_case c ON c.id = n.case_id
        WHERE c.bureau_id = b.id AND n.reason = 'correction' AND n.opened_at >= %(begin)s AND n.opened_at < %(end)s),
    (SELECT count(*) FROM (SELECT n.case_id FROM workflows_round n JOIN workflows_case c ON c.id = n.case_id
        WHERE c.bureau_id = b.id AND n.reason = 'correction' AND n.opened_at >= %(begin)s AND n.opened_at < %(end)s
        GROUP BY n.case_id HAVING count(*) > 1) twice)
FROM unnest(%(bureaus)s::bigint[]) AS b(id)
UNION ALL
SELECT 0, 0, 0, 0, 0, (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY s.used) FROM spent s), 0, 0
"""


@dataclass(frozen=True, slots=True)
class BureauRow:
    """One bureau. ``median`` working days of its own per closed case, None when none was closed in the period."""

    pk: int
    division: str
    bureau: str
    open: int
    late: int
    over_promise: int
    closed: int
    median: float | None
    corrections: int
    twice: int


@dataclass(frozen=True)
class Oversight:
    """The rows in the order of divisions, and their sum. ``begin`` to ``end`` (both included) is the period."""

    rows: tuple[BureauRow, ...]
    begin: date
    end: date
    open: int
    late: int
    over_promise: int
    closed: int
    median: float | None
    corrections: int
    twice: int


def overseen_bureaus(memberships: Iterable[Membership]) -> list[Bureau]:
    """The bureaus of the same kind in the divisions below a city supervisor's own, in code order."""
    found: dict[int, Bureau] = {}
    for post in memberships:
        if post.role == Role.SUPERVISOR:
            below = Bureau.objects.filter(kind=post.bureau.kind_id, division__parent=post.bureau.division_id)
            found |= {bureau.pk: bureau for bureau in below.select_related("division")}
    return sorted(found.values(), key=lambda bureau: bureau.division.code)


def oversight(bureaus: list[Bureau], begin: date, today: date) -> Oversight:
    """The figures from ``begin`` to ``today``. One statement for all bureaus, besides the calendar's."""
    days, numbers = _numbered(working_calendar(), begin - LONGEST, today)
    values: dict[str, Any] = {
        "bureaus": [bureau.pk for bureau in bureaus], "days": days, "numbers": numbers, "begin": _midnight(begin),
        "end": _midnight(today + timedelta(days=1)), "today": today, "zone": "Asia/Shanghai",
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, values)
        figures = {row[0]: row[1:] for row in cursor.fetchall()}
    rows = tuple(BureauRow(each.pk, each.division.name, each.name, *figures[each.pk]) for each in bureaus)
    return Oversight(
        rows=rows, begin=begin, end=today, open=sum(row.open for row in rows), late=sum(row.late for row in rows),
        over_promise=sum(row.over_promise for row in rows), closed=sum(row.closed for row in rows),
        median=figures[WHOLE_CITY][4], corrections=sum(row.corrections for row in rows),
        twice=sum(row.twice for row in rows),
    )  # fmt: skip


def _numbered(calendar: WorkingCalendar, first: date, last: date) -> tuple[list[date], list[int]]:
    """Each day with the working days up to it: the difference of two is what lies between them."""
    days, numbers, count, day = [], [], 0, first
    while day <= last:
        count += calendar.is_workday(day)[0]
        days.append(day)
        numbers.append(count)
        day += timedelta(days=1)
    return days, numbers


def _midnight(day: date) -> str:
    return f"{day.isoformat()} 00:00 Asia/Shanghai"
