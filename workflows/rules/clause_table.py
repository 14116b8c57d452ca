"""The clause rows as data: ``registry/data/clauses/*.yaml`` read into a table. The folder is passed in.

A file is a list of instruments: ``number``, ``title``, ``short_title``, ``issuer``, ``in_force_from``, optional
``in_force_to``, and ``clauses``: ``article``, ``paraphrase``, ``verified`` (primary, secondary, no), ``source``, ``fact``,
optional ``in_force_from`` and ``in_force_to`` (else the instrument's), optional ``version`` (else 1). A new wording of
the law is one more row with a later ``in_force_from``, a better reading of the same wording one with a higher
``version``; rows are never edited once released.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from .clauses import ClauseRef
from .labelled import Labelled


class Verified(Labelled):
    PRIMARY = "primary", "已核原文"
    SECONDARY = "secondary", "转引，待核原文"
    NO = "no", "待核实"


class ClauseFileError(ValueError):
    """A clause file is wrong; the message names the file and what to write."""


@dataclass(frozen=True)
class Instrument:
    number: str
    title: str
    short_title: str
    issuer: str
    in_force_from: date
    in_force_to: date | None = None


@dataclass(frozen=True)
class ClauseRow:
    """One clause in one wording. ``fact`` is its number in the register of facts (docs/coverage.md)."""

    ref: ClauseRef
    instrument: Instrument
    paraphrase: str
    verified: Verified
    source: str
    fact: str
    in_force_from: date
    in_force_to: date | None
    version: int = 1

    def in_force(self, on: date) -> bool:
        return self.in_force_from <= on and (self.in_force_to is None or on <= self.in_force_to)


@dataclass(frozen=True)
class ClauseTable:
    rows: tuple[ClauseRow, ...]

    def on(self, day: date) -> Mapping[str, ClauseRow]:
        """Clause as cited → the row in force on ``day``; of two wordings the later, of two readings the higher version."""
        current = (row for row in self.rows if row.in_force(day))
        return {str(row.ref): row for row in sorted(current, key=lambda row: (row.in_force_from, row.version))}

    def verified(self, day: date) -> Mapping[str, str]:
        """Clause as cited → primary, secondary or no, as ``Checklist.evaluate`` takes it."""
        return {cited: row.verified.value for cited, row in self.on(day).items()}

    def missing(self, refs: Iterable[ClauseRef], day: date) -> tuple[ClauseRef, ...]:
        """The cited clauses that have no row in force."""
        known = self.on(day)
        return tuple(ref for ref in refs if str(ref) not in known)


def read_clause_files(folder: Path) -> ClauseTable:
    """Every row of every ``*.yaml`` in ``folder``. Raises ClauseFileError, also when two rows state the same wording."""
    rows: list[ClauseRow] = []
    for path in sorted(folder.glob("*.yaml")):
        rows += _rows_of(path)
    seen: set[tuple[str, date, int]] = set()
    for row in rows:
        mark = (str(row.ref), row.in_force_from, row.version)
        if mark in seen:
            raise ClauseFileError(f"条款重复：{row.ref}（{row.in_force_from.isoformat()}起）写了两次。")
        seen.add(mark)
    return ClauseTable(tuple(rows))


def _rows_of(path: Path) -> list[ClauseRow]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        return [row for entry in content for row in _rows_of_instrument(entry)]
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise ClauseFileError(f"条款文件 {path.name} 写得不对：{error}") from error


def _rows_of_instrument(entry: Mapping[str, Any]) -> list[ClauseRow]:
    instrument = Instrument(
        entry["number"],
        entry["title"],
        entry["short_title"],
        entry["issuer"],
        _day(entry["in_force_from"]),
        _day(entry["in_force_to"]) if "in_force_to" in entry else None,
    )
    return [_row(instrument, clause) for clause in entry["clauses"]]


def _row(instrument: Instrument, clause: Mapping[str, Any]) -> ClauseRow:
    until = clause.get("in_force_to")
    return ClauseRow(
        ref=ClauseRef.parse(f"{instrument.number} {clause['article']}"),
        instrument=instrument,
        paraphrase=clause["paraphrase"],
        verified=Verified(clause["verified"]),
        source=clause["source"],
        fact=clause["fact"],
        in_force_from=_day(clause.get("in_force_from", instrument.in_force_from)),
        in_force_to=_day(until) if until is not None else instrument.in_force_to,
        version=int(clause.get("version", 1)),
    )


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError(f"日期应写成 2019-12-19 的样子，现在是 {value!r}")
    return value
