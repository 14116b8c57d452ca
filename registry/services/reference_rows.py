"""How each row of the reference files becomes rows of a table. The rules of ownership are in ``reference.py``."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange, NumericRange

from registry.models import (
    Act,
    Authority,
    Bureau,
    BureauKind,
    CalendarDay,
    Clause,
    Division,
    Instrument,
    NumberFormat,
    PromisedTime,
)

Row = Mapping[str, Any]

_TITLES: Mapping[type[models.Model], str] = {
    Act: "事项",
    Authority: "权责",
    Bureau: "部门",
    BureauKind: "部门种类",
    CalendarDay: "工作日历",
    Clause: "条款",
    Division: "行政区划",
    Instrument: "文件",
    NumberFormat: "代字",
    PromisedTime: "承诺时限",
}


@dataclass(frozen=True)
class Change:
    """One row that was added, or whose ``fields`` were brought to what the file says."""

    model: type[models.Model]
    row: str
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        title = _TITLES[self.model]
        return f"更新 {title}：{self.row}（{'、'.join(self.fields)}）" if self.fields else f"新增 {title}：{self.row}"


@dataclass
class Loading:
    """One run: what changed so far, and which rows were seen, so that a row written twice is found."""

    changes: list[Change] = field(default_factory=list)
    seen: set[tuple[Any, ...]] = field(default_factory=set)

    def keep(self, model: type[models.Model], key: Row, *, owned: Row | None = None, initial: Row | None = None) -> None:
        """Add the row that ``key`` finds, or bring its ``owned`` fields to the file's; ``initial`` only when added."""
        mark = (model, *(str(value) for value in key.values()))
        if mark in self.seen:
            raise ValueError("与前面的一行重复")
        self.seen.add(mark)
        owned = owned or {}
        row = model._default_manager.filter(**key).first()
        if row is None:
            identity = {name: value for name, value in key.items() if "__" not in name}
            added = model(**identity, **owned, **(initial or {}))
            added.clean_fields(exclude=[each.name for each in model._meta.fields if each.is_relation])
            added.save(force_insert=True)
            self.changes.append(Change(model, str(added)))
            return
        differing = [name for name, value in owned.items() if getattr(row, name) != value]
        if differing and getattr(model, "append_only", False):
            raise ValueError(
                f"该条款已入库且只可追加（{'、'.join(differing)}与库中不同）："
                "法条有变请另加一行并写新的 in_force_from，重新核对请另加一行并写更高的 version"
            )
        if differing:
            for name in differing:
                setattr(row, name, owned[name])
            row.clean_fields(exclude=[each.name for each in model._meta.fields if each.is_relation])
            row.save(update_fields=differing)
            self.changes.append(Change(model, str(row), tuple(differing)))


def _only(row: Row, *known: str) -> None:
    unknown = sorted(str(name) for name in set(row) - set(known))
    if unknown:
        raise ValueError(f"不认识的字段：{'、'.join(unknown)}")


def _division(loading: Loading, row: Row) -> None:
    _only(row, "code", "name", "level", "parent", "abbreviation")
    parent = Division.objects.get(code=row["parent"]) if "parent" in row else None
    owned = {"name": row["name"], "level": row["level"], "parent": parent, "abbreviation": row["abbreviation"]}
    loading.keep(Division, {"code": row["code"]}, owned=owned)


def _bureaus(loading: Loading, row: Row) -> None:
    _only(row, "kind", "title", *Division.Level.values)
    loading.keep(BureauKind, {"code": row["kind"]}, owned={"name": row["title"]})
    kind = BureauKind.objects.get(code=row["kind"])
    for division in Division.objects.filter(level__in=[level for level in Division.Level.values if level in row]):
        entry = row[division.level]
        _only(entry, "name", "printed")
        name = entry["name"].format(division=division.name, short=division.name[:-1])
        loading.keep(
            Bureau,
            {"kind": kind, "division": division},
            owned={"name": name, "name_printed": entry.get("printed", "")},
        )


