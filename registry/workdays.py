"""Working days (工作日): which days count, and when a term ends.

Three sources, in this order: the city's own table (imported from the yearly notice); the package chinesecalendar, which
carries the notices up to its release; Monday to Friday less the days fixed by law (registry/festivals.py). What rests on
the third source is marked ``estimated`` (预估): it is shown as such and nobody is judged by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

import chinese_calendar

from registry.festivals import days_off

_ONE_DAY = timedelta(days=1)
# Nothing in the law runs as long; a larger number is a mistake, and would loop for long.
LONGEST_TERM = 5000


class TermError(ValueError):
    """A number of working days that no term can have."""


@dataclass(frozen=True)
class Deadline:
    """The last day of a term. ``estimated``: a day on the way has no published calendar yet."""

    date: date
    estimated: bool


@dataclass(frozen=True)
class WorkingCalendar:
    """Answers from ``table`` (day → is it a working day) first. Immutable; safe to share between threads."""

    table: Mapping[date, bool] = field(default_factory=lambda: MappingProxyType({}))

    def is_workday(self, day: date) -> tuple[bool, bool]:
        """(is a working day, is only estimated)."""
        own = self.table.get(day)
        return (own, False) if own is not None else _without_table(day)

    def add_working_days(self, start: date, count: int) -> Deadline:
        """The last day of a term of ``count`` working days; the day it starts is not counted (民法典 §201).

        A term of 0 ends on ``start``. Raises TermError for a negative or absurd ``count``.
        """
        if not 0 <= count <= LONGEST_TERM:
            raise TermError(f"期限应为0至{LONGEST_TERM}个工作日，现在是{count}")
        day, estimated = start, False
        while count:
            day += _ONE_DAY
            workday, guess = self.is_workday(day)
            estimated = estimated or guess
            count -= workday
        return Deadline(day, estimated)

    def working_days_between(self, first: date, second: date) -> int:
        """Working days after ``first`` up to and including ``second``; negative when ``second`` is earlier.

        So ``add_working_days(a, n).date == b`` gives n here, and a term that ended yesterday has −1 left on a working day.
        """
        if second < first:
            return -self.working_days_between(second, first)
        span = (second - first).days
        return sum(self.is_workday(first + timedelta(days=offset))[0] for offset in range(1, span + 1))


@lru_cache(maxsize=8192)
def _without_table(day: date) -> tuple[bool, bool]:
    try:
        return chinese_calendar.is_workday(day), False
    except NotImplementedError:
        # The package has no notice for this year.
        return day.weekday() < 5 and day not in _days_off(day.year), True


_days_off = lru_cache(maxsize=64)(days_off)
