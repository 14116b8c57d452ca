"""manage.py recompute_clocks: dates of running duties anew, after the yearly notice was imported."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand

from workflows.models import Case
from workflows.services.recompute import Dates, recompute_clocks


class Command(BaseCommand):
    help = "按现行工作日历重算在办期限；已告知的日期不缩短；逐件写入审计"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--case", help="只重算这一件：办件编号")

    def handle(self, *args: Any, **options: Any) -> None:
        case_id = Case.objects.get(number=options["case"]).pk if options["case"] else None
        moved = recompute_clocks(case_id=case_id)
        for each in moved:
            self.stdout.write(f"{each.number} {each.duty}（第{each.run}次）：{_words(each.old)} → {_words(each.new)}")
        self.stdout.write(f"重算完毕，{len(moved)}个期限有变动")


def _words(dates: Dates) -> str:
    def one(day: date | None) -> str:
        return day.isoformat() if day else "—"

    return f"法定{one(dates.legal)} 承诺{one(dates.promised)}{'（预估）' if dates.estimated else ''}"
