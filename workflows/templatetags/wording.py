"""How dates, remaining days and numbers are said to people (plain functions; ``ui`` makes them template tags)."""

from datetime import date, datetime

from django.utils import timezone

from registry import clock

# The working days left at which a duty counts as 临期.
SOON_DAYS = 2
WEEKDAYS = "一二三四五六日"


def long_date(value: date) -> str:
    """2026年11月24日, as letters and public records write it."""
    value = _in_city(value)
    return f"{value.year}年{value.month}月{value.day}日"


def short_date(value: date) -> str:
    """11月24日; with its year when that is not the present one."""
    value = _in_city(value)
    if value.year != clock.today().year:
        return long_date(value)
    return f"{value.month}月{value.day}日"


def short_moment(value: datetime) -> str:
    """11月24日 09:20, in the city's time."""
    local = timezone.localtime(value)
    return f"{short_date(local.date())} {local:%H:%M}"


def moment_words(value: date | str) -> str:
    """A moment with its time, a date without, words as they are."""
    if isinstance(value, datetime):
        return short_moment(value)
    return short_date(value) if isinstance(value, date) else value


def date_with_weekday(value: date) -> str:
    """2026年11月24日，星期二."""
    value = _in_city(value)
    return f"{long_date(value)}，星期{WEEKDAYS[value.weekday()]}"


def remaining_words(remaining: int | None) -> str:
    """Working days left, as the first line of a clock: 还剩3个工作日, 今天到期, 已超期2个工作日. None: no time is laid down."""
    if remaining is None:
        return "未规定时限"
    if remaining < 0:
        return f"已超期{-remaining}个工作日"
    if remaining == 0:
        return "今天到期"
    return f"还剩{remaining}个工作日"


def remaining_state(remaining: int | None) -> str:
    """The state ("late", "soon", "active", "ended") that a clock with ``remaining`` working days shows."""
    if remaining is None:
        return "ended"
    if remaining < 0:
        return "late"
    return "soon" if remaining <= SOON_DAYS else "active"


def deadline_words(due: date, remaining: int, estimated: bool = False) -> str:
    """The whole sentence of a tag.

    还剩3个工作日（6月5日前） / 今天到期（6月5日） / 已超期2个工作日（应于6月5日前） /
    预计1月8日前（2027年放假安排未公布，日期为预估）.
    """
    day = short_date(due)
    if estimated and remaining > 0:
        return f"预计{day}前（{due.year}年放假安排未公布，日期为预估）"
    if remaining < 0:
        return f"{remaining_words(remaining)}（应于{day}前）"
    if remaining == 0:
        return f"{remaining_words(remaining)}（{day}）"
    return f"{remaining_words(remaining)}（{day}前）"


def _in_city(value: date) -> date:
    return clock.local_date(value) if isinstance(value, datetime) else value
