"""What a checklist is: slots for papers, checks on facts, and the lines that a page, a letter or a JSON file shows.

A checklist never decides a case. It says for each requirement which clause asks for it, whether it applies to these
facts on this day, what was measured, and whether it is met; a person signs.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, Protocol, TypeVar

from .clauses import ClauseRef
from .labelled import Labelled
from .years import chinese_date

DUE, EACH_PERSON = "须提交", "每人一份"
"""What is needed of a paper, when nothing more is to be said."""


class Level(Labelled):
    """How much a requirement weighs. Only MANDATORY can make a filing non-conforming (facts C.1–C.36 in docs/coverage.md)."""

    MANDATORY = "mandatory", "强制条件（法律、设置标准、管理规范）"
    BUILDING = "building", "建筑、消防规范（由住建部门判断）"
    EVALUATION = "evaluation", "评估标准（推荐性）"
    SHOULD = "should", "参考（地方附加或宜）"


class Decision(Labelled):
    """Who decides a line."""

    RULE = "rule", "由规则判定"
    PERSON = "person", "由人核实"


class Outcome(Labelled):
    MET = "met", "符合"
    UNMET = "unmet", "不符合"
    UNKNOWN = "unknown", "待填写"
    NOT_APPLICABLE = "not_applicable", "不适用"

    @property
    def met(self) -> bool | None:
        """True or False once decided; None when unknown or not applicable."""
        return {Outcome.MET: True, Outcome.UNMET: False}.get(self)


@dataclass(frozen=True)
class Part:
    """The result for one class, one person or one paper. ``fields`` are paths into the facts."""

    subject: str
    outcome: Outcome
    measured: str
    fields: tuple[str, ...] = ()
    key: str = ""


@dataclass(frozen=True)
class Measurement:
    """What a test found. ``measured`` and ``need`` are Chinese; ``fields`` are paths such as ``premises.lease_end``."""

    outcome: Outcome
    measured: str = ""
    need: str = ""
    fields: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    why: str = ""

    @classmethod
    def of_parts(cls, parts: Iterable[Part], *, need: str, summary: str, absent: "Measurement") -> "Measurement":
        """The worst part decides. Failing parts are named in ``measured``, else ``summary``. No part: ``absent``."""
        parts = tuple(part for part in parts if part.outcome is not Outcome.NOT_APPLICABLE)
        if not parts:
            return absent
        outcome = worst(part.outcome for part in parts)
        faults = tuple(part for part in parts if part.outcome is outcome) if outcome is not Outcome.MET else ()
        measured = "；".join(f"{part.subject}：{part.measured}" for part in faults) or summary
        fields = tuple(dict.fromkeys(name for part in faults or parts for name in part.fields))
        return cls(outcome, measured, need, fields, parts)


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """UNMET before UNKNOWN before MET; NOT_APPLICABLE when nothing else was given."""
    found = set(outcomes)
    order = (Outcome.UNMET, Outcome.UNKNOWN, Outcome.MET)
    return next((outcome for outcome in order if outcome in found), Outcome.NOT_APPLICABLE)


@dataclass(frozen=True)
class Need:
    """Whether a slot is needed for these facts: None while the facts do not say. ``reason`` is one Chinese sentence."""

    needed: bool | None
    reason: str = ""
    fields: tuple[str, ...] = ()


class Held(Protocol):
    """A paper on hand: for which slot, as which option, for whom, valid until when (None: no end)."""

    @property
    def slot(self) -> str: ...
    @property
    def option(self) -> str: ...
    @property
    def person(self) -> str: ...
    @property
    def valid_until(self) -> date | None: ...


class Named(Protocol):
    """Somebody for whom a paper is needed: a stable key and how a page calls them (保育员赵某)."""

    @property
    def key(self) -> str: ...
    @property
    def named(self) -> str: ...


class HoldsMaterials(Protocol):
    @property
    def materials(self) -> Sequence[Held]: ...


FactsT = TypeVar("FactsT", bound=HoldsMaterials)


@dataclass(frozen=True)
class Option:
    """One of several papers that fill a slot; any one is enough."""

    key: str
    title: str
    hint: str = ""


def _always(facts: object, on: date) -> Need:
    return Need(True)


@dataclass(frozen=True)
class Slot(Generic[FactsT]):
    """A paper the applicant hands in. ``people``: one paper for each of these persons. ``deferrable``: may follow
    later on promise (容缺受理), never for safety and health (fact E.9). ``shareable``: the registration
    authority may push it, then it is not asked for again (国令716 §7)."""

    key: str
    title: str
    clause: str
    why: str
    when: Callable[[FactsT, date], Need] = _always
    any_of: tuple[Option, ...] = ()
    people: Callable[[FactsT], Sequence[Named]] | None = None
    level: Level = Level.MANDATORY
    deferrable: bool = False
    shareable: bool = False
    sample: str = ""

    @property
    def per_person(self) -> bool:
        return self.people is not None

    def measure(self, facts: FactsT, on: date) -> Measurement:
        need = self._need()
        if self.people is None:
            part = self._paper(facts, on, subject=self.title, person="")
            return Measurement(part.outcome, part.measured, need, part.fields, (part,))
        parts = tuple(self._paper(facts, on, subject=person.named, person=person.key) for person in self.people(facts))
        summary = f"{len(parts)}人均已提交"
        absent = Measurement(Outcome.UNKNOWN, "尚未填写工作人员", need, ("staff",))
        return Measurement.of_parts(parts, need=need, summary=summary, absent=absent)

    def _need(self) -> str:
        if self.any_of:
            return "任一种即可：" + "、".join(option.title for option in self.any_of)
        return EACH_PERSON if self.per_person else DUE

    def _paper(self, facts: FactsT, on: date, *, subject: str, person: str) -> Part:
        where = (f"materials.{self.key}",)
        allowed = {option.key: option.title for option in self.any_of}
        held = [paper for paper in facts.materials if paper.slot == self.key and paper.person == person]
        if not held:
            return Part(subject, Outcome.UNKNOWN, "未上传", where, person)
        fitting = [paper for paper in held if not allowed or paper.option in allowed]
        if not fitting:
            return Part(subject, Outcome.UNKNOWN, "已上传，请选择是哪一种材料", where, person)
        valid = [paper for paper in fitting if paper.valid_until is None or paper.valid_until >= on]
        if not valid:
            last = max(paper.valid_until for paper in fitting if paper.valid_until is not None)
            return Part(subject, Outcome.UNMET, f"有效期至{chinese_date(last)}，已过期", where, person)
        title = allowed.get(valid[0].option, "")
        return Part(subject, Outcome.MET, f"已上传：{title}" if title else "已上传", where, person)


@dataclass(frozen=True)
class Check(Generic[FactsT]):
    """A requirement on the facts. ``slot`` groups it with the paper that proves it. ``fact`` is its number in the
    register of facts (C.2). Without a test only a person can judge it."""

    key: str
    title: str
    clause: str
    level: Level
    fact: str
    decided_by: Decision = Decision.RULE
    test: Callable[[FactsT, date], Measurement] | None = None
    need: str = ""
    why: str = ""
    slot: str = ""

    def measure(self, facts: FactsT, on: date) -> Measurement:
        if self.test is None:
            return Measurement(Outcome.UNKNOWN, "须由工作人员核对", self.need)
        return self.test(facts, on)


@dataclass(frozen=True)
class Line:
    """Everything a page needs for one requirement. ``met`` is None while unknown, or when ``needed`` is not True.
    ``verified`` is primary, secondary or no: how well the clause was read."""

    key: str
    title: str
    clause: ClauseRef
    level: Level
    decided_by: Decision
    needed: bool | None
    met: bool | None
    verified: str
    measured: str
    need: str
    why: str
    slot: str
    outcome: Outcome
    fields: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    deferrable: bool = False

    @property
    def blocks(self) -> bool:
        """The applicant cannot submit while this is open: mandatory, perhaps needed, not met, not deferrable. What a
        person decides waits for that person and does not block."""
        if self.level is not Level.MANDATORY or self.needed is False or self.deferrable:
            return False
        return self.met is False if self.decided_by is Decision.PERSON else self.met is not True

    @property
    def remedy(self) -> str:
        """What to do when the line was found 不符合. Of a paper that is there it is not enough to say that it is due."""
        if self.key != self.slot or self.need not in {DUE, EACH_PERSON}:
            return self.need
        return f"请重新提交合格的材料{'，每人一份' if self.need == EACH_PERSON else ''}"


@dataclass(frozen=True)
class Checklist(Generic[FactsT]):
    """``instrument`` is the one that a clause beginning with § belongs to. Keys are unique, else ValueError."""

    instrument: str
    slots: tuple[Slot[FactsT], ...] = ()
    checks: tuple[Check[FactsT], ...] = ()
    _by_key: dict[str, Slot[FactsT]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        keys = [slot.key for slot in self.slots] + [check.key for check in self.checks]
        double = sorted({key for key in keys if keys.count(key) > 1})
        if double:
            raise ValueError(f"核对清单中有重复的编码：{'、'.join(double)}")
        object.__setattr__(self, "_by_key", {slot.key: slot for slot in self.slots})

    def slot(self, key: str) -> Slot[FactsT]:
        """The slot of this key. Raises KeyError."""
        return self._by_key[key]

    def clause_of(self, item: Slot[FactsT] | Check[FactsT]) -> ClauseRef:
        return ClauseRef.parse(item.clause, instrument=self.instrument)

    def clauses(self) -> tuple[ClauseRef, ...]:
        """Every clause cited, once, in order of first citation."""
        cited = [self.clause_of(slot) for slot in self.slots] + [self.clause_of(check) for check in self.checks]
        return tuple(dict.fromkeys(cited))

    def evaluate(self, facts: FactsT, *, on: date, verified: Mapping[str, str] | None = None) -> tuple[Line, ...]:
        """One line per slot, each followed by the checks grouped with it, then the other checks. ``verified`` maps a
        clause as cited to primary, secondary or no; a clause that it lacks is ``no``."""
        known = verified or {}
        grouped: dict[str, list[Check[FactsT]]] = {}
        for check in self.checks:
            grouped.setdefault(check.slot if check.slot in self._by_key else "", []).append(check)
        lines: list[Line] = []
        for slot in self.slots:
            lines.append(self._slot_line(slot, facts, on, known))
            lines += (self._check_line(check, facts, on, known) for check in grouped.get(slot.key, ()))
        lines += (self._check_line(check, facts, on, known) for check in grouped.get("", ()))
        return tuple(lines)

    def _slot_line(self, slot: Slot[FactsT], facts: FactsT, on: date, known: Mapping[str, str]) -> Line:
        need, clause = slot.when(facts, on), self.clause_of(slot)
        found = slot.measure(facts, on) if need.needed is not False else Measurement(Outcome.NOT_APPLICABLE)
        return Line(
            key=slot.key,
            title=slot.title,
            clause=clause,
            level=slot.level,
            decided_by=Decision.RULE,
            needed=need.needed,
            met=found.outcome.met if need.needed else None,
            verified=known.get(str(clause), "no"),
            measured=found.measured,
            need=found.need,
            why=need.reason or slot.why,
            slot=slot.key,
            outcome=found.outcome if need.needed is not None else Outcome.UNKNOWN,
            fields=need.fields if need.needed is None else found.fields,
            parts=found.parts,
            deferrable=slot.deferrable,
        )

    def _check_line(self, check: Check[FactsT], facts: FactsT, on: date, known: Mapping[str, str]) -> Line:
        found, clause = check.measure(facts, on), self.clause_of(check)
        return Line(
            key=check.key,
            title=check.title,
            clause=clause,
            level=check.level,
            decided_by=check.decided_by,
            needed=found.outcome is not Outcome.NOT_APPLICABLE,
            met=found.outcome.met,
            verified=known.get(str(clause), "no"),
            measured=found.measured,
            need=found.need or check.need,
            why=found.why or check.why,
            slot=check.slot,
            outcome=found.outcome,
            fields=found.fields,
            parts=found.parts,
        )