def _act(loading: Loading, row: Row) -> None:
    _only(row, "code", "name")
    loading.keep(Act, {"code": row["code"]}, owned={"name": row["name"]})


def _authority(loading: Loading, row: Row) -> None:
    """One row per district and county: the bureau of that kind there."""
    _only(row, "act", "kind", "size", "valid_from", "valid_to", "mode", "clause", "note")
    act = Act.objects.get(code=row["act"])
    low, high = row["size"]
    bureaus = Bureau.objects.filter(kind__code=row["kind"]).exclude(division__level=Division.Level.CITY)
    if not bureaus:
        raise ValueError(f"bureaus.yaml 中没有种类 {row['kind']}")
    for bureau in bureaus.select_related("division"):
        loading.keep(
            Authority,
            {"act": act, "division": bureau.division, "size__startswith": low, "valid__startswith": row["valid_from"]},
            initial={
                "bureau": bureau,
                "size": NumericRange(low, high, "[)"),
                "valid": DateRange(row["valid_from"], row.get("valid_to"), "[)"),
                "mode": row["mode"],
                "clause": row["clause"],
                "note": row.get("note", ""),
            },
        )


def _promised_time(loading: Loading, row: Row) -> None:
    _only(row, "duty", "bureau", "days", "source")
    bureau = Bureau.objects.get(name=row["bureau"]) if "bureau" in row else None
    key = {"duty": row["duty"], "bureau": bureau} if bureau else {"duty": row["duty"], "bureau__isnull": True}
    loading.keep(PromisedTime, key, initial={"days": row["days"], "source": row["source"]})


def _number_format(loading: Loading, row: Row) -> None:
    """One row per district and county bureau of the kind; never confirmed by a file."""
    _only(row, "bureau_kind", "kind", "title", "prefix")
    bureaus = Bureau.objects.filter(kind__code=row["bureau_kind"]).exclude(division__level=Division.Level.CITY)
    for bureau in bureaus.select_related("division"):
        prefix = row["prefix"].format(abbreviation=bureau.division.abbreviation)
        loading.keep(
            NumberFormat, {"bureau": bureau, "kind": row["kind"]}, owned={"title": row["title"]}, initial={"prefix": prefix}
        )


def _calendar(loading: Loading, row: Row) -> None:
    _only(row, "source", "rest", "worked")
    days = [(day, False) for first, last in row["rest"] for day in _each_day(first, last)]
    for day, is_workday in days + [(day, True) for day in row["worked"]]:
        loading.keep(CalendarDay, {"date": day}, initial={"is_workday": is_workday, "source": row["source"]})


def _each_day(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def _instrument(loading: Loading, row: Row) -> None:
    _only(row, "number", "title", "short_title", "issuer")
    owned = {"title": row["title"], "short_title": row["short_title"], "issuer": row.get("issuer", "")}
    loading.keep(Instrument, {"number": row["number"]}, owned=owned)


def _clause(loading: Loading, row: Row) -> None:
    _only(
        row, "instrument", "article", "paraphrase", "verified", "source", "fact", "in_force_from", "in_force_to", "version"
    )  # fmt: skip
    loading.keep(
        Clause,
        {
            "instrument": Instrument.objects.get(number=row["instrument"]),
            "article": row["article"],
            "in_force_from": row["in_force_from"],
            "version": row.get("version", 1),
        },
        owned={
            "paraphrase": row["paraphrase"],
            "verified": row["verified"],
            "source": row["source"],
            "fact": row.get("fact", ""),
            "in_force_to": row.get("in_force_to"),
        },
    )


SECTIONS: Mapping[str, Callable[[Loading, Row], None]] = {
    "divisions": _division,
    "bureaus": _bureaus,
    "acts": _act,
    "authorities": _authority,
    "promised_times": _promised_time,
    "number_formats": _number_format,
    "calendar": _calendar,
    "instruments": _instrument,
    "clauses": _clause,
}
"""Section of a file → what reads one of its rows, in the order in which they are loaded."""
