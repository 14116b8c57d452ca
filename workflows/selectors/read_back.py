"""What an applicant wrote, read back in the words of the form: groups, answers, tables. Made from the facts' own labels."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from workflows.rules.border import label_of
from workflows.rules.labelled import Labelled
from workflows.rules.years import chinese_date

SEALED = "id_number"
LEFT_OUT = {"materials", "key"}


@dataclass(frozen=True, slots=True)
class Answer:
    """``words`` as people read it; for an identity number ``token`` instead, which only the vault opens."""

    path: str
    label: str
    words: str
    token: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """One part of the form: single answers, or a table of rows (people, classes)."""

    title: str
    answers: tuple[Answer, ...] = ()
    rows: tuple[tuple[str, tuple[Answer, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """An answer that two rounds give differently; empty where one of them says nothing."""

    label: str
    before: str
    after: str


def read_back(facts: Any, places: Mapping[str, str]) -> tuple[Group, ...]:
    """Every answer of the facts, grouped as they are declared. ``places``: division code → name."""
    single: list[Answer] = []
    groups: list[Group] = []
    for each in fields(facts):
        if each.name in LEFT_OUT:
            continue
        value, label = getattr(facts, each.name), label_of(type(facts), each.name)
        if is_dataclass(value):
            groups.append(Group(label, tuple(_answers(value, each.name, "", places))))
        elif isinstance(value, tuple):
            groups.append(_table(label, each.name, value, places))
        else:
            single.append(Answer(each.name, label, in_words(value, places)))
    return (*groups, Group("其他", tuple(single)))


def changes(before: Any, after: Any, places: Mapping[str, str]) -> tuple[Change, ...]:
    """What differs between the facts of two rounds, in the order of the form. Sealed numbers are only said to differ."""
    old, new = _flat(before, places), _flat(after, places)
    found = []
    for path in [*old, *(path for path in new if path not in old)]:
        one, other = old.get(path), new.get(path)
        if _said(one) != _said(other) or (one and other and one.token != other.token):
            named = one or other
            found.append(Change(named.label if named else "", _said(one), _said(other)))
    return tuple(found)


def in_words(value: Any, places: Mapping[str, str] | None = None) -> str:
    """One value of the facts for people; empty when there is none."""
    if value in (None, "", frozenset(), ()):
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Labelled):
        return value.label
    if isinstance(value, frozenset):
        return "、".join(member.label for member in type(next(iter(value))) if member in value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return chinese_date(value)
    return (places or {}).get(str(value), str(value))


def _answers(value: Any, path: str, owner: str, places: Mapping[str, str]) -> Iterator[Answer]:
    """The answers of one object, those of objects inside it named by both labels."""
    for each in fields(value):
        if each.name in LEFT_OUT:
            continue
        inner, label = getattr(value, each.name), owner + label_of(type(value), each.name)
        here = f"{path}.{each.name}"
        if is_dataclass(inner):
            yield from _answers(inner, here, label, places)
        elif each.name == SEALED:
            yield Answer(here, label.replace("（已加密）", ""), "", inner)
        else:
            yield Answer(here, label, in_words(inner, places if each.name == "division" else None))


def _table(label: str, path: str, rows: tuple[Any, ...], places: Mapping[str, str]) -> Group:
    found = []
    for n, row in enumerate(rows):
        answers = tuple(_answers(row, f"{path}.{n}", "", places))
        name = getattr(row, "named", "") or getattr(row, "name", "") or f"第{n + 1}项"
        found.append((name, tuple(answer for answer in answers if answer.words or answer.token)))
    return Group(label, rows=tuple(found))


def _flat(facts: Any, places: Mapping[str, str]) -> dict[str, Answer]:
    found = {}
    for group in read_back(facts, places):
        for answer in group.answers:
            found[answer.path] = answer
        for name, answers in group.rows:
            for answer in answers:
                found[answer.path] = Answer(answer.path, f"{name}·{answer.label}", answer.words, answer.token)
    return found


def _said(answer: Answer | None) -> str:
    if answer is None:
        return ""
    return "（已加密）" if answer.token else answer.words
