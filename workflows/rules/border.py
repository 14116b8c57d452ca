"""The one border where data from outside becomes typed facts.

``read`` turns a JSON object into a frozen dataclass, ``write`` turns it back. Missing values stay missing (None, "" or
empty): a draft is never an error. A value of the wrong kind is a FieldError that says, in Chinese, what to write.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from . import characters
from .labelled import Labelled

T = TypeVar("T")
LONGEST_TEXT = 300
MOST_ROWS = 500
MOST_DECIMALS = 4
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)


@dataclass(frozen=True)
class FieldError:
    """``path`` leads to the field (``classes.1.children``), ``label`` is its name on the form."""

    path: str
    label: str
    message: str

    def __str__(self) -> str:
        return f"{self.label}（{self.path}）：{self.message}"


class FactsError(ValueError):
    """The data cannot be read as facts. ``errors`` has one FieldError per wrong field."""

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        super().__init__("；".join(str(error) for error in errors))
        self.errors = errors


class _RefusedError(ValueError):
    """One value is wrong; the message says what to write."""


@dataclass(frozen=True)
class Fact:
    """What the border knows of a field: its name on the form, its range, and ``fault(value)``: a message, or "".

    ``longest``: of a text, in characters; what is kept in a column is no longer than the column.
    """

    label: str
    least: int | None = None
    most: int | None = None
    longest: int = LONGEST_TEXT
    fault: Callable[[Any], str] | None = None


def read(kind: type[T], data: object, *, label: str = "内容", path: str = "") -> tuple[T, tuple[FieldError, ...]]:
    """The facts and the errors. A wrong field is left out of the facts, so the rest of a draft can still be used."""
    errors: list[FieldError] = []
    return _read_object(kind, data, path, label, errors), tuple(errors)


def write(facts: Any) -> dict[str, Any]:
    """JSON-ready: dates ISO, decimals as text, choices as codes; what is missing is left out."""
    found = {each.name: _plain(getattr(facts, each.name)) for each in fields(facts)}
    return {name: value for name, value in found.items() if value not in (None, "", [], {})}


def label_of(kind: type, name: str) -> str:
    """The name on the form of one field of a facts dataclass. Raises KeyError."""
    return _fields(kind)[name][1].label


@cache
def _fields(kind: type) -> dict[str, tuple[Any, Fact]]:
    """Type and Fact of each field, in order. Every field is ``Annotated[type, Fact(...)]``."""
    hints = get_type_hints(kind, include_extras=True)
    return {each.name: get_args(hints[each.name])[:2] for each in fields(kind)}


def _read_object(kind: Any, data: object, path: str, label: str, errors: list[FieldError]) -> Any:
    if not isinstance(data, Mapping):
        errors.append(FieldError(path or "（整个文件）", label, "应为一组“名称: 值”。"))
        return kind()
    known = _fields(kind)
    for name in data:
        if name not in known:
            errors.append(FieldError(_join(path, str(name)), str(name), "没有这一项，请核对名称是否写错。"))
    values = {}
    for name, (hint, each) in known.items():
        if name in data and data[name] is not None:
            value = _read_value(hint, data[name], _join(path, name), each, errors)
            if value is not MISSING:
                values[name] = value
    return kind(**values)


def _read_value(hint: Any, raw: object, path: str, each: Fact, errors: list[FieldError]) -> Any:
    label, hint = each.label, _without_none(hint)
    if is_dataclass(hint):
        return _read_object(hint, raw, path, label, errors)
    if get_origin(hint) is tuple:
        return _read_rows(get_args(hint)[0], raw, path, label, errors)
    try:
        value = _read_choices(hint, raw) if get_origin(hint) is frozenset else _read_scalar(hint, raw)
        _check_range(value, each)
    except _RefusedError as refused:
        errors.append(FieldError(path, label, str(refused)))
        return MISSING
    return value


def _read_rows(kind: Any, raw: object, path: str, label: str, errors: list[FieldError]) -> Any:
    if not isinstance(raw, list | tuple) or len(raw) > MOST_ROWS:
        errors.append(FieldError(path, label, f"应为一个列表，不超过{MOST_ROWS}行。"))
        return MISSING
    rows = enumerate(raw)
    return tuple(_read_object(kind, row, _join(path, str(n)), f"{label}第{n + 1}行", errors) for n, row in rows)


def _read_choices(hint: Any, raw: object) -> frozenset[Any]:
    if not isinstance(raw, list | tuple | set | frozenset):
        raise _RefusedError("应为一个列表，可以多选。")
    return frozenset(_read_scalar(get_args(hint)[0], item) for item in raw)


def _read_scalar(hint: Any, raw: object) -> Any:
    if raw == "" and hint is not str:
        return None
    if isinstance(hint, type) and issubclass(hint, Labelled):
        return _choice(hint, raw)
    return {str: _text, bool: _yes_no, int: _whole, Decimal: _decimal, date: _date}[hint](raw)


def _choice(hint: type[Labelled], raw: object) -> Labelled:
    for member in hint:
        if raw == member.value:
            return member
    choices = "、".join(f"{member.value}（{member.label}）" for member in hint)
    raise _RefusedError(f"没有“{raw}”这个选项，请从中选一个：{choices}。")


def _text(raw: object) -> str:
    if not isinstance(raw, str):
        raise _RefusedError("应为文字。")
    text = characters.composed(raw)
    if message := characters.fault(text):
        raise _RefusedError(message)
    return text


def _yes_no(raw: object) -> bool:
    if not isinstance(raw, bool):
        raise _RefusedError("请选“是”或“否”（true 或 false）。")
    return raw


def _whole(raw: object) -> int:
    number = _decimal(raw)
    if number != number.to_integral_value():
        raise _RefusedError("应为整数。")
    return int(number)


def _decimal(raw: object) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str | Decimal):
        raise _RefusedError("应为数字。")
    try:
        number = Decimal(str(raw).strip())
    except InvalidOperation:
        raise _RefusedError("应为数字，例如 12 或 12.5。") from None
    if not number.is_finite():
        raise _RefusedError("应为数字，例如 12 或 12.5。")
    if abs(number) >= 10**9:
        raise _RefusedError("数字太大，请核对单位。")
    if number != round(number, MOST_DECIMALS):
        raise _RefusedError(f"小数最多{MOST_DECIMALS}位。")
    return number


def _date(raw: object) -> date:
    if isinstance(raw, str):
        try:
            raw = date.fromisoformat(raw.strip())
        except ValueError:
            raise _RefusedError("没有这一天，请按“2026-10-01”的样子填写。") from None
    if not isinstance(raw, date) or isinstance(raw, datetime):
        raise _RefusedError("应为日期，例如 2026-10-01。")
    if not FIRST_DAY <= raw <= LAST_DAY:
        raise _RefusedError("年份不对，请填1900年至2100年之间的日期。")
    return raw


def _check_range(value: Any, each: Fact) -> None:
    least, most = each.least, each.most
    if isinstance(value, str) and len(value) > each.longest:
        raise _RefusedError(f"太长，请写在{each.longest}字以内。")
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        if least is not None and value < least:
            raise _RefusedError(f"不能小于{least}。")
        if most is not None and value > most:
            raise _RefusedError(f"不能大于{most}，请核对。")
    message = each.fault(value) if each.fault and value not in (None, "") else ""
    if message:
        raise _RefusedError(message)


def _without_none(hint: Any) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        return next(arm for arm in get_args(hint) if arm is not type(None))
    return hint


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return write(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, frozenset):
        return [member.value for member in type(next(iter(value))) if member in value] if value else []
    if isinstance(value, Labelled):
        return value.value
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value.isoformat() if isinstance(value, date) else value
