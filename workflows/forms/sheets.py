"""A page's controls as a Django form: made from the questions, filled from the draft, faults put at their fields."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, get_args, get_origin

from django import forms
from django.forms.utils import ErrorDict

from workflows.forms.questions import Question, Rows, hint_of, name_of, take
from workflows.forms.reading import NO, SAME, YES
from workflows.rules.border import FieldError
from workflows.rules.labelled import Labelled
from workflows.services.sealing import masked

YES_NO = ((YES, "是"), (NO, "否"))
FEW_CHOICES = 5

Choices = Sequence[tuple[str, str]]


class Sheet(forms.Form):
    """Never validates by itself: ``faults`` come from the border of the facts, by path. Field names are paths."""

    use_required_attribute = False

    def __init__(self, fields: Mapping[str, forms.Field], values: Mapping[str, Any], faults: Iterable[FieldError]) -> None:
        self._values = dict(values)
        super().__init__(data=self._values)
        self.fields.update(fields)
        self._faults = tuple(faults)

    def add(self, name: str, field: forms.Field, value: Any) -> None:
        """One more control."""
        self.fields[name], self._values[name] = field, value

    def full_clean(self) -> None:
        self.cleaned_data = {}
        self._errors = ErrorDict()
        for fault in self._faults:
            name = self.at(fault.path)
            if name:
                self._errors.setdefault(name, self.error_class()).append(fault.message)

    def at(self, path: str) -> str | None:
        """The control a fault belongs to: its own, or the one above it (an item of a group of boxes)."""
        while path and path not in self.fields:
            path = path.rpartition(".")[0]
        return path or None

    def targets(self) -> list[tuple[str, str]]:
        """For components/error_summary.html: (id of the control, name and words)."""
        return [
            (self[name].auto_id, f"{self.fields[name].label}：{'；'.join(map(str, words))}")
            for name, words in self.errors.items()
        ]


@dataclass(frozen=True)
class Row:
    """One row of a page: its number, how it is called, its controls. ``filled``: nothing it must have is missing."""

    number: int
    key: str
    title: str
    sheet: Sheet
    filled: bool


def sheet_of(
    facts: type, questions: Sequence[Question], draft: Mapping[str, Any], faults: Iterable[FieldError] = (), *,
    typed: Mapping[str, str] | None = None, divisions: Choices = (),
) -> Sheet:  # fmt: skip
    """The controls of these questions with what the draft says."""
    fields: dict[str, forms.Field] = {}
    values: dict[str, Any] = {}
    for question in questions:
        if question.copies:
            name = question.path + SAME
            fields[name] = forms.BooleanField(label=question.label, required=False)
            values[name] = _is_same(draft, question)
            continue
        fields[question.path] = control(facts, question, question.path, divisions=divisions)
        values[question.path] = shown_in_control(take(draft, question.path))
        if question.sealed:
            values[question.path] = (typed or {}).get(question.path, "")
            _say_what_is_kept(fields[question.path], take(draft, question.path))
    return Sheet(fields, values, faults)


def rows_of(
    rows: Rows, draft: Mapping[str, Any], titles: Sequence[str], faults: Iterable[FieldError] = ()
) -> tuple[Row, ...]:  # fmt: skip
    """The rows of a list; where there is none yet, one to begin with."""
    stored = [row for row in (take(draft, rows.path) or []) if isinstance(row, Mapping)]
    faults = tuple(faults)
    return tuple(
        _row(rows, n, row, titles[n] if n < len(titles) else f"第{n + 1}行", faults)
        for n, row in enumerate(stored or [_first_row(rows, draft)])
    )


def fresh_sheet(rows: Rows) -> Sheet | None:
    """The controls that begin a further row."""
    chosen = [question for question in rows.questions if question.path in rows.fresh]
    fields = {f"{rows.path}.new.{each.path}": control(rows.kind, each, each.path) for each in chosen}
    return Sheet(fields, {}, ()) if fields else None


def control(facts: type, question: Question, path: str, *, divisions: Choices = ()) -> forms.Field:  # fmt: skip
    """The Django field of one question; ``group`` and ``unit`` ride on it for the template."""
    hint = hint_of(facts, path)
    attributes = {"class": question.width.value}
    if question.when:
        attributes["data-when"] = f"{question.when.path}={','.join(sorted(question.when.values))}"
    common: dict[str, Any] = {
        "label": question.label or name_of(facts, path), "help_text": question.hint, "required": not question.optional,
    }  # fmt: skip
    made: forms.Field
    if question.divisions:
        made = forms.ChoiceField(choices=[("", "请选择"), *divisions], widget=forms.Select(attributes), **common)
    elif get_origin(hint) is frozenset:
        choices = [(each.value, each.label) for each in get_args(hint)[0]]
        made = forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple(_bare(attributes)), **common)
    elif hint is bool:
        made = forms.ChoiceField(choices=YES_NO, widget=forms.RadioSelect(_bare(attributes)), **common)
    elif isinstance(hint, type) and issubclass(hint, Labelled):
        made = _choice(hint, attributes, common)
    else:
        extra = {"inputmode": question.keypad.value, "autocomplete": question.complete or "off"}
        attributes |= {name: value for name, value in extra.items() if value}
        made = forms.CharField(widget=forms.TextInput(attributes), **common)
    made.unit, made.group = question.unit, question.group  # type: ignore[attr-defined]
    return made


def shown_in_control(value: Any) -> Any:
    """A JSON value as a control takes it."""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, list):
        return [str(each) for each in value]
    return "" if value is None else str(value)


def in_words(facts: type, question: Question, path: str, value: Any, divisions: Choices = ()) -> str:
    """A JSON value as people read it; empty when there is none."""
    hint = hint_of(facts, path)
    if value in (None, "", []):
        return ""
    if question.sealed:
        return masked(str(value))
    if question.divisions:
        return dict(divisions).get(str(value), str(value))
    if isinstance(value, bool):
        return "是" if value else "否"
    if get_origin(hint) is frozenset:
        labels = {each.value: each.label for each in get_args(hint)[0]}
        return "、".join(labels.get(each, str(each)) for each in value)
    if isinstance(hint, type) and issubclass(hint, Labelled):
        return {each.value: each.label for each in hint}.get(str(value), str(value))
    return _plain_words(hint, str(value)) + (question.unit if hint in (int, Decimal) else "")


def _plain_words(hint: Any, text: str) -> str:
    if hint is not date:
        return text
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.year}年{day.month}月{day.day}日"


def _choice(hint: type[Labelled], attributes: dict[str, str], common: dict[str, Any]) -> forms.Field:
    choices = [(each.value, each.label) for each in hint]
    if len(choices) <= FEW_CHOICES and attributes["class"] != "width-code":
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect(_bare(attributes)), **common)
    return forms.ChoiceField(choices=[("", "请选择"), *choices], widget=forms.Select(attributes), **common)


def _bare(attributes: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in attributes.items() if name != "class"}


def _is_same(draft: Mapping[str, Any], question: Question) -> bool:
    one, other = take(draft, question.path), take(draft, question.copies)
    return bool(one) and one == other


def _say_what_is_kept(made: forms.Field, token: Any) -> None:
    if token:
        made.help_text = f"已填：{masked(str(token))}。不改请留空。"


def _first_row(rows: Rows, draft: Mapping[str, Any]) -> dict[str, Any]:
    taken = {name: take(draft, path) for name, path in rows.starts_from.items()}
    return {**rows.starts_with, **{name: value for name, value in taken.items() if value}}


def _row(rows: Rows, n: int, row: Mapping[str, Any], title: str, faults: tuple[FieldError, ...]) -> Row:
    asked = rows.asked(row)
    prefix = f"{rows.path}.{n}"
    fields = {f"{prefix}.{each.path}": control(rows.kind, each, each.path) for each in asked}
    values = {f"{prefix}.{each.path}": shown_in_control(take(row, each.path)) for each in asked}
    sheet = Sheet(fields, values, [fault for fault in faults if fault.path.startswith(f"{prefix}.")])
    filled = all(values[f"{prefix}.{each.path}"] for each in asked if not each.optional)
    return Row(n, str(row.get("key") or ""), title, sheet, filled and not sheet.errors)
