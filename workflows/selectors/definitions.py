"""The definition of a procedure as plain data: all that decides how a case goes and what its papers say.

A case is pinned to the digest of it. ``docs/definitions`` holds what was released; a test compares.
"""

import hashlib
import json
import types
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any, Union, get_args, get_origin, get_type_hints

from django.conf import settings

from registry.selectors.clauses import verification_of
from workflows.catalogue import Outcome, Procedure, TaskSpec
from workflows.rules.checklist import Check, Slot

FOLDER = "docs/definitions"


def content_of(procedure: Procedure) -> dict[str, Any]:
    """Graph with its ways out, form, checklists, duties, papers with the digest of their templates. No database."""
    both = (procedure.materials, procedure.standards)
    return {
        "code": procedure.code,
        "graph": [_node(node) for node in sorted(procedure.flow.instance.nodes(), key=lambda node: node.name)],
        "form": sorted(_outline(procedure.facts, "")),
        "slots": [_slot(slot) for slot in procedure.materials.slots],
        "checks": [_check(check) for found in both for check in found.checks],
        "duties": [
            f"{duty.code}|{duty.title}|{duty.clause}|{duty.days}|{duty.kind.value}|{duty.since}→{duty.until}"
            for duty in procedure.duties
        ],
        "papers": list(procedure.papers),
        "templates": _templates(procedure),
    }


def clauses_of(procedure: Procedure, on: date) -> dict[str, str]:
    """Citation → which version of the clause is in force on the day. One query."""
    cited = {*procedure.materials.clauses(), *procedure.standards.clauses(), *(duty.ref for duty in procedure.duties)}
    rows = verification_of(cited, on)
    return {citation: f"{row.in_force_from.isoformat()}#{row.version}" for citation, row in sorted(rows.items())}


def digest_of(content: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON, as hex."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def released_text(procedure: Procedure) -> str:
    """What ``docs/definitions/<code>.json`` holds."""
    content = content_of(procedure)
    return json.dumps({"digest": digest_of(content), "content": content}, ensure_ascii=False, indent=1) + "\n"


def _node(node: Any) -> dict[str, Any]:
    return {
        "node": node.name,
        "kind": type(node).__name__,
        "clause": getattr(node, "clause", ""),
        "spec": _spec(getattr(node, "spec", None)),
        "does": _name(getattr(node, "does", None)),
        "asks": _name(getattr(node, "_condition", None)),
        "outcomes": [_outcome(node, each) for each in getattr(node, "outcomes", ())],
        "lapse": _name(getattr(node, "lapse_effect", None)),
        "edges": sorted(f"{edge.edge_class}:{edge.dst.name}" for edge in node._outgoing()),
    }


def _spec(spec: TaskSpec | None) -> dict[str, Any] | None:
    return None if spec is None else {key: list(v) if isinstance(v, tuple) else str(v) for key, v in vars(spec).items()}


def _outcome(node: Any, outcome: Outcome) -> str:
    parts = (outcome.key, outcome.label, outcome.needs.value, "remark" if outcome.remark else "", _name(outcome.does))
    return "|".join((*parts, node.way_out(outcome.key).name))


def _name(effect: Callable[..., Any] | None) -> str:
    return getattr(effect, "__name__", "") if effect is not None else ""


def _slot(slot: Slot[Any]) -> str:
    options = ",".join(option.key for option in slot.any_of)
    flags = f"{'per_person' if slot.per_person else ''},{'deferrable' if slot.deferrable else ''}"
    return "|".join((slot.key, slot.title, slot.clause, slot.level.name, options, flags, _name(slot.when)))


def _check(check: Check[Any]) -> str:
    words = (check.key, check.title, check.clause, check.level.name, check.decided_by.name, check.slot, check.fact)
    return "|".join((*words, _name(check.test)))


def _outline(kind: Any, path: str) -> Iterator[str]:
    """path:type of every field of the form."""
    hints = get_type_hints(kind)
    for each in fields(kind):
        inner, many = _inner(hints[each.name])
        name = f"{path}{each.name}{'[]' if many else ''}"
        if is_dataclass(inner):
            yield from _outline(inner, f"{name}.")
        else:
            yield f"{name}:{inner.__name__}"


def _inner(hint: Any) -> tuple[Any, bool]:
    """The type inside an optional or a collection; whether it is a collection."""
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(arm for arm in get_args(hint) if arm is not type(None))
    return (get_args(hint)[0], True) if get_origin(hint) in (tuple, frozenset) else (hint, False)


def _templates(procedure: Procedure) -> dict[str, str]:
    folder = settings.BASE_DIR / "templates" / "documents" / procedure.name
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.glob("*.html"))}
