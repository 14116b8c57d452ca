"""The city's own working-day table: the yearly notice comes in, estimates go (engine_traps T4)."""

from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.models import CalendarDay
from registry.selectors.calendar import working_calendar
from registry.services.calendar import NoticeError, import_notice, read_notice
from registry.workdays import Deadline

pytestmark = pytest.mark.django_db

NOTICE_2027 = """日期,是否工作日
2027-01-01,否
2027-01-02,否
2027-01-03,否
2027-01-04,否
2027-01-09,是
2027-02-05,否
2027-02-06,否
2027-02-07,否
2027-02-08,否
2027-04-05,否
2027-05-01,否
2027-05-02,否
2027-06-09,否
2027-09-15,否
2027-10-01,否
2027-10-02,否
2027-10-03,否
"""


def test_the_notice_makes_an_estimated_term_a_published_one() -> None:
    start = date(2026, 12, 28)
    assert working_calendar().add_working_days(start, 4) == Deadline(date(2027, 1, 4), True)
    imported = import_notice(days=read_notice(NOTICE_2027.encode()), source="示例通知")
    assert imported.whole_years == (2027,)
    assert imported.listed == 17
    # The notice of this example moves the Monday off and works the Saturday after.
    assert working_calendar().add_working_days(start, 4) == Deadline(date(2027, 1, 5), False)
    assert working_calendar().add_working_days(start, 8) == Deadline(date(2027, 1, 9), False)
    assert CalendarDay.objects.filter(date__year=2027).count() == 365


def test_a_notice_that_leaves_out_festivals_fixes_only_its_days() -> None:
    imported = import_notice(days=read_notice("2027-01-01,否\n2027-01-04,否".encode()), source="元旦通知")
    assert imported.whole_years == ()
    assert set(imported.partial_years[2027]) == {"春节", "清明节", "端午节", "中秋节", "劳动节", "国庆节"}
    assert working_calendar().is_workday(date(2027, 1, 4)) == (False, False)
    assert working_calendar().is_workday(date(2027, 1, 5)) == (True, True)


def test_a_day_entered_by_the_city_stays_where_the_notice_is_silent() -> None:
    snow = date(2027, 1, 20)
    CalendarDay.objects.create(date=snow, is_workday=False, source="市政府暴雪停工通告")
    import_notice(days=read_notice(NOTICE_2027.encode()), source="示例通知")
    assert working_calendar().is_workday(snow) == (False, False)


def test_a_second_import_replaces_what_the_first_said() -> None:
    import_notice(days={date(2027, 1, 9): True}, source="第一次")
    import_notice(days={date(2027, 1, 9): False}, source="更正")
    assert CalendarDay.objects.get(date=date(2027, 1, 9)).source == "更正"
    assert working_calendar().is_workday(date(2027, 1, 9)) == (False, False)


def test_the_calendar_costs_one_statement_until_its_table_changes() -> None:
    working_calendar()
    with CaptureQueriesContext(connection) as queries:
        first, second = working_calendar(), working_calendar()
    assert first is second
    assert len(queries) == 2
    # Turning two days round at once keeps the number of rows, and is noticed all the same.
    CalendarDay.objects.filter(date=date(2026, 9, 20)).update(is_workday=False)
    CalendarDay.objects.filter(date=date(2026, 9, 25)).update(is_workday=True)
    assert working_calendar().is_workday(date(2026, 9, 20)) == (False, False)
    assert working_calendar().is_workday(date(2026, 9, 25)) == (True, False)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "没有日期"),
        ("日期,是否工作日\n".encode(), "没有日期"),
        ("2027-13-01,否".encode(), "第1行.*不是日期"),
        ("2027-01-01,也许".encode(), "第1行.*第二列"),
        (b"2027-01-01", "第1行.*第二列"),
        ("2027-01-01,否\n2027-01-01,是".encode(), "第2行.*说法不同"),
        (b"\xff\xff\xff\xff", "不是文本"),
    ],
)
def test_a_bad_file_is_refused_with_the_line(content: bytes, message: str) -> None:
    with pytest.raises(NoticeError, match=message):
        read_notice(content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_what_excel_saves_can_be_read(encoding: str) -> None:
    assert read_notice("日期,是否工作日\n2027/01/01,放假\n2027-01-09,上班".encode(encoding)) == {
        date(2027, 1, 1): False,
        date(2027, 1, 9): True,
    }


def test_the_terminal_prints_the_date_and_whether_it_is_estimated(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("workdays", "add", "2026-09-18", "5")
    assert capsys.readouterr().out.startswith("2026-09-24 星期四（已公布")
    call_command("workdays", "add", "2026-12-28", "5")
    assert "2027-01-05 星期二（预估" in capsys.readouterr().out
    call_command("workdays", "between", "2026-09-28", "2026-10-10")
    assert capsys.readouterr().out == "5个工作日\n"
    with pytest.raises(CommandError, match="期限应为"):
        call_command("workdays", "add", "2026-09-18", "6000")


def test_the_terminal_takes_the_yearly_notice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "2027.csv"
    file.write_text(NOTICE_2027, encoding="utf-8")
    call_command("workdays", "import", str(file), "--source", "示例通知")
    out = capsys.readouterr().out
    assert "2027年已完整" in out
    assert "recompute_clocks" in out
    with pytest.raises(CommandError, match=r"没有\.csv"):
        call_command("workdays", "import", str(tmp_path / "没有.csv"), "--source", "示例通知")
