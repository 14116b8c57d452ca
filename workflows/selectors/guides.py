"""办事指南: generated from the definition of a procedure, so that it cannot say anything else than the checklist does."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from registry.models import Authority, Clause, PromisedTime
from registry.selectors.clauses import verification_of
from workflows import catalogue
from workflows.rules.checklist import Level
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
    local: bool
    deferrable: bool


@dataclass(frozen=True)
class Condition:
    """What is looked at on the spot. ``need`` may be empty."""

    title: str
    need: str
    basis: Basis


@dataclass(frozen=True)
class TimeLimit:
    """``legal`` and ``promised`` in words, e.g. 5个工作日; ``promised`` is empty where nothing was promised."""

    title: str
    legal: str
    promised: str
    basis: Basis


@dataclass(frozen=True)
class Step:
    """One step: what is done, and by whom (申请人, 卫生健康局 …)."""

    title: str
    by: str
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
    """One line of the list of guides. Times in words, of the first duty that ends in a paper for the applicant."""

    code: str
    title: str
    summary: str
    legal: str
    promised: str


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


def guide_rows() -> tuple[GuideRow, ...]:
    """Every procedure, by code."""
    return tuple(_row(procedure) for procedure in catalogue.all_procedures())


def guide(code: str, on: date) -> Guide:
    """The guide of one procedure as it stands on ``on``. Raises NoSuchGuideError."""
    try:
        procedure = catalogue.get(code)
    except catalogue.UnknownProcedure as error:
        raise NoSuchGuideError("没有这个事项的办事指南") from error
    specs = _specs(procedure)
    refs = [*procedure.materials.clauses(), *procedure.standards.clauses(), *(duty.ref for duty in procedure.duties)]
    refs += [ClauseRef.parse(spec.clause, instrument=procedure.materials.instrument) for spec in specs]
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
        steps=_steps(procedure, specs, bases),
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


def _row(procedure: catalogue.Procedure) -> GuideRow:
    duties = [duty for duty in procedure.duties if duty.since != "submitted"] or list(procedure.duties)
    first = min(duties, key=lambda duty: duty.days, default=None)
    promised = _promised(procedure)
    return GuideRow(
        code=procedure.code,
        title=procedure.title,
        summary=procedure.summary,
        legal=first.allowed if first else "",
        promised=promised.get(first.code, "") if first else "",
    )


def _promised(procedure: catalogue.Procedure) -> Mapping[str, str]:
    """Duty code → what the whole city promised, in words."""
    by_key = {f"{procedure.name}:{duty.code}": duty for duty in procedure.duties}
    rows = PromisedTime.objects.filter(duty__in=by_key, bureau__isnull=True)
    return {by_key[row.duty].code: f"{row.days}个{by_key[row.duty].kind.label}" for row in rows}


def _papers(procedure: catalogue.Procedure, bases: _Bases, on: date) -> tuple[Paper, ...]:
    """An empty case needs just those papers that every case needs."""
    materials, nothing_said = procedure.materials, procedure.facts()
    return tuple(
        Paper(
            title=slot.title,
            why=slot.why,
            options=tuple(option.title for option in slot.any_of),
            basis=bases.of(materials.clause_of(slot)),
            always=slot.when(nothing_said, on).needed is True,
            local=slot.level is not Level.MANDATORY,
            deferrable=slot.deferrable,
        )
        for slot in materials.slots
    )


def _conditions(procedure: catalogue.Procedure, bases: _Bases, on: date) -> tuple[Condition, ...]:
    """The mandatory ones: only they can make a filing non-conforming. What is needed is told by an empty case."""
    lines = procedure.lines("standards", procedure.facts(), on=on)
    return tuple(
        Condition(line.title, line.need, bases.of(line.clause)) for line in lines if line.level is Level.MANDATORY
    )


def _times(procedure: catalogue.Procedure, bases: _Bases) -> tuple[TimeLimit, ...]:
    promised = _promised(procedure)
    return tuple(
        TimeLimit(duty.title, duty.allowed, promised.get(duty.code, ""), bases.of(duty.ref)) for duty in procedure.duties
    )


def _specs(procedure: catalogue.Procedure) -> list[catalogue.TaskSpec]:
    """What people do, in the order in which the flow lists it."""
    specs = (getattr(node, "spec", None) for node in procedure.flow.instance.nodes())
    return [spec for spec in specs if spec is not None]


def _steps(procedure: catalogue.Procedure, specs: Iterable[catalogue.TaskSpec], bases: _Bases) -> tuple[Step, ...]:
    materials = procedure.materials
    return tuple(
        Step(spec.title, spec.party, bases.of(ClauseRef.parse(spec.clause, instrument=materials.instrument)))
        for spec in specs
    )


def _offices(act: str, on: date) -> tuple[Office, ...]:
    rows = Authority.objects.filter(act__code=act, valid__contains=on).select_related("bureau", "division")
    return tuple(
        Office(row.division.name, row.bureau.name, row.bureau.section, row.bureau.phone, row.bureau.address)
        for row in rows.order_by("division__code")
    )
