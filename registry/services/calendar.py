"""The city's own working-day table, filled from the yearly notice (国务院办公厅关于…部分节假日安排的通知)."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from registry.festivals import fixed_days
from registry.models import CalendarDay

_YES = frozenset({"1", "是", "工作日", "上班", "调休上班", "true"})
_NO = frozenset({"0", "否", "休息日", "放假", "休息", "false"})
_HEADS = frozenset({"date", "日期"})


class NoticeError(ValueError):
    """The file isn't a list of days. The message is Chinese and names the line."""


@dataclass(frozen=True)
class Imported:
    """``listed`` days were written as the notice says.

    ``whole_years``: their other days were written by the weekday, so that nothing of them is an estimate any more.
    ``partial_years``: year → festivals (元旦…) that the notice doesn't name; their other days stay as they were.
    """

    listed: int
    whole_years: tuple[int, ...]
    partial_years: Mapping[int, tuple[str, ...]]


def read_notice(content: bytes) -> dict[date, bool]:
    """Lines ``日期,是否工作日`` (2027-02-05,否), UTF-8 or GB 18030, with or without heading. Raises NoticeError."""
    days: dict[date, bool] = {}
    for number, line in enumerate(_lines(content), start=1):
        cells = [cell.strip() for cell in line]
        if not any(cells) or (number == 1 and cells[0].lower() in _HEADS):
            continue
        day, is_workday = _day(cells, number)
        if days.setdefault(day, is_workday) != is_workday:
            raise NoticeError(f"第{number}行：{day}前面已写过，且说法不同")
    if not days:
        raise NoticeError("文件中没有日期。每行写“日期,是否工作日”，例如：2027-02-05,否")
    return days


def _lines(content: bytes) -> list[list[str]]:
    try:
        return list(csv.reader(_decoded(content).splitlines()))
    except csv.Error as error:
        raise NoticeError("文件读不出来：有一格太长，或引号不成对。每行写“日期,是否工作日”") from error


@transaction.atomic
def import_notice(*, days: Mapping[date, bool], source: str) -> Imported:
    """Write the days of a notice into the table, over what stood there. A notice that names every festival of a year
    fixes that whole year. Open duties are to be computed anew afterwards (manage.py recompute_clocks).
    """
    listed = [CalendarDay(date=day, is_workday=workday, source=source) for day, workday in days.items()]
    CalendarDay.objects.bulk_create(
        listed, update_conflicts=True, unique_fields=["date"], update_fields=["is_workday", "source"]
    )
    missing = {year: _festivals_missing(year, days) for year in sorted({day.year for day in days})}
    whole = tuple(year for year, festivals in missing.items() if not festivals)
    for year in whole:
        _fill(year, source)
    return Imported(len(listed), whole, {year: festivals for year, festivals in missing.items() if festivals})


def _fill(year: int, source: str) -> None:
    """The days the notice doesn't name go by the weekday; a day already in the table stays."""
    first = date(year, 1, 1)
    every_day = (first + timedelta(days=offset) for offset in range((date(year + 1, 1, 1) - first).days))
    rest = [CalendarDay(date=day, is_workday=day.weekday() < 5, source=f"{source}（按星期）") for day in every_day]
    CalendarDay.objects.bulk_create(rest, ignore_conflicts=True)


def _festivals_missing(year: int, days: Mapping[date, bool]) -> tuple[str, ...]:
    missing = {festival: None for day, festival in fixed_days(year).items() if days.get(day) is not False}
    return tuple(missing)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What Excel saves on a Chinese Windows.
        pass
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError as error:
        raise NoticeError("文件不是文本。请存为 CSV（UTF-8）") from error


def _day(cells: list[str], number: int) -> tuple[date, bool]:
    try:
        day = date.fromisoformat(cells[0].replace("/", "-"))
    except ValueError as error:
        raise NoticeError(f"第{number}行：“{cells[0]}”不是日期，应写成 2027-02-05") from error
    answer = cells[1].lower() if len(cells) > 1 else ""
    if answer not in _YES | _NO:
        raise NoticeError(f"第{number}行：第二列应为“是”（工作日）或“否”（休息日）")
    return day, answer in _YES
