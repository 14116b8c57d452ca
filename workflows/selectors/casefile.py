"""办件页: one case as its officers see it. The bar, the steps, the papers by material; what is under way, and by when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from registry.clock import now
from registry.models import Membership, Person
from registry.selectors.calendar import working_calendar
from registry.selectors.promised import promised_by_duty
from workflows import catalogue
from workflows.models import AccessEntry, Attachment, Case, DutyClock, Finding, TaskRoute
from workflows.rules.checklist import Level, Line
from workflows.rules.duties import DayKind
from workflows.selectors.inbox import Clock, clock_of
from workflows.selectors.visibility import visible_cases

LOOKING = timedelta(minutes=5)
OTHER_PAPERS = "其他材料和要求"


@dataclass(frozen=True, slots=True)
class DutyBox:
    """One limit as the bar shows it: ``allowed`` in words (5个工作日), the day it ends, what is left of it."""

    allowed: str
    due: date
    remaining: int
    estimated: bool
    words: str


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of the flow. ``state`` is an icon's, ``words`` say it."""

    title: str
    state: str
    words: str


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A file of a material. ``kind`` names which of several papers it is, ``owner`` whose; ``older`` what it replaced."""

    id: str
    name: str
    kind: str
    owner: str
    pages: int
    size: int
    is_pdf: bool
    uploaded_at: datetime
    valid_until: date | None
    round: int
    older: tuple["PaperRow", ...] = ()


@dataclass(frozen=True, slots=True)
class MaterialRow:
    """A material of the checklist with its papers and how far it was checked."""

    key: str
    title: str
    state: str
    words: str
    papers: tuple[PaperRow, ...]


@dataclass(frozen=True)
class CaseBar:
    """What stands on top of the page. ``open`` is the task under way, None when there is none."""

    procedure: str
    state_words: str
    open: TaskRoute | None
    clock: Clock
    promised: DutyBox | None
    legal: DutyBox | None
    duty_title: str
    by_law: bool
    holder: str
    others_looking: tuple[str, ...]


def case_seen_by(person: Person, memberships: list[Membership], pk: int, on: date) -> Case:
    """A case this person may see. Raises ``Case.DoesNotExist``, also for one that exists but is not his to see."""
    seen = visible_cases(person, memberships, on).filter(pk=pk).values("pk")
    related = ("bureau__kind", "division", "applicant", "site__institution", "definition")
    return Case.objects.select_related(*related).exclude(state=Case.State.DRAFT).get(pk__in=seen)


def routes_of(case: Case) -> list[TaskRoute]:
    """Every task of the case, in the order they were opened."""
    rows = TaskRoute.objects.filter(case=case).select_related("assignee", "bureau", "closed_by")
    return list(rows.order_by("opened_at", "task_id"))


def findings_of(case: Case) -> list[Finding]:
    """Every judgment, oldest task first."""
    return list(Finding.objects.filter(case=case).select_related("by", "route").order_by("route__opened_at", "id"))


def case_bar(case: Case, routes: Sequence[TaskRoute], reader: Person, on: date) -> CaseBar:
    """The bar. Three statements: calendar, promised times, who else looks at the case."""
    open_route = next((route for route in reversed(routes) if route.open), None)
    procedure = catalogue.get(case.procedure)
    clock = Clock(None, None, None, False, "", "")
    promised = legal = None
    title, by_law = "", True
    if open_route is not None and open_route.duty:
        calendar = working_calendar()
        clock = clock_of(open_route.due_promised, open_route.due_legal, open_route.due_estimated, on, calendar)
        duty = procedure.duty(open_route.duty)
        title, by_law = duty.title, duty.by_law
        key = f"{procedure.name}:{duty.code}"
        days = promised_by_duty([key], case.bureau).get(key) if case.bureau else None
        unit = "个工作日" if duty.kind is DayKind.WORKING else "日"

        def box(due: date | None, allowed: int | None, late: str) -> DutyBox | None:
            if due is None:
                return None
            left = calendar.working_days_between(on, due)
            words = f"{late}{-left}个工作日" if due < on else ""
            return DutyBox(f"{allowed}{unit}" if allowed else "", due, left, open_route.due_estimated, words)

        promised, legal = box(open_route.due_promised, days, "超承诺"), box(open_route.due_legal, duty.days, "已超期")
    return CaseBar(
        procedure=procedure.title, state_words=staff_state(case, open_route), open=open_route, clock=clock,
        promised=promised, legal=legal, duty_title=title, by_law=by_law, holder=_holder(case, open_route),
        others_looking=_others(case, reader),
    )  # fmt: skip


def staff_state(case: Case, route: TaskRoute | None) -> str:
    """Where the case stands, in the words of the office (not those an applicant reads)."""
    if case.state == Case.State.CLOSED:
        return f"已办结：{case.outcome}"
    if case.state == Case.State.WITHDRAWN:
        return "申请人撤回"
    if route is None:
        return "系统处理中"
    if route.party == TaskRoute.Party.APPLICANT:
        return f"待申请人{route.title}"
    return f"{'办理中' if route.assignee_id else '待领办'}：{route.title}"


def steps_of(case: Case, routes: Sequence[TaskRoute]) -> tuple[StepRow, ...]:
    """The straight way of the flow, with the side ways this case took."""
    flow = catalogue.get(case.procedure).flow.instance
    latest = {route.node: route for route in routes}
    rows = []
    straight = _straight_way(flow)
    reached = max((n for n, node in enumerate(straight) if node.name in latest), default=-1)
    under_way = next((n for n, node in enumerate(straight) if node.name in latest and latest[node.name].open), reached)
    for n, node in enumerate(straight):
        if hasattr(node, "spec") and node.spec is not None:
            again = n > under_way and node.name in latest
            row = _step(node.task_title, latest.get(node.name), after=n > reached)
            rows.append(StepRow(node.task_title, "open", "上轮已办") if again else row)
        else:
            done = case.state == Case.State.CLOSED and n > reached
            rows.append(StepRow(node.task_title, "ok" if done else "locked", "已完成" if done else "未到"))
        sides = [dst for dst in _sides(node) if dst.name in latest and dst not in straight]
        rows += [_step(side.task_title, latest[side.name], after=False) for side in sides]
    return tuple(rows)


def materials_of(
    case: Case, lines: Iterable[Line], verdicts: Mapping[str, str], papers: Iterable[Attachment], people: Mapping[str, str]
) -> tuple[MaterialRow, ...]:
    """Each material with its papers. ``verdicts``: line → judgment; ``people``: key → how a person is called."""
    checklist = catalogue.get(case.procedure).materials
    by_slot: dict[str, list[Line]] = {}
    for line in lines:
        by_slot.setdefault(line.slot or "", []).append(line)
    held: dict[str, list[Attachment]] = {}
    for paper in papers:
        held.setdefault(paper.slot, []).append(paper)
    rows = []
    for slot in checklist.slots:
        kinds = {option.key: option.title for option in slot.any_of}
        files = _with_older(held.get(slot.key, []), kinds, people)
        own = next((line for line in by_slot.get(slot.key, ()) if line.key == slot.key), None)
        state, words = _checked(by_slot.get(slot.key, ()), own, verdicts, bool(files))
        rows.append(MaterialRow(slot.key, slot.title, state, words, files))
    return tuple(rows)


def papers_of(case: Case) -> list[Attachment]:
    """Every file of the case, superseded ones too, those of one slot and person together, oldest first."""
    return list(Attachment.objects.filter(case=case).order_by("slot", "subject", "uploaded_at"))


def duties_of(case: Case) -> list[DutyClock]:
    """Every run of every duty, as they began."""
    return list(DutyClock.objects.filter(case=case).order_by("started_on", "id"))


def _holder(case: Case, route: TaskRoute | None) -> str:
    if route is None:
        return "—"
    if route.party == TaskRoute.Party.APPLICANT:
        return "申请人"
    return str(route.assignee) if route.assignee else "尚未领办"


def _others(case: Case, reader: Person) -> tuple[str, ...]:
    """Colleagues who opened the case within the last minutes; applicants are not named to anybody."""
    recent = AccessEntry.objects.filter(case=case, at__gte=now() - LOOKING, person__memberships__isnull=False)
    return tuple(sorted(set(recent.exclude(person=reader).values_list("person__name", flat=True))))


def _straight_way(flow: Any) -> list[Any]:
    """From the first officer's task to the end by the first way out of each node."""
    node = next(node for node in flow.nodes() if node.task_type == "START")
    way: list[Any] = []
    while node not in way:
        way.append(node)
        following = next((edge.dst for edge in node._outgoing() if edge.edge_class != "lapse"), None)
        if following is None:
            break
        node = following
    return [node for node in way if node.task_type in {"HUMAN", "BACKGROUND"}]


