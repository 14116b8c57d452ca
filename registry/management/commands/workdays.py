"""``manage.py workdays add 2026-09-18 5``: the working-day calendar at the terminal; ``import`` takes the yearly notice."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry.selectors.calendar import working_calendar
from registry.services.calendar import NoticeError, import_notice, read_notice
from registry.workdays import TermError

WEEKDAYS = "一二三四五六日"


def a_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"“{text}”不是日期，应写成 2026-09-18") from error


class Command(BaseCommand):
    help = "工作日历：add 起算日 天数；between 起 止；import 文件.csv --source 通知名称"

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        add = actions.add_parser("add", help="期限的最后一日；起算当日不计入")
        add.add_argument("start", type=a_date)
        add.add_argument("days", type=int)
        between = actions.add_parser("between", help="两日之间的工作日数；第一日不计入，第二日计入")
        between.add_argument("first", type=a_date)
        between.add_argument("second", type=a_date)
        notice = actions.add_parser("import", help="导入每年的放假通知：CSV，每行“日期,是否工作日”")
        notice.add_argument("file", type=Path)
        notice.add_argument("--source", required=True, help="通知的名称和文号")

    def handle(self, *args: Any, **options: Any) -> None:
        {"add": self._add, "between": self._between, "import": self._import}[options["action"]](options)

    def _add(self, options: dict[str, Any]) -> None:
        try:
            deadline = working_calendar().add_working_days(options["start"], options["days"])
        except TermError as error:
            raise CommandError(str(error)) from error
        note = "预估：途经尚未公布放假安排的年份，公布后重新计算" if deadline.estimated else "已公布的放假安排"
        self.stdout.write(f"{deadline.date} 星期{WEEKDAYS[deadline.date.weekday()]}（{note}）")

    def _between(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"{working_calendar().working_days_between(options['first'], options['second'])}个工作日")

    def _import(self, options: dict[str, Any]) -> None:
        try:
            imported = import_notice(days=read_notice(options["file"].read_bytes()), source=options["source"])
        except (OSError, NoticeError) as error:
            raise CommandError(f"{options['file'].name}：{error}") from error
        self.stdout.write(f"已写入{imported.listed}日")
        for year in imported.whole_years:
            self.stdout.write(f"{year}年已完整，不再预估")
        for year, festivals in imported.partial_years.items():
            self.stdout.write(f"{year}年只写入所列日期：文件未列出{'、'.join(festivals)}，其余日期仍按原来的办法推算")
        self.stdout.write("未办结的期限须重新计算：manage.py recompute_clocks")
