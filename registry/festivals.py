"""The days off fixed by 全国年节及纪念日放假办法 (国务院令第795号, in force 2025-01-01), for years without a notice yet.

The yearly notice of the State Council alone says which weekend days are worked in exchange; until it is out a year can
only be estimated. Article 2 fixes thirteen days, article 6 makes up a day that falls on a weekend; where the law leaves
the place of the made-up day open, the next ordinary working day is taken.
"""

from datetime import date, timedelta

NEW_YEAR, SPRING, QINGMING, LABOUR, DRAGON_BOAT, MID_AUTUMN, NATIONAL = (
    "元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节",
)  # fmt: skip

# Month and day of 正月初一, 清明, 五月初五, 八月十五. Lunar calendar by GB/T 33661-2017; taken from two independent
# computations (PyPI lunardate 0.3.0 and holidays 0.109), which agree on every entry; 清明 also from its day formula.
_LUNAR: dict[int, tuple[str, str, str, str]] = {
    2027: ("02-06", "04-05", "06-09", "09-15"),
    2028: ("01-26", "04-04", "05-28", "10-03"),
    2029: ("02-13", "04-04", "06-16", "09-22"),
    2030: ("02-03", "04-05", "06-05", "09-12"),
    2031: ("01-23", "04-05", "06-24", "10-01"),
    2032: ("02-11", "04-04", "06-12", "09-19"),
    2033: ("01-31", "04-04", "06-01", "09-08"),
    2034: ("02-19", "04-05", "06-20", "09-27"),
    2035: ("02-08", "04-05", "06-10", "09-16"),
    2036: ("01-28", "04-04", "05-30", "10-04"),
    2037: ("02-15", "04-04", "06-18", "09-24"),
    2038: ("02-04", "04-05", "06-07", "09-13"),
    2039: ("01-24", "04-05", "05-27", "10-02"),
    2040: ("02-12", "04-04", "06-14", "09-20"),
}


def fixed_days(year: int) -> dict[date, str]:
    """Day → festival, as article 2 fixes them: 13 days, or 12 when two fall on one.

    Beyond the lunar table only the six days of the solar calendar.
    """
    days = {date(year, 1, 1): NEW_YEAR, date(year, 5, 1): LABOUR, date(year, 5, 2): LABOUR}
    days |= {date(year, 10, day): NATIONAL for day in (1, 2, 3)}
    if year not in _LUNAR:
        return days
    first_of_year, qingming, dragon_boat, mid_autumn = (date.fromisoformat(f"{year}-{day}") for day in _LUNAR[year])
    lunar = {first_of_year + timedelta(days=offset): SPRING for offset in (-1, 0, 1, 2)}
    lunar |= {qingming: QINGMING, dragon_boat: DRAGON_BOAT, mid_autumn: MID_AUTUMN}
    return lunar | days


def days_off(year: int) -> frozenset[date]:
    """The fixed days of a year together with the made-up days of article 6 (first free weekday after the festival's day)."""
    fixed = fixed_days(year)
    off = set(fixed)
    for day in sorted(fixed):
        if day.weekday() >= 5:
            made_up = day
            while made_up in off or made_up.weekday() >= 5:
                made_up += timedelta(days=1)
            off.add(made_up)
    return frozenset(off)
