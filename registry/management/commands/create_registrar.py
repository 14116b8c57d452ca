"""``manage.py create_registrar``: a registry administrator (名录管理员), the first of a system that starts empty or one more.

Only here, on the server: no page gives this post, so that no administrator can make himself a second one.
"""

import os
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from registry.clock import today
from registry.models import Bureau, Division, Role
from registry.services.people import PeopleError, add_person, appoint


class Command(BaseCommand):
    help = "建立名录管理员（默认在市卫生健康委名下）。密码在提示后输入，或取自环境变量 REGISTRAR_PASSWORD"
    role = Role.REGISTRAR
    password_variable = "REGISTRAR_PASSWORD"
    next_step = "可登录后在“人员与岗位”中添加其他人员"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="登录账号")
        parser.add_argument("name", help="姓名")
        parser.add_argument("--division", default="", help="县（区）的行政区划代码；不写即为全市")

    def handle(self, *args: Any, **options: Any) -> None:
        place = {"code": options["division"]} if options["division"] else {"level": Division.Level.CITY}
        division = Division.objects.filter(**place).first()
        bureau = Bureau.objects.filter(kind__code="health", division=division).first() if division else None
        if bureau is None:
            raise CommandError("没有这个县（区）的卫生健康部门。请核对代码；系统刚建立的，先执行 manage.py load_reference")
        password = os.environ.get(self.password_variable) or self._ask()
        try:
            with transaction.atomic():
                person = add_person(username=options["username"], name=options["name"], password=password)
                appoint(person=person, bureau=bureau, role=self.role, valid_from=today())
        except PeopleError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"已建立{self.role.label} {person.name}（{person.username}），{self.next_step}")

    def _ask(self) -> str:
        password = getpass("密码：")
        if getpass("再输入一次：") != password:
            raise CommandError("两次输入的密码不同")
        return password
