"""The right-hand side of 办件页: the lines a task judges, what is suggested for each, and which outcomes are open."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from registry.clock import local_date
from registry.models import Clause
from registry.selectors.clauses import verification_of
from workflows import catalogue
from workflows.catalogue import Needs, Outcome
from workflows.models import Attachment, Case, Finding, TaskRoute
from workflows.rules.checklist import Decision as DecidedBy
from workflows.rules.checklist import Level, Line
from workflows.rules.checklist import Outcome as Measured
from workflows.services.decisions import judged_lines, must_judge

Verdict = Finding.Verdict
MATERIAL_LINES, OTHER_LINES = "备案书和承诺", "其他条件"
_SUGGESTED = {
    Measured.MET: Verdict.MET, Measured.UNMET: Verdict.UNMET, Measured.NOT_APPLICABLE: Verdict.NOT_APPLICABLE,
}  # fmt: skip


@dataclass(frozen=True)
class JudgeLine:
    """One requirement to judge. ``verdict`` is what the form shows: saved, else carried over from the round before.

    ``suggested`` is what the measurement says, "" when only a person can tell. ``must``: an outcome waits for it.
    """

    key: str
    title: str
    clause: str
    checked: bool
    wording: str
    level: str
    must: bool
    need: str
    remedy: str
    measured: str
    why: str
    suggested: str
    verdict: str
    saved: bool
    reason: str
    before: str
    not_needed: bool
    slot: str

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The verdicts, as the form offers them."""
        return [(value, str(label)) for value, label in Verdict.choices]


@dataclass(frozen=True)
class JudgeGroup:
    """The lines about one material, or about the rest."""

    key: str
    title: str
    lines: tuple[JudgeLine, ...]


@dataclass(frozen=True)
class OutcomeButton:
    """A way to finish the task. ``why_not`` says what keeps it shut, by what was saved so far."""

    key: str
    label: str
    solid: bool
    remark: bool
    needs: str
    why_not: str


@dataclass(frozen=True)
class LetterPoint:
    """A point as the letter will say it. ``wording`` is printed only for a clause that was read in the original."""

    title: str
    basis: str
    wording: str
    fact: str
    remedy: str


@dataclass(frozen=True)
class Judging:
    """Everything the right-hand side shows."""

    groups: tuple[JudgeGroup, ...]
    outcomes: tuple[OutcomeButton, ...]
    letter: tuple[LetterPoint, ...]
    met: int
    unmet: int
    not_applicable: int
    undecided: int
    suggested: int


def judging_of(
    case: Case, route: TaskRoute, findings: Sequence[Finding], papers: Iterable[Attachment], on: date,
    typed: Mapping[str, tuple[str, str]] | None = None,
) -> Judging:  # fmt: skip
    """The lines of a task with what was judged. ``typed`` are values a refused form brought: they win over the saved."""
    procedure = catalogue.get(case.procedure)
    node = procedure.flow.instance.node(route.node)
    lines = judged_lines(case, route, on=on)
    clauses = verification_of([line.clause for line in lines], on)
    saved = {finding.key: finding for finding in findings if finding.route_id == route.task_id}
    before = {f.key: f for f in findings if f.route_id != route.task_id and f.route.node == route.node}
    fresh = {paper.slot for paper in papers if paper.round == case.round and case.round > 1}
    rows = [
        _row(line, clauses.get(str(line.clause)), saved.get(line.key), before.get(line.key), fresh, (typed or {}).get(line.key))
        for line in lines
    ]
    titles = {slot.key: slot.title for slot in procedure.materials.slots}
    shown = [row.verdict for row in rows]
    undecided = [row for row in rows if row.must and not row.verdict]
    failed = [row for row in rows if row.key in saved and saved[row.key].verdict == Verdict.UNMET]
    return Judging(
        groups=_grouped(rows, titles, "materials" in node.spec.judges),
        outcomes=tuple(_button(outcome, rows, saved, procedure) for outcome in node.outcomes),
        letter=tuple(_point(row, saved[row.key], clauses.get(saved[row.key].clause)) for row in failed),
        met=shown.count(Verdict.MET), unmet=shown.count(Verdict.UNMET),
        not_applicable=shown.count(Verdict.NOT_APPLICABLE), undecided=len(undecided),
        suggested=sum(bool(row.suggested) for row in rows if not row.verdict and not row.not_needed),
    )  # fmt: skip


def filled_in(judging: Judging) -> dict[str, tuple[str, str]]:
    """What 按系统测算填入 saves: the suggestion for every line that has none yet, with the drafted reason."""
    rows = [row for group in judging.groups for row in group.lines if not row.verdict and row.suggested and not row.not_needed]
    return {row.key: (row.suggested, row.reason if row.suggested == Verdict.UNMET else "") for row in rows}


