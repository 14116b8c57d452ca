"""What happened in a case so far: rounds with what was asked and answered, opinions, papers, clocks, the timeline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from registry.models import Clause, Division
from registry.selectors.calendar import working_calendar
from registry.selectors.clauses import verification_of
from workflows import catalogue
from workflows.models import AuditEntry, Case, ClockEvent, Delivery, Document, DutyClock, Opinion, Round
from workflows.rules.clauses import ClauseRef
from workflows.rules.duties import ClockEntry, DayKind, EventKind, of_duty
from workflows.selectors.deeds import deed
from workflows.selectors.read_back import Change, changes


@dataclass(frozen=True, slots=True)
class Asked:
    """A point of a notice, and what the applicant said to it. ``papers`` handed in for it in that round."""

    title: str
    basis: str
    reason: str
    answer: str
    papers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoundRow:
    """One round: why it was opened, what was asked, what came. ``papers``: new ones; ``changed``: answers that differ."""

    number: int
    reason: str
    opened_at: datetime
    opened_by: str
    answered_at: datetime | None
    asked: tuple[Asked, ...]
    papers: tuple[tuple[str, str], ...]
    changed: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class DutyRow:
    """One run of a duty. ``used`` of ``allowed`` days (in ``unit``) on the day asked for; ``events``: its ledger."""

    title: str
    basis: str
    checked: bool
    run: int
    unit: str
    used: int
    allowed: int
    started_on: date
    legal: date | None
    promised: date | None
    estimated: bool
    stopped_on: date | None
    state: str
    words: str
    events: tuple[ClockEvent, ...]


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One line of 往来记录, newest first."""

    state: str
    what: str
    when: datetime
    who: str
    more: str


def rounds_of(case: Case) -> tuple[RoundRow, ...]:
    """Every round, newest first. Three statements, whatever the number of rounds."""
    rounds = list(Round.objects.filter(case=case).select_related("opened_by").order_by("number"))
    known = verification_of([point["clause"] for each in rounds for point in each.asked], case_day(case))
    places = dict(Division.objects.values_list("code", "name"))
    procedure = catalogue.get(case.procedure)
    titles = {slot.key: slot.title for slot in procedure.materials.slots}
    rows, facts, held = [], None, set[str]()
    for each in rounds:
        fresh = [paper for paper in each.materials if paper["id"] not in held]
        held |= {paper["id"] for paper in each.materials}
        now_facts = procedure.facts.parse_draft({"schema": 1, **each.facts})[0] if each.facts else None
        differs = changes(facts, now_facts, places) if facts is not None and now_facts is not None else ()
        facts = now_facts or facts
        asked = tuple(_asked(point, each, fresh, known) for point in each.asked)
        came = tuple((titles.get(paper["slot"], ""), paper["name"]) for paper in fresh) if each.number > 1 else ()
        rows.append(_round(each, asked, came, differs))
    return tuple(reversed(rows))


def opinions_of(case: Case) -> QuerySet[Opinion]:
    """Every opinion, newest first; superseded ones stay readable."""
    rows = Opinion.objects.filter(case=case).select_related("by", "acting_for", "bureau", "route")
    return rows.order_by("-at", "-id")


def papers_issued(case: Case) -> QuerySet[Document]:
    """What we issued, newest first, with how it was delivered."""
    return Document.objects.filter(case=case).select_related("issuer").prefetch_related("deliveries").order_by("-issued_at")


def deliveries_of(case: Case) -> QuerySet[Delivery]:
    """Every delivery of the case's papers."""
    return Delivery.objects.filter(document__case=case).select_related("document")


def clocks_of(case: Case, on: date) -> tuple[DutyRow, ...]:
    """Each run of each duty with its ledger, the running ones first. Remaining time is computed from the ledger."""
    clocks = list(DutyClock.objects.filter(case=case).order_by("started_on", "id"))
    events: dict[tuple[str, int], list[ClockEvent]] = {}
    for event in ClockEvent.objects.filter(case=case).select_related("by", "document").order_by("on", "id"):
        events.setdefault((event.duty, event.run), []).append(event)
    known = verification_of([clock.clause for clock in clocks], on)
    calendar, procedure = working_calendar(), catalogue.get(case.procedure)
    rows = [
        _duty(clock, procedure.duty(clock.duty), events.get((clock.duty, clock.run), []), known, on, calendar)
        for clock in clocks
    ]
    return tuple(sorted(rows, key=lambda row: (row.stopped_on is not None, row.legal or date.max)))


