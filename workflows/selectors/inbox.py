"""待办事项: what waits for an officer, least slack first. Three statements per page, whatever the number of tasks.

Written in SQL: the list of several posts is one limited walk of an index per post (LATERAL), merged afterwards. With
``bureau_id = ANY (…)`` the server would sort every open task of all posts for each page of 25. The tests hold every tab
against the same list asked plainly through the ORM.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import connection

from registry.clock import local_date
from registry.models import Membership, Person
from registry.selectors.calendar import working_calendar
from registry.workdays import WorkingCalendar
from workflows import catalogue
from workflows.models import Round
from workflows.rules.whole_numbers import whole_number
from workflows.selectors.visibility import OFFICER_ROLES

PAGE = 25
MOST_COUNTED = 100
SOON_DAYS = 2
FAR = date.max
"""The due date of a task that nothing bounds."""


class Tab(StrEnum):
    MINE = "mine"
    POOL = "pool"
    SOON = "soon"
    LATE = "late"
    APPLICANT = "applicant"
    DONE = "done"


class Place(NamedTuple):
    """Where a page ended. ``rank`` 0: a legal limit is broken; these come first. Tab 已办 goes by closing time."""

    rank: int
    due: date
    task: int
    closed: datetime | None = None

    def __str__(self) -> str:
        return f"{self.closed.isoformat() if self.closed else self.due.isoformat()}_{self.rank}_{self.task}"

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """The place behind a page's address; None for nothing, or for something this list never gave out."""
        when, _, rest = text.partition("_")
        rank, _, task = rest.partition("_")
        number = whole_number(task)
        if rank not in {"0", "1"} or number is None:
            return None
        try:
            moment = datetime.fromisoformat(when)
        except ValueError:
            return None
        if moment.tzinfo and not 1 < moment.year < 9999:  # in another zone it would leave the calendar
            return None
        return cls(int(rank), moment.date(), number, moment if moment.tzinfo else None)


@dataclass(frozen=True, slots=True)
class Clock:
    """The time left of a task. ``remaining`` working days to the nearer date, negative when late, None: unbounded.

    ``breach`` is "legal", "promised" or ""; ``words`` says a broken promise, which is not a broken law.
    """

    remaining: int | None
    promised: date | None
    legal: date | None
    estimated: bool
    breach: str
    words: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A short note on a row; ``weight`` is "", "strong" or "urgent"."""

    words: str
    weight: str = ""


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One task. ``since`` is the day named by ``since_verb``; ``holder`` whose it is; ``mine``: in my hands.

    Of a task that is done the clock stands as it stood on the day it was closed.
    """

    case_id: int
    task_id: int
    number: str
    title: str
    procedure: str
    step: str
    bureau: str
    since: date | None
    since_verb: str
    clock: Clock
    marks: tuple[Mark, ...]
    holder: str
    mine: bool
    claimable: bool
    closed_at: datetime | None
    outcome: str


@dataclass(frozen=True)
class InboxPage:
    """``counts``: tab → number, at most ``MOST_COUNTED``. ``after`` leads to the next page; empty on the last."""

    tab: Tab
    rows: tuple[InboxRow, ...]
    counts: Mapping[Tab, int]
    after: str


@dataclass(frozen=True)
class _Posts:
    """The posts a person acts in, as columns for ``unnest``: his hands (himself, or whom he stands for), and pools."""

    held: tuple[list[int], list[int], list[str]]
    pools: tuple[list[int], list[str]]
    bureaus: list[int]
    stands_for: Mapping[int, str]

    @classmethod
    def of(cls, person: Person, memberships: Iterable[Membership]) -> "_Posts":
        posts = [m for m in memberships if m.role in OFFICER_ROLES]
        hands = sorted({(m.acting_for_id or person.pk, m.bureau_id, m.role) for m in posts})
        hands += [hand for hand in sorted({(person.pk, m.bureau_id, m.role) for m in posts}) if hand not in hands]
        pools = sorted({(m.bureau_id, m.role) for m in posts})
        return cls(
            held=([h[0] for h in hands], [h[1] for h in hands], [h[2] for h in hands]),
            pools=([p[0] for p in pools], [p[1] for p in pools]),
            bureaus=sorted({m.bureau_id for m in posts}),
            stands_for={m.acting_for_id: m.acting_for.name for m in posts if m.acting_for_id and m.acting_for},
        )


