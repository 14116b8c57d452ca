"""What a browser may send that is no answer: text that makes a reader think for seconds."""

from time import perf_counter

import pytest

from workflows.forms.reading import tidy_date


@pytest.mark.parametrize(
    "text",
    ["2026" + " " * 9000 + "1" + " " * 9000 + "x", "2026" + "　" * 100_000 + "10-1x", "2" * 500_000, "2026" + "\n" * 9000],
)
def test_a_long_date_costs_nothing_and_stays_as_typed(text: str) -> None:
    begun = perf_counter()
    assert tidy_date(text) == text
    assert perf_counter() - begun < 0.1


@pytest.mark.parametrize(
    "text", ["20261001", "2026.10.1", "2026年10月1日", "2026 年 10 月 1 日", "２０２６／１０／０１", " 2026-10-1 "]
)
def test_dates_as_people_type_them(text: str) -> None:
    assert tidy_date(text) == "2026-10-01"


@pytest.mark.parametrize("text", ["", "明天", "2026", "2026-10", "2026-10-01 8点", "2026  10 1 2"])
def test_what_is_no_date_stays_as_typed(text: str) -> None:
    assert tidy_date(text) == text
