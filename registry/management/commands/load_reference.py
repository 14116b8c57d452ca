"""``manage.py load_reference``: bring the reference data on record (行政区划、部门、权责、条款、工作日历……)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry.services.reference import ReferenceDataError, load_reference


class Command(BaseCommand):
    help = "载入登记簿基础数据；可重复执行，只列出有变化的行"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            changes = load_reference()
        except ReferenceDataError as error:
            raise CommandError(f"基础数据未载入。{error}") from error
        if options["verbosity"] > 0:
            for change in changes:
                self.stdout.write(str(change))
        self.stdout.write(f"基础数据：{len(changes)}处变化" if changes else "基础数据：没有变化")
