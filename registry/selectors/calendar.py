"""The working calendar in force, read once per process and again when its table changed."""

from threading import Lock
from types import MappingProxyType

from django.db import connection

from registry.models import CalendarDay
from registry.workdays import WorkingCalendar

_Stamp = tuple[int, int, int]
_lock = Lock()
_known: tuple[_Stamp, WorkingCalendar] | None = None


def working_calendar() -> WorkingCalendar:
    """The calendar with the city's own table. One small statement per call; the table is loaded only when it differs."""
    global _known
    stamp = _stamp()
    known = _known
    if known is not None and known[0] == stamp:
        return known[1]
    with _lock:
        table = dict(CalendarDay.objects.values_list("date", "is_workday"))
        calendar = WorkingCalendar(MappingProxyType(table))
        # A row written between the two reads is seen by the next call: its stamp will differ from the one kept here.
        _known = (stamp, calendar)
    return calendar


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
