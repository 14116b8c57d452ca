"""What officers do with a task: claim it (领办), give it back, judge its lines, decide it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.models import Person
from registry.selectors.people import active_on
from workflows import catalogue
from workflows.catalogue import Needs, Outcome
from workflows.models import Case, Finding, Opinion, TaskRoute
from workflows.rules.checklist import Level, Line
from workflows.rules.years import chinese_date
from workflows.selectors.companions import companions_for
from workflows.selectors.facts import facts_of, last_handed_in
from workflows.selectors.visibility import is_applicants_side
from workflows.services.errors import Conflict, NotPermitted, Unmet
from workflows.services.plain_text import plain
from workflows.services.retry import retrying
from workflows.services.rows import Table
from workflows.services.step import FINDINGS, Actor, Step, moving, posts_in, step_on

OPINIONS = Table(Opinion)


@dataclass(frozen=True)
class Decision:
    """How an officer finishes a task. ``companions`` are persons (ids) who took part beside him."""

    outcome: str
    remark: str = ""
    visited_on: date | None = None
    companions: tuple[int, ...] = ()


@retrying
def claim(*, case_id: int, task_id: int, person: Person) -> TaskRoute:
    """Take a task out of the pool. Raises ``Conflict`` naming who was faster, ``NotPermitted`` without the post."""
    with step_on(case_id, person=person, action="claim") as step:
        route = _open_route(step, task_id)
        _require_post(step, route)
        if route.assignee_id == person.pk:
            step.leave()
            return route
        if route.assignee_id is not None and _still_holds(step, route):
            raise Conflict.claimed(str(route.assignee), route.claimed_at)
        route.assignee, route.claimed_at = person, step.at
        step.change_route(route)
        step.note("claimed", node=route.node, task=task_id)
    return route


@retrying
def release(*, case_id: int, task_id: int, person: Person) -> None:
    """Give a claimed task back to the pool."""
    with step_on(case_id, person=person, action="release") as step:
        route = _open_route(step, task_id)
        _require_post(step, route)
        if route.assignee_id != person.pk:
            raise Conflict("这一环节不在您名下，请刷新查看。")
        route.assignee = route.claimed_at = None
        step.change_route(route)
        step.note("released", node=route.node, task=task_id)


@retrying
def judge(*, case_id: int, task_id: int, person: Person, verdicts: Mapping[str, tuple[str, str]]) -> list[Finding]:
    """Save judgments of lines: key → (verdict, reason). Stored while the officer works; a later one replaces it.

    Raises ``Unmet`` for a line that this task does not judge. A 不符合 may wait for its reason until the decision.
    """
    with step_on(case_id, person=person, action="judge") as step:
        route = _open_route(step, task_id)
        _require_holder(step, route)
        lines = {line.key: line for line in judged_lines(step.case, route, on=step.on)}
        unknown = sorted(set(verdicts) - set(lines))
        if unknown:
            raise Unmet("本环节没有这些核对项：" + "、".join(unknown))
        findings = [
            Finding(
                case=step.case,
                route=route,
                round=step.case.round,
                key=key,
                title=lines[key].title,
                clause=str(lines[key].clause),
                verdict=verdict,
                reason=plain(reason, field=f"reason.{key}", lines=True),
                measured=lines[key].measured[:300],
                by=person,
                at=step.at,
            )
            for key, (verdict, reason) in verdicts.items()
            if verdict in Finding.Verdict.values
        ]
        Finding.objects.bulk_create(
            findings, update_conflicts=True, unique_fields=["route", "key"],
            update_fields=["verdict", "reason", "measured", "by", "at"],
        )  # fmt: skip
        step.note("judged", node=route.node, lines={f.key: f.verdict for f in findings})
    return findings


@retrying
def decide(*, case_id: int, task_id: int, person: Person, decision: Decision) -> Case:
    """Finish a task with one of its outcomes. The whole legal effect happens here, in one transaction.

    Raises ``Conflict`` (already done, or in another hand), ``NotPermitted`` (post, separation of duties), ``Unmet``.
    """
    with step_on(case_id, person=person, action=f"decide:{decision.outcome}") as step:
        route = _open_route(step, task_id)
        _require_holder(step, route)
        task = step.unit.tasks[task_id]
        outcome = _outcome(task.flow_task, decision.outcome)
        remark = plain(decision.remark, field="remark", lines=True)
        people = _people(step, route, decision)
        findings = FINDINGS.load("route_id = %s", [route.pk]) if task.flow_task.spec.judges else []
        _require_judged(step, route, outcome, findings)
        if outcome.remark and not remark:
            raise Unmet("请写明意见或理由。", fields={"remark": "请写明意见或理由。"})
        step.route = route
        step.opinion = Opinion(
            case=step.case, route=route, round=step.case.round, node=route.node, bureau_id=route.bureau_id,
            outcome=outcome.label, text=remark, people=people, visited_on=decision.visited_on,
            by=person, acting_for_id=step.actor.acting_for_id, at=step.at,
        )  # fmt: skip
        OPINIONS.insert([step.opinion])
        step.note(
            "decided", node=route.node, outcome=outcome.key, label=outcome.label, remark=remark,
            people=people, unmet=[f.key for f in findings if f.verdict == Finding.Verdict.UNMET],
        )  # fmt: skip
        finish(step, outcome)
    return step.case


def finish(step: Step, outcome: Outcome) -> None:
    """Do what the outcome does, then let the flow move on from the step's task."""
    route = step.route
    assert route is not None
    task = step.unit.tasks[route.task_id]
    with moving(step):
        if outcome.does is not None:
            outcome.does(step)
        step.close_route(route, TaskRoute.Closing.LAPSED if outcome.key == "lapsed" else TaskRoute.Closing.DONE)
        activation = task.flow_task.activation_class(task)
        activation.take(step.actor.person)
        task.data = {**task.data, "outcome": outcome.key}
        activation.execute()


