"""``manage.py create_registrar``: the first administrator (名录管理员) of a system that starts empty."""

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
    help = "建立名录管理员（在市卫生健康委名下）。密码在提示后输入，或取自环境变量 REGISTRAR_PASSWORD"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="登录账号")
        parser.add_argument("name", help="姓名")

    def handle(self, *args: Any, **options: Any) -> None:
        bureau = Bureau.objects.filter(kind__code="health", division__level=Division.Level.CITY).first()
        if bureau is None:
            raise CommandError("还没有部门。请先执行 manage.py load_reference")
        password = os.environ.get("REGISTRAR_PASSWORD") or self._ask()
        try:
            with transaction.atomic():
                person = add_person(username=options["username"], name=options["name"], password=password)
                appoint(person=person, bureau=bureau, role=Role.REGISTRAR, valid_from=today())
        except PeopleError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"已建立名录管理员 {person.name}（{person.username}），可登录后在“人员与岗位”中添加其他人员")

    def _ask(self) -> str:
        password = getpass("密码：")
        if getpass("再输入一次：") != password:
            raise CommandError("两次输入的密码不同")
        return password
