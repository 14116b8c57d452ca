"""Which procedures (事项) exist, and what one consists of. Refuses duplicates."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from functools import cached_property
from typing import Any

from workflows.rules.checklist import Checklist, Level, Line
from workflows.rules.duties import Duty

Effect = Callable[[Any], None]
"""What an outcome does to the records: a verb that takes the running ``workflows.services.step.Step``."""


class Needs(Enum):
    """What the judged lines must say before an outcome may be chosen."""

    NOTHING = "nothing"
    ALL_MET = "all_met"
    SOME_UNMET = "some_unmet"
    ALL_JUDGED = "all_judged"


@dataclass(frozen=True)
class Outcome:
    """One way to finish a task: the button's words, where it leads, what it does, what it needs."""

    key: str
    label: str
    leads_to: str
    does: Effect | None = None
    needs: Needs = Needs.NOTHING
    remark: bool = False
    solid: bool = True


@dataclass(frozen=True)
class TaskSpec:
    """What a person's task is, apart from the graph.

    ``judges`` names the checklists (``materials``, ``standards``) whose lines the officer judges here. ``people`` is how
    many must take part; ``not_by`` names nodes whose actors may not do this one. ``duties`` are the codes of the duties
    that may bound it: the first that runs does.
    """

    title: str
    clause: str
    party: str
    role: str = ""
    duties: tuple[str, ...] = ()
    judges: tuple[str, ...] = ()
    people: int = 1
    not_by: tuple[str, ...] = ()
    public_words: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Procedure:
    """One legal act: its checklist, standards, duties, facts and flow."""

    code: str
    title: str
    act: str
    flow: Any
    facts: Any
    materials: Checklist
    standards: Checklist
    duties: tuple[Duty, ...]
    record: Any
    papers: tuple[str, ...] = ()
    summary: str = ""
    item_code: str = ""
    steps: tuple[str, ...] = field(default=())

    @property
    def name(self) -> str:
        """The code without its version, e.g. ``childcare.filing``."""
        return self.code.rsplit(".", 1)[0]

    def duty(self, code: str) -> Duty:
        """The duty with this code. Raises ``LookupError`` for a code the procedure does not have."""
        for duty in self.duties:
            if duty.code == code:
                return duty
        raise LookupError(f"{self.code} 没有期限 {code}")

    def lines(self, checklist: str, facts: Any, *, on: date, verified: Mapping[str, str] | None = None) -> tuple[Line, ...]:
        """Evaluate ``materials`` or ``standards`` on the facts. ``verified``: clause → how well it was read."""
        found = {"materials": self.materials, "standards": self.standards}[checklist]
        return found.evaluate(facts, on=on, verified=verified)

    def is_condition(self, key: str) -> bool:
        """Whether the line of this key is a condition of the law: only then can it hold anything up."""
        return key in self._conditions

    @cached_property
    def _conditions(self) -> frozenset[str]:
        both = (self.materials, self.standards)
        levels = {slot.key: slot.level for found in both for slot in found.slots}
        levels |= {check.key: check.level for found in both for check in found.checks}
        return frozenset(key for key, level in levels.items() if level is Level.MANDATORY)


class DuplicateProcedureError(Exception):
    """Two modules claim the same procedure code."""


class UnknownProcedureError(LookupError):
    """没有这个事项。"""


_procedures: dict[str, Procedure] = {}


def register(procedure: Procedure) -> Procedure:
    """Add a procedure. Raises ``DuplicateProcedureError``."""
    if procedure.code in _procedures:
        raise DuplicateProcedureError(procedure.code)
    _procedures[procedure.code] = procedure
    return procedure


def get(code: str) -> Procedure:
    """The procedure with this code. Raises ``UnknownProcedureError`` with the codes that exist."""
    try:
        return _procedures[code]
    except KeyError:
        raise UnknownProcedureError(f"没有事项“{code}”。现有：{'、'.join(sorted(_procedures))}") from None


def all_procedures() -> Iterator[Procedure]:
    """Every procedure, by code."""
    return iter(sorted(_procedures.values(), key=lambda procedure: procedure.code))
