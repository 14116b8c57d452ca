"""The applicant hands in: the first time, again after a correction notice, after a rectification; or takes it back."""

from typing import Any

from viewflow.workflow.models import Process, Task
from viewflow.workflow.status import PROCESS, STATUS

from registry.models import Agent, Applicant, Person
from registry.selectors.bureaus import AuthorityError, authority_for
from registry.selectors.divisions import UnknownDivisionError, division_by_code
from registry.services.numbers import take_case_number
from workflows.models import Case, Round, TaskRoute
from workflows.rules.border import FactsError
from workflows.selectors.facts import papers_on_hand, with_papers
from workflows.selectors.visibility import may_edit
from workflows.services.decisions import finish
from workflows.services.definitions import pin
from workflows.services.drafts import applicant_route, require_writable
from workflows.services.errors import Conflict, NotPermitted, Unmet
from workflows.services.grants import require_owner
from workflows.services.plain_text import plain, unprintable_fields
from workflows.services.retry import retrying
from workflows.services.step import Step, moving, step_on
from workflows.services.unit import Unit

IDENTITY = {
    "institution.name": "机构名称",
    "institution.uscc": "统一社会信用代码",
    "institution.address": "机构住所",
    "institution.division": "所在县（区）",
    "institution.nature": "机构性质",
    "institution.phone": "联系方式",
    "services": "服务范围",
    "classes": "班级和收托人数",
}
"""Without these nobody can tell who files what where. Everything else may be missing: the bureau tells it, once."""
OWNER_ONLY = "共同填写人可以填写和上传，提交由填写人本人办理。"


@retrying
def submit(*, case_id: int, person: Person, incomplete: bool = False, promised: bool = False) -> Case:
    """Hand in a draft. A second click returns the same case with the same number. ``promised``: the click is the promise
    too, kept with the answers in the same step.

    Raises ``Unmet``: fields that cannot be read, the identity fields that lack, and, unless ``incomplete`` says that the
    applicant wants to hand in anyway, the papers and conditions still open (a filing is not refused for them here).
    """
    with step_on(case_id, person=person, action="submit") as step:
        case = step.case
        untouched = case.round == 1 and case.state != Case.State.WITHDRAWN
        if untouched and may_edit(person, case, step.on):
            step.leave()
            return case
        require_writable(step)
        if case.state != Case.State.DRAFT:
            raise Conflict("这个办件已经提交过。需要补正时，请从“补正”页面提交。")
        require_owner(step, OWNER_ONLY)
        if promised:
            case.draft = {**(case.draft or {}), "promises": {**((case.draft or {}).get("promises") or {}), "filing": True}}
        facts = read_answer(step, incomplete=incomplete)
        _address(step, facts)
        case.facts, case.draft, case.submitted_at = case.draft, None, step.at
        case.definition = pin(step.procedure, at=step.at, on=step.on)
        case.title = facts.institution.name
        case.number = take_case_number(division=case.place, year=step.on.year)
        case.submit()
        round_ = _first_round(step)
        _snapshot(step, round_)
        step.changed(
            "facts", "draft", "submitted_at", "definition", "title", "number", "applicant", "bureau", "division",
            "process", "site",
        )  # fmt: skip
        step.note("submitted", node="submit", round=case.round, papers=len(round_.materials))
        begin(step)
    return step.case


@retrying
def answer(*, case_id: int, person: Person, answers: dict[str, str] | None = None) -> Case:
    """Hand in again: the answer to a correction notice or a rectification.

    Each point asked for needs a new paper, a changed field or a word of explanation in ``answers`` (by key).
    """
    with step_on(case_id, person=person, action="answer") as step:
        route = applicant_route(step)
        if route is None:
            if step.case.state in {Case.State.SUBMITTED, Case.State.IN_HAND} and may_edit(person, step.case, step.on):
                step.leave()
                return step.case
            raise Conflict("现在没有需要您提交的内容，请刷新查看办理进度。")
        require_writable(step)
        require_owner(step, OWNER_ONLY)
        round_ = Round.objects.get(case=step.case, number=step.case.round)
        facts = read_answer(step, incomplete=True)
        _require_same_place(step, facts)
        words = {key: plain(text, field=f"said.{key}", lines=True) for key, text in (answers or {}).items()}
        given = {key: text for key, text in words.items() if text}
        _require_answered(step, round_, given)
        if step.case.draft is not None:
            step.case.facts, step.case.draft = step.case.draft, None
            step.changed("facts", "draft")
        _name_applicant(step, facts)
        round_.answers = given
        _snapshot(step, round_)
        step.route = route
        node = step.procedure.flow.instance.node(route.node)
        step.note("answered", node=route.node, round=step.case.round, points=len(round_.asked))
        finish(step, node.outcomes[0])
    return step.case


