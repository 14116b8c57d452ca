"""The day changes at midnight in the city, which is 16:00 in UTC (engine_traps T3); one clock for all processes."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from registry import clock


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 3, 7, 15, 59, 59, tzinfo=UTC), date(2026, 3, 7)),
        (datetime(2026, 3, 7, 16, 0, 0, tzinfo=UTC), date(2026, 3, 8)),
        (datetime(2026, 12, 31, 16, 0, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_the_day_of_a_moment_is_the_citys(moment: datetime, day: date) -> None:
    assert clock.local_date(moment) == day


def test_a_test_moves_the_clock_and_only_a_test(settings: Any, tmp_path: Path) -> None:
    settings.CLOCK_TEST_MODE, settings.CLOCK_OFFSET_FILE = True, str(tmp_path / "offset")
    before = clock.now()
    (tmp_path / "offset").write_text(str(timedelta(days=8).total_seconds()), encoding="ascii")
    assert clock.now() - before >= timedelta(days=8)
    settings.CLOCK_TEST_MODE = False
    assert clock.now() - before < timedelta(days=1)
