"""How remaining time and dates are said (the clock stands at 2026-11-24 in the city)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from workflows.templatetags import wording
from workflows.templatetags.ui import or_dash, thousands, unit


@pytest.fixture(autouse=True)
def on_24_november(clock: Any) -> None:
    clock.go_to(date(2026, 11, 24))


@pytest.mark.parametrize(
    ("remaining", "state", "words"),
    [
        (3, "active", "还剩3个工作日"),
        (2, "soon", "还剩2个工作日"),
        (1, "soon", "还剩1个工作日"),
        (0, "soon", "今天到期"),
        (-1, "late", "已超期1个工作日"),
        (None, "ended", "未规定时限"),
    ],
)
def test_remaining_days_change_words_and_state_at_two_and_at_zero(remaining: int | None, state: str, words: str) -> None:
    assert wording.remaining_state(remaining) == state
    assert wording.remaining_words(remaining) == words


@pytest.mark.parametrize(
    ("due", "remaining", "estimated", "words"),
    [
        (date(2026, 11, 27), 3, False, "还剩3个工作日（11月27日前）"),
        (date(2026, 11, 24), 0, False, "今天到期（11月24日）"),
        (date(2026, 11, 20), -2, False, "已超期2个工作日（应于11月20日前）"),
        (date(2027, 1, 8), 30, False, "还剩30个工作日（2027年1月8日前）"),
        (date(2027, 1, 8), 30, True, "预计2027年1月8日前（2027年放假安排未公布，日期为预估）"),
        (date(2027, 1, 8), 0, True, "今天到期（2027年1月8日）"),
    ],
)
def test_a_deadline_is_one_sentence(due: date, remaining: int, estimated: bool, words: str) -> None:
    assert wording.deadline_words(due, remaining, estimated) == words


def test_the_year_is_said_only_when_it_is_another_one() -> None:
    assert wording.short_date(date(2026, 6, 5)) == "6月5日"
    assert wording.short_date(date(2025, 6, 5)) == "2025年6月5日"
    assert wording.long_date(date(2026, 6, 5)) == "2026年6月5日"
    assert wording.date_with_weekday(date(2026, 11, 24)) == "2026年11月24日，星期二"


def test_a_moment_is_told_in_the_city_s_time() -> None:
    late_in_utc = datetime(2026, 11, 18, 17, 6, tzinfo=UTC)
    assert wording.short_moment(late_in_utc) == "11月19日 01:06"
    assert wording.short_date(late_in_utc) == "11月19日"
    assert wording.moment_words("11月20日至今") == "11月20日至今"


def test_unknown_is_a_dash_and_zero_is_zero() -> None:
    assert (unit(None, "个"), unit(0, "个")) == ("—", '<span class="nowrap">0个</span>')
    assert unit(2775, "个") == '<span class="nowrap">2,775个</span>'
    assert (or_dash(""), or_dash(0), thousands(None), thousands(2775)) == ("—", 0, "—", "2,775")
