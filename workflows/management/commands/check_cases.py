"""manage.py check_cases: is every live case on its way? Ends with 1 and one line per trouble if not."""

from typing import Any

from django.core.management.base import BaseCommand

from workflows.selectors.watchdog import alarms


class Command(BaseCommand):
    help = "检查：在办办件是否都有下一步，后台工作和巡检是否正常"

    def handle(self, *args: Any, **options: Any) -> None:
        found = alarms()
        for trouble in found:
            self.stdout.write(str(trouble))
        if found:
            self.stdout.write(f"共{len(found)}处需要处理")
            raise SystemExit(1)
        self.stdout.write("正常：每个在办办件都有下一步")