_HELD = "unnest(%(h_hands)s::bigint[], %(h_bureaus)s::bigint[], %(h_roles)s::text[]) AS s(hand, bureau, role)"
_POOLS = "unnest(%(p_bureaus)s::bigint[], %(p_roles)s::text[]) AS s(bureau, role)"
_WAITING = "unnest(%(bureaus)s::bigint[]) AS s(bureau)"
_ME = "(SELECT %(person)s::bigint) AS s(hand)"
# Tab → the walks that make its list: where the posts come from, and which tasks of a post belong to it.
_WALKS: Mapping[Tab, Sequence[tuple[str, str]]] = {
    Tab.MINE: [(_HELD, "r.open AND r.assignee_id = s.hand AND r.bureau_id = s.bureau AND r.role = s.role")],
    Tab.POOL: [(_POOLS, "r.open AND r.bureau_id = s.bureau AND r.role = s.role AND r.assignee_id IS NULL")],
    Tab.APPLICANT: [(_WAITING, "r.open AND r.bureau_id = s.bureau AND r.role = '' AND r.party = 'applicant'")],
    # What he did in a bureau that he left since is not his to see any more.
    Tab.DONE: [
        (
            _ME,
            "NOT r.open AND r.closed_by_id = s.hand AND r.closing = 'done' AND r.party = 'bureau' "
            "AND r.bureau_id = ANY(%(bureaus)s::bigint[])",
        )
    ],
}
_BOTH = [*_WALKS[Tab.MINE], *_WALKS[Tab.POOL]]
_SEARCHED = """ JOIN workflows_case k ON k.id = r.case_id LEFT JOIN registry_applicant a ON a.id = k.applicant_id"""
_SEARCH = " AND (k.title ILIKE %(like)s OR k.number ILIKE %(like)s OR a.uscc = %(code)s)"
_DETAILS = """
SELECT f.rank, r.task_id, r.case_id, c.number, c.title, c.procedure, r.title AS step, b.name AS bureau, c.received_on,
       c.submitted_at, r.opened_at, r.due, r.due_promised, r.due_legal, r.due_estimated, r.mark, r.assignee_id,
       h.name AS holder, r.party, n.reason, c.state, r.closed_at, o.outcome, o.acting_for_id
FROM ({found}) f
JOIN workflows_taskroute r ON r.task_id = f.task_id
JOIN workflows_case c ON c.id = r.case_id
JOIN registry_bureau b ON b.id = r.bureau_id
LEFT JOIN registry_person h ON h.id = r.assignee_id
LEFT JOIN workflows_round n ON n.case_id = r.case_id AND n.number = r.round
LEFT JOIN workflows_opinion o ON o.route_id = r.task_id
ORDER BY {order} LIMIT %(n)s
"""


def page(person: Person, memberships: Iterable[Membership], tab: Tab | str, after: str, query: str, today: date) -> InboxPage:
    """One page of a tab on ``today``, and the counts of all tabs.

    ``after`` is the ``after`` of the page before ("" begins), ``query`` a name, number or credit code. Rows are whole:
    showing them asks the database nothing.
    """
    tab, posts = Tab(tab), _Posts.of(person, memberships)
    calendar = working_calendar()
    values = _values(person, posts, query.strip(), today, calendar)
    found = _rows(tab, values, Place.read(after))
    rows = tuple(_row(row, person, posts, today, calendar, tab) for row in found[:PAGE])
    last = found[PAGE - 1] if len(found) > PAGE else None
    place = str(Place(last["rank"], last["due"], last["task_id"], last["closed_at"])) if last else ""
    return InboxPage(tab, rows, _counts(values), place)


def _values(person: Person, posts: _Posts, query: str, today: date, calendar: WorkingCalendar) -> dict[str, Any]:
    escaped = query.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return {
        "person": person.pk, "h_hands": posts.held[0], "h_bureaus": posts.held[1], "h_roles": posts.held[2],
        "p_bureaus": posts.pools[0], "p_roles": posts.pools[1], "bureaus": posts.bureaus, "today": today,
        "soon": calendar.add_working_days(today, SOON_DAYS).date, "query": query, "like": f"%{escaped}%",
        "code": query.upper(), "n": PAGE + 1, "most": MOST_COUNTED,
    }  # fmt: skip


def _rows(tab: Tab, values: dict[str, Any], after: Place | None) -> list[dict[str, Any]]:
    join, search = (_SEARCHED, _SEARCH) if values["query"] else ("", "")
    walks = _WALKS.get(tab, _BOTH)
    if tab is Tab.DONE:
        values = values | {"closed": after.closed if after else None, "task": after.task if after else 0}
        order = "r.closed_at DESC, r.task_id DESC"
        found = " UNION ALL ".join(_walk(walk, 1, join, search + _BEFORE, order) for walk in walks)
    else:
        at = after or Place(0, date.min, 0)
        values = values | {"rank": at.rank, "after": at.due, "task": at.task}
        order = "f.rank, r.due, r.task_id"
        found = " UNION ALL ".join(
            _walk(walk, rank, join, search + _window(tab) + part, "r.due, r.task_id")
            for walk in walks
            for rank, part in enumerate((_BROKEN, _KEPT))
        )
    with connection.cursor() as cursor:
        cursor.execute(_DETAILS.format(found=found, order=order), values)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


