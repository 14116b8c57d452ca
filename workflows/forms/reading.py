"""From what a browser sent to the JSON of the draft. Wrong values are kept as typed: the border names them later."""

import re
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, get_args, get_origin

from django.http import QueryDict

from workflows.forms.questions import Question, Rows, Topic, hint_of, put, take
from workflows.rules import identity
from workflows.rules.border import FieldError
from workflows.services.sealing import seal

YES, NO = "true", "false"
LONGEST_DATE = 32
_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})|([0-9]{4})[-./年 ]{1,3}([0-9]{1,2})[-./月 ]{1,3}([0-9]{1,2})[日 ]{0,2}")
SAME = ".same"
"""The name of a box that copies one object to another ends so."""


@dataclass(frozen=True)
class Read:
    """The draft with a page's answers in it. ``faults``: what cannot be kept (identity numbers), by path. ``typed``: such
    values as they were typed, to show them again; they are stored nowhere."""

    draft: dict[str, Any]
    faults: tuple[FieldError, ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)


def read_questions(draft: dict[str, Any], questions: tuple[Question, ...], post: QueryDict, facts: type, *, on: date) -> Read:
    """Put the answers to these questions into a copy of the draft. A question the page did not show is left alone."""
    faults: list[FieldError] = []
    typed: dict[str, str] = {}
    copied = tuple(each for each in questions if each.copies and each.path + SAME in post)  # a box is sent when ticked
    for question in questions:
        if question.copies or any(question.path.startswith(f"{each.path}.") for each in copied):
            continue
        if question.path not in post and not _multiple(facts, question.path):
            continue
        if question.sealed:
            draft = _sealed(draft, question, post, faults, typed, on)
        else:
            draft = put(draft, question.path, value_of(post, question.path, hint_of(facts, question.path)))
    for question in copied:
        draft = put(draft, question.path, dict(take(draft, question.copies) or {}))
    return Read(draft, tuple(faults), typed)


def read_rows(draft: dict[str, Any], rows: Rows, post: QueryDict) -> dict[str, Any]:
    """Put the rows of a page into a copy of the draft: those shown, less the one to remove, plus a new one. Fields that a
    row did not show stay as they were (found by its key, or by its place where rows have none)."""
    before = [row for row in (take(draft, rows.path) or []) if isinstance(row, Mapping)]
    found = []
    for n in range(_count(post, rows.path)):
        row = _row(rows, post, f"{rows.path}.{n}", _kept(rows, before, post, n))
        if str(n) != post.get("remove") and (_filled(row) or n < len(before)):
            found.append(row)
    fresh = _row(rows, post, f"{rows.path}.new", {}) if rows.fresh else {}
    if _filled(fresh) or (post.get("add") and not rows.fresh):
        found.append({"key": f"p{secrets.token_hex(3)}", **fresh} if rows.keyed else fresh)
    return put(draft, rows.path, found[: rows.most])


def read_topic(draft: dict[str, Any], topic: Topic, post: QueryDict, facts: type, *, on: date) -> Read:
    """Both: the questions of a page and its rows."""
    read = read_questions(draft, topic.questions, post, facts, on=on)
    if topic.rows is None:
        return read
    return Read(read_rows(read.draft, topic.rows, post), read.faults, read.typed)


def value_of(post: QueryDict, name: str, hint: Any) -> Any:
    """The JSON value of one control: bool, list of codes, else the text as typed (dates in ISO when they can be read)."""
    if get_origin(hint) is frozenset:
        return [value for value in post.getlist(name) if value]
    text = post.get(name, "").strip()
    if hint is bool:
        return {YES: True, NO: False}.get(text)
    if hint is date:
        return tidy_date(text)
    if hint in (int, Decimal):
        return unicodedata.normalize("NFKC", text).replace(",", "").strip()
    if name.endswith(".uscc"):
        return unicodedata.normalize("NFKC", text).replace(" ", "").upper()
    return text


def tidy_date(text: str) -> str:
    """20261001, 2026.10.1, 2026年10月1日 → 2026-10-01; anything else as it is."""
    if len(text) > LONGEST_DATE:  # no date, and no work for the pattern
        return text
    found = _DATE.fullmatch(" ".join(unicodedata.normalize("NFKC", text).split()))
    if not found:
        return text
    year, month, day = (part for part in found.groups() if part)
    return f"{year}-{int(month):02}-{int(day):02}"


def _sealed(
    draft: dict[str, Any], question: Question, post: QueryDict, faults: list[FieldError], typed: dict[str, str], on: date
) -> dict[str, Any]:
    """Empty keeps the number on record; a good one is sealed; a wrong one is told, shown once more, and stored nowhere."""
    number = identity.tidy(post.get(question.path, ""))
    if not number:
        return draft
    message = identity.fault(number, on=on)
    if message:
        faults.append(FieldError(question.path, question.label, message))
        typed[question.path] = post.get(question.path, "")
        return draft
    return put(draft, question.path, seal(number))


def _row(rows: Rows, post: QueryDict, prefix: str, kept: dict[str, Any]) -> dict[str, Any]:
    row = dict(kept)
    for question in rows.questions:
        name = f"{prefix}.{question.path}"
        if name in post:
            row = put(row, question.path, value_of(post, name, hint_of(rows.kind, question.path)))
    return row


def _kept(rows: Rows, before: list[Any], post: QueryDict, n: int) -> dict[str, Any]:
    if not rows.keyed:
        return dict(before[n]) if n < len(before) else {}
    key = post.get(f"{rows.path}.{n}.key", "")
    return dict(next((row for row in before if row.get("key") == key), {"key": key or f"p{secrets.token_hex(3)}"}))


def _filled(row: Mapping[str, Any]) -> bool:
    return any(value not in (None, "", []) for name, value in row.items() if name != "key")


def _count(post: QueryDict, path: str) -> int:
    text = post.get(f"{path}.count", "0")
    return min(int(text), 500) if text.isascii() and text.isdigit() else 0


def _multiple(facts: type, path: str) -> bool:
    """A group of boxes sends nothing when none is ticked."""
    hint = hint_of(facts, path)
    return get_origin(hint) is frozenset and bool(get_args(hint))