def _sides(node: Any) -> list[Any]:
    """Person's tasks that are reached from here, or behind a fork from here, but do not lie on the straight way."""
    found: list[Any] = []
    waiting = [edge.dst for edge in node._outgoing()]
    while waiting:
        each = waiting.pop(0)
        if each in found:
            continue
        found.append(each)
        if not _is_officers(each):
            waiting += [edge.dst for edge in each._outgoing()]
    return [each for each in found if each.task_type == "HUMAN"]


def _is_officers(node: Any) -> bool:
    return getattr(node, "spec", None) is not None and node.spec.party == TaskRoute.Party.BUREAU


def _step(title: str, route: TaskRoute | None, *, after: bool) -> StepRow:
    if route is None:
        return StepRow(title, "locked" if after else "open", "未到" if after else "未经过")
    if route.open:
        return StepRow(title, "active", "进行中" if route.assignee_id else "待领办")
    if route.closing == TaskRoute.Closing.DONE:
        return StepRow(title, "ok", "已办")
    return StepRow(title, "ended", route.get_closing_display())


def _with_older(files: Sequence[Attachment], kinds: Mapping[str, str], people: Mapping[str, str]) -> tuple[PaperRow, ...]:
    """The current file of each person (or of the slot), with those it replaced, newest first."""
    by_owner: dict[str, list[Attachment]] = {}
    for file in files:
        by_owner.setdefault(file.subject, []).append(file)
    rows = []
    for each in by_owner.values():
        shown = [_paper(file, kinds, people) for file in reversed(each)]
        current = next((n for n, file in enumerate(reversed(each)) if file.superseded_at is None), 0)
        newest, older = shown[current], [row for n, row in enumerate(shown) if n != current]
        rows.append(_paper(each[len(each) - 1 - current], kinds, people, tuple(older)) if older else newest)
    return tuple(rows)


