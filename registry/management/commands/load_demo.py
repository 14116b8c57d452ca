"""``manage.py load_demo``: people to try the system with; ``--print`` lists the accounts."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry.services.demo import DemoRefusedError, demo_table, load_demo_people


class Command(BaseCommand):
    help = "载入演示人员（仅限演示环境）；--print 列出账号和密码"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--print", action="store_true", help="列出演示账号")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            added = load_demo_people()
        except DemoRefusedError as error:
            raise CommandError(str(error)) from error
        if options["print"]:
            self.stdout.write(demo_table())
        else:
            self.stdout.write(f"演示人员：新增{len(added)}人")