@retrying
def withdraw(*, case_id: int, person: Person) -> Case:
    """Take the request back before its receipt. Papers stay; no number of a receipt is used."""
    with step_on(case_id, person=person, action="withdraw") as step:
        case = step.case
        require_owner(step, "只有申请人本人可以撤回，共同填写人不能。")
        if case.state == Case.State.WITHDRAWN:
            step.leave()
            return case
        if case.state == Case.State.DRAFT:
            raise NotPermitted("草稿还没有提交，不用撤回。不需要的，可以删除。")
        if case.state not in {Case.State.SUBMITTED, Case.State.CORRECTING, Case.State.RECEIVED}:
            raise NotPermitted("备案回执已经出具，不能撤回。停止服务的，请办理注销备案。")
        with moving(step):
            step.cancel_open_tasks(TaskRoute.Closing.WITHDRAWN)
            step.unit.process.status, step.unit.process.finished = PROCESS.CANCELED, step.at
            step.unit.process_changed = True
        for row in [row for row in step.clocks.rows if row.stopped_on is None]:
            step.clocks.stop(row.duty, on=step.on, basis="申请人撤回", fulfilled=False)
        record = step.legal_record()
        record.withdraw()
        record.updated_at = step.at
        record.save()
        case.withdraw(at=step.at)
        step.note("withdrawn")
    return step.case


def read_answer(step: Step, *, incomplete: bool) -> Any:
    """The typed facts of the draft. Raises ``Unmet`` with one message per field, or naming what is still open."""
    written = step.case.draft if step.case.draft is not None else step.case.facts
    try:
        facts = step.procedure.facts.parse(with_papers(written, papers_on_hand(step.case)))
    except FactsError as error:
        fields = {each.path: each.message for each in error.errors}
        raise Unmet(f"有{len(fields)}处需要更正。", fields=fields) from error
    if lacking := unprintable_fields(written or {}):
        raise Unmet(f"有{len(lacking)}处含有印不到文书上的字符，请更正。", fields=lacking)
    missing = {path: f"请填写{label}。" for path, label in IDENTITY.items() if not _value(facts, path)}
    if missing:
        raise Unmet(f"还有{len(missing)}项必须填写。", fields=missing)
    if not facts.promises.filing:
        raise Unmet("请阅读并作出备案承诺。", fields={"promises.filing": "请阅读备案承诺书并确认。"})
    open_lines = () if incomplete else still_open(step, facts)
    if open_lines:
        raise Unmet(f"还有{len(open_lines)}项没有齐备。可以补齐后再提交，也可以现在提交。", items=open_lines)
    return facts


def still_open(step: Step, facts: Any) -> tuple[str, ...]:
    """The titles of the mandatory papers and conditions that a rule decides and that are not met yet."""
    lines = (*step.procedure.lines("materials", facts, on=step.on), *step.procedure.lines("standards", facts, on=step.on))
    return tuple(line.title for line in lines if line.blocks and line.decided_by.value == "rule")


def _value(facts: Any, path: str) -> Any:
    for name in path.split("."):
        facts = getattr(facts, name)
    return facts


def _address(step: Step, facts: Any) -> None:
    """Who decides (the authority table), and for whom the person files."""
    case, where = step.case, "institution.division"
    area = facts.premises.building_area
    try:
        case.division = division_by_code(facts.institution.division)
        authority = authority_for(step.procedure.act, case.division, step.on, size=int(area) if area is not None else None)
    except (UnknownDivisionError, AuthorityError) as error:
        raise Unmet(str(error), fields={where: str(error)}) from error
    case.bureau, case.mode = authority.bureau, authority.mode
    _name_applicant(step, facts)