def _paper(file: Attachment, kinds: Mapping[str, str], people: Mapping[str, str], older: tuple[PaperRow, ...] = ()) -> PaperRow:
    return PaperRow(
        id=str(file.pk), name=file.name, kind=kinds.get(file.option, ""), owner=people.get(file.subject, ""),
        pages=file.pages, size=file.size, is_pdf=file.content_type == "application/pdf", uploaded_at=file.uploaded_at,
        valid_until=file.valid_until, round=file.round, older=older,
    )  # fmt: skip


def _checked(lines: Iterable[Line], own: Line | None, verdicts: Mapping[str, str], has_files: bool) -> tuple[str, str]:
    """How far a material was checked: failed lines first, then what is still to be judged."""
    lines = list(lines)
    unmet = sum(verdicts.get(line.key) == Finding.Verdict.UNMET for line in lines)
    if unmet:
        return "late", f"{unmet}项不符合"
    if own is not None and own.needed is False and not has_files:
        return "ended", "不需要"
    judged = [line for line in lines if line.key in verdicts]
    if judged and len(judged) == len([line for line in lines if line.needed is not False]):
        return "ok", "符合"
    if not has_files:
        return "open", "未上传"
    return ("open", "待核对") if any(line.level is Level.MANDATORY for line in lines) else ("ended", "参考")
