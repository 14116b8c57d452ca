"""What a notice asked for, and what of the answer is open to the applicant because of it. All else was checked: locked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from workflows import catalogue
from workflows.models import Attachment, Case, Round
from workflows.rules.checklist import Line
from workflows.selectors.facts import facts_of, papers_on_hand

PAPERS = "materials."


@dataclass(frozen=True)
class Point:
    """One thing to mend, as the notice said it. ``fields`` are paths into the facts, papers left out."""

    key: str
    title: str
    clause: str
    reason: str
    need: str
    slot: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Opened:
    """``whole``: everything may be changed. Else these paths with what lies below them, and these slots."""

    whole: bool
    paths: frozenset[str] = frozenset()
    slots: frozenset[str] = frozenset()

    def allows(self, path: str) -> bool:
        """May the value at this path be changed?"""
        return self.whole or self.names(path)

    def names(self, path: str) -> bool:
        """Was the value at this path, or one above it, named by a point?"""
        return any(path == each or path.startswith(f"{each}.") for each in self.paths)

    def touches(self, path: str) -> bool:
        """May something at this path, above or below it, be changed?"""
        return self.allows(path) or any(each.startswith(f"{path}.") for each in self.paths)

    def takes(self, slot: str) -> bool:
        """May a paper be handed in for this slot?"""
        return slot in self.slots


def points_of(round_: Round | None) -> tuple[Point, ...]:
    """The points of a round's notice, in its order."""
    return tuple(
        Point(
            key=point["key"],
            title=point["title"],
            clause=point["clause"],
            reason=point.get("reason", ""),
            need=point.get("need", ""),
            slot=point.get("slot", ""),
            fields=tuple(path for path in point.get("fields", ()) if not path.startswith(PAPERS)),
        )
        for point in (round_.asked if round_ else ())
    )


def asking_round(case: Case) -> Round | None:
    """The round that now waits for the applicant's answer."""
    return Round.objects.filter(case=case, number=case.round, answered_at=None).first() if case.round else None


def opened(case: Case, points: tuple[Point, ...], on: date, *, papers: list[Attachment] | None = None) -> Opened:
    """What may be changed now.

    A paper that is replaced may say other things, so the fields of the checks grouped with it are open too, and the answers
    that decide whether it is needed. A point that
    names neither field nor paper leaves the whole form open: the bureau said that something is wrong, not where. A slot
    that the changed answer needs anew is open.
    """
    procedure = catalogue.get(case.procedure)
    every_slot = frozenset(slot.key for slot in procedure.materials.slots)
    if case.state == Case.State.DRAFT:
        return Opened(True, slots=every_slot)
    papers = papers_on_hand(case) if papers is None else papers
    before = _by_key(procedure, facts_of(case, papers=papers), on)
    after = _by_key(procedure, facts_of(case, draft=True, papers=papers), on)
    slots = {point.slot or point.key for point in points} & every_slot
    slots |= {
        key for key, line in after.items() if key in every_slot and line.blocks and not (key in before and before[key].blocks)
    }
    fields = {path for point in points for path in point.fields}
    fields |= {path for slot in slots for path in procedure.materials.slot(slot).when(procedure.facts(), on).fields}
    for line in (*before.values(), *after.values()):
        if line.slot in slots and line.key not in every_slot:
            fields |= {path for path in line.fields if not path.startswith(PAPERS)}
    whole = any(not point.fields and (point.slot or point.key) not in every_slot for point in points)
    return Opened(whole, frozenset(fields), frozenset(slots))


def changed_paths(before: Any, after: Any, path: str = "") -> Iterator[str]:
    """The paths at which two JSON values differ. A list whose length changed counts as a whole."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in {**before, **after}:
            yield from changed_paths(before.get(key), after.get(key), f"{path}.{key}" if path else str(key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for n, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from changed_paths(one, other, f"{path}.{n}")
    elif (before or None) != (after or None) and not (before is None and after is False):
        yield path


def _by_key(procedure: catalogue.Procedure, facts: Any, on: date) -> dict[str, Line]:
    return {line.key: line for name in ("materials", "standards") for line in procedure.lines(name, facts, on=on)}
