"""The one clock port: what time and what day it is, in the city's time zone.

Nothing else in the product asks the system for the time. In tests only (``settings.CLOCK_TEST_MODE``) an offset in
seconds is read from the file ``settings.CLOCK_OFFSET_FILE``, so that the web process, the worker and the test agree on
which day it is and a journey can reach the sixth working day.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

_shift: ContextVar[timedelta] = ContextVar("clock_shift", default=timedelta())


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return timezone.now() + _offset() + _shift.get()


@contextmanager
def going_on_from(moment: datetime) -> Iterator[None]:
    """Inside, the clock goes on from ``moment``: to lay down demonstration cases that began earlier. Nests."""
    mark = _shift.set(_shift.get() + (moment - now()))
    try:
        yield
    finally:
        _shift.reset(mark)


def today() -> date:
    """The present date in the city (settings.TIME_ZONE), which is not the date in UTC before 08:00."""
    return local_date(now())


def local_date(moment: datetime) -> date:
    """The date on the city's wall calendar at ``moment``."""
    return timezone.localtime(moment).date()


def _offset() -> timedelta:
    if not getattr(settings, "CLOCK_TEST_MODE", False):
        return timedelta()
    try:
        return timedelta(seconds=float(Path(settings.CLOCK_OFFSET_FILE).read_text(encoding="ascii")))
    except FileNotFoundError:
        return timedelta()
