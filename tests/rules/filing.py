"""One complete, conforming filing, and how to change a field of it by its path."""

import json
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

from workflows.rules.checklist import Line
from workflows.rules.childcare_facts import FilingFacts
from workflows.rules.childcare_materials import MATERIALS
from workflows.rules.childcare_standards import STANDARDS

TODAY = date(2026, 11, 24)
EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "childcare_filing.json"
_COMPLETE = json.loads(EXAMPLE.read_text(encoding="utf-8"))


def complete(changes: dict[str, Any] | None = None) -> dict[str, Any]:
    """The complete filing as JSON with ``{"premises.lease_end": "2029-09-29"}`` put in; None takes the field away."""
    data = deepcopy(_COMPLETE)
    for path, value in (changes or {}).items():
        place: Any = data
        *way, last = path.split(".")
        for name in way:
            place = place[int(name)] if isinstance(place, list) else place.setdefault(name, {})
        if isinstance(place, list):
            place[int(last)] = value
        else:
            place[last] = value
    return data


def facts(changes: dict[str, Any] | None = None) -> FilingFacts:
    return FilingFacts.parse(complete(changes))


def line(key: str, changes: dict[str, Any] | None = None, *, on: date = TODAY) -> Line:
    """The line of this key in either checklist."""
    found = facts(changes)
    lines = (*MATERIALS.evaluate(found, on=on), *STANDARDS.evaluate(found, on=on))
    return next(each for each in lines if each.key == key)


def classes(*rows: tuple[str, int | None, int | None] | tuple[str, int | None, int | None, int]) -> dict[str, Any]:
    """The change that replaces all classes: (kind, children, carers[, youngest months])."""
    names = ("kind", "children", "carers", "youngest_months")
    return {"classes": [dict(zip(names, row, strict=False)) for row in rows]}


def staff(*rows: dict[str, Any]) -> dict[str, Any]:
    """The change that replaces all staff."""
    return {"staff": list(rows)}