# A broken legal limit is a broken due date too, which lets the walk end there.
_BROKEN = """ AND r.due < %(today)s AND r.due_legal < %(today)s
    AND %(rank)s = 0 AND (r.due, r.task_id) > (%(after)s, %(task)s)"""
_KEPT = """ AND (r.due_legal IS NULL OR r.due_legal >= %(today)s)
    AND (%(rank)s = 0 OR (r.due, r.task_id) > (%(after)s, %(task)s))"""
_BEFORE = " AND (%(closed)s::timestamptz IS NULL OR (r.closed_at, r.task_id) < (%(closed)s::timestamptz, %(task)s))"


def _window(tab: Tab) -> str:
    if tab is Tab.SOON:
        return " AND r.due >= %(today)s AND r.due <= %(soon)s"
    return " AND r.due < %(today)s" if tab is Tab.LATE else ""


def _walk(walk: tuple[str, str], rank: int, join: str, conditions: str, order: str) -> str:
    posts, belongs = walk
    return (
        f"(SELECT {rank} AS rank, w.* FROM {posts} CROSS JOIN LATERAL (SELECT r.task_id FROM workflows_taskroute r{join} "
        f"WHERE {belongs}{conditions} ORDER BY {order} LIMIT %(n)s) w)"
    )


def _counts(values: dict[str, Any]) -> Mapping[Tab, int]:
    columns = []
    for tab in Tab:
        walks = " UNION ALL ".join(
            f"(SELECT 1 FROM {posts} CROSS JOIN LATERAL (SELECT 1 FROM workflows_taskroute r "
            f"WHERE {belongs}{_window(tab)} LIMIT %(most)s) w)"
            for posts, belongs in _WALKS.get(tab, _BOTH)
        )
        columns.append(f"(SELECT count(*) FROM (SELECT 1 FROM ({walks}) u LIMIT %(most)s) l)")
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(columns), values)
        return dict(zip(Tab, cursor.fetchone(), strict=True))


def _row(row: Mapping[str, Any], person: Person, posts: _Posts, today: date, calendar: WorkingCalendar, tab: Tab) -> InboxRow:
    mine = row["assignee_id"] is not None and row["assignee_id"] in {person.pk, *posts.stands_for}
    done = tab is Tab.DONE
    since, verb = _since(row)
    counted_on = local_date(row["closed_at"]) if done else today
    return InboxRow(
        case_id=row["case_id"], task_id=row["task_id"], number=row["number"], title=row["title"],
        procedure=catalogue.get(row["procedure"]).title, step=row["step"], bureau=row["bureau"], since=since,
        since_verb=verb,
        clock=clock_of(row["due_promised"], row["due_legal"], row["due_estimated"], counted_on, calendar),
        marks=_marks(row, posts), holder=row["holder"] or "", mine=mine and not done,
        claimable=not done and row["party"] == "bureau" and row["assignee_id"] is None,
        closed_at=row["closed_at"], outcome=row["outcome"] or "",
    )  # fmt: skip


def clock_of(promised: date | None, legal: date | None, estimated: bool, today: date, calendar: WorkingCalendar) -> Clock:
    """The time left until the nearer of both dates; a broken legal limit counts from its own date."""
    dates = [day for day in (promised, legal) if day]
    if not dates:
        return Clock(None, None, None, False, "", "")
    if legal and legal < today:
        return Clock(calendar.working_days_between(today, legal), promised, legal, estimated, "legal", "")
    remaining = calendar.working_days_between(today, min(dates))
    if min(dates) < today:
        return Clock(remaining, promised, legal, estimated, "promised", f"超承诺{-remaining}个工作日")
    return Clock(remaining, promised, legal, estimated, "", "")


def _since(row: Mapping[str, Any]) -> tuple[date | None, str]:
    if row["received_on"] is not None:
        return row["received_on"], "收件"
    return (row["submitted_at"], "提交") if row["submitted_at"] else (None, "")


def _marks(row: Mapping[str, Any], posts: _Posts) -> tuple[Mark, ...]:
    marks = []
    reason = row["reason"]
    if row["mark"]:
        marks.append(Mark(row["mark"], "urgent"))
    if row["party"] == "bureau" and reason == Round.Reason.CORRECTION and row["state"] == "submitted":
        marks.append(Mark("已补正", "strong"))
    if row["party"] == "bureau" and reason == Round.Reason.RECTIFICATION:
        marks.append(Mark("已整改", "strong"))
    if reason == Round.Reason.RETURN:
        marks.append(Mark("退回重办"))
    principal = row["acting_for_id"] or row["assignee_id"]
    if principal in posts.stands_for:
        marks.append(Mark(f"代{posts.stands_for[principal]}办理"))
    return tuple(marks)