def timeline_of(case: Case) -> tuple[TimelineRow, ...]:
    """What was done, newest first, from the audit. Who looked is not in it: that is another log."""
    flow = catalogue.get(case.procedure).flow.instance
    titles = {node.name: node.task_title for node in flow.nodes() if getattr(node, "task_title", "")}
    rows = AuditEntry.objects.filter(case=case).select_related("actor", "acting_for").order_by("-sequence")
    return tuple(_line(row, titles.get(row.node, "")) for row in rows)


def case_day(case: Case) -> date:
    """The day whose clauses a case is read by: that of its papers, else of its first submission."""
    return case.received_on or (case.submitted_at or case.created_at).date()


def basis_of(citation: str, known: Mapping[str, Clause]) -> str:
    """A citation for people: 备案办法第八条; the instrument's number where it is not on record."""
    ref = ClauseRef.parse(citation)
    clause = known.get(str(ref))
    return f"{clause.instrument.short_title if clause else ref.instrument}{ref.in_words}"


def _round(each: Round, asked: tuple[Asked, ...], papers: tuple[tuple[str, str], ...], changed: tuple[Change, ...]) -> RoundRow:
    return RoundRow(
        number=each.number,
        reason=each.get_reason_display(),
        opened_at=each.opened_at,
        opened_by=str(each.opened_by),
        answered_at=each.answered_at,
        asked=asked,
        papers=papers,
        changed=changed,
    )


def _asked(point: Mapping[str, Any], each: Round, fresh: Sequence[Mapping[str, str]], known: Mapping[str, Clause]) -> Asked:
    where = {point.get("slot"), point["key"]}
    return Asked(
        title=point["title"], basis=basis_of(point["clause"], known), reason=point.get("reason", ""),
        answer=(each.answers or {}).get(point["key"], ""),
        papers=tuple(paper["name"] for paper in fresh if paper["slot"] in where),
    )  # fmt: skip


def _duty(
    clock: DutyClock, duty: Any, events: Sequence[ClockEvent], known: Mapping[str, Clause], on: date, calendar: Any
) -> DutyRow:
    entries = [ClockEntry(EventKind(event.kind), event.on, event.days) for event in events]
    stands = of_duty(duty, entries, on=on, calendar=calendar)
    if clock.stopped_on is None:
        state = "late" if stands.overdue else "soon" if stands.remaining <= 2 else "active"
        words = f"已超期{stands.overdue}" if stands.overdue else f"还剩{stands.remaining}"
        words += "个工作日" if duty.kind is DayKind.WORKING else "日"
    elif not clock.fulfilled:
        state, words = "ended", "已失效"
    else:
        state, words = ("late", "超期办结") if stands.overdue else ("ok", "按期办结")
    clause = known.get(clock.clause)
    return DutyRow(
        title=clock.title, basis=basis_of(clock.clause, known),
        checked=bool(clause and clause.verified == Clause.Verified.PRIMARY), run=clock.run,
        unit="个工作日" if duty.kind is DayKind.WORKING else "日", used=stands.used, allowed=stands.allowed,
        started_on=clock.started_on, legal=clock.due_legal, promised=clock.due_promised, estimated=clock.estimated,
        stopped_on=clock.stopped_on, state=state, words=words, events=tuple(events),
    )  # fmt: skip


def _line(row: AuditEntry, step: str) -> TimelineRow:
    done = deed(row.action, row.data, step=step)
    who = str(row.actor) if row.actor else "系统"
    if row.acting_for:
        who = f"{who}（代{row.acting_for}）"
    return TimelineRow(done.state, done.what, row.at, who, done.more)