def _name_applicant(step: Step, facts: Any) -> None:
    """The unit whose case this is: the one of this code for which its author acts today, else a new one of his."""
    case, person, uscc = step.case, step.case.created_by, facts.institution.uscc
    if case.applicant is not None and case.applicant.uscc == uscc:
        return
    mine = Agent.objects.filter(person=person, applicant__uscc=uscc, valid_from__lte=step.on).exclude(valid_to__lt=step.on)
    agency = mine.select_related("applicant").first()
    if agency is None:
        applicant = Applicant.objects.create(name=facts.institution.name, uscc=uscc, created_at=step.at)
        Agent.objects.create(person=person, applicant=applicant, valid_from=step.on)
    case.applicant = agency.applicant if agency else applicant
    step.changed("applicant")


def _require_same_place(step: Step, facts: Any) -> None:
    """A correction may mend the address, not move the case to another bureau; what is filed is changed by a change filing."""
    case, of = step.case, facts.institution
    assert case.division is not None
    if of.division != case.division.code:
        words = "所在县（区）变了，须由当地部门办理。请撤回本办件，重新提交。"
        raise Unmet(words, fields={"institution.division": words})
    if case.state == Case.State.DECIDED:
        before = case.facts or {}
        for path in ("institution.name", "institution.uscc", "institution.address"):
            if (_at(before, path) or "") != _value(facts, path):
                words = f"{IDENTITY[path]}已经备案，整改时不能修改。有变化的，请办理变更备案。"
                raise Unmet(words, fields={path: words})


def _first_round(step: Step) -> Round:
    step.case.round = 1
    person = step.actor.person
    assert person is not None
    return Round.objects.create(case=step.case, number=1, reason=Round.Reason.SUBMISSION, opened_at=step.at, opened_by=person)


def _snapshot(step: Step, round_: Round) -> None:
    """The case's own copy of what was answered, with the hash of each paper."""
    round_.facts = step.case.facts
    round_.materials = [
        {"id": str(p.pk), "slot": p.slot, "option": p.option, "subject": p.subject, "name": p.name, "sha256": p.sha256}
        for p in papers_on_hand(step.case)
    ]
    round_.answered_at = step.at
    round_.save()


def begin(step: Step) -> None:
    """Start the process. The legal effect of handing in comes first: dates of the first task depend on it."""
    flow = step.procedure.flow
    process = Process(flow_class=flow)
    process.save()
    step.case.process = process
    step._unit = Unit(step, process, [])
    start = next(node for node in flow.instance.nodes() if node.task_type == "START")
    with moving(step):
        start.does(step)
        task = Task(process=process, flow_task=start, status=STATUS.STARTED, started=step.at, owner=step.actor.person)
        step.unit.add(task, None)
        start.activation_class(task).execute()


def _require_answered(step: Step, round_: Round, given: dict[str, str]) -> None:
    """Every point that was asked is answered somehow; the others are named."""
    fresh = {paper.slot for paper in papers_on_hand(step.case) if paper.round == step.case.round}
    before, after = step.case.facts or {}, step.case.draft if step.case.draft is not None else step.case.facts or {}
    open_points = [
        point["title"]
        for point in round_.asked
        if point["key"] not in given
        and point.get("slot") not in fresh
        and point["key"] not in fresh
        and not any(_at(before, path) != _at(after, path) for path in point.get("fields", ()))
    ]
    if open_points:
        raise Unmet(
            f"还有{len(open_points)}项没有补正：{'、'.join(open_points)}。请上传新材料、修改内容，或写明情况。",
            items=tuple(open_points),
        )


def _at(data: Any, path: str) -> Any:
    for name in path.split("."):
        if isinstance(data, list):
            data = data[int(name)] if name.isdigit() and int(name) < len(data) else None
        else:
            data = data.get(name) if isinstance(data, dict) else None
    return data
