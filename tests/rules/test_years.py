"""整年的计算（民法典第二百零一条、第二百零二条）。"""

from datetime import date

import pytest

from workflows.rules.years import corresponding_day, full_years, last_day_of_term, term_text


@pytest.mark.parametrize(
    ("first", "years", "last"),
    [
        (date(2026, 10, 1), 3, date(2029, 9, 30)),
        (date(2026, 1, 1), 1, date(2026, 12, 31)),
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 28)),
        (date(2023, 3, 1), 1, date(2024, 2, 29)),
    ],
)
def test_the_last_day_of_a_term_whose_first_day_counts(first, years, last):
    assert last_day_of_term(first, years) == last
    assert full_years(first, last) == years
    assert full_years(first, date.fromordinal(last.toordinal() - 1)) == years - 1


@pytest.mark.parametrize(
    ("day", "end"),
    [(date(2025, 11, 24), date(2026, 11, 24)), (date(2024, 2, 29), date(2025, 2, 28)), (date(2023, 2, 28), date(2024, 2, 28))],
)
def test_the_last_day_of_a_year_counted_from_the_next_day(day, end):
    assert corresponding_day(day, 1) == end


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2026, 10, 1), date(2029, 9, 30), "3年"),
        (date(2026, 10, 1), date(2029, 9, 29), "2年11个月29天"),
        (date(2026, 10, 1), date(2028, 9, 30), "2年"),
        (date(2026, 10, 1), date(2026, 10, 1), "1天"),
        (date(2026, 1, 31), date(2026, 2, 28), "1个月1天"),
        (date(2026, 10, 2), date(2026, 10, 1), "0天"),
    ],
)
def test_the_length_in_words(first, last, text):
    assert term_text(first, last) == text