def judged_lines(case: Case, route: TaskRoute, *, on: date) -> tuple[Line, ...]:
    """The checklist lines that this task judges, on the facts last submitted."""
    procedure = catalogue.get(case.procedure)
    spec = procedure.flow.instance.node(route.node).spec
    if not spec.judges:
        return ()
    facts = facts_of(case)
    return tuple(line for name in spec.judges for line in procedure.lines(name, facts, on=on))


def must_judge(line: Line) -> bool:
    """Only what the law makes a condition must be judged; recommendations may be."""
    return line.level is Level.MANDATORY and line.needed is not False


def _open_route(step: Step, task_id: int) -> TaskRoute:
    route = step.open_routes.get(task_id)
    if route is not None:
        return route
    closed = TaskRoute.objects.select_related("closed_by").filter(case=step.case, task_id=task_id).first()
    where = (closed.bureau_id, closed.role) if closed else (step.case.bureau_id, None)
    if not any(where in {(m.bureau_id, m.role), (m.bureau_id, None)} for m in step.memberships):
        raise NotPermitted("您没有这一环节的岗位。")  # who handled it is told to colleagues only
    if closed is None:
        raise Conflict("这个办件没有这一环节，请刷新查看。")
    raise Conflict.handled(str(closed.closed_by or "系统"), closed.closed_at)


def _require_post(step: Step, route: TaskRoute) -> None:
    """A post of this task's, held today, by somebody who is no party to the case and did not do the other act.

    A substitute of two people acts for the one who may.
    """
    person = step.actor.person
    if route.party != TaskRoute.Party.BUREAU or person is None:
        raise NotPermitted("这一步由申请人办理。")
    posts = posts_in(step, bureau_id=route.bureau_id, role=route.role)
    if not posts:
        raise NotPermitted(f"您没有“{route.title}”这一环节的岗位。")
    if is_applicants_side(person, step.case, step.on):
        raise NotPermitted("您是本办件的申请人一方，须回避。请由本局其他人员办理。")
    excluded = _other_hands(step, route)
    step.actor = next((actor for post in posts if not excluded & (actor := Actor(person, post)).identities()), step.actor)
    if step.actor.membership is None:
        spec = step.procedure.flow.instance.node(route.node).spec
        raise NotPermitted(
            f"您不能办理“{route.title}”：同一办件的核实人和签发人须不同。请由本局其他人员办理。", clause=spec.clause
        )


def _require_holder(step: Step, route: TaskRoute) -> None:
    """His post, and his hands: an unclaimed task is claimed by acting on it, one left by a former holder likewise."""
    _require_post(step, route)
    if route.assignee_id in step.actor.identities():
        return
    if route.assignee_id is not None and _still_holds(step, route):
        raise Conflict.claimed(str(route.assignee), route.claimed_at)
    route.assignee, route.claimed_at = step.actor.person, step.at
    step.change_route(route)


def _still_holds(step: Step, route: TaskRoute) -> bool:
    """Whether the one who claimed the task may still do it. A post that ended leaves the task to the others."""
    return active_on(step.on).filter(person=route.assignee_id, bureau=route.bureau_id, role=route.role).exists()