def suggestion_of(line: Line) -> str:
    """The verdict that the measurement speaks for. What a rule decides and the applicant left out counts as 不符合."""
    if line.decided_by is DecidedBy.PERSON:
        return Verdict.NOT_APPLICABLE if line.outcome is Measured.NOT_APPLICABLE else ""
    if line.outcome is Measured.UNKNOWN:
        return Verdict.UNMET if line.needed and line.level is Level.MANDATORY else ""
    return _SUGGESTED[line.outcome]


def drafted_reason(line: Line) -> str:
    """Fact and what is needed, for the officer to keep or to better."""
    fact = f"{line.title}：{line.measured}" if line.measured else line.title
    need = "" if line.need in {"", "须提交"} else f"要求：{line.need}。"
    # ``why`` of a slot explains the paper; of a failed check it says how to mend it.
    mend = line.why if line.key != line.slot and line.met is False else ""
    return f"{fact.rstrip('。')}。{need}{mend}"


def _row(
    line: Line, clause: Clause | None, saved: Finding | None, before: Finding | None, fresh: set[str],
    typed: tuple[str, str] | None,
) -> JudgeLine:  # fmt: skip
    verdict, reason = ("", "")
    if typed is not None:
        verdict, reason = typed
    elif saved is not None:
        verdict, reason = saved.verdict, saved.reason
    elif before is not None and _still_holds(before, line, fresh):
        verdict = before.verdict
    reason = reason or (before.reason if before else "") or drafted_reason(line)
    return JudgeLine(
        key=line.key, title=line.title, clause=f"{clause.instrument.short_title if clause else line.clause.instrument}"
        f"{line.clause.in_words}", checked=bool(clause and clause.verified == Clause.Verified.PRIMARY),
        wording=clause.paraphrase if clause else "",
        level="" if line.level is Level.MANDATORY else line.level.label.split("（")[0], must=must_judge(line),
        need=line.need, remedy=line.remedy, measured=line.measured, why=line.why, suggested=suggestion_of(line),
        verdict=verdict, saved=saved is not None, reason=reason, before=_said_before(before), not_needed=line.needed is False,
        slot=line.slot,
    )  # fmt: skip


def _still_holds(before: Finding, line: Line, fresh: set[str]) -> bool:
    """A judgment of the round before is carried over when neither the paper nor the measurement changed since."""
    return before.verdict != Verdict.UNMET and before.measured == line.measured[:300] and line.slot not in fresh


def _said_before(before: Finding | None) -> str:
    if before is None:
        return ""
    day = local_date(before.at)
    reason = f"。{before.reason}" if before.verdict == Verdict.UNMET and before.reason else ""
    return f"上一轮{before.get_verdict_display()}（{before.by}，{day.month}月{day.day}日）{reason}"


def _grouped(rows: Sequence[JudgeLine], titles: Mapping[str, str], of_papers: bool) -> tuple[JudgeGroup, ...]:
    """By material in the order of the checklist, the rest last; what was judged 不符合 stays in its place."""
    slots = [key for key in titles if any(row.slot == key for row in rows)]
    groups = [JudgeGroup(key, titles[key], tuple(row for row in rows if row.slot == key)) for key in slots]
    rest = tuple(row for row in rows if row.slot not in titles)
    return (*groups, JudgeGroup("other", MATERIAL_LINES if of_papers else OTHER_LINES, rest)) if rest else tuple(groups)


def _button(
    outcome: Outcome, rows: Sequence[JudgeLine], saved: Mapping[str, Finding], procedure: catalogue.Procedure
) -> OutcomeButton:
    open_lines = sum(row.must and row.key not in saved for row in rows)
    unmet = sum(f.verdict == Verdict.UNMET and procedure.is_condition(f.key) for f in saved.values())
    why_not = ""
    if outcome.needs is not Needs.NOTHING and open_lines:
        why_not = f"还有{open_lines}项没有核对"
    elif outcome.needs is Needs.ALL_MET and unmet:
        why_not = f"有{unmet}项不符合，暂不能{outcome.label}"
    elif outcome.needs is Needs.SOME_UNMET and not unmet:
        why_not = "没有不符合的项目"
    label = f"{outcome.label}（{unmet}项不符合）" if outcome.needs is Needs.SOME_UNMET and unmet else outcome.label
    return OutcomeButton(outcome.key, label, outcome.solid, outcome.remark, outcome.needs.value, why_not)


def _point(row: JudgeLine, finding: Finding, clause: Clause | None) -> LetterPoint:
    checked = bool(clause and clause.verified == Clause.Verified.PRIMARY)
    return LetterPoint(
        title=finding.title, basis=row.clause, wording=clause.paraphrase if clause and checked else "",
        fact=finding.reason, remedy=row.remedy or "请按上述依据补正",
    )  # fmt: skip
