"""办事指南: generated from the definition of a procedure, so that it cannot say anything else than the checklist does."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.models import Authority, Clause, PromisedTime
from registry.selectors.clauses import verification_of
from workflows import catalogue
from workflows.rules.checklist import Level, Slot
from workflows.rules.clauses import ClauseRef


class NoSuchGuideError(LookupError):
    """There is no procedure of this code. The message is Chinese."""


@dataclass(frozen=True)
class Basis:
    """A clause for people: 托育机构登记和备案办法（试行）第八条第一项. ``checked``: read in the original."""

    words: str
    checked: bool


@dataclass(frozen=True)
class Paper:
    """A paper to hand in. ``options``: any one is enough. ``always`` False: only in the case that ``why`` tells."""

    title: str
    why: str
    options: tuple[str, ...]
    basis: Basis
    always: bool
    deferrable: bool


@dataclass(frozen=True)
class Condition:
    """What is looked at on the spot. ``need`` may be empty."""

    title: str
    need: str
    basis: Basis


@dataclass(frozen=True)
class TimeLimit:
    """``allowed`` and ``promised`` in words, e.g. 5个工作日; ``promised`` is empty where nothing was promised.

    ``by_law`` False: no rule names the number, the bureau sets it.
    """

    title: str
    allowed: str
    promised: str
    by_law: bool
    basis: Basis


@dataclass(frozen=True)
class Step:
    """One step: what is done, and by whom. ``usual`` False: only when things turn out so (correction, rectification)."""

    title: str
    by: str
    usual: bool
    basis: Basis


@dataclass(frozen=True)
class Office:
    """Where to go in one district or county."""

    division: str
    name: str
    section: str
    phone: str
    address: str


@dataclass(frozen=True)
class GuideRow:
    """One line of the list of guides. Times in words, of the first duty that ends in a paper for the applicant.

    How many papers every case needs, how many only some cases need, how many conditions are mandatory, how many bureaus
    answer for it.
    """

    code: str
    title: str
    summary: str
    legal: str
    promised: str
    papers_always: int
    papers_sometimes: int
    conditions: int
    offices: int


@dataclass(frozen=True)
class Guide:
    """All that a citizen needs before he begins. ``unchecked`` counts clauses whose original is still being read."""

    code: str
    title: str
    summary: str
    item_code: str
    papers: tuple[Paper, ...]
    conditions: tuple[Condition, ...]
    times: tuple[TimeLimit, ...]
    steps: tuple[Step, ...]
    offices: tuple[Office, ...]
    instruments: tuple[str, ...]
    unchecked: int


def guide_rows(on: date) -> tuple[GuideRow, ...]:
    """Every procedure, by code, as it stands on ``on``."""
    return tuple(_row(procedure, on) for procedure in catalogue.all_procedures())


def guide(code: str, on: date) -> Guide:
    """The guide of one procedure as it stands on ``on``. Raises NoSuchGuideError."""
    try:
        procedure = catalogue.get(code)
    except catalogue.UnknownProcedureError as error:
        raise NoSuchGuideError("没有这个事项的办事指南") from error
    nodes = _nodes(procedure)
    refs = [*procedure.materials.clauses(), *procedure.standards.clauses(), *(duty.ref for duty in procedure.duties)]
    refs += [ClauseRef.parse(node.clause) for node in nodes]
    known = verification_of(refs, on)
    bases = _Bases(known)
    return Guide(
        code=procedure.code,
        title=procedure.title,
        summary=procedure.summary,
        item_code=procedure.item_code,
        papers=_papers(procedure, bases, on),
        conditions=_conditions(procedure, bases, on),
        times=_times(procedure, bases),
        steps=_steps(procedure, nodes, bases),
        offices=_offices(procedure.act, on),
        instruments=tuple(dict.fromkeys(clause.instrument.title for clause in known.values())),
        unchecked=sum(not bases.of(ref).checked for ref in set(refs)),
    )


@dataclass(frozen=True)
class _Bases:
    """The clauses on record, by citation."""

    known: Mapping[str, Clause]

    def of(self, ref: ClauseRef) -> Basis:
        clause = self.known.get(str(ref))
        source = clause.instrument.short_title if clause else ref.instrument
        return Basis(f"{source}{ref.in_words}", clause is not None and clause.verified == Clause.Verified.PRIMARY)


def _row(procedure: catalogue.Procedure, on: date) -> GuideRow:
    duties = [duty for duty in procedure.duties if duty.since != "submitted"] or list(procedure.duties)
    first = min(duties, key=lambda duty: duty.days, default=None)
    promised = _promised(procedure)
    needed = [_needed_always(procedure, slot, on) for slot in procedure.materials.slots]
    return GuideRow(
        code=procedure.code,
        title=procedure.title,
        summary=procedure.summary,
        legal=first.allowed if first else "",
        promised=promised.get(first.code, "") if first else "",
        papers_always=sum(needed),
        papers_sometimes=len(needed) - sum(needed),
        conditions=sum(check.level is Level.MANDATORY for check in procedure.standards.checks),
        offices=Authority.objects.filter(act__code=procedure.act, valid__contains=on).count(),
    )


def _promised(procedure: catalogue.Procedure) -> Mapping[str, str]:
    """Duty code → what the whole city promised, in words."""
    by_key = {f"{procedure.name}:{duty.code}": duty for duty in procedure.duties}
    rows = PromisedTime.objects.filter(duty__in=by_key, bureau__isnull=True)
    return {by_key[row.duty].code: f"{row.days}个{by_key[row.duty].kind.label}" for row in rows}


def _papers(procedure: catalogue.Procedure, bases: _Bases, on: date) -> tuple[Paper, ...]:
    materials = procedure.materials
    return tuple(
        Paper(
            title=slot.title,
            why=slot.why,
            options=tuple(option.title for option in slot.any_of),
            basis=bases.of(materials.clause_of(slot)),
            always=_needed_always(procedure, slot, on),
            deferrable=slot.deferrable,
        )
        for slot in materials.slots
    )


def _conditions(procedure: catalogue.Procedure, bases: _Bases, on: date) -> tuple[Condition, ...]:
    """The mandatory ones: only they can make a filing non-conforming. What is needed is told by an empty case."""
    lines = procedure.lines("standards", procedure.facts(), on=on)
    return tuple(Condition(line.title, line.need, bases.of(line.clause)) for line in lines if line.level is Level.MANDATORY)


def _times(procedure: catalogue.Procedure, bases: _Bases) -> tuple[TimeLimit, ...]:
    promised = _promised(procedure)
    return tuple(
        TimeLimit(
            title=duty.title,
            allowed=duty.allowed,
            promised=promised.get(duty.code, ""),
            by_law=duty.by_law,
            basis=bases.of(duty.ref),
        )
        for duty in procedure.duties
    )


def _needed_always(procedure: catalogue.Procedure, slot: Slot[Any], on: date) -> bool:
    """An empty case needs just what every case needs. What weighs less than mandatory is never needed."""
    return slot.level is Level.MANDATORY and slot.when(procedure.facts(), on).needed is True


def _nodes(procedure: catalogue.Procedure) -> list[Any]:
    """What people and the worker do, in the order of the flow's file; forks and the end left out."""
    flow = procedure.flow
    nodes = {node.name: node for node in flow.instance.nodes()}
    listed = [nodes[name] for name in vars(flow) if name in nodes]
    return [node for node in listed if getattr(node, "spec", None) or hasattr(node, "does")]


def _steps(procedure: catalogue.Procedure, nodes: Iterable[Any], bases: _Bases) -> tuple[Step, ...]:
    usual = _usual_way(procedure)
    return tuple(
        Step(
            title=node.task_title,
            by="申请人" if node.spec and node.spec.party == "applicant" else "办理部门",
            usual=node.name in usual,
            basis=bases.of(ClauseRef.parse(node.clause)),
        )
        for node in nodes
    )


def _usual_way(procedure: catalogue.Procedure) -> set[str]:
    """The names on the way of a case in which nothing is amiss: at each node the first way out that the flow lists."""
    node = next(node for node in procedure.flow.instance.nodes() if node.task_type == "START")
    passed: set[str] = set()
    while node is not None and node.name not in passed:
        passed.add(node.name)
        edge = next(iter(node._outgoing()), None)
        node = edge.dst if edge else None
    return passed


def _offices(act: str, on: date) -> tuple[Office, ...]:
    rows = Authority.objects.filter(act__code=act, valid__contains=on).select_related("bureau", "division")
    return tuple(
        Office(row.division.name, row.bureau.name, row.bureau.section, row.bureau.phone, row.bureau.address)
        for row in rows.order_by("division__code")
    )
