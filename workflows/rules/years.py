"""Whole years between dates, and dates in Chinese. 民法典 §§201–202 say how a period is counted."""

import calendar
from datetime import date, timedelta


def corresponding_day(day: date, years: int) -> date:
    """The last day of a period of ``years`` counted from the day after ``day``: the same date, or the last day of that
    month where it is missing (29 February: 28). 民法典 §202."""
    last = calendar.monthrange(day.year + years, day.month)[1]
    return date(day.year + years, day.month, min(day.day, last))


def last_day_of_term(first: date, years: int) -> date:
    """The last day of a term of ``years`` whose first day counts in full: 2026-10-01 and 3 give 2029-09-30.
    A term that begins on 29 February ends on 28 February."""
    return date(first.year + years, first.month, 1) + timedelta(days=first.day - 2)


def full_years(first: date, last: date) -> int:
    """How many whole years the days ``first`` to ``last``, both included, hold. 0 when ``last`` is before ``first``."""
    years = max(last.year - first.year + 1, 0)
    while years and last_day_of_term(first, years) > last:
        years -= 1
    return years


def term_text(first: date, last: date) -> str:
    """The length of a term in Chinese, both days included: 3年, 2年11个月, 2年11个月29天."""
    years = full_years(first, last)
    start = last_day_of_term(first, years) + timedelta(days=1)
    months = 0
    while _months_later(start, months + 1) <= last + timedelta(days=1):
        months += 1
    days = (last - _months_later(start, months)).days + 1
    parts = ((years, "年"), (months, "个月"), (days, "天"))
    return "".join(f"{number}{unit}" for number, unit in parts if number > 0) or "0天"


def _months_later(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def chinese_date(day: date) -> str:
    """2026年9月1日: no leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"
