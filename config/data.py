"""`python -m config.data`: the schema by the owner, then what belongs in it by the runtime role, in one process.

Prints what a person at the terminal must know: the demo accounts, or how to make the first administrator.
"""

import os

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection

from config import embedded
from config.roles import act_as

FIRST_ADMINISTRATOR = """系统中还没有人员。请另开一个终端，建立第一个名录管理员：
  .venv/bin/python manage.py create_registrar 账号 姓名"""


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    postgres, _ = embedded.needed()
    if postgres:
        embedded.attach(valkey=False)
    django.setup()
    act_as("owner", connection)
    call_command("migrate", interactive=False, verbosity=0)
    act_as("runtime", connection)
    call_command("load_reference", verbosity=0)
    if settings.DEMO:
        call_command("load_demo")
        call_command("load_demo_cases")
        print("演示账号（正式使用请以 DEMO=0 启动）：")
        call_command("load_demo", "--print")
    elif not get_user_model().objects.exists():
        print(FIRST_ADMINISTRATOR)


if __name__ == "__main__":
    main()
