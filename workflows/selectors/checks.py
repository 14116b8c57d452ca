"""实时核对: what the rules say about the facts as they stand, line by line, with clause and how well it was read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.models import Clause
from registry.selectors.clauses import verification_of
from workflows.catalogue import Procedure
from workflows.rules.checklist import Decision, Level, Line, Outcome
from workflows.rules.clauses import ClauseRef

PAPERS = "materials."
SAID_BY_RESULT = ("须提交", "每人一份")
MANY = 3
_ORDER = ("late", "soon", "open", "ok", "ended")
_LIGHTER = {Level.BUILDING: "由住建部门判断", Level.EVALUATION: "推荐性标准", Level.SHOULD: "参考"}


@dataclass(frozen=True)
class CheckLine:
    """One line for components/check_line.html. ``weight`` is empty for a mandatory line. ``fields`` as in ``Line``."""

    key: str
    fact: str
    state: str
    result: str
    measured: str
    need: str
    clause: str
    verified: str
    weight: str
    why: str
    slot: str
    fields: tuple[str, ...]
    open: bool

    def about(self, paths: Iterable[str]) -> bool:
        """Whether the line looks at a field at, above or below one of these paths."""
        return any(
            field == path or field.startswith(f"{path}.") or path.startswith(f"{field}.")
            for field in self.fields
            for path in paths
        )


@dataclass(frozen=True)
class Panel:
    """``met`` of ``total``: the lines that apply and that a rule decides."""

    lines: tuple[CheckLine, ...]
    met: int
    total: int

    @property
    def percent(self) -> int:
        return round(100 * self.met / self.total) if self.total else 0


@dataclass(frozen=True)
class Evaluated:
    """Both checklists of a procedure on one set of facts, with the clauses on record."""

    materials: tuple[Line, ...]
    standards: tuple[Line, ...]
    clauses: Mapping[str, Clause]

    def open_titles(self) -> tuple[str, ...]:
        """What is still open of what a rule decides and the law makes a condition."""
        lines = (*self.materials, *self.standards)
        return tuple(line.title for line in lines if line.blocks and line.decided_by is Decision.RULE)

    def clause_words(self, ref: ClauseRef) -> str:
        """托育机构登记和备案办法（试行）第八条第二项."""
        row = self.clauses.get(str(ref))
        return f"{row.instrument.short_title if row else ref.instrument}{ref.in_words}"


def evaluate(procedure: Procedure, facts: Any, on: date) -> Evaluated:
    """Both checklists. One query."""
    refs = [str(ref) for checklist in (procedure.materials, procedure.standards) for ref in checklist.clauses()]
    clauses = verification_of(refs, on)
    verified = {ref: str(clause.verified) for ref, clause in clauses.items()}
    return Evaluated(
        procedure.materials.evaluate(facts, on=on, verified=verified),
        procedure.standards.evaluate(facts, on=on, verified=verified),
        clauses,
    )


def panel(found: Evaluated, lines: Iterable[Line]) -> Panel:
    """The lines that apply: what fails first, then what is missing, then what is met; else in the order of the law."""
    lines = tuple(lines)
    shown = [check_line(found, line) for line in lines if line.outcome is not Outcome.NOT_APPLICABLE]
    shown.sort(key=lambda line: _ORDER.index(line.state))
    counted = [line for line in lines if line.needed is not False and line.decided_by is Decision.RULE]
    counted = [line for line in counted if line.outcome is not Outcome.NOT_APPLICABLE]
    return Panel(tuple(shown), sum(line.met is True for line in counted), len(counted))


def check_line(found: Evaluated, line: Line) -> CheckLine:
    """One line in the words of the applicant."""
    state, result = _result(line)
    return CheckLine(
        key=line.key,
        fact=f"{line.title}（{_LIGHTER[line.level]}）" if line.level in _LIGHTER else line.title,
        state=state,
        result=result,
        measured=_measured(line),
        need="" if line.need in SAID_BY_RESULT else line.need,
        clause=found.clause_words(line.clause),
        verified=line.verified,
        weight=_LIGHTER.get(line.level, ""),
        why=line.why,
        slot=line.slot,
        fields=line.fields,
        open=line.blocks and line.decided_by is Decision.RULE,
    )


def _measured(line: Line) -> str:
    """What was found; many people with one and the same fault are counted, not listed."""
    faults = [part for part in line.parts if part.outcome is line.outcome and line.outcome is not Outcome.MET]
    if len(faults) > MANY and len({part.measured for part in faults}) == 1:
        return f"{len(faults)}人{faults[0].measured}"
    return line.measured


def _result(line: Line) -> tuple[str, str]:
    if line.outcome is Outcome.MET:
        return "ok", "达到"
    if line.outcome is Outcome.UNMET:
        return ("late" if line.level is Level.MANDATORY else "soon"), "未达到"
    if line.outcome is Outcome.NOT_APPLICABLE:
        return "ended", "不适用"
    if line.decided_by is Decision.PERSON:
        return "open", "由工作人员核对"
    return "open", "待上传" if any(path.startswith(PAPERS) for path in line.fields) else "待填写"
