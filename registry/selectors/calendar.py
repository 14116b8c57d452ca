"""The working calendar in force, read once per process and again when its table changed."""

from dataclasses import dataclass, field
from threading import Lock
from types import MappingProxyType

from django.db import connection

from registry.models import CalendarDay
from registry.workdays import WorkingCalendar

_Stamp = tuple[int, int, int]


@dataclass
class _Kept:
    """The calendar this process read last, and the stamp its table had then."""

    lock: Lock = field(default_factory=Lock)
    stamp: _Stamp | None = None
    calendar: WorkingCalendar = field(default_factory=WorkingCalendar)


_kept = _Kept()


def working_calendar() -> WorkingCalendar:
    """The calendar with the city's own table. One small statement per call; the table is loaded only when it differs."""
    stamp = _stamp()
    with _kept.lock:
        if _kept.stamp != stamp:
            _kept.calendar = WorkingCalendar(MappingProxyType(dict(CalendarDay.objects.values_list("date", "is_workday"))))
            # A day written between the two reads is noticed by the next call: the stamp kept is the older one.
            _kept.stamp = stamp
        return _kept.calendar


def _stamp() -> _Stamp:
    """What changes whenever a day is added, removed or turned round: count, sum of days, sum of the working ones."""
    table = connection.ops.quote_name(CalendarDay._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(sum(date - date '2000-01-01'), 0), "
            f"coalesce(sum(date - date '2000-01-01') FILTER (WHERE is_workday), 0) FROM {table}"
        )
        count, days, working = cursor.fetchone()
    return count, days, working