def _other_hands(step: Step, route: TaskRoute) -> set[int]:
    """Everybody whose act in this case keeps him from this task: over all rounds, by actor, principal and companion.

    It holds both ways: who verified may not sign, and who signed a first result may not verify for the second.
    """
    flow = step.procedure.flow.instance
    apart = set(flow.node(route.node).spec.not_by)
    apart |= {node.name for node in flow.nodes() if route.node in getattr(getattr(node, "spec", None), "not_by", ())}
    if not apart:
        return set()
    hands: set[int | None] = set()
    for opinion in OPINIONS.load("case_id = %s AND node = ANY(%s)", [step.case.pk, sorted(apart)]):
        hands |= {opinion.by_id, opinion.acting_for_id, *(person["id"] for person in opinion.people)}
    return {pk for pk in hands if pk is not None}


def _people(step: Step, route: TaskRoute, decision: Decision) -> list[dict[str, Any]]:
    """Who took part, the actor first. Raises ``Unmet`` when fewer than the law asks for."""
    spec = step.procedure.flow.instance.node(route.node).spec
    person = step.actor.person
    assert person is not None
    people = [{"id": person.pk, "name": person.name}]
    if spec.people < 2:
        return people
    allowed = {other.pk: other for other in companions_for(step.case.authority, on=step.on)}
    excluded = _other_hands(step, route)
    for pk in dict.fromkeys(decision.companions):
        other = allowed.get(pk)
        if other is None or pk == person.pk or is_applicants_side(other, step.case, step.on):
            raise Unmet("同行核实人不在名单中，请重新选择。", fields={"companions": "请从名单中选择同行核实人。"})
        if pk in excluded:
            fields = {"companions": f"{other.name}签发过本办件，请另选。"}
            raise Unmet("核实人和签发人须不同，请另选同行核实人。", fields=fields)
        people.append({"id": pk, "name": other.name})
    if len(people) < spec.people:
        raise Unmet(f"现场核实须{spec.people}人以上，请选择同行核实人。", fields={"companions": "请至少选择一名同行核实人。"})
    if decision.visited_on is None:
        raise Unmet("请填写现场核实日期。", fields={"visited_on": "请填写现场核实日期。"})
    if decision.visited_on > step.on:
        raise Unmet("现场核实日期不能晚于今天。", fields={"visited_on": "日期不能晚于今天。"})
    handed_in = last_handed_in(step.case)
    if decision.visited_on < handed_in:
        raise Unmet(
            "现场核实日期不能早于最近一次提交。", fields={"visited_on": f"申请人{chinese_date(handed_in)}提交，日期不能更早。"}
        )
    return people


def _require_judged(step: Step, route: TaskRoute, outcome: Outcome, findings: Iterable[Finding]) -> None:
    if outcome.needs is Needs.NOTHING:
        return
    lines = [line for line in judged_lines(step.case, route, on=step.on) if must_judge(line)]
    by_key = {finding.key: finding for finding in findings}
    open_lines = [line.title for line in lines if line.key not in by_key]
    if open_lines:
        raise Unmet(f"还有{len(open_lines)}项没有核对：{'、'.join(open_lines[:5])}{'等' if len(open_lines) > 5 else ''}。",
                    items=tuple(open_lines))  # fmt: skip
    unmet = [f for f in by_key.values() if f.verdict == Finding.Verdict.UNMET and step.procedure.is_condition(f.key)]
    if outcome.needs is Needs.ALL_MET and unmet:
        names = tuple(finding.title for finding in unmet)
        raise Unmet(f"有{len(unmet)}项不符合，暂不能“{outcome.label}”：{'、'.join(names[:5])}。", items=names)
    if outcome.needs is Needs.SOME_UNMET and not unmet:
        raise Unmet(f"没有不符合的项目，不能“{outcome.label}”。")
    # The reason goes into the notice and onto the public page: no finding of 不符合 leaves this desk without one.
    bare = tuple(
        finding.title for finding in by_key.values() if finding.verdict == Finding.Verdict.UNMET and not finding.reason
    )
    if bare:
        raise Unmet(f"请写明不符合的原因：{'、'.join(bare)}。", items=bare)


def _outcome(node: Any, key: str) -> Outcome:
    for outcome in node.outcomes:
        if outcome.key == key:
            return outcome
    raise Unmet("请选择一个办理结果。", fields={"outcome": "请选择一个办理结果。"})
